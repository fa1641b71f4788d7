"""Webhook endpoints: where events go, what came of it, and sending them again."""

from dataclasses import replace
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from sqlalchemy import Connection

from coalition.access.caller import OWNERS, SHOP, Caller, Role
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.event_types import EventType
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import ApiError, FieldProblem, responses
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.webhooks.address import URL_CHARS_MAX, AddressRefused, check_url
from coalition.webhooks.endpoint import OVERLAP_HOURS_MAX, Endpoint, rotated
from coalition.webhooks.store import (
    EndpointExists,
    TooManyEndpoints,
    add_endpoint,
    change_endpoint,
    find_endpoint,
    list_endpoints,
    lock_feed,
    remove_endpoint,
)

router = APIRouter(prefix="/v1/webhook_endpoints", tags=["webhooks"])
POSITION = 340

Owners = Annotated[Caller, Depends(allow(OWNERS | {Role.MANAGER, Role.TILL}))]
HOUR = 3600 * 1_000_000
TYPES_MAX = 50
PLAIN = r"^[^\x00]*$"
COMMON = ((401, "No valid key."), (403, "Not for this role."))
MISSING = (404, "No such endpoint, or none of yours.")


EventTypes = Annotated[list[EventType], Field(max_length=TYPES_MAX)]


class EndpointGiven(BaseModel):
    """An endpoint to be."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        description="Where to send events: https, on a public address.",
        min_length=1,
        max_length=URL_CHARS_MAX,
        examples=["https://till.example.com/coalition"],
    )
    shop: str | None = Field(
        default=None,
        description="The shop whose events it gets; a shop's caller may leave it out. Without one: the alliance's own.",
        min_length=1,
        max_length=100,
        pattern=PLAIN,
        examples=["bakery"],
    )
    types: EventTypes = Field(
        default=[],
        description="Event types that it gets, each by its whole name; empty for all.",
        examples=[["purchase.created", "refund.created"]],
    )
    description: str = Field(default="", description="What it is for.", max_length=200, pattern=PLAIN)


class EndpointChanged(BaseModel):
    """What changes of an endpoint; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(default=None, description="The new URL.", min_length=1, max_length=URL_CHARS_MAX)
    types: EventTypes | None = Field(default=None, description="The new types.")
    description: str | None = Field(default=None, description="What it is for.", max_length=200, pattern=PLAIN)
    status: Literal["enabled", "disabled"] | None = Field(
        default=None,
        description="Enabled again, it gets what was waiting and what happens from now on; replay what was between.",
    )


class EndpointShown(BaseModel):
    """An endpoint."""

    id: str = Field(description="Its id.", examples=["whe_0m3n…"])
    url: str = Field(description="Where events go.")
    shop: str | None = Field(description="The shop whose events it gets; null for the alliance's own.")
    types: list[str] = Field(description="Event types that it gets; empty for all.")
    description: str = Field(description="What it is for.")
    status: Literal["enabled", "disabled"] = Field(description="Whether events are sent to it.")
    disabled_because: str | None = Field(description="Why it is disabled.")
    created_at: Moment = Field(description="When it was made.")
    failing_since: Moment | None = Field(description="Since when every attempt has failed; null while it works.")


class EndpointWithSecret(EndpointShown):
    """An endpoint with its newest secret, which is shown only here."""

    secret: str = Field(description="Verifies signatures, by any library of Standard Webhooks.", examples=["whsec_…"])


class RotationGiven(BaseModel):
    """How secrets change."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: StrictInt = Field(
        default=24, description="How long the old secret signs too.", ge=0, le=OVERLAP_HOURS_MAX
    )


@router.post(
    "",
    operation_id="createWebhookEndpoint",
    summary="Have events sent to a URL",
    status_code=201,
    responses=responses(
        *COMMON,
        (404, "No such shop, or none of yours."),
        (409, "The URL is an endpoint already (`fields` has its id), or there are too many."),
        (422, "A field can't be used: `url_refused` where it is no public https address."),
    ),
)
def create_endpoint(request: Request, given: EndpointGiven, who: Owners) -> EndpointWithSecret:
    """Its secret is shown once, here. Events that happen from now on are sent, signed by Standard Webhooks.

    Answer with a 2xx within 15 seconds. What is not taken is sent again for three days, in growing pauses; an
    endpoint that takes nothing for five days is disabled. An event may come twice, under the same `webhook-id`.
    """
    alliance = alliance_now(request, who)
    shop = who.shop if given.shop is None else given.shop
    if shop is not None:
        own_shop(who, shop)
        if shop not in _shops(alliance):
            not_found("shop", shop)
    _check(request, given.url)
    try:
        with alliance.database.engine.begin() as connection:
            made = add_endpoint(
                connection,
                alliance.id,
                given.url,
                request.app.state.alliances.clock(),
                shop=shop,
                types=given.types,
                description=given.description,
            )
            record(connection, who, "webhook.create", made.id)
    except EndpointExists as error:
        fields = [FieldProblem(field="url", problem=error.id)]
        raise ApiError("webhook_endpoint_exists", str(error), fields=fields) from None
    except TooManyEndpoints as error:
        raise ApiError("too_many_endpoints", str(error)) from None
    return _with_secret(made)


@router.get(
    "",
    operation_id="listWebhookEndpoints",
    summary="Endpoints",
    responses=responses(*COMMON, (422, "A parameter can't be used.")),
)
def get_endpoints(request: Request, who: Owners, cursor: Cursor = None, limit: Limit = 20) -> Page[EndpointShown]:
    """The oldest first; a shop sees its own."""
    alliance = alliance_now(request, who)
    position = cast("list[Any] | None", position_of(cursor, int, str))
    with alliance.database.engine.connect() as connection:
        found = list_endpoints(connection, alliance.id, who.shop)
    rest = [one for one in found if position is None or (one.created_at, one.id) > (position[0], position[1])]
    return page(rest, limit, lambda one: [one.created_at, one.id], _shown)


@router.get("/{id}", operation_id="getWebhookEndpoint", summary="An endpoint", responses=responses(*COMMON, MISSING))
def get_endpoint(request: Request, id: str, who: Owners) -> EndpointShown:  # noqa: A002 - the path's name
    """An endpoint by its id."""
    alliance = alliance_now(request, who)
    with alliance.database.engine.connect() as connection:
        return _shown(own_endpoint(connection, alliance, who, id))


@router.patch(
    "/{id}",
    operation_id="changeWebhookEndpoint",
    summary="Change, disable or enable an endpoint",
    responses=responses(
        *COMMON, MISSING, (409, "The URL is another endpoint already."), (422, "A field can't be used.")
    ),
)
def patch_endpoint(
    request: Request,
    id: str,  # noqa: A002 - the path's name
    given: EndpointChanged,
    who: Owners,
) -> EndpointShown:
    """Only what is given changes."""
    alliance = alliance_now(request, who)
    if given.url is not None:
        _check(request, given.url)
    with alliance.database.engine.begin() as connection:
        lock_feed(connection, alliance.id)
        there = own_endpoint(connection, alliance, who, id)
        for one in list_endpoints(connection, alliance.id):
            if (one.shop, one.url) == (there.shop, given.url) and one.id != there.id:
                fields = [FieldProblem(field="url", problem=one.id)]
                raise ApiError("webhook_endpoint_exists", str(EndpointExists(one.id)), fields=fields)
        changed = replace(
            there,
            url=there.url if given.url is None else given.url,
            types=there.types if given.types is None else tuple(given.types),
            description=there.description if given.description is None else given.description,
        )
        if given.status is not None and given.status != there.status:
            because = "by request" if given.status == "disabled" else None
            changed = replace(changed, status=given.status, disabled_because=because)
        kept = change_endpoint(connection, alliance.id, changed, request.app.state.alliances.clock())
        record(connection, who, "webhook.change", kept.id)
    return _shown(kept)


@router.post(
    "/{id}/rotate_secret",
    operation_id="rotateWebhookSecret",
    summary="Take a new secret",
    responses=responses(*COMMON, MISSING, (422, "A field can't be used.")),
)
def rotate_secret(
    request: Request,
    id: str,  # noqa: A002 - the path's name
    given: RotationGiven,
    who: Owners,
) -> EndpointWithSecret:
    """During the overlap each webhook has a signature by either secret, so that no receiver misses one."""
    alliance = alliance_now(request, who)
    now = request.app.state.alliances.clock()
    with alliance.database.engine.begin() as connection:
        lock_feed(connection, alliance.id)
        there = own_endpoint(connection, alliance, who, id)
        changed = replace(there, secrets=rotated(there.secrets, now, given.overlap_hours * HOUR))
        kept = change_endpoint(connection, alliance.id, changed, now)
        record(connection, who, "webhook.rotate", kept.id)
    return _with_secret(kept)


@router.delete(
    "/{id}",
    operation_id="deleteWebhookEndpoint",
    summary="Delete an endpoint",
    status_code=204,
    responses=responses(*COMMON, MISSING),
)
def delete_endpoint(request: Request, id: str, who: Owners) -> Response:  # noqa: A002 - the path's name
    """With all that was sent to it or waits."""
    alliance = alliance_now(request, who)
    with alliance.database.engine.begin() as connection:
        lock_feed(connection, alliance.id)
        there = own_endpoint(connection, alliance, who, id)
        remove_endpoint(connection, alliance.id, there.id)
        record(connection, who, "webhook.delete", there.id)
    return Response(status_code=204)


def _shops(alliance: Alliance) -> set[str]:
    session = alliance.database.session()
    try:
        return set(alliance.book.config(session).by_ref)
    finally:
        session.close()


def _check(request: Request, url: str) -> None:
    try:
        check_url(url, allow_private=request.app.state.work_settings.allow_private)
    except AddressRefused as error:
        fields = [FieldProblem(field="url", problem=error.why)]
        raise ApiError("url_refused", error.why, fields=fields) from None


def own_endpoint(connection: Connection, alliance: Alliance, who: Caller, id_: str) -> Endpoint:
    """An endpoint that the caller may see: a shop's callers its own, the alliance's owners all."""
    found = find_endpoint(connection, alliance.id, id_) if id_.isprintable() else None
    if found is None or (who.role in SHOP and found.shop != who.shop):
        not_found("webhook endpoint", id_)
    return found


def _fields(endpoint: Endpoint) -> dict[str, object]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "shop": endpoint.shop,
        "types": list(endpoint.types),
        "description": endpoint.description,
        "status": endpoint.status,
        "disabled_because": endpoint.disabled_because,
        "created_at": moment(endpoint.created_at),
        "failing_since": None if endpoint.failing_since is None else moment(endpoint.failing_since),
    }


def _shown(endpoint: Endpoint) -> EndpointShown:
    return EndpointShown.model_validate(_fields(endpoint))


def _with_secret(endpoint: Endpoint) -> EndpointWithSecret:
    return EndpointWithSecret.model_validate({**_fields(endpoint), "secret": endpoint.secrets[0].text})
