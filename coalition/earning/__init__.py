"""What a purchase earns: the kinds of earning rule, one file each, an alliance's own rules, and bonuses."""
