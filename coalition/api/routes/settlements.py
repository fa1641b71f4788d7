"""Settlements: settle the last closed window, see how far it is, and reconcile the rails."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, TREASURERS, Caller
from coalition.access.log import record
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.payments import Payment, render_payment
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.error_text import reason_text
from coalition.locale.formats import moment
from coalition.payments.context import payment_context
from coalition.payments.run_settlement import run_settlement
from coalition.web.request import language_of
from settlement import WindowNotFound
from settlement.clearing import LossSource
from settlement.payments import (
    DefaultRecord,
    NextAction,
    Reconciliation,
    compare_rails,
    defaults_of,
    last_window,
    plan_direct,
    reconcile_rails,
    run_outlook,
)

router = Router(prefix="/v1/settlements", tags=["settlements"])
POSITION = 160

Alliance_ = Annotated[Caller, Depends(allow(ALLIANCE))]
Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (422, "A field can't be used."),
    (429, "Too many requests."),
    (503, "The database or a rail is not available now; send the same request again."),
)


class SettlementOutlook(BaseModel):
    """What the next run would do for a shop, or why it would do nothing."""

    shop: str = Field(description="The shop; `operator` is the alliance itself.")
    net_minor: int = Field(description="The open net, in minor units: above zero the shop is owed, below zero it owes.")
    on_its_way_minor: int = Field(description="How much of that is being paid, in minor units.")
    for_default: bool = Field(
        description="Whether the amounts are what the shop is in default of, and not a net. What it is owed is set off "
        "against that first."
    )
    rail: str = Field(description="The rail that the shop uses.")
    next: NextAction = Field(description="What the next run will do.")
    now_minor: int = Field(
        description="How much the next run collects, draws from the deposit, or pays, in minor units, above zero."
    )
    oldest_window: str | None = Field(
        description="The oldest window of which the shop owes something still; null for one that owes nothing. What a "
        "shop pays counts for the oldest first."
    )
    why: str | None = Field(
        description="Why nothing is moved, or not all of it: the account, the cash, a day to wait for. Null if all is."
    )


class LossShare(BaseModel):
    """A share of a default's loss."""

    source: LossSource = Field(description="Where the money came from.")
    shop: str = Field(description="Who lost it; `operator` is the alliance itself.")
    amount_minor: int = Field(description="How much, in minor units.")


class SettlementDefault(BaseModel):
    """A default: what a shop did not pay, how the loss was allocated, and what is still to be recovered."""

    number: int = Field(description="The number of the default in the alliance, from 1.")
    shop: str = Field(description="The shop that did not pay.")
    window: str = Field(description="The window that the shop did not settle.")
    at: Moment = Field(description="When the default was declared.")
    owed_minor: int = Field(description="What the shop owed, in minor units.")
    open_minor: int = Field(description="The loss that is not recovered yet, in minor units; 0 ends the default.")
    losses: list[LossShare] = Field(
        description="How the loss was allocated: deposit, fund, operator, then cuts of creditors."
    )
    uncovered_minor: int = Field(description="The part of the loss that nothing covered, in minor units.")


class RailDifference(BaseModel):
    """A payment on which the book and the rail's movements differ."""

    payment: str = Field(description="The payment's id.")
    book_minor: int = Field(description="The amount according to the book, less fees, in minor units.")
    lines_minor: int = Field(description="The amount according to the movements, in minor units.")


class RailReconciliation(BaseModel):
    """The cash at a rail, according to the book and to the imported movements."""

    rail: str = Field(description="The rail.")
    book_minor: int = Field(description="The cash according to the book, in minor units.")
    lines_minor: int = Field(description="The sum of the movements, less fees, in minor units.")
    plugged_in: bool = Field(
        description="Whether this server is set up for the rail. If not, nobody knows what the rail says now."
    )
    agrees: bool = Field(
        description="Whether both agree exactly and every movement is matched; never of a rail that is not set up here."
    )
    unmatched: int = Field(description="How many movements are not matched yet.")
    differences: list[RailDifference] = Field(description="Payments on which they differ.")


class Settlement(BaseModel):
    """How far the settlement is."""

    window: str | None = Field(description="The last closed window; null if none is closed yet.")
    cash_minor: int = Field(description="The cash that the next run may pay shops out of, in minor units.")
    outlook: list[SettlementOutlook] = Field(description="Every shop with an open net.")
    defaults: list[SettlementDefault] = Field(description="The open defaults.")
    rails: list[RailReconciliation] = Field(description="The cash at each rail.")


class SettlementRun(BaseModel):
    """What a run of the settlement did."""

    window: str = Field(description="The last closed window.")
    looked_at: int = Field(description="How many payments were looked up at their rails.")
    collecting: int = Field(description="How many collections were sent.")
    collecting_minor: int = Field(description="What these collect, in minor units.")
    drawn_minor: int = Field(description="What was drawn from deposits, in minor units.")
    paying: int = Field(description="How many payments to shops were sent.")
    paying_minor: int = Field(description="What these pay, in minor units.")
    defaults: list[SettlementDefault] = Field(description="The defaults that were declared.")


@router.post(
    "/run",
    operation_id="runSettlement",
    summary="Settle the last closed window",
    responses={**PROBLEMS, **responses((404, "No window is closed yet."))},
)
def run(request: Request, caller: Treasurer) -> SettlementRun:
    """Looks up what became of payments, collects, and pays out as far as the cash goes. Run it as often as you like: it
    continues from the current state and sends nothing twice. The server continues by itself what a run began.
    """
    alliance = alliance_now(request, caller)
    done = run_settlement(alliance, caller)
    return SettlementRun(
        window=window_id(done.window_id),
        looked_at=done.looked_at,
        collecting=done.collecting,
        collecting_minor=done.collecting_minor,
        drawn_minor=done.drawn_minor,
        paying=done.paying,
        paying_minor=done.paying_minor,
        defaults=[_default(default) for default in done.defaults],
    )


@router.post(
    "/direct",
    operation_id="planDirectPayments",
    summary="Let shops pay each other",
    responses={
        **PROBLEMS,
        **responses(
            (404, "No window is closed yet."),
            (409, "The clearing house has paid or collected already, or the pool has a net."),
        ),
    },
)
def post_direct(request: Request, caller: Treasurer) -> list[Payment]:
    """Plans the fewest payments from shop to shop that settle all open nets. Both shops confirm each payment. A second
    call plans only what is not planned yet.
    """
    alliance = alliance_now(request, caller)
    with payment_context(alliance, caller.id) as context:
        window = last_window(context)
        made = plan_direct(context, window)
    with alliance.database.engine.begin() as connection:
        record(connection, caller, "settlement.direct", window_id(window), {"payments": len(made)})
    lang = language_of(request)
    return [render_payment(alliance, payment, lang) for payment in made]


@router.get("", operation_id="getSettlement", summary="Get how far the settlement is", responses=PROBLEMS)
def get_status(request: Request, caller: Alliance_) -> Settlement:
    """What comes next for each shop, the open defaults, and the cash at each rail by its imported movements."""
    lang = language_of(request)
    with payment_context(alliance_now(request, caller), caller.id) as context:
        try:
            window: str | None = window_id(last_window(context))
            cash_minor, rows = run_outlook(context)
        except WindowNotFound:
            window, cash_minor, rows = None, 0, []
        return Settlement(
            window=window,
            cash_minor=cash_minor,
            outlook=[
                SettlementOutlook(
                    shop=row.participant,
                    net_minor=row.net_minor,
                    on_its_way_minor=row.on_its_way_minor,
                    for_default=row.for_default,
                    rail=row.rail,
                    next=row.action,
                    now_minor=row.now_minor,
                    oldest_window=window_id(row.oldest_window) if row.oldest_window else None,
                    why=reason_text(row.why, lang, context.book.settings) or None,
                )
                for row in rows
            ],
            defaults=[_default(default) for default in defaults_of(context.book, context.session, only_open=True)],
            rails=[_rail(reconciliation) for reconciliation in compare_rails(context)],
        )


@router.post(
    "/reconcile",
    operation_id="reconcileRails",
    summary="Import and match the movements of all rails",
    responses=PROBLEMS,
)
def post_reconcile(request: Request, caller: Treasurer) -> list[RailReconciliation]:
    """Imports the movements of each rail that this server is set up for, matches those that name a payment, and books
    the rail's fees.
    """
    with payment_context(alliance_now(request, caller), caller.id) as context:
        return [_rail(reconciliation) for reconciliation in reconcile_rails(context)]


def _default(default: DefaultRecord) -> SettlementDefault:
    plan = default.waterfall
    return SettlementDefault(
        number=default.number,
        shop=default.participant,
        window=window_id(default.window_id),
        at=moment(default.at),
        owed_minor=plan.shortfall_minor,
        open_minor=default.open_minor,
        losses=[
            LossShare(source=draw.source, shop=draw.participant, amount_minor=draw.minor)
            for draw in (*plan.draws, *plan.cuts)
        ],
        uncovered_minor=plan.uncovered_minor,
    )


def _rail(reconciliation: Reconciliation) -> RailReconciliation:
    return RailReconciliation(
        rail=reconciliation.rail,
        book_minor=reconciliation.book_minor,
        lines_minor=reconciliation.lines_minor,
        plugged_in=reconciliation.plugged_in,
        agrees=reconciliation.ok,
        unmatched=len(reconciliation.unmatched),
        differences=[
            RailDifference(
                payment=difference.payment_id, book_minor=difference.book_minor, lines_minor=difference.lines_minor
            )
            for difference in reconciliation.differences
        ],
    )
