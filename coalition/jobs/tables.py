"""Tables of jobs."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from settlement.ledger import metadata

jobs = Table(
    "jobs",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    # What it is about, an endpoint say; empty where the whole alliance is.
    Column("subject", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("holder", Text),
    Column("failures", Integer, nullable=False),
    Column("done_at", BigInteger),
    Column("error", Text),
    # The one question that is asked of all alliances at once: what is due?
    Index("ix_jobs_due_at", "due_at"),
    CheckConstraint("failures >= 0", "failures"),
)

clock_sightings = Table(
    "clock_sightings",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # When the machine's clock was last seen right, on which start of the machine, and how long that was running.
    Column("seen_at", BigInteger, nullable=False),
    Column("boot", Text, nullable=False),
    Column("uptime", BigInteger, nullable=False),
    # When people were told that it has jumped since.
    Column("warned_at", BigInteger),
)
