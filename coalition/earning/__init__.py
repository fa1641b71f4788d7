"""What a purchase earns: the kinds of earning rule, one file each, and an alliance's own rules."""
