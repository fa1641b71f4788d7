"""The checks of the audit: every module here is one file of them, found by itself.

A module offers `CHECKS`, functions by the names that an audit reports: each takes the Auditor, and returns how many
facts it looked at and the differences that it found. POSITION is the module's place among the others. `balances.py` is
about accounts and holds, `windows.py` about tallies and closed windows, `seals.py` about the hash chain, `payments.py`
about payments and the cash at rails.
"""
