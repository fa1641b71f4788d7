"""Stand-ins for the outside world, so that an alliance can be tried out without any real money."""
