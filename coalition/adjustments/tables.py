"""Why points were adjusted, in somebody's own words: beside the book, where it can be erased with the member."""

from sqlalchemy import Column, Index, Integer, Table, Text

from settlement.ledger import metadata

adjustment_reasons = Table(
    "adjustment_reasons",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # The key of the adjustment's posting. Its content has a keyed hash of the reason.
    Column("key", Text, primary_key=True),
    Column("member", Text, nullable=False),
    # Empty once the member was erased.
    Column("reason", Text, nullable=False),
    Index("ix_adjustment_reasons_member", "alliance_id", "member"),
)
