"""Add, change and delete endpoints, as whoever may: a shop's people its own, an app those of apps, the alliance all.

Times are microseconds since 1970 UTC, `now` is by the machine's clock.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from coalition.access.caller import SHOP, Caller, Role
from coalition.access.errors import RequestReused
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.errors import NotFound
from coalition.events.emit import begin_after_postings
from coalition.outgoing.address import check_url
from coalition.webhooks.endpoint import Endpoint, rotated
from coalition.webhooks.store import (
    EndpointExists,
    add_endpoint,
    change_endpoint,
    find_endpoint,
    list_endpoints,
    lock_feed,
    remove_endpoint,
)
from settlement import Phrase

BY_REQUEST = Phrase("by request")


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An endpoint to add, of a shop or (None) of the alliance; no `types` means all. A form has an `id` of its own."""

    url: str
    shop: str | None = None
    types: Sequence[str] = ()
    description: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class EndpointChange:
    """What to change of an endpoint; None leaves it as it is."""

    url: str | None = None
    types: Sequence[str] | None = None
    description: str | None = None
    enabled: bool | None = None


def create_endpoint(alliance: Alliance, caller: Caller, new: NewEndpoint, now: int, *, allow_private: bool) -> Endpoint:
    """Add an endpoint, which gets what happens from now on; the one that was added before where it has the same id.

    Raises NotFound for a shop that is not there, or not the caller's; UrlRefused, EndpointExists, TooManyEndpoints, and
    RequestReused where another one has the id.
    """
    if new.shop is not None and not (caller.may_act_for_shop(new.shop) and _is_shop(alliance, new.shop)):
        raise NotFound(Phrase("shop"), new.shop)
    check_url(new.url, allow_private=allow_private)
    # What was posted before this is no news to it, though it may not be in the feed yet.
    with begin_after_postings(alliance) as connection:
        lock_feed(connection, alliance.id)
        before = find_endpoint(connection, alliance.id, new.id) if new.id else None
        if before is not None:
            if (before.url, before.shop) != (new.url, new.shop):
                raise RequestReused("url")
            return before
        made = add_endpoint(
            connection,
            alliance.id,
            new.url,
            now,
            shop=new.shop,
            types=new.types,
            description=new.description,
            app=caller.role is Role.APP,
            id_=new.id,
        )
        record(connection, caller, "webhook.create", made.id)
    return made


def own_endpoints(connection: Connection, caller: Caller) -> list[Endpoint]:
    """Those that the caller may see, the oldest first."""
    every = list_endpoints(connection, caller.alliance_id, caller.shop)
    return [endpoint for endpoint in every if _may_see(caller, endpoint)]


def own_endpoint(connection: Connection, caller: Caller, id_: str) -> Endpoint:
    """One of them. Raises NotFound."""
    endpoint = find_endpoint(connection, caller.alliance_id, id_)
    if endpoint is None or not _may_see(caller, endpoint):
        raise NotFound(Phrase("webhook endpoint"), id_)
    return endpoint


def update_endpoint(
    alliance: Alliance, caller: Caller, id_: str, change: EndpointChange, now: int, *, allow_private: bool
) -> Endpoint:
    """Change an endpoint. One that is enabled again gets the events that waited for it, and new ones.

    Raises NotFound, UrlRefused and EndpointExists.
    """
    if change.url is not None:
        check_url(change.url, allow_private=allow_private)
    with begin_after_postings(alliance) as connection:
        lock_feed(connection, alliance.id)
        current = own_endpoint(connection, caller, id_)
        for other in list_endpoints(connection, alliance.id):
            if (other.shop, other.app, other.url) == (current.shop, current.app, change.url) and other.id != current.id:
                raise EndpointExists(other.id)
        changed = replace(
            current,
            url=current.url if change.url is None else change.url,
            types=current.types if change.types is None else tuple(change.types),
            description=current.description if change.description is None else change.description,
        )
        if change.enabled is not None and change.enabled != current.enabled:
            status, because = ("enabled", None) if change.enabled else ("disabled", BY_REQUEST)
            changed = replace(changed, status=status, disabled_because=because)
        kept = change_endpoint(connection, alliance.id, changed, now)
        record(connection, caller, "webhook.change", kept.id)
    return kept


def rotate_secret(alliance: Alliance, caller: Caller, id_: str, now: int, overlap: int) -> Endpoint:
    """Give an endpoint a new secret; for `overlap` microseconds the old one signs too. Raises NotFound."""
    with alliance.database.engine.begin() as connection:
        lock_feed(connection, alliance.id)
        current = own_endpoint(connection, caller, id_)
        changed = replace(current, secrets=rotated(current.secrets, now, overlap))
        kept = change_endpoint(connection, alliance.id, changed, now)
        record(connection, caller, "webhook.rotate", kept.id)
    return kept


def delete_endpoint(alliance: Alliance, caller: Caller, id_: str) -> None:
    """Delete an endpoint with all its deliveries, sent or waiting. Raises NotFound."""
    with alliance.database.engine.begin() as connection:
        lock_feed(connection, alliance.id)
        current = own_endpoint(connection, caller, id_)
        remove_endpoint(connection, alliance.id, current.id)
        record(connection, caller, "webhook.delete", current.id)


def _is_shop(alliance: Alliance, ref: str) -> bool:
    with closing(alliance.database.session()) as session:
        return ref in alliance.book.config(session).by_ref


def _may_see(caller: Caller, endpoint: Endpoint) -> bool:
    if caller.role is Role.APP:
        return endpoint.app
    return caller.role not in SHOP or endpoint.shop == caller.shop
