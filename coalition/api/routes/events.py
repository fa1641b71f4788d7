"""The event feed: all events in order, and each by its id."""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, SHOP, WALLET, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_member, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.event_types import EventType
from coalition.api.fields import Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import invalid, responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.events.event import ID, public_event
from coalition.events.event import Event as EventRecord
from coalition.events.relay import catch_up
from coalition.events.types import types_to_members
from coalition.feed.read import events_from, find_event
from coalition.locale.formats import instant
from settlement import Phrase

router = Router(prefix="/v1/events", tags=["events"])
POSITION = 330

Readers = Annotated[Caller, Depends(allow(ALLIANCE | SHOP | WALLET))]
EventId = Annotated[Text, Path(description="The event's id.", examples=["evt_3f6kq0w9z7xdm"])]
Name = Annotated[Text, Query()]


class Event(BaseModel):
    """An event. A webhook's body has the same form."""

    id: str = Field(description="The event's id; also the webhook's `webhook-id`.", examples=["evt_3f6kq0w9z7xdm"])
    type: EventType = Field(description="The type of event.", examples=["purchase.created"])
    timestamp: Moment = Field(description="When the event was recorded.")
    shop: str | None = Field(description="The shop at which it happened.", examples=["bakery"])
    member: str | None = Field(description="The member concerned.", examples=["mem_ann"])
    second_member: str | None = Field(description="The other member, such as the receiver of a gift.")
    data: dict[str, Any] = Field(
        description="The event's data, with the field names of the API. For a purchase: `id`, `amount_minor`, "
        "`points_spent`, `points_earned`, `spent_from` (points by the shop that issued them) …",
    )


@router.get(
    "",
    operation_id="listEvents",
    summary="List events",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such shop, member or event, or none of yours."),
        (422, "A parameter can't be used."),
    ),
)
def list_events(
    request: Request,
    caller: Readers,
    type: Annotated[EventType | None, Query(description="Only events of this type.")] = None,  # noqa: A002
    shop: Annotated[Name | None, Query(description="Only events of this shop.")] = None,
    member: Annotated[Name | None, Query(description="Only events that concern this member.")] = None,
    since: Annotated[Moment | None, Query(description="Only events recorded at this moment or later.")] = None,
    after: Annotated[
        Text | None, Query(description="Only events after the one with this id: the last that you have.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[Event]:
    """Oldest first. To follow the feed, repeat the call with `after` set to your last event: you never miss one.

    A shop sees its own events, a member theirs and what is for all members; an app has to name the `member`.
    """
    alliance = alliance_now(request, caller)
    shop, member = _visible(caller, shop, member)
    position = position_of(cursor, str)
    start = after if position is None else str(position[0])
    first = 0 if start is None else _seq(alliance, start)
    catch_up(alliance)
    with alliance.database.engine.connect() as connection:
        rows = events_from(
            connection,
            alliance.id,
            first,
            limit + 1,
            types=[] if type is None else [type],
            shop=shop,
            member=member,
            since=None if since is None else instant(since),
        )
    ids = alliance.programme.ids
    return page(rows, limit, lambda event: [event.public_id(ids)], lambda event: _render(alliance, caller, event))


@router.get(
    "/{id}",
    operation_id="getEvent",
    summary="Get an event",
    responses=responses((401, "No valid key."), (403, "Not for this role."), (404, "No such event, or none of yours.")),
)
def get_event(request: Request, id: EventId, caller: Readers) -> Event:  # noqa: A002 - the path's name
    """An event by its id."""
    alliance = alliance_now(request, caller)
    seq = alliance.programme.ids.posting(ID, id)
    with alliance.database.engine.connect() as connection:
        event = None if seq is None else find_event(connection, alliance.id, seq)
    if event is None or not _may_see(caller, event):
        not_found(Phrase("event"), id)
    return _render(alliance, caller, event)


def _render(alliance: Alliance, caller: Caller, event: EventRecord) -> Event:
    """An event as the API describes one."""
    return Event.model_validate(public_event(event, alliance.programme.ids, for_shop=caller.role in SHOP))


def _visible(caller: Caller, shop: str | None, member: str | None) -> tuple[str | None, str | None]:
    """The filters of a list, narrowed to what the caller may see."""
    if shop is not None and caller.role not in WALLET:
        own_shop(caller, shop)
    if member is not None and caller.role in WALLET:
        own_member(caller, member)
    if caller.role is Role.APP and member is None:
        raise invalid("member", "app_member_missing")
    return (shop or caller.shop), (caller.member if caller.role is Role.MEMBER else member)


def _may_see(caller: Caller, event: EventRecord) -> bool:
    if caller.role in ALLIANCE:
        return True
    if caller.role in SHOP:
        return event.shop is not None and event.shop == caller.shop
    if event.type in types_to_members():
        return True
    members = [member for member in (event.member, event.second_member) if member is not None]
    return any(caller.may_act_for_member(member) for member in members)


def _seq(alliance: Alliance, id_: str) -> int:
    seq = alliance.programme.ids.posting(ID, id_)
    if seq is None:
        not_found(Phrase("event"), id_)
    return seq
