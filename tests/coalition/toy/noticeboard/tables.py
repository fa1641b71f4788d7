"""Tables of the noticeboard."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from settlement.ledger import metadata

notices = Table(
    "notices_on_board",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)
