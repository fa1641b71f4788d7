"""Settling on the command line: plan, run, status, confirm, match."""
