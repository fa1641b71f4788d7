"""Settlement windows: list and close them, and the jobs for what is due in one: holds lapse, lots expire, it closes."""
