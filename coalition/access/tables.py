"""Tables of access."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, LargeBinary, Table, Text

from settlement import metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("shop", Text),
    CheckConstraint("(role = 'till') = (shop IS NOT NULL)", "shop"),
)
