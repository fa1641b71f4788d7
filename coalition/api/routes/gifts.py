"""Gifts between members."""

from typing import Annotated, Self

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from coalition.access.caller import HELPERS, WALLET, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.field_texts import field_error
from coalition.api.fields import Email, Phone, Text
from coalition.api.idempotency import REPEATABLE, idempotency_key, posting_key
from coalition.api.paging import LIMIT_DEFAULT, Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.gifts.errors import GiftUnknown
from coalition.gifts.gift import GiftStatus, StoredGift
from coalition.gifts.give_points import NewGift, give_points
from coalition.gifts.link import link_code
from coalition.gifts.store import find_gift, gifts_of
from coalition.gifts.take_gift import take_back
from coalition.locale.formats import moment
from coalition.members.store import resolve_merged
from coalition.web.request import public_url

router = Router(prefix="/v1/gifts", tags=["gifts"])
POSITION = 120

WALLET_GIFT = "/wallet/gift/"
"""The page of the wallet that takes a gift up."""

POINTS_MAX = 10**15
Givers = Annotated[Caller, Depends(allow(WALLET))]
Readers = Annotated[Caller, Depends(allow(WALLET | HELPERS))]
Key = Annotated[str, Depends(idempotency_key)]


class GiftCreate(BaseModel):
    """A gift, to a member's id, a phone number or an e-mail address, or to whoever opens its link."""

    model_config = ConfigDict(extra="forbid")

    member: Text = Field(description="Who gives.")
    to: Text | None = Field(default=None, description="Who gets it: a member's id.")
    phone: Phone | None = Field(default=None, description="Who gets it, by phone number.", examples=["+4915123456789"])
    email: Email | None = Field(default=None, description="Who gets it, by address.")
    by_link: bool = Field(default=False, description="Whoever opens its link first gets it.")
    points: StrictInt = Field(description="How many points.", ge=1, le=POINTS_MAX, examples=[250])

    @model_validator(mode="after")
    def _one_receiver(self) -> Self:
        if sum(receiver is not None for receiver in (self.to, self.phone, self.email)) + self.by_link != 1:
            raise field_error("one_receiver")
        return self


class Gift(BaseModel):
    """A gift."""

    id: str = Field(description="Its id.", examples=["gift_0c9d2f…"])
    member: str = Field(description="Who gave it.")
    receiver: str | None = Field(description="Who received it: a member's id; null while it waits for somebody.")
    named: str | None = Field(
        description="How its giver named whoever gets it: a phone number or an e-mail address, masked.",
        examples=["b•••@example.com"],
    )
    points: int = Field(description="How many points were given; those that expired while it waited are lost.")
    state: GiftStatus = Field(description="`waiting` until somebody enrols with that contact, or until `returns_at`.")
    created_at: Moment = Field(description="When it was given.")
    returns_at: Moment | None = Field(description="When a gift that waits goes back; null where it does not wait.")
    link: str | None = Field(
        description="What its giver shares, while it waits for whoever opens it.",
        examples=["https://points.example/wallet/gift/0c9d2f…"],
    )


@router.post(
    "",
    operation_id="createGift",
    summary="Give points to somebody",
    status_code=201,
    responses=responses(
        (400, "No Idempotency-Key."),
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such member, or none of yours; no such receiver."),
        (409, "It can't be taken; `code` is why: points_short, member_frozen …"),
        (422, "A field can't be used, or the key was used for something else."),
        (503, "Not available now; send it again under the same key."),
    ),
)
def create_gift(request: Request, response: Response, body: GiftCreate, caller: Givers, key: Key) -> Gift:
    """The points keep their issuers and their last days.

    A gift to a contact that is nobody's yet waits until somebody enrols with it, and goes back after some days. The
    answer shows whether a contact is a member's: by the gift's state, and by its receiver.
    """
    own_member(caller, body.member)
    alliance = alliance_now(request, caller)
    new = NewGift(body.member, body.points, body.to, body.phone, body.email)
    answer = give_points(alliance, new, posting_key(caller, key))
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return render_gift(answer.gift, link_of(request, alliance, answer.gift))


@router.get(
    "",
    operation_id="listGifts",
    summary="Gifts that a member gave or got, the newest first",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such member, or none of yours."),
        (422, "A field can't be used."),
    ),
)
def list_gifts(
    request: Request,
    caller: Readers,
    member: Annotated[Text, Query(description="The member.")],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[Gift]:
    """Those that wait, that arrived, and that went back."""
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    after = position_of(cursor, int, str)
    with alliance.database.engine.connect() as connection:
        rows = gifts_of(
            connection,
            alliance.id,
            resolve_merged(connection, alliance.id, member).id,
            None if after is None else (int(after[0]), str(after[1])),
            limit + 1,
        )

    def rendered(row: StoredGift) -> Gift:
        return render_gift(row, link_of(request, alliance, row))

    return page(rows, limit, lambda row: [row.created_at, row.id], rendered)


@router.get(
    "/{gift}",
    operation_id="getGift",
    summary="A gift",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such gift, or none of yours."),
        (422, "A field can't be used."),
    ),
)
def get_gift(request: Request, gift: Annotated[Text, Path(description="The gift's id.")], caller: Readers) -> Gift:
    """Who gave it and who got it may see it."""
    alliance = alliance_now(request, caller)
    own = _own_gift(alliance, gift, caller)
    return render_gift(own, link_of(request, alliance, own))


@router.post(
    "/{gift}/take-back",
    operation_id="takeBackGift",
    summary="Take a gift back that nobody has taken up",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such gift, or none that you gave."),
        (409, "It was taken up (gift_taken)."),
        (422, "A field can't be used."),
    ),
    openapi_extra={REPEATABLE: True},
)
def take_back_gift(request: Request, gift: Annotated[Text, Path(description="The gift's id.")], caller: Givers) -> Gift:
    """Its points are the giver's again. Repeated, it changes nothing."""
    alliance = alliance_now(request, caller)
    own = _own_gift(alliance, gift, caller)
    own_member(caller, own.giver)
    return render_gift(take_back(alliance, own))


def link_of(request: Request, alliance: Alliance, gift: StoredGift) -> str | None:
    """The link of a gift that waits for whoever opens it."""
    if not gift.by_link or gift.status != "waiting":
        return None
    return f"{public_url(request)}{WALLET_GIFT}{link_code(alliance.programme.secret, gift.id)}"


def _own_gift(alliance: Alliance, id_: str, caller: Caller) -> StoredGift:
    with alliance.database.engine.connect() as connection:
        gift = find_gift(connection, alliance.id, id_)
    if gift is None or not any(caller.may_act_for_member(member) for member in gift.members):
        raise GiftUnknown(id_)
    return gift


def render_gift(gift: StoredGift, link: str | None = None) -> Gift:
    """A gift as the API shows it."""
    return Gift(
        id=gift.id,
        member=gift.giver,
        receiver=gift.receiver,
        named=gift.named,
        points=gift.points,
        state=gift.status,
        created_at=moment(gift.created_at),
        returns_at=moment(gift.returns_at) if gift.was_waiting else None,
        link=link,
    )
