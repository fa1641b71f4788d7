"""Disputes: a shop disputes its statement, the alliance answers, and a correction settles in the next window."""
