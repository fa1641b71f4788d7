"""What was sent to an endpoint, attempt by attempt."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from coalition.events.tables import events
from coalition.webhooks.tables import webhook_attempts, webhook_deliveries
from settlement import restored


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. `at` is microseconds since 1970 UTC."""

    number: int
    at: int
    status: int | None
    problem: str | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class DeliveryListed:
    """An event on its way to an endpoint, or at its end, with its attempts in order."""

    seq: int
    type: str
    state: str
    due_at: int
    ended_at: int | None
    attempts: Sequence[Attempt]


def list_deliveries(
    connection: Connection,
    alliance_id: int,
    endpoint_id: str,
    limit: int,
    *,
    before: int | None = None,
    state: str | None = None,
) -> list[DeliveryListed]:
    """The newest event first; those with a number below `before`, and in this state, where they are given."""
    sent = webhook_deliveries.c
    query = (
        select(sent.seq, events.c.type, sent.state, sent.due_at, sent.ended_at)
        .join(events, and_(events.c.alliance_id == sent.alliance_id, events.c.seq == sent.seq))
        .where(sent.alliance_id == alliance_id, sent.endpoint == endpoint_id)
    )
    if before is not None:
        query = query.where(sent.seq < before)
    if state is not None:
        query = query.where(sent.state == state)
    rows = connection.execute(query.order_by(sent.seq.desc()).limit(limit)).all()
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    made = webhook_attempts.c
    for row in connection.execute(
        select(made.seq, made.number, made.at, made.status, made.problem, made.duration_ms)
        .where(made.alliance_id == alliance_id, made.endpoint == endpoint_id, made.seq.in_([row.seq for row in rows]))
        .order_by(made.seq, made.number)
    ):
        problem = row.problem and restored(row.problem)
        attempts[row.seq].append(Attempt(row.number, row.at, row.status, problem, row.duration_ms))
    return [DeliveryListed(row.seq, row.type, row.state, row.due_at, row.ended_at, attempts[row.seq]) for row in rows]
