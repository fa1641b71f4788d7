"""The table of notifications: one row for each notice and reader. Times are microseconds since 1970 UTC."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from settlement.ledger import metadata

notifications = Table(
    "notifications",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("notice", Text, primary_key=True),
    # user:<id>, or shop:<ref> where nobody works for a shop whose profile has an address.
    Column("reader", Text, primary_key=True),
    # When it is to be sent; NULL once it is sent, given up, or under way.
    Column("due_at", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("sent_at", BigInteger),
    # Why the last try did not succeed.
    Column("error", Text),
)
Index(
    "ix_notifications_due_at",
    notifications.c.alliance_id,
    notifications.c.due_at,
    postgresql_where=notifications.c.due_at.is_not(None),
    sqlite_where=notifications.c.due_at.is_not(None),
)
