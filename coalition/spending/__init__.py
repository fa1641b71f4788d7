"""What limits the points that one sale may take: each kind of limit is a file in `kinds/`."""
