"""Tables of web push: browsers that take messages, messages that wait, and up to where the feed was read."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

from coalition.sealing import SealedText
from settlement.ledger import metadata

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("member", Text, nullable=False),
    # The session in which it was added, with which it ends; null where an app's key added it.
    Column("session", Text),
    # A keyed hash of the endpoint: one browser has one subscription, whoever uses it.
    Column("place", LargeBinary, nullable=False),
    Column("endpoint", SealedText, nullable=False),
    Column("p256dh", SealedText, nullable=False),
    Column("auth", SealedText, nullable=False),
    # Of its messages, where the member chose none.
    Column("language", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("uq_push_subscriptions_place", "alliance_id", "place", unique=True),
    Index("ix_push_subscriptions_member", "alliance_id", "member"),
)

push_messages = Table(
    "push_messages",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # Of a browser, or the way to a member's mailbox: email:mem_… or sms:mem_…
    Column("subscription", Text, primary_key=True),
    # The event that it is about.
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    # Before all others: somebody waits at a till.
    Column("urgent", Boolean, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    # After that nobody wants it any more.
    Column("over_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Index("ix_push_messages_due_at", "alliance_id", "due_at"),
)

push_feeds = Table(
    "push_feeds",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # The first event that is not turned into messages yet.
    Column("next_seq", BigInteger, nullable=False),
)
