"""Tables of approvals. Times are microseconds since 1970 UTC."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from settlement.ledger import metadata

approvals = Table(
    "approvals",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("action", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("requested_role", Text, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    # The caller's own name for the request, by which a retry finds it again.
    Column("request_key", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", BigInteger),
    Column("reason", Text),
    Column("result", Text),
    # The shop whose person asked.
    Column("shop", Text),
    # When the asker did what was approved, where it is left to the asker.
    Column("used_at", BigInteger),
    Index("uq_approvals_request_key", "alliance_id", "request_key", unique=True),
    CheckConstraint("status IN ('pending', 'approved', 'rejected', 'withdrawn', 'done', 'refused')", "status"),
    CheckConstraint("(status = 'pending') = (decided_by IS NULL)", "decided"),
    # Another person decides; only who asked withdraws.
    CheckConstraint("(status = 'withdrawn') = (decided_by = requested_by)", "two_people"),
)

# What one person or key did alone, and what it was worth in minor units: the sums that are limited.
alone_uses = Table(
    "alone_uses",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # The person or key, as in the access log.
    Column("actor", Text, primary_key=True),
    # The idempotency key of what was done: a retry counts once.
    Column("key", Text, primary_key=True),
    Column("action", Text, nullable=False),
    Column("counts_to", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Index("ix_alone_uses_at", "alliance_id", "actor", "counts_to", "at"),
    CheckConstraint("minor >= 0", "minor"),
)

# The row that is locked while a sum is looked at and added to.
alone_actors = Table(
    "alone_actors",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("actor", Text, primary_key=True),
)

approval_limits = Table(
    "approval_limits",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("action", Text, primary_key=True),
    Column("alone_max", BigInteger, nullable=False),
    CheckConstraint("alone_max >= 0", "alone_max"),
)
