"""Movements of cash at the rails: what each belongs to, and cash that is carried from one to another."""

from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from coalition.access.log import record
from coalition.api.alliance import alliance_now
from coalition.api.errors import LineMatched
from coalition.api.field_texts import field_error
from coalition.api.fields import AMOUNT_MAX, PlainText, Text
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.payments import Evidence
from coalition.api.routes.settlements import PROBLEMS, Alliance_, Treasurer
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.payments.carry_cash import CashCarried, request_carry
from coalition.payments.context import payment_context
from coalition.payments.move_deposit import KINDS, DepositAccount
from settlement.payments import (
    MOVED_BETWEEN,
    PaymentContext,
    book_line,
    book_to_deposit,
    compare_with_book,
    is_split_into,
    line_placement,
    match_line,
    part_id,
    payment_by_id,
    split_line,
)
from settlement.rails import CashLine

router = Router(prefix="/v1/settlements", tags=["settlements"])
POSITION = 165

Key = Annotated[str, Depends(idempotency_key)]
LineId = Annotated[str, Field(min_length=1, max_length=300), PlainText()]
LINES_MAX = 1_000


class RailLine(BaseModel):
    """A movement of cash at a rail that is not matched yet."""

    rail: str = Field(description="The rail.")
    line: str = Field(description="The movement's id at the rail.")
    at: Moment = Field(description="When it happened.")
    amount_minor: int = Field(description="The amount before fees, in minor units; above zero came in.")
    fee_minor: int = Field(description="The rail's fee, in minor units.")
    text: str = Field(description="The rail's text.")


class RailLineShare(BaseModel):
    """How much of a movement is one payment."""

    model_config = ConfigDict(extra="forbid")

    payment: Annotated[str, Field(pattern=r"^[0-9a-z]{1,100}$")] = Field(description="The payment's id.")
    amount_minor: Annotated[StrictInt, Field(ge=1, le=AMOUNT_MAX)] = Field(
        description="How much of the movement it is, in minor units."
    )


class RailLineMatch(BaseModel):
    """Where a movement belongs: to a payment or several, to a deposit, or booked under a name with a reason."""

    model_config = ConfigDict(extra="forbid")

    rail: Text = Field(description="The rail.", examples=["bank"])
    line: LineId = Field(description="The movement's id at the rail.")
    payment: Annotated[str, Field(pattern=r"^[0-9a-z]{1,100}$")] | None = Field(
        default=None,
        description="The id of the payment that it belongs to, at this rail or, as with a debt by hand that came by "
        "bank, at another.",
    )
    shares: Annotated[list[RailLineShare], Field(min_length=1, max_length=100)] | None = Field(
        default=None,
        description="Or the payments that it stands for; what they leave over waits as a movement of its own.",
    )
    deposit_of: Text | None = Field(
        default=None, description="Or the shop that pays it into its `account`; `operator` for the alliance."
    )
    account: DepositAccount | None = Field(
        default=None,
        description="With `deposit_of`: its deposit (by default), share of the fund, or capital.",
    )
    book_as: Text | None = Field(default=None, description="Or the name to book it under.", examples=["interest"])
    why: Text | None = Field(default=None, description="The reason; required with `book_as`, and only then.")

    @model_validator(mode="after")
    def _one_home(self) -> "RailLineMatch":
        homes = (self.payment, self.shares, self.deposit_of, self.book_as)
        is_one = sum(home is not None for home in homes) == 1
        if not is_one or (self.book_as is None) != (self.why is None) or (self.account and self.deposit_of is None):
            raise field_error("payment_or_name")
        return self


class RailLineMatched(BaseModel):
    """Where a movement belongs."""

    rail: str = Field(description="The rail.")
    line: str = Field(description="The movement's id at the rail.")
    payment: str | None = Field(description="The id of the payment that it belongs to: of a deposit, a new one.")
    booked_as: str | None = Field(description="Or the name that it was booked under.")
    parts: list[str] = Field(description="Or the movements that took its place, one for each share.")


class CashCarry(BaseModel):
    """Cash that somebody carried."""

    model_config = ConfigDict(extra="forbid")

    from_rail: Text = Field(description="The rail whose box it left.", examples=["by_hand"])
    to_rail: Text = Field(description="The rail whose box it went to; one of the two is `by_hand`.", examples=["bank"])
    amount_minor: StrictInt = Field(ge=1, le=AMOUNT_MAX, description="The amount, in minor units.")
    why: Evidence = Field(description="What proves it.", examples=["paid in at the branch, receipt 17"])


class CashCarryResult(BaseModel):
    """Cash that is recorded, or waits for approval."""

    status: Literal["recorded", "awaiting_approval"] = Field(
        description="Whether it is recorded, or waits for another person's approval."
    )
    approval: str | None = Field(description="The id of the approval that another person has to give.")


@router.get(
    "/lines",
    operation_id="listUnmatchedLines",
    summary="List the unmatched movements",
    responses=PROBLEMS,
)
def list_lines(
    request: Request,
    caller: Alliance_,
    rail: Annotated[Text | None, Query(description="Only movements of this rail.")] = None,
) -> list[RailLine]:
    """By rail, oldest first; at most a thousand of each."""
    with payment_context(alliance_now(request, caller), caller.id) as context:
        names = [name for name in sorted(context.rails) if rail in (None, name)]
        return [_line(name, line) for name in names for line in compare_with_book(context, name).unmatched[:LINES_MAX]]


@router.post(
    "/lines/match",
    operation_id="matchLine",
    summary="Match a movement",
    responses={
        **PROBLEMS,
        **responses(
            (404, "No such unmatched movement, or no such payment."),
            (409, "It was matched differently before, or the payment goes over another rail."),
        ),
    },
)
def match(request: Request, response: Response, body: RailLineMatch, caller: Treasurer) -> RailLineMatched:
    """Matches it to a payment or several, whatever the amount of either, to a deposit, or books it under a name. A
    repeat changes nothing.
    """
    alliance = alliance_now(request, caller)
    with payment_context(alliance, caller.id) as context:
        home = line_placement(context, body.rail, body.line)
        is_repeated = home is not None and _is_there(context, body, home)
        if home is None:
            _place(context, body)
            home = line_placement(context, body.rail, body.line) or ("", "")
        elif not is_repeated:
            raise LineMatched(home[0] or home[1])
    if is_repeated:
        response.headers["Idempotent-Replayed"] = "true"
    else:
        with alliance.database.engine.begin() as connection:
            record(connection, caller, "line.match", body.line, _logged(body))
    parts = [part_id(body.line, number) for number in range(1, len(body.shares or ()) + 1)]
    is_elsewhere = body.payment is not None and not home[0]
    return RailLineMatched(
        rail=body.rail,
        line=body.line,
        payment=body.payment if is_elsewhere else home[0] or None,
        booked_as=None if parts or is_elsewhere else home[1] or None,
        parts=parts,
    )


@router.post(
    "/cash",
    operation_id="carryCash",
    summary="Carry cash between rails",
    status_code=201,
    responses={
        **PROBLEMS,
        **responses(
            (400, "No Idempotency-Key."),
            (404, "No such rail."),
            (409, "There is not so much cash, or both rails report their movements by themselves."),
        ),
    },
)
def post_cash(request: Request, response: Response, body: CashCarry, caller: Treasurer, key: Key) -> CashCarryResult:
    """Records cash that was paid in at the bank, or fetched from there, by somebody. The bank's own movement is then
    booked under `cash in transit`. Above a limit it waits for another person's approval (202).
    """
    carried = CashCarried(body.from_rail, body.to_rail, body.amount_minor, body.why)
    approvals = request.app.state.approvals
    waiting = request_carry(alliance_now(request, caller), approvals, caller, carried, posting_key(caller, key))
    if waiting is None:
        return CashCarryResult(status="recorded", approval=None)
    response.status_code = 202
    return CashCarryResult(status="awaiting_approval", approval=waiting.id)


def _place(context: PaymentContext, body: RailLineMatch) -> None:
    if body.payment is not None:
        match_line(context, body.rail, body.line, body.payment)
    elif body.shares is not None:
        split_line(context, body.rail, body.line, [(share.payment, share.amount_minor) for share in body.shares])
    elif body.deposit_of is not None:
        book_to_deposit(context, body.rail, body.line, body.deposit_of, KINDS[body.account or DepositAccount.DEPOSIT])
    else:
        book_line(context, body.rail, body.line, str(body.book_as), str(body.why))


def _is_there(context: PaymentContext, body: RailLineMatch, home: tuple[str, str]) -> bool:
    """Whether a movement was matched before as is asked now."""
    payment_id, _ = home
    if body.shares is not None:
        asked_shares = [(share.payment, share.amount_minor) for share in body.shares]
        return is_split_into(context, body.rail, body.line, asked_shares)
    if body.deposit_of is not None and payment_id:
        payment = payment_by_id(context.book, context.session, payment_id)
        asked = (body.deposit_of, KINDS[body.account or DepositAccount.DEPOSIT])
        return (payment.participant, payment.purpose) == asked
    if body.payment is not None:
        return _is_matched(context, body.rail, body.line, body.payment)
    return home == ("", body.book_as)


def _is_matched(context: PaymentContext, rail: str, line_id: str, payment_id: str) -> bool:
    """Whether a movement is a payment's; one at another rail has a line of its own there."""
    home = line_placement(context, rail, line_id)
    if home is not None and home[1] == MOVED_BETWEEN:
        own_rail = payment_by_id(context.book, context.session, payment_id).rail
        home = line_placement(context, own_rail, f"{rail}:{line_id}")
    return home == (payment_id, "")


def _logged(body: RailLineMatch) -> dict[str, str | None]:
    """What the log keeps of a match."""
    shares = None if body.shares is None else " ".join(f"{share.payment}={share.amount_minor}" for share in body.shares)
    return {
        "rail": body.rail,
        "payment": body.payment or shares,
        "deposit_of": body.deposit_of,
        "book_as": body.book_as,
        "why": body.why,
    }


def _line(rail: str, line: CashLine) -> RailLine:
    return RailLine(
        rail=rail,
        line=line.id,
        at=moment(line.at),
        amount_minor=line.minor,
        fee_minor=line.fee_minor,
        text=line.text,
    )
