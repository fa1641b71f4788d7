"""Tables of the event feed."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from settlement.ledger import metadata

event_feeds = Table(
    "event_feeds",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # Whoever adds an event holds this row to the commit, so numbers are in the order of the commits.
    Column("next_seq", BigInteger, nullable=False),
    Column("next_posting", BigInteger, nullable=False),
    CheckConstraint("next_seq >= 1 AND next_posting >= 1", "start"),
)

events = Table(
    "events",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("posting_id", BigInteger),
    Column("shop", Text),
    Column("member", Text),
    Column("second_member", Text),
    Column("payload", Text, nullable=False),
    Index("ix_events_type", "alliance_id", "type", "seq"),
    sqlite_with_rowid=False,
)


def _where_set(name: str, column: Column[object], *columns: Column[object], unique: bool = False) -> None:
    """An index of those rows that have a value in `column`."""
    is_set = column.is_not(None)
    Index(
        name,
        events.c.alliance_id,
        column,
        *columns,
        unique=unique,
        postgresql_where=is_set,
        sqlite_where=is_set,
    )


_where_set("ix_events_shop", events.c.shop, events.c.seq)
_where_set("ix_events_member", events.c.member, events.c.seq)
_where_set("ix_events_second_member", events.c.second_member, events.c.seq)
# The second guard, beside the feed's cursor, against telling a posting twice.
_where_set("uq_events_posting_id", events.c.posting_id, unique=True)
