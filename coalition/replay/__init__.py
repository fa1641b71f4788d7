"""Replay a file of purchases through the code that serves the API, and close every window on the way."""
