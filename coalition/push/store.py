"""Browsers that take messages, and messages that wait for them, in the database."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, text, update

from coalition.access.session_store import live_sessions
from coalition.events.tables import event_feeds
from coalition.locale.formats import Lang
from coalition.messaging.web_push import PushAddress
from coalition.push.tables import push_feeds, push_messages, push_subscriptions

SUBSCRIPTIONS_MAX = 20
"""Most browsers of one member; one more ends the oldest, which nobody may have any longer."""

_LOCK_FEED = text(
    "INSERT INTO push_feeds (alliance_id, next_seq) VALUES (:alliance_id, 1) "
    "ON CONFLICT (alliance_id) DO UPDATE SET next_seq = push_feeds.next_seq RETURNING next_seq"
)
_ADD_MESSAGE = text(
    "INSERT INTO push_messages (alliance_id, subscription, seq, urgent, due_at, over_at, tries) "
    "VALUES (:alliance_id, :subscription, :seq, :urgent, :due_at, :over_at, 0) ON CONFLICT DO NOTHING"
)


class PushSubscription(NamedTuple):
    """A browser that takes messages, since `created_at` (µs since 1970 UTC); `session` is None for an app's."""

    id: str
    member: str
    session: str | None
    language: Lang
    created_at: int
    address: PushAddress


class PushMessage(NamedTuple):
    """A message that waits: about an event, until `over_at` (µs since 1970 UTC).

    `subscription` is the browser's, or the name of a mailbox.
    """

    subscription: str
    seq: int
    urgent: bool
    over_at: int
    tries: int


def lock_feed(connection: Connection, alliance_id: int) -> int:
    """Take the lock under which subscriptions begin and events are addressed; returns the first that is not."""
    return int(connection.execute(_LOCK_FEED, {"alliance_id": alliance_id}).scalar_one())


def move_feed(connection: Connection, alliance_id: int, to: int) -> None:
    """Keep that all events below a number are addressed."""
    connection.execute(update(push_feeds).where(push_feeds.c.alliance_id == alliance_id).values(next_seq=to))


def is_behind(connection: Connection, alliance_id: int) -> bool:
    """Whether there are events to address."""
    feeds = event_feeds.outerjoin(push_feeds, event_feeds.c.alliance_id == push_feeds.c.alliance_id)
    query = select(event_feeds.c.next_seq).select_from(feeds)
    is_first = push_feeds.c.next_seq.is_(None)
    behind = query.where(
        event_feeds.c.alliance_id == alliance_id, or_(is_first, event_feeds.c.next_seq > push_feeds.c.next_seq)
    )
    return connection.execute(behind).first() is not None


def add_subscription(connection: Connection, alliance_id: int, added: PushSubscription, place: bytes) -> None:
    """Keep a browser in place of what it was before, and of the member's oldest where there are too many."""
    columns = push_subscriptions.c
    lock_feed(connection, alliance_id)
    rows = connection.execute(
        select(push_subscriptions)
        .where(columns.alliance_id == alliance_id, or_(columns.place == place, columns.member == added.member))
        .order_by(columns.created_at, columns.id)
    ).all()
    # A session that subscribes anew has forgotten what its browser was before.
    again = [] if added.session is None else [row.id for row in rows if row.session == added.session]
    ended = again + [row.id for row in rows if row.place == place]
    left = [row.id for row in rows if row.id not in ended]
    remove_subscriptions(connection, alliance_id, [*ended, *left[: max(0, len(left) + 1 - SUBSCRIPTIONS_MAX)]])
    address = added.address
    connection.execute(
        insert(push_subscriptions).values(
            alliance_id=alliance_id,
            id=added.id,
            member=added.member,
            session=added.session,
            place=place,
            endpoint=address.endpoint,
            p256dh=address.p256dh,
            auth=address.auth,
            language=added.language,
            created_at=added.created_at,
        )
    )


def subscriptions_of(connection: Connection, alliance_id: int, member: str) -> list[PushSubscription]:
    """A member's browsers, the oldest first."""
    columns = push_subscriptions.c
    rows = connection.execute(
        select(push_subscriptions)
        .where(columns.alliance_id == alliance_id, columns.member == member)
        .order_by(columns.created_at, columns.id)
    )
    return [_subscription(row) for row in rows]


def find_subscriptions(connection: Connection, alliance_id: int, ids: Collection[str]) -> dict[str, PushSubscription]:
    """Those of these ids that there are."""
    columns = push_subscriptions.c
    rows = connection.execute(
        select(push_subscriptions).where(columns.alliance_id == alliance_id, columns.id.in_(sorted(ids)))
    )
    return {row.id: _subscription(row) for row in rows}


def subscribers(connection: Connection, alliance_id: int, members: Collection[str] | None) -> dict[str, list[str]]:
    """The ids of the browsers of some members, or of all where None is named, by member."""
    columns = push_subscriptions.c
    query = select(columns.member, columns.id).where(columns.alliance_id == alliance_id)
    if members is not None:
        query = query.where(columns.member.in_(sorted(members)))
    by_member: dict[str, list[str]] = {}
    for member, id_ in connection.execute(query):
        by_member.setdefault(member, []).append(id_)
    return by_member


def messages_of(connection: Connection, alliance_id: int, subscription: str) -> list[PushMessage]:
    """What waits for a browser."""
    columns = push_messages.c
    rows = connection.execute(
        select(columns.subscription, columns.seq, columns.urgent, columns.over_at, columns.tries)
        .where(columns.alliance_id == alliance_id, columns.subscription == subscription)
        .order_by(columns.seq)
    )
    return [PushMessage(*row) for row in rows]


def remove_subscriptions(connection: Connection, alliance_id: int, ids: Collection[str]) -> int:
    """Forget browsers with what waits for them; how many there were."""
    if not ids:
        return 0
    messages, columns = push_messages.c, push_subscriptions.c
    connection.execute(
        delete(push_messages).where(messages.alliance_id == alliance_id, messages.subscription.in_(sorted(ids)))
    )
    done = connection.execute(
        delete(push_subscriptions).where(columns.alliance_id == alliance_id, columns.id.in_(sorted(ids)))
    )
    return done.rowcount


def ended_sessions(
    connection: Connection, alliance_id: int, subscriptions: Iterable[PushSubscription], now: int
) -> list[str]:
    """The ids of those whose session does not go on."""
    by_session = {each.id: each.session for each in subscriptions if each.session is not None}
    live = live_sessions(connection, alliance_id, set(by_session.values()), now)
    return [id_ for id_, session in by_session.items() if session not in live]


class NewMessage(NamedTuple):
    """A message about an event, by its number, for a browser or a mailbox. Times are microseconds since 1970 UTC."""

    seq: int
    subscription: str
    due_at: int
    over_at: int
    urgent: bool


def add_messages(connection: Connection, alliance_id: int, messages: Sequence[NewMessage]) -> None:
    """Let messages wait to be sent."""
    if messages:
        connection.execute(_ADD_MESSAGE, [{"alliance_id": alliance_id, **message._asdict()} for message in messages])


def is_message_due(connection: Connection, alliance_id: int, now: int) -> bool:
    """Whether a message is due: asked all the time, so nothing is put in order."""
    waiting = select(push_messages.c.seq).where(
        push_messages.c.alliance_id == alliance_id, push_messages.c.due_at <= now
    )
    return connection.execute(waiting.limit(1)).first() is not None


def due_messages(connection: Connection, alliance_id: int, now: int, most: int) -> list[PushMessage]:
    """Messages to send now: those that somebody waits for at a till first, then the longest due, to browsers first.

    What piles up where a mail server is down holds up no browser's.
    """
    columns = push_messages.c
    rows = connection.execute(
        select(columns.subscription, columns.seq, columns.urgent, columns.over_at, columns.tries)
        .where(columns.alliance_id == alliance_id, columns.due_at <= now)
        .order_by(
            columns.urgent.desc(), columns.subscription.contains(":"), columns.due_at, columns.seq, columns.subscription
        )
        .limit(most)
    )
    return [PushMessage(*row) for row in rows]


def remove_message(connection: Connection, alliance_id: int, message: PushMessage) -> None:
    """Forget a message that was sent, or that never will be."""
    connection.execute(delete(push_messages).where(*_is(alliance_id, message)))


def take_message(connection: Connection, alliance_id: int, message: PushMessage) -> None:
    """Keep that a message is under way: if its process dies it may have arrived, so it is not due until it is over."""
    connection.execute(update(push_messages).where(*_is(alliance_id, message)).values(due_at=message.over_at))


def delay_message(connection: Connection, alliance_id: int, message: PushMessage, due_at: int) -> None:
    """Keep when to try a message again."""
    values = {"due_at": due_at, "tries": push_messages.c.tries + 1}
    connection.execute(update(push_messages).where(*_is(alliance_id, message)).values(**values))


def _is(alliance_id: int, message: PushMessage) -> tuple[ColumnElement[bool], ...]:
    columns = push_messages.c
    return (
        columns.alliance_id == alliance_id,
        columns.subscription == message.subscription,
        columns.seq == message.seq,
    )


def _subscription(row: Row[Any]) -> PushSubscription:
    address = PushAddress(row.endpoint, row.p256dh, row.auth)
    return PushSubscription(row.id, row.member, row.session, row.language, row.created_at, address)
