"""Endpoints in the database."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from sqlalchemy import Connection, Row, delete, func, insert, select, text, update

from coalition.errors import CoalitionError
from coalition.feed.read import next_seq
from coalition.ids import random_id
from coalition.jobs.store import JobKey, add_jobs, remove_job, wake
from coalition.locale.messages import N_
from coalition.webhooks.endpoint import Endpoint, Secret, new_secret
from coalition.webhooks.tables import webhook_attempts, webhook_deliveries, webhook_endpoints, webhook_feeds
from settlement import restored, stored

ID = "whe"
JOB = "webhooks.deliver"
ENDPOINTS_MAX = 20
"""Endpoints of one shop, and of the alliance itself."""

_LOCK = text(
    "INSERT INTO webhook_feeds (alliance_id, next_seq) VALUES (:alliance_id, 1) "
    "ON CONFLICT (alliance_id) DO UPDATE SET next_seq = webhook_feeds.next_seq RETURNING next_seq"
)


class EndpointExists(CoalitionError):
    """This URL is an endpoint of the same owner already; `id` is its id."""

    code = "webhook_endpoint_exists"
    status = HTTPStatus.CONFLICT
    title = N_("Webhook endpoint already exists")
    remedy = N_("Change the endpoint whose id `fields` has.")
    detail = N_("This URL is the endpoint {id} already. Change that one.")
    concerns = "url"
    field_says = "{id}"
    id: str


class TooManyEndpoints(CoalitionError):
    """The owner has as many endpoints as one may have."""

    code = "too_many_endpoints"
    status = HTTPStatus.CONFLICT
    title = N_("Too many webhook endpoints")
    remedy = N_("Delete an endpoint first.")
    detail = N_("There are {most} endpoints already, which is the limit. Delete one first.")
    most: ClassVar[int] = ENDPOINTS_MAX


def lock_feed(connection: Connection, alliance_id: int) -> int:
    """Take the lock under which endpoints change and events are addressed; returns the first event that is not."""
    return int(connection.execute(_LOCK, {"alliance_id": alliance_id}).scalar_one())


def add_endpoint(
    connection: Connection,
    alliance_id: int,
    url: str,
    now: int,
    *,
    shop: str | None = None,
    types: Sequence[str] = (),
    description: str = "",
    app: bool = False,
    id_: str = "",
) -> Endpoint:
    """Add an endpoint, which gets what happens from now on; a form has an id of its own for it.

    Raises EndpointExists and TooManyEndpoints.
    """
    lock_feed(connection, alliance_id)
    own = [
        existing for existing in list_endpoints(connection, alliance_id) if (existing.shop, existing.app) == (shop, app)
    ]
    for existing in own:
        if existing.url == url:
            raise EndpointExists(existing.id)
    if len(own) >= ENDPOINTS_MAX:
        raise TooManyEndpoints
    first = _begin_at_the_end(connection, alliance_id)
    endpoint = Endpoint(
        id=id_ or random_id(ID),
        shop=shop,
        url=url,
        description=description,
        types=tuple(types),
        secrets=(new_secret(),),
        status="enabled",
        disabled_because=None,
        created_at=now,
        first_seq=first,
        failing_since=None,
        paused_until=0,
        app=app,
    )
    connection.execute(insert(webhook_endpoints).values(alliance_id=alliance_id, **_columns(endpoint)))
    add_jobs(connection, [JobKey(alliance_id, JOB, endpoint.id)], now)
    return endpoint


def change_endpoint(connection: Connection, alliance_id: int, changed: Endpoint, now: int) -> Endpoint:
    """Keep an endpoint as it was changed. One that is enabled again gets what happens from now on, and what waits."""
    lock_feed(connection, alliance_id)
    before = find_endpoint(connection, alliance_id, changed.id)
    if before is not None and changed.enabled and not before.enabled:
        first = _begin_at_the_end(connection, alliance_id)
        changed = _replaced(changed, first_seq=first, failing_since=None, paused_until=0)
        wake(connection, JobKey(alliance_id, JOB, changed.id), now)
    connection.execute(update(webhook_endpoints).where(*_is(alliance_id, changed.id)).values(**_columns(changed)))
    return changed


def remove_endpoint(connection: Connection, alliance_id: int, id_: str) -> None:
    """Delete an endpoint with all that was sent or waits."""
    lock_feed(connection, alliance_id)
    remove_job(connection, JobKey(alliance_id, JOB, id_))
    for table in (webhook_attempts, webhook_deliveries):
        connection.execute(delete(table).where(table.c.alliance_id == alliance_id, table.c.endpoint == id_))
    connection.execute(delete(webhook_endpoints).where(*_is(alliance_id, id_)))


def find_endpoint(connection: Connection, alliance_id: int, id_: str) -> Endpoint | None:
    """The endpoint of that id."""
    row = connection.execute(select(webhook_endpoints).where(*_is(alliance_id, id_))).one_or_none()
    return None if row is None else _endpoint(row)


def list_endpoints(connection: Connection, alliance_id: int, shop: str | None = None) -> list[Endpoint]:
    """All endpoints of an alliance, the oldest first; only a shop's where one is given."""
    query = select(webhook_endpoints).where(webhook_endpoints.c.alliance_id == alliance_id)
    if shop is not None:
        query = query.where(webhook_endpoints.c.shop == shop)
    rows = connection.execute(query.order_by(webhook_endpoints.c.created_at, webhook_endpoints.c.id))
    return [_endpoint(row) for row in rows]


def _begin_at_the_end(connection: Connection, alliance_id: int) -> int:
    """The number of the next event. While nobody listens nothing is addressed: then addressing goes on there."""
    first = next_seq(connection, alliance_id)
    listening = connection.execute(
        select(func.count())
        .select_from(webhook_endpoints)
        .where(webhook_endpoints.c.alliance_id == alliance_id, webhook_endpoints.c.status == "enabled")
    ).scalar_one()
    if not listening:
        connection.execute(
            update(webhook_feeds).where(webhook_feeds.c.alliance_id == alliance_id).values(next_seq=first)
        )
    return first


def _is(alliance_id: int, id_: str) -> tuple[Any, Any]:
    return webhook_endpoints.c.alliance_id == alliance_id, webhook_endpoints.c.id == id_


def _replaced(endpoint: Endpoint, **changes: Any) -> Endpoint:
    return Endpoint(**{**{name: getattr(endpoint, name) for name in Endpoint.__slots__}, **changes})


def _columns(endpoint: Endpoint) -> dict[str, Any]:
    return {
        **{name: getattr(endpoint, name) for name in Endpoint.__slots__},
        "disabled_because": endpoint.disabled_because and stored(endpoint.disabled_because),
        "types": orjson.dumps(list(endpoint.types)).decode(),
        "secrets": orjson.dumps([[secret.text, secret.until] for secret in endpoint.secrets]).decode(),
    }


def _endpoint(row: Row[Any]) -> Endpoint:
    values = {name: getattr(row, name) for name in Endpoint.__slots__}
    values["types"] = tuple(orjson.loads(row.types))
    values["secrets"] = tuple(Secret(*secret) for secret in orjson.loads(row.secrets))
    if row.disabled_because is not None:
        values["disabled_because"] = restored(row.disabled_because)
    return Endpoint(**values)
