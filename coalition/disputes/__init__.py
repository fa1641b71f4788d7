"""Disputes: a shop says that its statement is wrong, the alliance answers, a correction settles in the next window."""
