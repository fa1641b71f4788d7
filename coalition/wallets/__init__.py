"""A member's wallet: points that can be spent, points on hold, when points expire, and what the member owes."""
