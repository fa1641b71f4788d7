"""A purchase as a till sends it, alone or in a batch."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from coalition.access.caller import OWNERS, Caller
from coalition.alliance import Alliance
from coalition.api.error_codes import ErrorCode
from coalition.api.field_texts import field_error
from coalition.api.fields import AMOUNT_MAX, POINTS_MAX, Email, Phone, Text
from coalition.api.times import Moment
from coalition.locale.error_text import error_text, reason_text
from coalition.locale.formats import Lang, instant
from coalition.paycodes.code import CODE_DIGITS
from coalition.purchases.bonus_lines import BonusLine
from coalition.purchases.create_purchase import NewPurchase
from coalition.purchases.lines import SaleLine
from coalition.purchases.purchase import ALL
from coalition.purchases.stamp_lines import StampLine
from settlement.ledger import Refusal

LINES_MAX = 200
PayCode = Annotated[str, Field(pattern=r"^[0-9]+$", max_length=CODE_DIGITS, examples=["29123456789012345678"])]
PAY_CODE = (
    "The 20 digits that the member's phone shows, as QR code or barcode, or the six that they read out. They are good "
    "for a minute, and for one purchase or hold. A sale that spends nothing may name the code of when it happened, up "
    "to 72 hours ago."
)


class NotEarned(BaseModel):
    """Why a sale that would earn points earns none: its shop may not issue points, or not at that moment."""

    code: ErrorCode = Field(description="A stable name of the reason.", examples=["shop_not_earning"])
    detail: str = Field(description="The same as a sentence, in the language of Accept-Language.")


class PurchaseBonus(BaseModel):
    """Points that a purchase got by a bonus rule, and who pays for them."""

    rule: str = Field(description="The rule.", examples=["double-tuesday"])
    version: int = Field(description="Its version.")
    funder: str = Field(description="The shop that pays for them, or `operator`.", examples=["bakery"])
    points: int = Field(description="The points, which are among the points earned.")
    description: str = Field(
        description="What the rule gives, in the language of Accept-Language.", examples=["2 times the points"]
    )


class PurchaseStamps(BaseModel):
    """Stamps that a purchase put on a card of the member."""

    rule: str = Field(description="The rule.", examples=["tenth-coffee"])
    added: int = Field(description="How many it put there.")
    stamps: int = Field(description="How many are on the card now.", examples=[4])
    needed: int = Field(description="How many fill it.", examples=[10])
    cards: int = Field(description="How many full cards it paid: their points are among the bonuses.", examples=[0])
    description: str = Field(
        description="What a cashier says of it, in the language of Accept-Language.", examples=["Stamp 4 of 10."]
    )


def purchase_stamps(lines: Sequence[StampLine], lang: Lang, alliance: Alliance) -> list[PurchaseStamps]:
    """What a purchase put on cards, as the API says it."""
    return [
        PurchaseStamps(
            rule=line.rule,
            added=line.added,
            stamps=line.stamps,
            needed=line.needed,
            cards=line.cards,
            description=reason_text(line.sentence, lang, alliance.book.settings),
        )
        for line in lines
    ]


def purchase_bonuses(lines: Sequence[BonusLine], lang: Lang, alliance: Alliance) -> list[PurchaseBonus]:
    """What a purchase got by bonus rules, as the API says it."""
    return [
        PurchaseBonus(
            rule=line.rule,
            version=line.version,
            funder=line.funder,
            points=line.points,
            description=reason_text(line.sentence, lang, alliance.book.settings),
        )
        for line in lines
    ]


def not_earned(reason: Refusal | None, lang: Lang, alliance: Alliance) -> NotEarned | None:
    """A reason of the book for which nothing was earned, as the API says it."""
    if reason is None:
        return None
    return NotEarned(code=reason.code, detail=error_text(reason, lang, alliance.book.settings))


class PurchaseLineCreate(BaseModel):
    """A line of a sale."""

    model_config = ConfigDict(extra="forbid")

    ref: Text = Field(description="The till's name for the line, unique in the sale.", examples=["1"])
    amount_minor: StrictInt = Field(
        description="What it costs in all, in minor units; below zero for a coupon, or a deposit that is paid back.",
        ge=-AMOUNT_MAX,
        le=AMOUNT_MAX,
    )
    earns: bool = Field(
        default=True,
        description="Whether it earns points; tobacco or books may not, by law. A coupon that earns lessens what the "
        "sale earns.",
    )
    spends: bool = Field(
        default=True,
        description="Whether points may pay for it: for tobacco or a deposit they may not, by law or by the shop's "
        "wish.",
    )


class PurchaseCreate(BaseModel):
    """A purchase at a till."""

    model_config = ConfigDict(extra="forbid")

    shop: Text = Field(description="The shop.", examples=["bakery"])
    member: Text | None = Field(
        default=None,
        description="The member's id. It earns, and spends only up to the alliance's amount, which is 0 by default. "
        "Name the buyer by one of `member`, `pay_code`, `confirmation`, `phone` and `email`.",
        examples=["mem_4k8q2m0w9z7xdmh3f6kq0w9z7x"],
    )
    pay_code: PayCode | None = Field(default=None, description=PAY_CODE)
    confirmation: Text | None = Field(
        default=None,
        description="The confirmation that this shop asked for (`createConfirmation`), once the member said yes: good "
        "for one sale of that amount.",
        examples=["conf_5f0e7d2c9a"],
    )
    phone: Phone | None = Field(default=None, description="The member's phone number, which only earns.")
    email: Email | None = Field(default=None, description="The member's e-mail address, which only earns.")
    amount_minor: StrictInt = Field(
        description="What is to be paid, in minor units.", ge=0, le=AMOUNT_MAX, examples=[1250]
    )
    points: Literal["all"] | Annotated[StrictInt, Field(ge=0, le=POINTS_MAX)] = Field(
        default=0,
        description="Points to spend, at most; `all` for as many as the member has and the amount takes. Where the "
        "member has fewer, or a limit (`addSpendLimit`) allows fewer, fewer are spent (see `accept_partial`): what is "
        "left to pay is `cash_due_minor`.",
        examples=[300],
    )
    accept_partial: bool = Field(
        default=True,
        description="Whether fewer than `points` may be spent, where the member has fewer or the sale takes fewer. "
        "`false`: exactly so many are spent, or the purchase is refused (`points_short`, `amount_too_large`) and "
        "nothing is booked.",
    )
    lines: list[PurchaseLineCreate] = Field(
        default=[],
        max_length=LINES_MAX,
        description="The sale's lines, which add up to the amount. A line can be kept from earning, and be refunded "
        "by itself.",
    )
    external_ref: Text | None = Field(
        default=None,
        description="The till's own number for the sale, unique in the shop for ever: sent again, even under a new "
        "key, it gives the first answer.",
        examples=["2026-000184"],
    )
    occurred_at: Moment | None = Field(
        default=None, description="When the sale happened, if not just now: the till was offline, for example."
    )
    shift: Text | None = Field(
        default=None,
        description="The shift in which it was sold (`beginShift`). A connected till names it with every sale; a key "
        "has none.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        named = (self.member, self.pay_code, self.confirmation, self.phone, self.email)
        if sum(name is not None for name in named) != 1:
            raise field_error("one_buyer")
        if self.points and (self.phone is not None or self.email is not None):
            raise field_error("contact_earns")
        if self.points == "all" and not self.accept_partial:
            raise field_error("all_is_partial")
        return self

    @model_validator(mode="after")
    def _lines_fit(self) -> Self:
        if self.lines:
            whole = sum(line.amount_minor for line in self.lines)
            if whole != self.amount_minor:
                raise field_error("lines_differ", whole=whole, amount=self.amount_minor)
            if len({line.ref for line in self.lines}) < len(self.lines):
                raise field_error("line_twice")
        return self

    def new(self, caller: Caller, signed_by: str | None = None) -> NewPurchase:
        """The same as the use cases take it. The alliance's own systems import sales that spent by an id alone.

        `signed_by` is the connected till that made a sale offline and signed it, whoever sends it now.
        """
        return NewPurchase(
            self.shop,
            self.member,
            self.pay_code,
            self.amount_minor,
            ALL if self.points == "all" else self.points,
            self.accept_partial,
            [SaleLine(line.ref, line.amount_minor, line.earns, line.spends) for line in self.lines],
            self.external_ref,
            None if self.occurred_at is None else instant(self.occurred_at),
            self.confirmation,
            self.phone,
            self.email,
            by_id=caller.role in OWNERS,
            till=signed_by or caller.id,
            shift=self.shift,
            signed=signed_by is not None,
        )
