"""Table of confirmations: amounts above the threshold that a till asks a member to confirm."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from settlement.ledger import metadata

confirmations = Table(
    "confirmations",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("nonce", Text, primary_key=True),
    Column("member", Text, nullable=False),
    Column("shop", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("over_at", BigInteger, nullable=False),
    Index("ix_confirmations_member", "alliance_id", "member", "over_at"),
    CheckConstraint("state IN ('asked', 'confirmed', 'declined')", "state"),
)
