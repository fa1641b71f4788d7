"""Settlements: run a closed window, see how far it is, and match the movements that belong to no payment yet."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from coalition.access.caller import ALLIANCE, TREASURERS, Caller
from coalition.access.log import record
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.field_texts import field_error
from coalition.api.problems import ApiError, responses
from coalition.api.routes.payments import Payment, render_payment
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.formats import moment
from coalition.payments.desk import desk_of
from settlement import WindowNotFound
from settlement.clearing import LossSource
from settlement.payments import (
    DefaultRecord,
    Desk,
    NextAction,
    Reconciliation,
    book_line,
    compare_with_book,
    defaults_of,
    last_window,
    line_placement,
    match_line,
    payment_outlooks,
    plan_direct,
    reconcile_rail,
    settle_window,
)
from settlement.rails import CashLine

router = APIRouter(prefix="/v1/settlements", tags=["settlements"])
POSITION = 160

Alliance_ = Annotated[Caller, Depends(allow(ALLIANCE))]
Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f]")]
LineId = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
LINES_MAX = 1_000
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (422, "A field can't be used."),
    (429, "Too many requests."),
    (503, "Not available now: the database, or a rail's settings; the same request may be sent again."),
)


class SettlementOutlook(BaseModel):
    """What the next run would do for a shop, and why not where it would do nothing."""

    shop: str = Field(description="The shop; `operator` is the alliance's own.")
    net_minor: int = Field(description="What is open, in minor units: above zero it is owed, below it owes.")
    on_its_way_minor: int = Field(description="How much of that is on its way.")
    rail: str = Field(description="The rail that it uses.")
    next: NextAction = Field(description="What comes next.")
    why: str | None = Field(description="Why its account can't be used.")


class LossShare(BaseModel):
    """Who bore a part of a default."""

    source: LossSource = Field(description="Out of what, in the order in which it is taken.")
    shop: str = Field(description="Whose it was; `operator` is the alliance's own.")
    amount_minor: int = Field(description="How much, in minor units.")


class SettlementDefault(BaseModel):
    """What a shop did not pay, and what those who bore it still miss."""

    number: int = Field(description="Counts the alliance's defaults.")
    shop: str = Field(description="The shop that did not pay.")
    window: str = Field(description="The window in question.")
    at: Moment = Field(description="When it was stated.")
    owed_minor: int = Field(description="What was owed, in minor units.")
    open_minor: int = Field(description="What those who bore it still miss; 0 ends the default.")
    borne: list[LossShare] = Field(description="Who bore it at first: deposit, fund, operator, then creditors' cuts.")
    uncovered_minor: int = Field(description="What nobody bore: the loss of the house.")


class RailDifference(BaseModel):
    """A payment of which the book says something else than its movements."""

    payment: str = Field(description="The payment.")
    book_minor: int = Field(description="What it brought by the book, fees deducted, in minor units.")
    lines_minor: int = Field(description="What it brought by the movements.")


class RailReconciliation(BaseModel):
    """The cash at a rail, by the book and by the movements that were taken in."""

    rail: str = Field(description="The rail.")
    book_minor: int = Field(description="Cash there by the book, in minor units.")
    lines_minor: int = Field(description="The sum of its movements, fees deducted.")
    agrees: bool = Field(description="Whether both agree to the cent, and every movement has its place.")
    unmatched: int = Field(description="How many movements belong nowhere yet.")
    differences: list[RailDifference] = Field(description="Payments on which they differ.")


class Settlement(BaseModel):
    """How far the settling is."""

    window: str | None = Field(description="The last closed window; null where none is closed yet.")
    outlook: list[SettlementOutlook] = Field(description="Everybody with an open net.")
    defaults: list[SettlementDefault] = Field(description="Defaults that are open.")
    rails: list[RailReconciliation] = Field(description="Cash at each rail.")


class SettlementRun(BaseModel):
    """What a run did."""

    window: str = Field(description="The last closed window.")
    looked_at: int = Field(description="Payments whose rails were asked what became of them.")
    collecting: int = Field(description="Collections sent now.")
    paying: int = Field(description="Payments to shops sent now.")
    defaults: list[SettlementDefault] = Field(description="Defaults stated now.")


class RailLine(BaseModel):
    """A movement at a rail that belongs nowhere yet."""

    rail: str = Field(description="The rail.")
    line: str = Field(description="The rail's own id of it.")
    at: Moment = Field(description="When it was.")
    amount_minor: int = Field(description="In minor units; above zero came in. Fees apart.")
    fee_minor: int = Field(description="What the rail charged for it.")
    text: str = Field(description="What the rail says of it.")


class RailLineMatch(BaseModel):
    """Where a movement belongs: to a payment, or under a name with a reason."""

    model_config = ConfigDict(extra="forbid")

    rail: Word = Field(description="The rail.", examples=["bank"])
    line: LineId = Field(description="The movement's id at the rail.")
    payment: Annotated[str, Field(pattern=r"^[0-9a-z]{1,100}$")] | None = Field(
        default=None, description="The payment that it belongs to."
    )
    book_as: Word | None = Field(default=None, description="Or a name to book it under.", examples=["interest"])
    why: Word | None = Field(default=None, description="The reason; with `book_as`, and only then.")

    @model_validator(mode="after")
    def _one_home(self) -> "RailLineMatch":
        if (self.payment is None) == (self.book_as is None) or (self.book_as is None) != (self.why is None):
            raise field_error("payment_or_name")
        return self


class RailLineMatched(BaseModel):
    """Where a movement has its place."""

    rail: str = Field(description="The rail.")
    line: str = Field(description="The movement.")
    payment: str | None = Field(description="The payment that it belongs to.")
    booked_as: str | None = Field(description="Or the name that it was booked under.")


@router.post(
    "/run",
    operation_id="runSettlement",
    summary="Settle the last closed window",
    responses={**PROBLEMS, **responses((404, "No window is closed yet."))},
)
def run(request: Request, caller: Treasurer) -> SettlementRun:
    """Looks what became of payments, collects, and pays as far as cash reaches. Run it as often as you like: it goes on
    where things stand, and sends nothing twice. What it began, the server goes on with by itself.
    """
    alliance = alliance_now(request, caller)
    with desk_of(alliance, caller.id) as desk:
        done = settle_window(desk)
    shown = SettlementRun(
        window=window_id(done.window_id),
        looked_at=done.looked_at,
        collecting=done.collecting,
        paying=done.paying,
        defaults=[_default(one) for one in done.defaults],
    )
    with alliance.database.engine.begin() as connection:
        counts = {"collecting": shown.collecting, "paying": shown.paying}
        record(connection, caller, "settlement.run", shown.window, counts)
    return shown


@router.post(
    "/direct",
    operation_id="planDirectPayments",
    summary="Let shops pay each other",
    responses={
        **PROBLEMS,
        **responses((404, "No window is closed yet."), (409, "The house was paid already, or the pool has a net.")),
    },
)
def post_direct(request: Request, caller: Treasurer) -> list[Payment]:
    """Plans the fewest payments from shop to shop that settle all open nets; both sides confirm each. Again, it plans
    only what is not planned yet.
    """
    alliance = alliance_now(request, caller)
    with desk_of(alliance, caller.id) as desk:
        window = last_window(desk)
        made = plan_direct(desk, window)
    with alliance.database.engine.begin() as connection:
        record(connection, caller, "settlement.direct", window_id(window), {"payments": len(made)})
    return [render_payment(alliance, one) for one in made]


@router.get("", operation_id="getSettlement", summary="How far the settling is", responses=PROBLEMS)
def get_status(request: Request, caller: Alliance_) -> Settlement:
    """What comes next for each shop, defaults, and the cash at each rail as far as its movements were taken in."""
    with desk_of(alliance_now(request, caller), caller.id) as desk:
        try:
            window: str | None = window_id(last_window(desk))
            rows = payment_outlooks(desk)
        except WindowNotFound:
            window, rows = None, []
        return Settlement(
            window=window,
            outlook=[
                SettlementOutlook(
                    shop=row.participant,
                    net_minor=row.net_minor,
                    on_its_way_minor=row.on_its_way_minor,
                    rail=row.rail,
                    next=row.action,
                    why=row.why or None,
                )
                for row in rows
            ],
            defaults=[_default(one) for one in defaults_of(desk.book, desk.session, only_open=True)],
            rails=[_rail(compare_with_book(desk, name)) for name in sorted(desk.rails)],
        )


@router.post(
    "/reconcile",
    operation_id="reconcileRails",
    summary="Take in the movements at all rails",
    responses=PROBLEMS,
)
def post_reconcile(request: Request, caller: Treasurer) -> list[RailReconciliation]:
    """Asks each rail for its movements, matches those that say what they belong to, and books what was charged."""
    with desk_of(alliance_now(request, caller), caller.id) as desk:
        return [_rail(reconcile_rail(desk, name)) for name in sorted(desk.rails)]


@router.get(
    "/lines",
    operation_id="listUnmatchedLines",
    summary="List the movements that belong nowhere yet",
    responses=PROBLEMS,
)
def list_lines(
    request: Request,
    caller: Alliance_,
    rail: Annotated[str | None, Query(description="Of this rail.", max_length=100)] = None,
) -> list[RailLine]:
    """By rail, the oldest first; at most a thousand of each."""
    with desk_of(alliance_now(request, caller), caller.id) as desk:
        names = [name for name in sorted(desk.rails) if rail in (None, name)]
        return [_line(name, line) for name in names for line in compare_with_book(desk, name).unmatched[:LINES_MAX]]


@router.post(
    "/lines/match",
    operation_id="matchLine",
    summary="Say where a movement belongs",
    responses={
        **PROBLEMS,
        **responses(
            (404, "No such unmatched movement, or no such payment."),
            (409, "It was matched otherwise before, amounts differ, or the payment stands otherwise."),
        ),
    },
)
def match(request: Request, response: Response, body: RailLineMatch, caller: Treasurer) -> RailLineMatched:
    """To a payment, which then counts as paid or as returned, or under a name. The same again changes nothing."""
    alliance = alliance_now(request, caller)
    wanted = (body.payment or "", (body.book_as or "").strip())
    with desk_of(alliance, caller.id) as desk:
        home = line_placement(desk, body.rail, body.line)
        if home is None:
            _place(desk, body)
    if home is not None and home != wanted:
        raise ApiError("line_matched", f"It belongs to {home[0] or home[1]!r} already.")
    if home is not None:
        response.headers["Idempotent-Replayed"] = "true"
    else:
        with alliance.database.engine.begin() as connection:
            details = {"rail": body.rail, "payment": body.payment, "book_as": body.book_as, "why": body.why}
            record(connection, caller, "line.match", body.line, details)
    return RailLineMatched(rail=body.rail, line=body.line, payment=wanted[0] or None, booked_as=wanted[1] or None)


def _place(desk: Desk, body: RailLineMatch) -> None:
    if body.payment is not None:
        match_line(desk, body.rail, body.line, body.payment)
    else:
        book_line(desk, body.rail, body.line, str(body.book_as), str(body.why))


def _default(one: DefaultRecord) -> SettlementDefault:
    plan = one.waterfall
    return SettlementDefault(
        number=one.number,
        shop=one.participant,
        window=window_id(one.window_id),
        at=moment(one.at),
        owed_minor=plan.shortfall_minor,
        open_minor=one.open_minor,
        borne=[
            LossShare(source=draw.source, shop=draw.who, amount_minor=draw.minor) for draw in (*plan.draws, *plan.cuts)
        ],
        uncovered_minor=plan.uncovered_minor,
    )


def _rail(one: Reconciliation) -> RailReconciliation:
    return RailReconciliation(
        rail=one.rail,
        book_minor=one.book_minor,
        lines_minor=one.lines_minor,
        agrees=one.ok,
        unmatched=len(one.unmatched),
        differences=[
            RailDifference(payment=found.payment_id, book_minor=found.book_minor, lines_minor=found.lines_minor)
            for found in one.differences
        ],
    )


def _line(rail: str, line: CashLine) -> RailLine:
    return RailLine(
        rail=rail,
        line=line.id,
        at=moment(line.at),
        amount_minor=line.minor,
        fee_minor=line.fee_minor,
        text=line.text,
    )
