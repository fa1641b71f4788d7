"""A statement as JSON, field by field, for whoever reads it. `coalition.statements.as_json` writes it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from coalition.locale.formats import Lang
from settlement.clearing import LineKind

LocalMoment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-06-01T00:00:00+02:00"])]
"""A moment on the clocks of the alliance's time zone, with its offset."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Money(_Part):
    """Money; more than zero is received."""

    minor: int = Field(description="In minor units.", examples=[-1250])
    amount: str = Field(description="The same as a decimal with the currency's decimals.", examples=["-12.50"])


class ExactMoney(Money):
    """Money, and what it was before it was rounded to whole minor units."""

    exact: str = Field(description="In minor units: a whole number or a fraction.", examples=["-1250", "7/3"])


class StatementMove(_Part):
    """A move behind a line."""

    posting: int = Field(description="The number in the book of the posting that it is part of.")
    line: int = Field(description="Which move of that posting it is.")
    occurred_at: LocalMoment = Field(description="When it happened.")
    key: str = Field(description="The book's name for the request: the Idempotency-Key behind whose it is.")
    points: int = Field(description="How many points.")
    money: ExactMoney = Field(description="What they are worth, and fees.")


class StatementLine(_Part):
    """One kind of business with one counterpart."""

    counterpart: str = Field(description="The other shop, `operator` or `pool`; empty where there is none.")
    points: int = Field(description="How many points.")
    moves: int = Field(description="How many moves are behind it.")
    money: ExactMoney = Field(description="What is received for it, or paid.")
    drill_down: list[StatementMove] = Field(
        default=[], description="The moves, which add up to the line; only with `moves=true`."
    )


class StatementSection(_Part):
    """One kind of business."""

    kind: LineKind = Field(description="What it is about, to decide on in a program.")
    title: str = Field(description="The same in the reader's language.")
    points: int = Field(description="How many points.")
    moves: int = Field(description="How many moves are behind it.")
    money: ExactMoney = Field(description="What its lines add up to.")
    lines: list[StatementLine] = Field(description="By counterpart.")


class StatementWindow(_Part):
    """The window that it is of."""

    opens_at: LocalMoment = Field(description="Its first moment.")
    closes_at: LocalMoment = Field(description="Its cut-off: the first moment that is no longer in it.")
    timezone: str = Field(description="The alliance's time zone, an IANA name.", examples=["Europe/Berlin"])


class Currency(_Part):
    """The alliance's currency."""

    code: str = Field(description="ISO 4217 code.", examples=["EUR"])
    minor_digits: int = Field(description="Its decimals: 2 for cents.")


class Statement(_Part):
    """A shop's statement: lines add up to their section, sections to the net, and that to the balance."""

    alliance: str = Field(description="The alliance's name.")
    participant: str = Field(description="The shop; `operator` and `pool` are the alliance's own.")
    language: Lang = Field(description="The language of its texts.")
    window: StatementWindow = Field(description="The window.")
    currency: Currency = Field(description="The currency of its money.")
    headline: str = Field(description="The balance in words.")
    sections: list[StatementSection] = Field(description="By kind of business.")
    net: Money = Field(description="What the window comes to.")
    carried_over: Money = Field(description="What was open from the windows before.")
    kept_in_deposit: Money = Field(description="What the close added to its deposit instead of paying it out.")
    balance: Money = Field(description="What is to be paid: net + carried_over - kept_in_deposit.")
