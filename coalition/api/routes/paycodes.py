"""Pay codes, and the amounts that a member is asked to confirm."""

from typing import Annotated, Literal, Self

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from coalition.access.caller import ALLIANCE, SELLERS, SHOP, WALLET, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow, own_member, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.field_texts import field_error
from coalition.api.fields import AMOUNT_MAX, Email, Phone, Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.paycodes import short_code as creating
from coalition.paycodes.confirm import (
    Confirmation,
    answer_confirmation,
    open_confirmation,
    open_confirmations,
    request_from_anybody,
    shops_confirmation,
)
from coalition.paycodes.short_code import SHORT_SECONDS
from coalition.purchases.ask_buyer import ask_buyer
from coalition.purchases.identify_buyer import BuyerNamed
from coalition.web.request import public_url

router = Router(prefix="/v1", tags=["pay codes"])
POSITION = 140

WALLET_PAY = "/wallet/pay/"
"""The page of the wallet that opens a confirmation."""

Sellers = Annotated[Caller, Depends(allow(SELLERS))]
Readers = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]
Wallets = Annotated[Caller, Depends(allow(WALLET))]
ConfirmationId = Annotated[Text, Path(description="The confirmation's id.")]
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
    (404, "Nothing by that id waits for this member, or they gave the other answer before."),
    (422, "A field can't be used."),
)


class ShortCode(BaseModel):
    """Six digits to read out at a till."""

    code: str = Field(description="What the till sends as `pay_code`.", examples=["482913"])
    member: str = Field(description="The member.")
    expires_at: Moment = Field(description=f"Until when they are good: {SHORT_SECONDS} seconds.")


class ConfirmationOpen(BaseModel):
    """What a till shows as a QR code."""

    model_config = ConfigDict(extra="forbid")

    code: Text = Field(description="The code, which the till's link ends with.", examples=["K7QM2X9F"])


class AmountConfirmation(BaseModel):
    """An amount that a till asks the member to confirm."""

    id: str = Field(description="Its id.", examples=["conf_5f0e7d2c9a"])
    member: str = Field(description="The member.")
    shop: str = Field(description="The shop that asks.")
    amount_minor: int = Field(description="What is to be paid, in minor units.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.")
    state: Literal["asked", "confirmed", "declined"] = Field(description="What the member answered.")
    expires_at: Moment = Field(description="Until when they may answer, and the till may book it.")


class ConfirmationCreate(BaseModel):
    """What to ask a member."""

    model_config = ConfigDict(extra="forbid")

    shop: Text = Field(description="The shop that asks.", examples=["bakery"])
    member: Text | None = Field(
        default=None,
        description="The member's id; or name them by `phone` or `email`, or name nobody.",
        examples=["mem_ann"],
    )
    phone: Phone | None = Field(default=None, description="The member's phone number.")
    email: Email | None = Field(default=None, description="The member's e-mail address.")
    amount_minor: StrictInt = Field(
        description="The amount of the sale, in minor units; for a hold what its points are worth at the most.",
        ge=0,
        le=AMOUNT_MAX,
    )

    @model_validator(mode="after")
    def _one_member(self) -> Self:
        if sum(name is not None for name in (self.member, self.phone, self.email)) > 1:
            raise field_error("one_asked")
        return self

    @property
    def buyer(self) -> BuyerNamed | None:
        """The member as the use case takes them; None where the till knows nobody."""
        if self.member is None and self.phone is None and self.email is None:
            return None
        return BuyerNamed(member=self.member, phone=self.phone, email=self.email)


class ShopConfirmation(BaseModel):
    """What a shop asked a member, and what they answered."""

    id: str = Field(description="Its id: send it as `confirmation`.", examples=["conf_5f0e7d2c9a"])
    shop: str = Field(description="The shop that asks.")
    amount_minor: int = Field(description="The amount of the sale, in minor units.")
    state: Literal["asked", "confirmed", "declined", "expired"] = Field(
        description="What the member answered; `expired` when its time is over, whatever they answered."
    )
    expires_at: Moment = Field(description="Until when they may answer, and the till may book it.")
    code: str | None = Field(
        description="What opens it in a wallet, where the till named nobody: typed, or scanned as `link`.",
        examples=["K7QM2X9F"],
    )
    link: str | None = Field(
        description="What the till shows as a QR code.", examples=["https://points.example/wallet/pay/K7QM2X9F"]
    )


class AmountConfirmationList(BaseModel):
    """Amounts that wait for a member's answer."""

    data: list[AmountConfirmation] = Field(description="The latest first.")


@router.post(
    "/members/{member}/short-codes",
    operation_id="createShortCode",
    summary="Six digits to pay with",
    status_code=201,
    responses=PROBLEMS,
)
def create_short_code(
    request: Request, member: Annotated[Text, Path(description="The member.")], caller: Wallets
) -> ShortCode:
    """Where the code of the member's phone can't be scanned: they read out six digits, and the till types them.

    Good for a minute and for one purchase, in place of those before. It needs reception; the phone's own codes
    (`createPayDevice`) don't.
    """
    own_member(caller, member)
    code = creating.create_short_code(alliance_now(request, caller), member)
    return ShortCode(code=code.text, member=code.member, expires_at=moment(code.over_at))


@router.post(
    "/confirmations",
    operation_id="createConfirmation",
    summary="Ask a member to let the shop take points",
    status_code=201,
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such shop or member, or none of yours."),
        (409, "The member is frozen, or has locked their points."),
        (422, "A field can't be used."),
    ),
)
def create_confirmation(request: Request, body: ConfirmationCreate, caller: Sellers) -> ShopConfirmation:
    """Where no code can be scanned: the member's wallet shows shop and amount, and they say yes or no.

    Name nobody, and show `link` as a QR code instead: whoever scans it is asked. They have two minutes. Ask
    `getConfirmation` every second, or wait for the event `confirmation.answered`; then send the purchase with its id as
    `confirmation`. Asked again before they answered, it is the same question.
    """
    own_shop(caller, body.shop)
    alliance = alliance_now(request, caller)
    if body.buyer is None:
        asked = request_from_anybody(alliance, body.shop, body.amount_minor)
    else:
        asked = ask_buyer(alliance, body.buyer, body.shop, body.amount_minor)
    return _for_shop(request, asked, alliance)


@router.get(
    "/confirmations/{confirmation}",
    operation_id="getConfirmation",
    summary="What a member answered",
    responses=responses(
        (401, "No valid key."), (403, "Not for this role."), (404, "None that you can see."), (422, "Not an id.")
    ),
)
def get_confirmation(request: Request, confirmation: ConfirmationId, caller: Readers) -> ShopConfirmation:
    """For the shop that asked."""
    alliance = alliance_now(request, caller)
    return _for_shop(request, shops_confirmation(alliance, confirmation, caller.shop), alliance)


@router.get(
    "/members/{member}/confirmations",
    operation_id="listConfirmations",
    summary="Amounts that wait for the member's answer",
    responses=PROBLEMS,
)
def list_confirmations(
    request: Request, member: Annotated[Text, Path(description="The member.")], caller: Wallets
) -> AmountConfirmationList:
    """A wallet app asks for them every second or so while it shows a code."""
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    return AmountConfirmationList(
        data=[
            _render(confirmation, alliance.book.settings.currency)
            for confirmation in open_confirmations(alliance, member)
        ]
    )


@router.post(
    "/members/{member}/confirmations",
    operation_id="openConfirmation",
    summary="Open what a till shows as a QR code",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such member, or no such code: it is over, or somebody else opened it."),
        (409, "The member is frozen, or has locked their points."),
        (422, "A field can't be used."),
    ),
)
def open_till_confirmation(
    request: Request,
    member: Annotated[Text, Path(description="The member.")],
    body: ConfirmationOpen,
    caller: Wallets,
) -> AmountConfirmation:
    """From then on the question is theirs: show them shop and amount, then `confirmAmount` or `declineAmount`."""
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    return _render(open_confirmation(alliance, body.code, member), alliance.book.settings.currency)


@router.post(
    "/members/{member}/confirmations/{confirmation}/confirm",
    operation_id="confirmAmount",
    summary="Confirm an amount",
    responses=ANSWERS,
)
def confirm_amount(
    request: Request,
    member: Annotated[Text, Path(description="The member.")],
    confirmation: ConfirmationId,
    caller: Wallets,
) -> AmountConfirmation:
    """The till's next try goes through. The first answer stands; sending it again changes nothing."""
    return _answer(request, member, confirmation, caller, confirmed=True)


@router.post(
    "/members/{member}/confirmations/{confirmation}/decline",
    operation_id="declineAmount",
    summary="Decline an amount",
    responses=ANSWERS,
)
def decline_amount(
    request: Request,
    member: Annotated[Text, Path(description="The member.")],
    confirmation: ConfirmationId,
    caller: Wallets,
) -> AmountConfirmation:
    """The till's next try is refused."""
    return _answer(request, member, confirmation, caller, confirmed=False)


def _answer(request: Request, member: str, confirmation: str, caller: Caller, *, confirmed: bool) -> AmountConfirmation:
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    answered = answer_confirmation(alliance, confirmation, member, confirmed=confirmed)
    return _render(answered, alliance.book.settings.currency)


def _for_shop(request: Request, asked: Confirmation, alliance: Alliance) -> ShopConfirmation:
    return ShopConfirmation.model_validate(
        {
            "id": asked.id,
            "shop": asked.shop,
            "amount_minor": asked.amount_minor,
            "state": "expired" if asked.over_at <= alliance.clock() else asked.state,
            "expires_at": moment(asked.over_at),
            "code": asked.code,
            "link": asked.code and f"{public_url(request)}{WALLET_PAY}{asked.code}",
        }
    )


def _render(confirmation: Confirmation, currency: str) -> AmountConfirmation:
    return AmountConfirmation.model_validate(
        {
            "id": confirmation.id,
            "member": confirmation.member,
            "shop": confirmation.shop,
            "amount_minor": confirmation.amount_minor,
            "currency": currency,
            "state": confirmation.state,
            "expires_at": moment(confirmation.over_at),
        }
    )
