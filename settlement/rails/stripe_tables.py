"""The table of Stripe's events. Of each it keeps what to look up again, not what the event says about it.

It stands outside the package of the rail, so that who only needs the schema does not load Stripe's library.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from settlement.ledger.tables import metadata

stripe_events = Table(
    "stripe_events",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    # What it is about: a payment by our key, a participant by our name, or an object of Stripe's by its id.
    Column("about", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    # When it was last seen in Stripe's own list; the newest of these is as far as the list has been read.
    Column("listed_at", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("processed_at", BigInteger),
)
Index(
    "ix_stripe_events_due_at",
    stripe_events.c.alliance_id,
    stripe_events.c.due_at,
    postgresql_where=stripe_events.c.processed_at.is_(None),
    sqlite_where=stripe_events.c.processed_at.is_(None),
)
Index(
    "ix_stripe_events_created_at",
    stripe_events.c.alliance_id,
    stripe_events.c.created_at,
    postgresql_where=stripe_events.c.listed_at.is_not(None),
    sqlite_where=stripe_events.c.listed_at.is_not(None),
)
