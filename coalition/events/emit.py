"""Add an event for a fact that is no posting, in the transaction that makes it a fact."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, text

from coalition.events.event_type import EventType
from coalition.events.payload import payload_text
from coalition.events.tables import events

TAKE = text(
    "INSERT INTO event_feeds (alliance_id, next_seq, next_posting) VALUES (:alliance_id, 2, 1) "
    "ON CONFLICT (alliance_id) DO UPDATE SET next_seq = event_feeds.next_seq + 1 RETURNING next_seq - 1"
)


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
    seq = int(connection.execute(TAKE, {"alliance_id": alliance_id}).scalar_one())
    connection.execute(
        insert(events).values(
            alliance_id=alliance_id,
            seq=seq,
            type=str(type_),
            at=at,
            shop=shop,
            member=member,
            second_member=second_member,
            payload=payload_text(payload),
        )
    )
    return seq
