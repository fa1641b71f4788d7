"""Tables of shops: profile and state, which the book does not need."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Table, Text

from coalition.merchants.shop_status import ShopStatus
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
    # Counts the changes, so that concurrent changes are noticed.
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint(f"status IN ({', '.join(repr(str(status)) for status in ShopStatus)})", "status"),
)
