"""Payments: what a run would do before it does it, who has not paid, and all payments by how far they are."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Literal

from fastapi import Depends, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS
from coalition.ids import window_id
from coalition.locale.messages import N_
from coalition.pages.console.charts import BarPart, stacked
from coalition.pages.console.sections import PAYMENTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, page_key
from coalition.payments.context import payment_context
from coalition.payments.task_kinds import start_run
from coalition.statements.sheet import WAYS
from settlement import WindowNotFound, date_text
from settlement.clearing import LossSource
from settlement.payments import (
    DefaultRecord,
    NextAction,
    PaymentContext,
    PaymentCoverage,
    PaymentOrder,
    PaymentOutlook,
    PaymentRecord,
    PaymentState,
    count_payments,
    count_unmatched,
    defaults_of,
    find_payments,
    last_window,
    payment_outlooks,
)

OUTLOOK_AT_ONCE = 20
router = PageRouter("/console/payments")
Staff = Annotated[StaffVisit, Depends(admit(PAYMENTS.roles))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
A_PAGE = 50
STATES = {
    PaymentState.PLANNED: N_("Planned"),
    PaymentState.RESERVED: N_("Being sent"),
    PaymentState.SENT: N_("Sent"),
    PaymentState.PAID: N_("Paid"),
    PaymentState.FAILED: N_("Failed"),
    PaymentState.AMBIGUOUS: N_("Unclear"),
    PaymentState.RETURNED: N_("Returned"),
    PaymentState.CANCELLED: N_("Cancelled"),
}
NEXT = {
    NextAction.COLLECT: N_("will be collected"),
    NextAction.DRAW: N_("will be taken from its deposit"),
    NextAction.PAY: N_("will be paid"),
    NextAction.ON_ITS_WAY: N_("on its way"),
    NextAction.CARRY: N_("carried over"),
    NextAction.HOLD: N_("held back"),
    NextAction.WAIT: N_("waits for an account"),
    NextAction.RETRY: N_("tried again later"),
    NextAction.UNCOLLECTED: N_("paid once all is collected"),
    NextAction.SHORT: N_("the cash does not reach"),
}
COVERAGES = {PaymentCoverage.PART_PAID: N_("Part paid"), PaymentCoverage.OVER_PAID: N_("Paid too much")}
"""How much has moved, where it is not what was asked for."""
SOURCES = {
    LossSource.DEPOSIT: N_("Its deposit"),
    LossSource.OWN_FUND: N_("Its share of the guarantee fund"),
    LossSource.OPERATOR: N_("Risk capital"),
    LossSource.MUTUAL_FUND: N_("Guarantee fund"),
    LossSource.CREDITOR_CUT: N_("Cut of a creditor"),
    LossSource.UNCOVERED: N_("Covered by nobody"),
}
"""Who covers a loss, in this order."""
PURSES = {
    LossSource.DEPOSIT: "own",
    LossSource.OWN_FUND: "own",
    LossSource.OPERATOR: "operator",
    LossSource.MUTUAL_FUND: "others",
    LossSource.CREDITOR_CUT: "others",
    LossSource.UNCOVERED: "nobody",
}
"""Whose money a source is, as the picture colours it."""
ORDERS = {
    PaymentOrder.NEWEST: N_("Newest payment first"),
    PaymentOrder.DUE: N_("By the day they are due"),
    PaymentOrder.AMOUNT: N_("The largest first"),
}
TO_DO = (NextAction.COLLECT, NextAction.DRAW, NextAction.PAY)


@dataclass(frozen=True, slots=True)
class ListedOutlook:
    """What comes next for a participant, in words."""

    row: PaymentOutlook
    name: str
    next: str
    why: str


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A payment in words. `coverage` is empty where what was asked for has moved, or nothing yet."""

    payment: PaymentRecord
    name: str
    other: str
    state: str
    rail: str
    coverage: str


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """What a source covers of a loss, and how much of that was paid back since. `place` is where it lies in a bar of
    100; `shares` are the amounts by the name of whose money it was.
    """

    name: str
    purse: str
    minor: int
    repaid_minor: int
    place: BarPart
    shares: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class DefaultShares:
    """A default, and who covers how much of it, in the order of the waterfall."""

    record: DefaultRecord
    name: str
    window: str
    steps: list[WaterfallStep]

    @property
    def repaid_minor(self) -> int:
        """What was paid back since."""
        return self.record.waterfall.shortfall_minor - self.record.open_minor


@dataclass(frozen=True, slots=True)
class PaymentsPage(ConsolePage):
    """What the next run would do (None where the visitor is a shop's), the open defaults, and payments of a state.

    `collect_minor`, `pay_minor` and `owed_minor` are sums over the outlook: what a run would collect and pay, and what
    those who have not paid owe. So many of the outlook are there `at_once`. `lines` counts movements at the rails that
    wait for somebody.
    """

    own_shop: str | None
    window: str
    outlook: list[ListedOutlook] | None
    collect_minor: int
    pay_minor: int
    owed_minor: int
    defaults: list[DefaultShares]
    lines: int
    state: PaymentState | None
    shop: str
    payments: list[ListedPayment]
    before: str
    order: PaymentOrder
    orders: dict[PaymentOrder, str]
    number: int
    pages: int
    may_run: bool
    today: str
    month_begin: str
    states: dict[PaymentState, str]
    key: str
    at_once: int = OUTLOOK_AT_ONCE
    section: Section = PAYMENTS


@router.get("")
def payments(
    staff: Staff,
    state: Annotated[PaymentState | Literal[""], Query()] = "",
    shop: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[str, Query(pattern=r"^[0-9a-z]{0,40}$")] = "",
    sort: Annotated[PaymentOrder, Query()] = PaymentOrder.NEWEST,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """The outlook, and payments: the newest ones go on behind one of them, in another order they have pages."""
    return _show(staff, state or None, shop, before, sort, page)


@router.post("/run")
def run(staff: Treasurer, key: FormKey) -> Response:
    """Collect and pay, as far as it goes now; the page of that work shows how far it is."""
    task = start_run(staff.alliance, staff.caller, page_key(staff.caller, key))
    return RedirectResponse(f"/console/tasks/{task.id}", 303)


def _show(
    staff: StaffVisit,
    state: PaymentState | None = None,
    shop: str = "",
    before: str = "",
    order: PaymentOrder = PaymentOrder.NEWEST,
    number: int = 1,
) -> HTMLResponse:
    if shop:
        staff.check_shop(shop)
    names, of_shop = staff.names(), staff.shop or shop or None
    by_pages = order is not PaymentOrder.NEWEST
    with payment_context(staff.alliance, staff.caller.id) as context:
        listed = find_payments(
            context.book,
            context.session,
            A_PAGE + 1,
            order=order,
            skip=(number - 1) * A_PAGE if by_pages else 0,
            before=before or None,
            participant=of_shop,
            state=state,
        )
        count = count_payments(context.book, context.session, state, of_shop) if by_pages else 0
        outlook = None if staff.shop is not None else _outlook(staff, context, names)
        defaults = [] if outlook is None else defaults_of(context.book, context.session, only_open=True)
        lines = 0 if outlook is None else count_unmatched(context.book, context.session, context.rails)
        window = "" if outlook is None or not outlook else window_id(last_window(context))
    todo = [each.row for each in outlook or () if each.row.action in TO_DO]
    page = PaymentsPage(
        own_shop=staff.shop,
        window=window,
        outlook=outlook,
        collect_minor=-sum(row.net_minor - row.on_its_way_minor for row in todo if row.net_minor < 0),
        pay_minor=sum(row.net_minor - row.on_its_way_minor for row in todo if row.net_minor > 0),
        owed_minor=-sum(each.row.net_minor for each in outlook or () if each.row.net_minor < 0),
        defaults=[_shares(staff, each, names) for each in defaults],
        lines=lines,
        state=state,
        shop=shop,
        payments=[in_words(staff, each, names) for each in listed[:A_PAGE]],
        before=listed[A_PAGE - 1].id if len(listed) > A_PAGE and not by_pages else "",
        order=order,
        orders=ORDERS,
        number=number,
        pages=max(1, -(-count // A_PAGE)),
        may_run=staff.caller.role in TREASURERS,
        today=date_text(staff.alliance.today),
        month_begin=f"{date_text(staff.alliance.today)[:8]}01",
        states=STATES,
        key=token_hex(16),
    )
    return show(staff.visit, page)


def in_words(staff: StaffVisit, payment: PaymentRecord, names: dict[str, str]) -> ListedPayment:
    """A payment with what its parts are called."""
    return ListedPayment(
        payment,
        names.get(payment.participant, payment.participant),
        names.get(payment.counterparty, payment.counterparty),
        staff.visit.say(STATES[PaymentState(payment.state)]),
        staff.visit.say(WAYS.get(payment.rail, payment.rail)),
        staff.visit.say(COVERAGES[payment.coverage]) if payment.coverage in COVERAGES else "",
    )


def _outlook(staff: StaffVisit, context: PaymentContext, names: dict[str, str]) -> list[ListedOutlook]:
    try:
        rows = payment_outlooks(context)
    except WindowNotFound:
        return []
    return [
        ListedOutlook(
            row,
            names.get(row.participant, row.participant),
            staff.visit.say(NEXT[row.action]),
            staff.visit.reason(row.why),
        )
        for row in sorted(rows, key=lambda each: each.net_minor)
    ]


def _shares(staff: StaffVisit, record: DefaultRecord, names: dict[str, str]) -> DefaultShares:
    plan = record.waterfall
    shares = defaultdict[LossSource, list[tuple[str, int]]](list)
    for draw in (*plan.draws, *plan.cuts):
        shares[draw.source].append((names.get(draw.participant, draw.participant), draw.minor))
    if plan.uncovered_minor:
        shares[LossSource.UNCOVERED].append(("", plan.uncovered_minor))
    repaid = Counter[LossSource]()
    for repayment in record.repayments:
        repaid[repayment.source] += repayment.minor
    sources = [source for source in LossSource if source in shares]
    places = stacked([(source, sum(minor for _, minor in shares[source])) for source in sources])
    steps = [
        WaterfallStep(
            staff.visit.say(SOURCES[source]), PURSES[source], place.value, repaid[source], place, shares[source]
        )
        for source, place in zip(sources, places, strict=True)
    ]
    name = names.get(record.participant, record.participant)
    return DefaultShares(record, name, window_id(record.window_id), steps)
