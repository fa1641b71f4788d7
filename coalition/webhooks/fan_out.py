"""Address events to the endpoints that want them: each event once, as the cursor moves with what it stands for."""

from collections.abc import Iterable

from sqlalchemy import Connection, exists, insert, select, text, update

from coalition.events.event import Event
from coalition.events.tables import event_feeds
from coalition.feed.read import events_from
from coalition.jobs.store import JobKey, wake
from coalition.webhooks.store import JOB, list_endpoints, lock_feed
from coalition.webhooks.tables import webhook_deliveries, webhook_endpoints, webhook_feeds
from settlement.ledger import Database

BATCH = 1_000

ADDRESS_AGAIN = (
    "INSERT INTO webhook_deliveries (alliance_id, endpoint, seq, state, attempts, tries, due_at) "
    "VALUES (:alliance_id, :endpoint, :seq, 'pending', 0, 0, :due_at) "
    "ON CONFLICT (alliance_id, endpoint, seq) DO UPDATE "
    "SET state = 'pending', tries = 0, due_at = excluded.due_at, ended_at = NULL"
)
_AGAIN = text(ADDRESS_AGAIN)
_AGAIN_IF_NOT_TAKEN = text(ADDRESS_AGAIN + " WHERE webhook_deliveries.state <> 'delivered'")


def is_behind(database: Database, alliance_id: int) -> bool:
    """Whether there are events to address, and anybody who may want them."""
    listening = exists().where(webhook_endpoints.c.alliance_id == alliance_id, webhook_endpoints.c.status == "enabled")
    feeds = event_feeds.join(webhook_feeds, event_feeds.c.alliance_id == webhook_feeds.c.alliance_id)
    with database.engine.connect() as connection:
        row = connection.execute(
            select(event_feeds.c.next_seq)
            .select_from(feeds)
            .where(
                event_feeds.c.alliance_id == alliance_id,
                event_feeds.c.next_seq > webhook_feeds.c.next_seq,
                listening,
            )
        ).first()
    return row is not None


def fan_out(connection: Connection, alliance_id: int, now: int, most: int = BATCH) -> int:
    """Address up to `most` further events, due at once; returns how many there were."""
    next_seq = lock_feed(connection, alliance_id)
    events = events_from(connection, alliance_id, next_seq - 1, most)
    if not events:
        return 0
    addressed = []
    for endpoint in list_endpoints(connection, alliance_id):
        if endpoint.enabled:
            wanted = [event.seq for event in events if endpoint.wants(event)]
            addressed += [(endpoint.id, seq) for seq in wanted]
    if addressed:
        connection.execute(
            insert(webhook_deliveries),
            [
                {
                    "alliance_id": alliance_id,
                    "endpoint": endpoint,
                    "seq": seq,
                    "state": "pending",
                    "attempts": 0,
                    "tries": 0,
                    "due_at": now,
                }
                for endpoint, seq in addressed
            ],
        )
    connection.execute(
        update(webhook_feeds).where(webhook_feeds.c.alliance_id == alliance_id).values(next_seq=events[-1].seq + 1)
    )
    for endpoint_id in sorted({endpoint for endpoint, _ in addressed}):
        wake(connection, JobKey(alliance_id, JOB, endpoint_id), now)
    return len(events)


def address_again(
    connection: Connection,
    alliance_id: int,
    endpoint_id: str,
    events: Iterable[Event],
    now: int,
    *,
    include_delivered: bool,
) -> int:
    """Let events be sent to an endpoint again, or for the first time; returns how many will be."""
    lock_feed(connection, alliance_id)
    statement = _AGAIN if include_delivered else _AGAIN_IF_NOT_TAKEN
    queued = 0
    for event in events:
        values = {"alliance_id": alliance_id, "endpoint": endpoint_id, "seq": event.seq, "due_at": now}
        queued += connection.execute(statement, values).rowcount
    if queued:
        wake(connection, JobKey(alliance_id, JOB, endpoint_id), now)
    return queued
