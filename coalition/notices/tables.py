"""Tables of notices to members."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from settlement.ledger import metadata

member_notices = Table(
    "member_notices",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("title_en", Text, nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("text_zh", Text, nullable=False),
    Column("from_at", BigInteger, nullable=False),
    Column("until_at", BigInteger),
    Column("posted_at", BigInteger, nullable=False),
    Column("posted_by", Text, nullable=False),
    # When the feed said so: at once, or when its time came.
    Column("published_at", BigInteger),
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_by", Text),
    Index("ix_member_notices_from_at", "alliance_id", "from_at", "id"),
    CheckConstraint("until_at > from_at", "until"),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", "withdrawn"),
)

notice_reads = Table(
    "notice_reads",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("member", Text, primary_key=True),
    # When the newest notice came that they have read.
    Column("read_until", BigInteger, nullable=False),
    # When the newest gift came that they have looked at.
    Column("gifts_until", BigInteger, nullable=False, server_default="0"),
    # The version of the terms that they opened last.
    Column("terms_version", Integer, nullable=False, server_default="0"),
)
