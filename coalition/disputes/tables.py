"""Tables of disputes."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from coalition.disputes.dispute_status import DisputeStatus
from settlement.ledger import metadata

disputes = Table(
    "disputes",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("shop", Text, nullable=False),
    Column("window_id", BigInteger, nullable=False),
    Column("line", Text),
    Column("statement", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("answer", Text),
    Column("decided_at", BigInteger),
    Column("decided_by", Text),
    Column("payer", Text),
    Column("payee", Text),
    Column("points", BigInteger),
    Index("ix_disputes_shop", "alliance_id", "shop", "opened_at"),
    CheckConstraint(f"status IN ({', '.join(repr(str(status)) for status in DisputeStatus)})", "status"),
    CheckConstraint("(status = 'open') = (decided_at IS NULL)", "decided"),
    CheckConstraint("points > 0", "points"),
)
