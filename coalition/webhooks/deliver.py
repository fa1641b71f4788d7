"""Deliver what is due to one endpoint: one event at a time, in the order of the feed.

What is not taken is tried again later, and holds nothing up that comes behind it. Each outcome is committed before
the next event is sent: after a crash at most the event under way is sent a second time, under the same webhook-id.
"""

import time

import orjson
from sqlalchemy import Connection, func, insert, select, update

from coalition.alliance import Alliance
from coalition.events.emit import emit
from coalition.events.event import public_event
from coalition.feed.read import find_event
from coalition.jobs.job import Work
from coalition.outgoing.post import DeliveryOutcome
from coalition.webhooks.endpoint import DISABLED_AFTER, GONE, SECOND, Endpoint, pause_after
from coalition.webhooks.event_types import WEBHOOK_ENDPOINT_DISABLED
from coalition.webhooks.send import send, signed_headers
from coalition.webhooks.store import JOB as JOB
from coalition.webhooks.store import find_endpoint
from coalition.webhooks.tables import webhook_attempts, webhook_deliveries, webhook_endpoints
from settlement import Phrase, stored

BATCH = 50
RUN_SECONDS_MAX = 30.0
FAILURES_MAX = 3
"""After so many failures one after the other the receiver is left in peace for a moment."""
PEACE_SECONDS = 30


def deliver_due(work: Work) -> None:
    """Send what is due to the endpoint `work.subject`, until nothing is, or the receiver fails, or time is up."""
    alliance, engine = work.alliance, work.alliance.database.engine
    until = time.monotonic() + RUN_SECONDS_MAX
    failures = 0
    while time.monotonic() < until:
        with engine.connect() as connection:
            endpoint = find_endpoint(connection, alliance.id, work.subject)
            due = _due(connection, alliance.id, work.subject, work.clock())
        if endpoint is None or not endpoint.enabled or endpoint.paused_until > work.clock() or not due:
            return
        for seq in due:
            if work.stopping() or time.monotonic() >= until:
                return
            outcome = _send(work, endpoint, seq)
            failures = 0 if outcome.taken else failures + 1
            with engine.begin() as connection:
                still = record(connection, alliance, endpoint.id, seq, outcome, work.clock(), pause=failures)
            if not still:
                return


def next_due(connection: Connection, alliance_id: int, endpoint_id: str) -> int | None:
    """When an endpoint's next event is due; None where it waits for none."""
    endpoint = find_endpoint(connection, alliance_id, endpoint_id)
    if endpoint is None or not endpoint.enabled:
        return None
    first = connection.execute(
        select(func.min(webhook_deliveries.c.due_at)).where(
            webhook_deliveries.c.alliance_id == alliance_id,
            webhook_deliveries.c.endpoint == endpoint_id,
            webhook_deliveries.c.ended_at.is_(None),
        )
    ).scalar()
    return None if first is None else max(int(first), endpoint.paused_until)


def record(
    connection: Connection,
    alliance: Alliance,
    endpoint_id: str,
    seq: int,
    outcome: DeliveryOutcome,
    now: int,
    *,
    pause: int = 0,
) -> bool:
    """Keep what came of an attempt; False where the endpoint gets nothing more for now.

    `pause` is how many attempts in a row have failed.
    """
    mine = (
        webhook_deliveries.c.alliance_id == alliance.id,
        webhook_deliveries.c.endpoint == endpoint_id,
        webhook_deliveries.c.seq == seq,
    )
    counted = connection.execute(
        update(webhook_deliveries)
        .where(*mine)
        .values(attempts=webhook_deliveries.c.attempts + 1, tries=webhook_deliveries.c.tries + 1)
        .returning(webhook_deliveries.c.attempts, webhook_deliveries.c.tries)
    ).one_or_none()
    if counted is None:
        # The endpoint was deleted while its receiver answered.
        return False
    connection.execute(
        insert(webhook_attempts).values(
            alliance_id=alliance.id,
            endpoint=endpoint_id,
            seq=seq,
            number=counted.attempts,
            at=now,
            status=outcome.status,
            problem=outcome.problem and stored(outcome.problem),
            duration_ms=outcome.duration_ms,
        )
    )
    wait = None if outcome.taken else pause_after(counted.tries)
    ended = {"state": "delivered" if outcome.taken else "failed", "ended_at": now}
    connection.execute(
        update(webhook_deliveries).where(*mine).values(**(ended if wait is None else {"due_at": now + wait}))
    )
    return _judge(connection, alliance, endpoint_id, outcome, now, pause)


def _judge(
    connection: Connection, alliance: Alliance, endpoint_id: str, outcome: DeliveryOutcome, now: int, failures: int
) -> bool:
    """What an attempt means for the endpoint as a whole: it works, it has a break, or it is given up."""
    endpoint = find_endpoint(connection, alliance.id, endpoint_id)
    if endpoint is None or not endpoint.enabled:
        return False
    changes: dict[str, object] = {}
    because: str | None = None
    if outcome.taken:
        if endpoint.failing_since is not None:
            changes = {"failing_since": None}
    else:
        since = now if endpoint.failing_since is None else endpoint.failing_since
        changes = {"failing_since": since}
        if outcome.status == GONE:
            because = Phrase("the receiver answered 410 Gone")
        elif now - since >= DISABLED_AFTER:
            because = Phrase("it took nothing for {days} days", days=DISABLED_AFTER // (24 * 3600 * SECOND))
        elif failures >= FAILURES_MAX:
            changes["paused_until"] = now + PEACE_SECONDS * SECOND
    if because is not None:
        changes |= {"status": "disabled", "disabled_because": stored(because)}
    if changes:
        mine = (webhook_endpoints.c.alliance_id == alliance.id, webhook_endpoints.c.id == endpoint_id)
        connection.execute(update(webhook_endpoints).where(*mine).values(**changes))
    if because is not None:
        payload = {"id": endpoint_id, "url": endpoint.url, "shop": endpoint.shop, "because": because}
        emit(connection, alliance.id, WEBHOOK_ENDPOINT_DISABLED, alliance.clock(), payload, shop=endpoint.shop)
    return because is None and "paused_until" not in changes


def _due(connection: Connection, alliance_id: int, endpoint_id: str, now: int) -> list[int]:
    rows = connection.execute(
        select(webhook_deliveries.c.seq)
        .where(
            webhook_deliveries.c.alliance_id == alliance_id,
            webhook_deliveries.c.endpoint == endpoint_id,
            webhook_deliveries.c.ended_at.is_(None),
            webhook_deliveries.c.due_at <= now,
        )
        .order_by(webhook_deliveries.c.due_at, webhook_deliveries.c.seq)
        .limit(BATCH)
    )
    return [seq for (seq,) in rows]


def _send(work: Work, endpoint: Endpoint, seq: int) -> DeliveryOutcome:
    """Send one event, signed with all secrets that count now."""
    alliance = work.alliance
    with alliance.database.engine.connect() as connection:
        event = find_event(connection, alliance.id, seq)
    if event is None:
        return DeliveryOutcome(None, "the event is not there any more", 0)
    ids = alliance.programme.ids
    body = orjson.dumps(public_event(event, ids, for_shop=endpoint.shop is not None)).decode()
    now = work.clock()
    return send(
        endpoint.url,
        body,
        signed_headers(event.public_id(ids), now, body, endpoint.signing(now)),
        timeout_seconds=work.settings.webhook_timeout_seconds,
        allow_private=work.settings.allow_private,
    )
