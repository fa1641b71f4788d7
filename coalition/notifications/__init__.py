"""Notices of payments and windows, sent once to each reader."""
