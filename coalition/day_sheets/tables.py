"""The table of shops that want their daily figures by e-mail."""

from sqlalchemy import Column, Integer, Table, Text

from settlement.ledger import metadata

day_mails = Table(
    "day_mails",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("shop", Text, primary_key=True),
    # The last day (yyyymmdd) whose figures were addressed to somebody.
    Column("last_day", Integer, nullable=False),
)
