"""Purchases: what a till reports, and what the book is asked to do about it."""
