"""Gifts by link: what whoever opens one sees, and taking it up."""

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import WALLET, Caller
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.fields import Text
from coalition.api.idempotency import REPEATABLE
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.gifts import Gift, render_gift
from coalition.api.routes.public import Named
from coalition.api.times import Moment
from coalition.gifts.gift import GiftStatus
from coalition.gifts.take_gift import find_linked, take_gift
from coalition.locale.formats import moment
from coalition.members.store import find_member

router = Router(prefix="/v1", tags=["gifts"])
POSITION = 121

Wallets = Annotated[Caller, Depends(allow(WALLET))]
LinkCode = Annotated[Text, Path(description="What the link ends with.")]


class GiftTake(BaseModel):
    """Who takes a gift up."""

    model_config = ConfigDict(extra="forbid")

    member: Text = Field(description="The member.")


class LinkedGift(BaseModel):
    """A gift as whoever has its link sees it."""

    points: int = Field(description="How many points were given.")
    giver_name: str | None = Field(description="What its giver likes to be called.")
    state: GiftStatus = Field(description="`waiting` until somebody takes it up, or until `returns_at`.")
    returns_at: Moment = Field(description="When it goes back.")


@router.get(
    "/public/gifts/{code}",
    operation_id="getLinkedGift",
    summary="What whoever opens a gift's link sees",
    responses=responses(
        (404, "No such link."), (422, "A parameter can't be used."), (429, "Too many requests from this address.")
    ),
)
def get_linked_gift(alliance: Named, code: LinkCode) -> LinkedGift:
    """Without a key: they need not be a member yet."""
    gift = find_linked(alliance, code)
    with alliance.database.engine.connect() as connection:
        giver = find_member(connection, alliance.id, gift.giver)
    return LinkedGift(
        points=gift.points,
        giver_name=None if giver is None else giver.profile.name,
        state=gift.status,
        returns_at=moment(gift.returns_at),
    )


@router.post(
    "/gift-links/{code}/take",
    operation_id="takeGift",
    summary="Take a gift up by its link",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such link, or no such member, or none of yours."),
        (409, "Somebody else took it up, or it went back (gift_taken); or the member is frozen."),
        (422, "A field can't be used, or the member gave it (same_member)."),
    ),
    openapi_extra={REPEATABLE: True},
)
def take_linked_gift(request: Request, code: LinkCode, body: GiftTake, caller: Wallets) -> Gift:
    """Whoever is first has it. Repeated, it changes nothing."""
    own_member(caller, body.member)
    return render_gift(take_gift(alliance_now(request, caller), code, body.member))
