"""Tables of shops: what the book does not need to know of them."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Table, Text

from coalition.merchants.status import Status
from settlement.ledger import metadata

shops = Table(
    "shops",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("ref", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("website", Text),
    Column("category", Text),
    Column("status", Text, nullable=False),
    # Counts its changes, so that two people who change it at once notice.
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint(f"status IN ({', '.join(repr(str(status)) for status in Status)})", "status"),
)
