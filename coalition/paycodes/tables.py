"""Table of confirmations: amounts that a till asks a member to confirm."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text, false

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
    # Asked by a till without a code; the others belong to the pay code of the same nonce.
    Column("requested", Boolean, nullable=False, server_default=false()),
    # The till knows a contact only, and is told no id.
    Column("by_contact", Boolean, nullable=False, server_default=false()),
    Index("ix_confirmations_member", "alliance_id", "member", "over_at"),
    CheckConstraint("state IN ('asked', 'confirmed', 'declined')", "state"),
)
