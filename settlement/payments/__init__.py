"""Payments: a closed window becomes collected debts and paid claims, whatever the outside world does."""
