"""The tables of what is counted for reports as postings come in, so that no report reads a year of moves."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from settlement.ledger import metadata

pair_points = Table(
    "pair_points",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("window_id", BigInteger, primary_key=True, autoincrement=False),
    Column("issuer", Integer, primary_key=True, autoincrement=False),
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("terms_id", Integer, primary_key=True, autoincrement=False),
    # Less what refunds gave back, which may be of an earlier window: then it is below zero.
    Column("points", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

held_changes = Table(
    "held_changes",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # The day (yyyymmdd) of the alliance's calendar on which it happened, whenever a till sent it; or its month (yyyymm)
    # for all days of one, so that a date long after the first reads few rows.
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("issuer", Integer, primary_key=True, autoincrement=False),
    Column("expires_on", Integer, primary_key=True, autoincrement=False),
    Column("terms_id", Integer, primary_key=True, autoincrement=False),
    Column("points", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

bought_months = Table(
    "bought_months",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("member", Text, primary_key=True),
    # The first day (yyyymmdd) of a month in which the member bought something, be it undone since.
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("purchases", Integer, nullable=False),
    sqlite_with_rowid=False,
)

shop_customers = Table(
    "shop_customers",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("shop", Text, primary_key=True),
    Column("member", Text, primary_key=True),
    # The first day (yyyymmdd) of a month in which the member bought something at the shop, be it undone since.
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("purchases", Integer, nullable=False),
    # What the goods cost, whatever was given back later. Sales that were undone are taken off both.
    Column("minor", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

report_counts = Table(
    "report_counts",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # Whoever counts holds this row to the commit. All postings below this one are counted.
    Column("next_posting", BigInteger, nullable=False),
)
