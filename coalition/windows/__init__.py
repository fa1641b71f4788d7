"""What time brings about in a window: holds lapse, lots expire, and the window itself is closed."""
