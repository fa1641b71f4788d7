"""Tables of points that are about to expire."""

from sqlalchemy import Column, Integer, Table, Text

from settlement.ledger import metadata

expiry_notices = Table(
    "expiry_notices",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("expires_on", Integer, primary_key=True, autoincrement=False),
    # Whoever the lots belong to: members, ids that were merged into them, gifts that wait.
    Column("owner", Text, primary_key=True),
)
"""Who needs to hear no more of points that expire on a day: once a member, however the jobs are stopped and run again.

Rows of days that are over are deleted.
"""

expiry_sweeps = Table(
    "expiry_sweeps",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # The alliance's day of the last sweep that came to its end.
    Column("swept_on", Integer, nullable=False),
)
