"""Tables of programmes: the rules of an alliance that its book does not store."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text

from coalition.sealing import SealedBytes
from settlement.ledger import metadata

programmes = Table(
    "programmes",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # Hides the book's numbers in public ids. It never changes: if it did, all public ids would.
    Column("secret", SealedBytes, nullable=False),
    Column("sandbox", Boolean, nullable=False),
    # How far a sandbox's clock is ahead of the machine's, in microseconds.
    Column("clock_offset", BigInteger, nullable=False),
    # Up to what amount a till spends a member's points by their id alone, and how often that was changed.
    Column("spend_by_id_minor", BigInteger, nullable=False, server_default="0"),
    Column("spending_version", Integer, nullable=False, server_default="0"),
    CheckConstraint("sandbox OR clock_offset = 0", "clock"),
)

earning_rules = Table(
    "earning_rules",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("effective_at", BigInteger, primary_key=True, autoincrement=False),
    Column("earn_points_per_unit", Text, nullable=False),
    Column("expiry_months", Integer, nullable=False),
    # What is stated for rules beside the base rate: a list of JSON objects, each with its kind.
    Column("further", Text, nullable=False),
    CheckConstraint("expiry_months BETWEEN 0 AND 1200", "expiry"),
)

bonus_rules = Table(
    "bonus_rules",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("rule", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("terms", Text, nullable=False),
    # From when on sales may get it, and from when on they get it no more, in microseconds since 1970 UTC.
    Column("starts_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    # The posting that set its budget aside; until then it counts for nothing.
    Column("posting_id", BigInteger),
    Column("created_by", Text, nullable=False),
    # The rule's number, the same in all of its versions: the meters that it counts on have it.
    Column("number", Integer, nullable=False, server_default="0"),
    Index("uq_bonus_rules_number", "alliance_id", "number", "version", unique=True),
)

# Limits of what points may pay for in one sale, in versions.
spend_limits = Table(
    "spend_limits",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("rule", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("terms", Text, nullable=False),
    # From when on it holds for sales, and from when on no more, in microseconds since 1970 UTC.
    Column("starts_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("created_by", Text, nullable=False),
)
