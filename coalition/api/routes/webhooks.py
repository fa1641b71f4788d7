"""Webhook endpoints: where events are sent."""

from typing import Annotated, Any, Literal, cast

from fastapi import Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import OWNERS, Caller, Role
from coalition.alliance import Alliance, Alliances
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.event_types import EventType
from coalition.api.fields import PlainText, Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, moment
from coalition.outgoing.address import URL_CHARS_MAX
from coalition.web.request import allows_private, language_of
from coalition.webhooks import manage_endpoints as managing
from coalition.webhooks.endpoint import OVERLAP_HOURS_MAX, Endpoint
from coalition.webhooks.manage_endpoints import EndpointChange, NewEndpoint

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
    new = NewEndpoint(body.url, shop, body.types, body.description)
    made = managing.create_endpoint(alliance, caller, new, _now(request), allow_private=allows_private(request))
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
        endpoints = managing.own_endpoints(connection, caller)
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
        return _render(alliance, managing.own_endpoint(connection, caller, id), language_of(request))


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
    enabled = None if body.status is None else body.status == "enabled"
    change = EndpointChange(body.url, body.types, body.description, enabled)
    kept = managing.update_endpoint(alliance, caller, id, change, _now(request), allow_private=allows_private(request))
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
    kept = managing.rotate_secret(alliance, caller, id, _now(request), body.overlap_hours * HOUR)
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
    managing.delete_endpoint(alliance_now(request, caller), caller, id)
    return Response(status_code=204)


def _now(request: Request) -> int:
    alliances: Alliances = request.app.state.alliances
    return alliances.clock()


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
