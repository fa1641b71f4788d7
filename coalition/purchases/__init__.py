"""Purchases, refunds and holds: the till's request, the points spent and earned, and the posting for the book.

`purchase.py`, `refund_shares.py`, `hold.py` and `lines.py` have the rules, without a database; the use cases are named
after their verbs.
"""
