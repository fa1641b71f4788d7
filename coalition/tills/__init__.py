"""Tills that a shop has connected: devices with a key of their own, cashiers with a PIN, and shifts.

A device makes its key where no script reads it, and signs to begin a session as a till. A
cashier begins a shift on it; each sale names its shift, so the book knows where and by whom it was rung up.
"""
