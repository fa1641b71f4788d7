"""Payments: a closed window becomes collected debts and paid claims, whatever the outside world does.

`settle_window` is the run as a whole. The files in the order in which to read them: states (what can become of a
payment), money (what each step moves in the book), change (one transaction), drive (reserve, commit, call, record),
plan, defaults, leaving, run; beside them deposits, by_hand, direct, reconcile, notices and outlook.
"""
