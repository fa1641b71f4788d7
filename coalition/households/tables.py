"""Table of invitations. Who is in which household stands with the members themselves.

The contact to which one was sent is kept for whoever typed it, and only as long as the invitation is open.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from settlement.ledger import metadata

invitations = Table(
    "household_invitations",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("household", Text, nullable=False),
    Column("invited_by", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("over_at", BigInteger, nullable=False),
    Column("contact", Text),
    CheckConstraint("state IN ('open', 'accepted', 'declined', 'withdrawn')", "state"),
    CheckConstraint("contact IS NULL OR state = 'open'", "contact"),
)
_OPEN = invitations.c.state == "open"
Index(
    "uq_household_invitations_open",
    invitations.c.alliance_id,
    invitations.c.member,
    invitations.c.household,
    unique=True,
    postgresql_where=_OPEN,
    sqlite_where=_OPEN,
)
