"""Add an event for a fact that is no posting, in the transaction that makes it a fact."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, insert, text

from coalition.alliance import Alliance
from coalition.events.event_type import EventType
from coalition.events.payload import payload_text
from coalition.events.relay import catch_up
from coalition.events.tables import events

ADD = insert(events)
TAKE = text(
    "INSERT INTO event_feeds (alliance_id, next_seq, next_posting) VALUES (:alliance_id, 1 + :count, 1) "
    "ON CONFLICT (alliance_id) DO UPDATE SET next_seq = event_feeds.next_seq + :count RETURNING next_seq - :count"
)


@contextmanager
def begin_after_postings(alliance: Alliance) -> Iterator[Connection]:
    """A transaction whose events come in the feed after all that was posted before it began.

    Postings become events a moment after they are committed, and would otherwise come behind what happened after them:
    a member's last purchase behind the freeze that followed it.
    """
    catch_up(alliance)
    with alliance.database.engine.begin() as connection:
        yield connection


def emit(
    connection: Connection,
    alliance_id: int,
    type_: EventType,
    at: int,
    payload: Mapping[str, Any],
    *,
    shop: str | None = None,
    member: str | None = None,
    second_member: str | None = None,
) -> int:
    """Add an event (`at` in microseconds since 1970 UTC) and return its number in the feed.

    Call it last in a transaction: from here to the commit everybody else who adds events of the alliance waits, so
    that numbers are in the order of the commits and whoever reads on from a number misses none.
    """
    seq = _take(connection, alliance_id, 1)
    row = _row(alliance_id, seq, type_, at, payload)
    connection.execute(ADD, row | {"shop": shop, "member": member, "second_member": second_member})
    return seq


def emit_to_members(
    connection: Connection, alliance_id: int, type_: EventType, at: int, payloads: Mapping[str, Mapping[str, Any]]
) -> None:
    """Add an event for each of some members: their payloads, by member. Call it last, as `emit`."""
    if not payloads:
        return
    first = _take(connection, alliance_id, len(payloads))
    connection.execute(
        ADD,
        [
            _row(alliance_id, seq, type_, at, payload) | {"member": member}
            for seq, (member, payload) in enumerate(payloads.items(), start=first)
        ],
    )


def _row(alliance_id: int, seq: int, type_: EventType, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of every event, whomever it concerns."""
    return {
        "alliance_id": alliance_id,
        "seq": seq,
        "type": str(type_),
        "at": at,
        "payload": payload_text(payload),
    }


def _take(connection: Connection, alliance_id: int, count: int) -> int:
    """The first of so many numbers of the feed, which nobody else gets."""
    return int(connection.execute(TAKE, {"alliance_id": alliance_id, "count": count}).scalar_one())
