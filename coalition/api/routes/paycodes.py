"""Pay codes, and the amounts that a member is asked to confirm."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import WALLET, Caller
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.fields import ID_PATTERN
from coalition.api.problems import responses
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.members.member_cache import check_active, member_cache
from coalition.paycodes.code import SECONDS, new_code, write
from coalition.paycodes.confirm import Confirmation, open_confirmations, say

router = APIRouter(prefix="/v1", tags=["pay codes"])
POSITION = 140

Wallets = Annotated[Caller, Depends(allow(WALLET))]
ConfirmationId = Annotated[str, Path(description="The confirmation's id.", pattern=ID_PATTERN)]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such member, or none of yours."),
    (409, "The member is frozen."),
    (422, "A field can't be used."),
)
ANSWERS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "Nothing by that id waits for this member's word, or they said the other thing before."),
    (422, "A field can't be used."),
)


class PayCodeGiven(BaseModel):
    """Whose code it is to be."""

    model_config = ConfigDict(extra="forbid")

    member: str = Field(description="The member.", pattern=ID_PATTERN)


class PayCodeShown(BaseModel):
    """A code to show at a till."""

    code: str = Field(description="What the till reads: show it as a QR code.", examples=["pay_q83vEjRWeJA…"])
    member: str = Field(description="The member.")
    expires_at: Moment = Field(description=f"Until when it is good: {SECONDS} seconds.")


class ConfirmationShown(BaseModel):
    """An amount that a till asks the member to confirm."""

    id: str = Field(description="Its id.", examples=["conf_5f0e7d2c9a"])
    member: str = Field(description="The member.")
    shop: str = Field(description="The shop that asks.")
    amount_minor: int = Field(description="What is to be paid, in minor units.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.")
    state: Literal["asked", "confirmed", "declined"] = Field(description="What the member said.")
    expires_at: Moment = Field(description="Until when they may say so, and the till may book it.")


class ConfirmationList(BaseModel):
    """What waits for a member's word."""

    data: list[ConfirmationShown] = Field(description="The latest first.")


@router.post(
    "/pay-codes", operation_id="createPayCode", summary="A code to pay with", status_code=201, responses=PROBLEMS
)
def create_pay_code(request: Request, given: PayCodeGiven, who: Wallets) -> PayCodeShown:
    """Signed, good for a minute and for one purchase. Make a new one whenever it is over; making one costs nothing."""
    own_member(who, given.member)
    alliance = alliance_now(request, who)
    owner = check_active(member_cache(alliance).look_up(given.member))
    code = new_code(owner.id, alliance.clock())
    return PayCodeShown(
        code=write(code, alliance.programme.secret), member=code.member, expires_at=moment(code.over_at)
    )


@router.get(
    "/members/{member}/confirmations",
    operation_id="listConfirmations",
    summary="Amounts that wait for the member's word",
    responses=PROBLEMS,
)
def list_confirmations(
    request: Request, member: Annotated[str, Path(description="The member.", pattern=ID_PATTERN)], who: Wallets
) -> ConfirmationList:
    """A wallet app looks here every second or so while it shows a code."""
    own_member(who, member)
    alliance = alliance_now(request, who)
    owner = member_cache(alliance).look_up(member).id
    with alliance.database.engine.connect() as connection:
        found = open_confirmations(connection, alliance.id, owner, alliance.clock())
    return ConfirmationList(data=[_shown(one, alliance.book.settings.currency) for one in found])


@router.post(
    "/members/{member}/confirmations/{confirmation}/confirm",
    operation_id="confirmAmount",
    summary="Yes to an amount",
    responses=ANSWERS,
)
def confirm_amount(
    request: Request,
    member: Annotated[str, Path(description="The member.", pattern=ID_PATTERN)],
    confirmation: ConfirmationId,
    who: Wallets,
) -> ConfirmationShown:
    """The till's next try goes through. The word that was said first stands; saying it again changes nothing."""
    return _say(request, member, confirmation, who, confirmed=True)


@router.post(
    "/members/{member}/confirmations/{confirmation}/decline",
    operation_id="declineAmount",
    summary="No to an amount",
    responses=ANSWERS,
)
def decline_amount(
    request: Request,
    member: Annotated[str, Path(description="The member.", pattern=ID_PATTERN)],
    confirmation: ConfirmationId,
    who: Wallets,
) -> ConfirmationShown:
    """The till's next try is refused."""
    return _say(request, member, confirmation, who, confirmed=False)


def _say(request: Request, member: str, confirmation: str, who: Caller, *, confirmed: bool) -> ConfirmationShown:
    own_member(who, member)
    alliance = alliance_now(request, who)
    owner = member_cache(alliance).look_up(member).id
    with alliance.database.engine.begin() as connection:
        said = say(connection, alliance.id, confirmation, owner, alliance.clock(), confirmed=confirmed)
    return _shown(said, alliance.book.settings.currency)


def _shown(found: Confirmation, currency: str) -> ConfirmationShown:
    return ConfirmationShown.model_validate(
        {
            "id": found.id,
            "member": found.member,
            "shop": found.shop,
            "amount_minor": found.amount_minor,
            "currency": currency,
            "state": found.state,
            "expires_at": moment(found.over_at),
        }
    )
