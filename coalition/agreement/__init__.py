"""What an alliance has agreed on, and how it is changed: terms and earning rules by date, and a sandbox's clock."""
