"""A member's wallet: points that can be spent or are on hold, when points expire, and what the member owes.

`wallet.py` reads it; `announce_expiry.py` tells members in time which points are about to expire.
"""
