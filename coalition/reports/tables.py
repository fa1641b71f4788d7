"""The tables of who sends customers to whom: points of one shop that were spent at another, by window."""

from sqlalchemy import BigInteger, Column, Integer, Table

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

pair_counts = Table(
    "pair_counts",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # Whoever counts holds this row to the commit. All postings below this one are counted.
    Column("next_posting", BigInteger, nullable=False),
)
