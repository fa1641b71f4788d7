"""Webhook endpoints: where events are sent."""

from dataclasses import replace
from typing import Annotated, Any, Literal, cast

from fastapi import Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from sqlalchemy import Connection

from coalition.access.caller import OWNERS, SHOP, Caller, Role
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.event_types import EventType
from coalition.api.fields import PlainText, Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.events.emit import begin_after_postings
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, moment
from coalition.outgoing.address import URL_CHARS_MAX, check_url
from coalition.web.request import language_of
from coalition.webhooks.endpoint import OVERLAP_HOURS_MAX, Endpoint, rotated
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

router = Router(prefix="/v1/webhook_endpoints", tags=["webhooks"])
POSITION = 340

Owners = Annotated[Caller, Depends(allow(OWNERS | {Role.MANAGER, Role.TILL, Role.APP}))]
HOUR = 3600 * 1_000_000
TYPES_MAX = 50
COMMON = ((401, "No valid key."), (403, "Not for this role."))
MISSING = (404, "No such endpoint, or none of yours.")


EndpointId = Annotated[Text, Path(description="The endpoint's id.", examples=["whe_0m3n…"])]
Url = Annotated[str, Field(min_length=1, max_length=URL_CHARS_MAX), PlainText()]
Note = Annotated[str, Field(max_length=200), PlainText(empty=True)]
EventTypes = Annotated[list[EventType], Field(max_length=TYPES_MAX)]


class WebhookEndpointCreate(BaseModel):
    """A new endpoint."""

    model_config = ConfigDict(extra="forbid")

    url: Url = Field(
        description="The URL to send events to: https, with a public address.",
        examples=["https://till.example.com/coalition"],
    )
    shop: Text | None = Field(
        default=None,
        description="The shop whose events it gets; by default the caller's shop. Null for the alliance's own "
        "endpoint.",
        examples=["bakery"],
    )
    types: EventTypes = Field(
        default=[],
        description="The event types that it gets; empty for all.",
        examples=[["purchase.created", "refund.created"]],
    )
    description: Note = Field(default="", description="What the endpoint is for.")


class WebhookEndpointUpdate(BaseModel):
    """What to change of an endpoint. Fields that are left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = Field(default=None, description="The new URL.")
    types: EventTypes | None = Field(default=None, description="The new types.")
    description: Note | None = Field(default=None, description="What the endpoint is for.")
    status: Literal["enabled", "disabled"] | None = Field(
        default=None,
        description="An endpoint that is enabled again gets the events that waited for it and new ones; replay those "
        "in between.",
    )


class WebhookEndpoint(BaseModel):
    """An endpoint."""

    id: str = Field(description="The endpoint's id.", examples=["whe_0m3n…"])
    url: str = Field(description="The URL that events are sent to.")
    shop: str | None = Field(description="The shop whose events it gets; null for the alliance's own endpoint.")
    types: list[str] = Field(description="The event types that it gets; empty for all.")
    app: bool = Field(description="Whether it is a wallet app's, which gets what concerns a member, at any shop.")
    description: str = Field(description="What the endpoint is for.")
    status: Literal["enabled", "disabled"] = Field(description="Whether events are sent to it.")
    disabled_because: str | None = Field(description="Why it is disabled; null while it is enabled.")
    created_at: Moment = Field(description="When it was created.")
    failing_since: Moment | None = Field(description="Since when every attempt has failed; null while it works.")


class WebhookEndpointWithSecret(WebhookEndpoint):
    """An endpoint with its newest secret."""

    secret: str = Field(
        description="The secret to verify signatures with, by any Standard Webhooks library. Only this answer has it.",
        examples=["whsec_…"],
    )


class WebhookSecretRotate(BaseModel):
    """A new secret for an endpoint."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: StrictInt = Field(
        default=24,
        description="For how many hours webhooks are signed with the old secret too.",
        ge=0,
        le=OVERLAP_HOURS_MAX,
    )


@router.post(
    "",
    operation_id="createWebhookEndpoint",
    summary="Create an endpoint that events are sent to",
    status_code=201,
    responses=responses(
        *COMMON,
        (404, "No such shop, or none of yours."),
        (409, "There is an endpoint with this URL (`fields` has its id), or there are too many endpoints."),
        (422, "A field can't be used: `url_refused` if the URL is not https with a public address."),
    ),
)
def create_endpoint(request: Request, body: WebhookEndpointCreate, caller: Owners) -> WebhookEndpointWithSecret:
    """Sends it all events from now on, signed as Standard Webhooks says. Only this answer has its secret.

    A shop's endpoint gets the shop's events, a wallet app's what concerns a member.

    Answer each webhook with a 2xx within 15 seconds. Otherwise it is sent again for three days, at growing intervals;
    an endpoint that accepts nothing for five days is disabled. An event may come twice, with the same `webhook-id`.
    """
    alliance = alliance_now(request, caller)
    shop = caller.shop if body.shop is None else body.shop
    if shop is not None:
        own_shop(caller, shop)
        if shop not in _shops(alliance):
            not_found(Phrase("shop"), shop)
    _check(request, body.url)
    # What was posted before this is no news to it, though it may not be in the feed yet.
    with begin_after_postings(alliance) as connection:
        made = add_endpoint(
            connection,
            alliance.id,
            body.url,
            request.app.state.alliances.clock(),
            shop=shop,
            types=body.types,
            description=body.description,
            app=caller.role is Role.APP,
        )
        record(connection, caller, "webhook.create", made.id)
    return _with_secret(alliance, made, language_of(request))


@router.get(
    "",
    operation_id="listWebhookEndpoints",
    summary="List the endpoints",
    responses=responses(*COMMON, (422, "A parameter can't be used.")),
)
def get_endpoints(request: Request, caller: Owners, cursor: Cursor = None, limit: Limit = 20) -> Page[WebhookEndpoint]:
    """Oldest first. A shop's caller sees the shop's own endpoints, and a wallet app those of apps."""
    alliance = alliance_now(request, caller)
    position = cast("list[Any] | None", position_of(cursor, int, str))
    with alliance.database.engine.connect() as connection:
        endpoints = [each for each in list_endpoints(connection, alliance.id, caller.shop) if _may_see(caller, each)]
    rest = [
        endpoint
        for endpoint in endpoints
        if position is None or (endpoint.created_at, endpoint.id) > (position[0], position[1])
    ]
    lang = language_of(request)
    return page(
        rest,
        limit,
        lambda endpoint: [endpoint.created_at, endpoint.id],
        lambda endpoint: _render(alliance, endpoint, lang),
    )


@router.get(
    "/{id}", operation_id="getWebhookEndpoint", summary="Get an endpoint", responses=responses(*COMMON, MISSING)
)
def get_endpoint(request: Request, id: EndpointId, caller: Owners) -> WebhookEndpoint:  # noqa: A002 - the path's name
    """An endpoint by its id."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        return _render(alliance, own_endpoint(connection, alliance, caller, id), language_of(request))


@router.patch(
    "/{id}",
    operation_id="updateWebhookEndpoint",
    summary="Change, disable or enable an endpoint",
    responses=responses(*COMMON, MISSING, (409, "Another endpoint has this URL."), (422, "A field can't be used.")),
)
def patch_endpoint(
    request: Request,
    id: EndpointId,  # noqa: A002 - the path's name
    body: WebhookEndpointUpdate,
    caller: Owners,
) -> WebhookEndpoint:
    """Changes only the fields that are sent."""
    alliance = alliance_now(request, caller)
    if body.url is not None:
        _check(request, body.url)
    with begin_after_postings(alliance) as connection:
        lock_feed(connection, alliance.id)
        current = own_endpoint(connection, alliance, caller, id)
        for other in list_endpoints(connection, alliance.id):
            if (other.shop, other.app, other.url) == (current.shop, current.app, body.url) and other.id != current.id:
                raise EndpointExists(other.id)
        changed = replace(
            current,
            url=current.url if body.url is None else body.url,
            types=current.types if body.types is None else tuple(body.types),
            description=current.description if body.description is None else body.description,
        )
        if body.status is not None and body.status != current.status:
            because = Phrase("by request") if body.status == "disabled" else None
            changed = replace(changed, status=body.status, disabled_because=because)
        kept = change_endpoint(connection, alliance.id, changed, request.app.state.alliances.clock())
        record(connection, caller, "webhook.change", kept.id)
    return _render(alliance, kept, language_of(request))


@router.post(
    "/{id}/rotate_secret",
    operation_id="rotateWebhookSecret",
    summary="Replace an endpoint's secret",
    responses=responses(*COMMON, MISSING, (422, "A field can't be used.")),
)
def rotate_secret(
    request: Request,
    id: EndpointId,  # noqa: A002 - the path's name
    body: WebhookSecretRotate,
    caller: Owners,
) -> WebhookEndpointWithSecret:
    """During the overlap each webhook is signed with both secrets, so that receivers can switch at any time."""
    alliance = alliance_now(request, caller)
    now = request.app.state.alliances.clock()
    with alliance.database.engine.begin() as connection:
        lock_feed(connection, alliance.id)
        current = own_endpoint(connection, alliance, caller, id)
        changed = replace(current, secrets=rotated(current.secrets, now, body.overlap_hours * HOUR))
        kept = change_endpoint(connection, alliance.id, changed, now)
        record(connection, caller, "webhook.rotate", kept.id)
    return _with_secret(alliance, kept, language_of(request))


@router.delete(
    "/{id}",
    operation_id="deleteWebhookEndpoint",
    summary="Delete an endpoint",
    status_code=204,
    responses=responses(*COMMON, MISSING),
)
def delete_endpoint(request: Request, id: EndpointId, caller: Owners) -> Response:  # noqa: A002 - the path's name
    """Deletes the endpoint with all its deliveries, sent or waiting."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.begin() as connection:
        lock_feed(connection, alliance.id)
        current = own_endpoint(connection, alliance, caller, id)
        remove_endpoint(connection, alliance.id, current.id)
        record(connection, caller, "webhook.delete", current.id)
    return Response(status_code=204)


def _shops(alliance: Alliance) -> set[str]:
    session = alliance.database.session()
    try:
        return set(alliance.book.config(session).by_ref)
    finally:
        session.close()


def _check(request: Request, url: str) -> None:
    check_url(url, allow_private=request.app.state.work_settings.allow_private)


def own_endpoint(connection: Connection, alliance: Alliance, caller: Caller, id_: str) -> Endpoint:
    """An endpoint that the caller may see: a shop's callers its own, an app those of apps, the alliance all."""
    endpoint = find_endpoint(connection, alliance.id, id_)
    if endpoint is None or not _may_see(caller, endpoint):
        not_found(Phrase("webhook endpoint"), id_)
    return endpoint


def _may_see(caller: Caller, endpoint: Endpoint) -> bool:
    if caller.role is Role.APP:
        return endpoint.app
    return caller.role not in SHOP or endpoint.shop == caller.shop


def _fields(alliance: Alliance, endpoint: Endpoint, lang: Lang) -> dict[str, object]:
    because = endpoint.disabled_because
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "shop": endpoint.shop,
        "types": list(endpoint.types),
        "app": endpoint.app,
        "description": endpoint.description,
        "status": endpoint.status,
        "disabled_because": because and reason_text(because, lang, alliance.book.settings),
        "created_at": moment(endpoint.created_at),
        "failing_since": None if endpoint.failing_since is None else moment(endpoint.failing_since),
    }


def _render(alliance: Alliance, endpoint: Endpoint, lang: Lang) -> WebhookEndpoint:
    return WebhookEndpoint.model_validate(_fields(alliance, endpoint, lang))


def _with_secret(alliance: Alliance, endpoint: Endpoint, lang: Lang) -> WebhookEndpointWithSecret:
    secret = endpoint.secrets[0].text
    return WebhookEndpointWithSecret.model_validate({**_fields(alliance, endpoint, lang), "secret": secret})
