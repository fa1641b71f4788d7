"""Table of gifts. The contact of somebody who is not enrolled is kept only as long as the gift waits for them.

Masked, it stays for whoever gave, until whoever got the gift is erased.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from settlement.ledger import metadata

gifts = Table(
    "gifts",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("giver", Text, nullable=False),
    Column("receiver", Text),
    Column("contact", Text),
    Column("points", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("returns_at", BigInteger, nullable=False),
    Column("named", Text),
    Index("uq_gifts_key", "alliance_id", "key", unique=True),
    Index("ix_gifts_giver", "alliance_id", "giver", "created_at"),
    Index("ix_gifts_receiver", "alliance_id", "receiver", "created_at"),
    CheckConstraint("state IN ('new', 'waiting', 'arriving', 'given', 'returning', 'returned', 'refused')", "state"),
    CheckConstraint("contact IS NULL OR state IN ('new', 'waiting')", "contact"),
    CheckConstraint("points > 0", "points"),
)
Index(
    "ix_gifts_contact",
    gifts.c.alliance_id,
    gifts.c.contact,
    postgresql_where=gifts.c.contact.is_not(None),
    sqlite_where=gifts.c.contact.is_not(None),
)
_OPEN = gifts.c.state.in_(("new", "waiting", "arriving", "returning"))
Index("ix_gifts_open", gifts.c.alliance_id, gifts.c.created_at, postgresql_where=_OPEN, sqlite_where=_OPEN)
