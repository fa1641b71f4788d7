"""Tables of webhooks."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text, false

from coalition.sealing import SealedText
from settlement.ledger import metadata

webhook_feeds = Table(
    "webhook_feeds",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # The first event that is not addressed yet.
    Column("next_seq", BigInteger, nullable=False),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("shop", Text),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    # JSON: a list of types, empty for all; and a list of [secret, until], the newest first and without an end.
    Column("types", Text, nullable=False),
    Column("secrets", SealedText, nullable=False),
    Column("status", Text, nullable=False),
    Column("disabled_because", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("failing_since", BigInteger),
    Column("paused_until", BigInteger, nullable=False),
    # A wallet app's, which gets what concerns a member, at whichever shop.
    Column("app", Boolean, nullable=False, server_default=false()),
    CheckConstraint("status IN ('enabled', 'disabled')", "status"),
    CheckConstraint("(status = 'disabled') = (disabled_because IS NOT NULL)", "because"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("endpoint", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    # Attempts ever, and those since it was last addressed, by which the next pause is chosen.
    Column("attempts", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    CheckConstraint("state IN ('pending', 'delivered', 'failed')", "state"),
    CheckConstraint("(state = 'pending') = (ended_at IS NULL)", "ended"),
    CheckConstraint("0 <= tries AND tries <= attempts", "tries"),
)
Index(
    "ix_webhook_deliveries_due_at",
    webhook_deliveries.c.alliance_id,
    webhook_deliveries.c.endpoint,
    webhook_deliveries.c.due_at,
    webhook_deliveries.c.seq,
    postgresql_where=webhook_deliveries.c.ended_at.is_(None),
    sqlite_where=webhook_deliveries.c.ended_at.is_(None),
)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("endpoint", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("status", Integer),
    Column("problem", Text),
    Column("duration_ms", Integer, nullable=False),
    CheckConstraint("(status IS NULL) = (problem IS NOT NULL)", "outcome"),
)
