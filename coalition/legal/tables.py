"""Table of legal texts."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Table, Text

from settlement.ledger import metadata

legal_texts = Table(
    "legal_texts",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text_en", Text, nullable=False),
    Column("text_zh", Text, nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("published_at", BigInteger, nullable=False),
    Column("published_by", Text, nullable=False),
    CheckConstraint("kind IN ('terms', 'privacy', 'imprint')", "kind"),
    CheckConstraint("version > 0", "version"),
    CheckConstraint("effective_at >= published_at", "effective_at"),
)
