"""The schemas of a statement in JSON. `coalition.statements.as_json` writes it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from coalition.locale.formats import Lang
from settlement.clearing import LineKind

LocalMoment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-06-01T00:00:00+02:00"])]
"""A moment in the alliance's time zone, with its offset."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Money(_Part):
    """An amount of money; above zero it is received."""

    minor: int = Field(description="The amount in minor units.", examples=[-1250])
    amount: str = Field(description="The same as a decimal number.", examples=["-12.50"])


class ExactMoney(Money):
    """An amount of money, with its exact value before it was rounded to whole minor units."""

    exact: str = Field(
        description="The exact value in minor units: a whole number or a fraction.", examples=["-1250", "7/3"]
    )


class StatementMove(_Part):
    """A move behind a line."""

    posting: int = Field(description="The number of the posting in the book.")
    line: int = Field(description="The number of the move in the posting.")
    occurred_at: LocalMoment = Field(description="When it happened.")
    key: str = Field(description="The book's key of the request, which ends with its Idempotency-Key.")
    receipt: str | None = Field(description="The till's own number of the purchase, its `external_ref`.")
    points: int = Field(description="How many points.")
    money: ExactMoney = Field(description="Their worth, or the fee.")


class StatementLine(_Part):
    """A line: one kind of business with one counterpart."""

    counterpart: str = Field(description="The other shop, `operator` or `pool`; empty if there is none.")
    counterpart_name: str = Field(description="What it is called.")
    points: int = Field(description="How many points.")
    moves: int = Field(description="How many moves it adds up.")
    money: ExactMoney = Field(description="The money received or paid for it.")
    drill_down: list[StatementMove] = Field(
        default=[], description="The moves that add up to the line; only with `moves=true`."
    )


class StatementSection(_Part):
    """A section: one kind of business."""

    kind: LineKind = Field(description="The kind of business, for programs.")
    title: str = Field(description="The kind of business, in the reader's language.")
    points: int = Field(description="How many points.")
    moves: int = Field(description="How many moves it adds up.")
    money: ExactMoney = Field(description="The sum of its lines.")
    lines: list[StatementLine] = Field(description="The lines, by counterpart.")


class StatementWindow(_Part):
    """The statement's window."""

    opens_at: LocalMoment = Field(description="The window's first moment.")
    closes_at: LocalMoment = Field(description="The window's cut-off: the first moment after it.")
    timezone: str = Field(description="The alliance's time zone, an IANA name.", examples=["Europe/Berlin"])


class Currency(_Part):
    """The alliance's currency."""

    code: str = Field(description="ISO 4217 code.", examples=["EUR"])
    minor_digits: int = Field(description="Decimals of the currency: 2 for cents.")


class PayTo(_Part):
    """The account to which the shop transfers what it pays."""

    holder: str = Field(description="Who owns the account.")
    account: str = Field(description="Its IBAN or number.", examples=["DE89370400440532013000"])
    bic: str | None = Field(description="The bank's BIC.")


class StatementPayment(_Part):
    """A payment that is planned for the window."""

    due_on: str = Field(description="The day on which it is due.", examples=["2026-06-08"])
    rail: str = Field(description="The rail.", examples=["bank"])
    money: Money = Field(description="The amount; below zero the shop pays it.")
    reference: str | None = Field(description="The reference that the bank's line shows.")
    pay_to: PayTo | None = Field(description="Where the shop transfers it; null where it is collected or paid out.")


class Statement(_Part):
    """A shop's statement: lines add up to their section, and sections to the net."""

    alliance: str = Field(description="The alliance's name.")
    participant: str = Field(description="The shop, or the alliance's own `operator` or `pool`.")
    participant_name: str = Field(description="What it is called.")
    language: Lang = Field(description="The language of its texts.")
    window: StatementWindow = Field(description="The window.")
    currency: Currency = Field(description="The currency.")
    headline: str = Field(description="The balance in words.")
    sections: list[StatementSection] = Field(description="The sections, by kind of business.")
    net: Money = Field(description="The net of the window.")
    carried_over: Money = Field(description="The balance still open from earlier windows.")
    kept_in_deposit: Money = Field(description="What the close kept in the shop's deposit instead of paying it out.")
    balance: Money = Field(description="The amount to pay: net + carried_over - kept_in_deposit.")
    payments: list[StatementPayment] = Field(description="The payments that are planned for it.")
