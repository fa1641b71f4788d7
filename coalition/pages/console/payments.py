"""Payments: what a run would do before it does it, who has not paid, and all payments by how far they are."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Literal, NamedTuple

from fastapi import Depends, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS
from coalition.locale.messages import N_
from coalition.pages.console.list_page import Number, NumberedPage, numbered_page
from coalition.pages.console.next_run import ListedOutlook, NextRun, OutlookOrder, OutlookSide, next_run, sorted_outlook
from coalition.pages.console.owed import OwedByShop, owed_by_shop
from coalition.pages.console.sections import PAYMENTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.console.waterfall import DefaultShares, default_shares
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, page_key
from coalition.payments.context import payment_context
from coalition.payments.task_kinds import start_run
from coalition.statements.sheet import WAYS
from settlement import WindowNotFound, date_text
from settlement.payments import (
    PaymentContext,
    PaymentCoverage,
    PaymentOrder,
    PaymentRecord,
    PaymentState,
    count_payments,
    count_unmatched,
    defaults_of,
    find_payments,
    last_window,
)

router = PageRouter("/console/payments")
Staff = Annotated[StaffVisit, Depends(admit(PAYMENTS.roles))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
A_PAGE = 50
OUTLOOK_A_PAGE = 20
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
COVERAGES = {PaymentCoverage.PART_PAID: N_("Part paid"), PaymentCoverage.OVER_PAID: N_("Paid too much")}
"""How much has moved, where it is not what was asked for."""
ORDERS = {
    PaymentOrder.NEWEST: N_("Newest payment first"),
    PaymentOrder.DUE: N_("By the day they are due"),
    PaymentOrder.AMOUNT: N_("The largest first"),
}


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
class OutlookList:
    """A page of those who owe, or are owed, and the `sum_minor` of all; `words` are in the names of each."""

    side: OutlookSide
    order: OutlookOrder
    words: str
    page: NumberedPage[ListedOutlook]
    sum_minor: int


@dataclass(frozen=True, slots=True)
class PaymentsPage(ConsolePage):
    """What the next run would do (None where no window is closed, or the visitor is a shop's) with a page of its rows,
    the open defaults, and payments of a state.

    `shop` is the only shop that is asked for, empty for all: `name` is what it is called, `owed` what it owes, and
    `coming` what comes next for it, to the alliance's people. `lines` counts movements at the rails that wait for
    somebody.
    """

    own_shop: str | None
    name: str
    owed: OwedByShop | None
    coming: list[ListedOutlook]
    run: NextRun | None
    listed: OutlookList | None
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
    section: Section = PAYMENTS


class OutlookAsked(NamedTuple):
    """Which page of which side's rows, in which order, with which words in their names."""

    side: OutlookSide
    order: OutlookOrder
    number: int
    words: str


def _asked(
    side: Annotated[OutlookSide, Query()] = OutlookSide.OWING,
    by: Annotated[OutlookOrder, Query()] = OutlookOrder.OLDEST,
    part: Number = 1,
    words: Annotated[str, Query(max_length=100)] = "",
) -> OutlookAsked:
    return OutlookAsked(side, by, part, words.strip())


@router.get("")
def payments(
    staff: Staff,
    asked: Annotated[OutlookAsked, Depends(_asked)],
    state: Annotated[PaymentState | Literal[""], Query()] = "",
    shop: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[str, Query(pattern=r"^[0-9a-z]{0,40}$")] = "",
    sort: Annotated[PaymentOrder, Query()] = PaymentOrder.NEWEST,
    page: Number = 1,
) -> HTMLResponse:
    """The outlook, and payments: the newest ones go on behind one of them, in another order they have pages."""
    if shop:
        staff.check_shop(shop)
    names, of_shop = staff.names(), staff.shop or shop or None
    by_pages = sort is not PaymentOrder.NEWEST
    with payment_context(staff.alliance, staff.caller.id) as context:
        book, session = context.book, context.session
        listed = find_payments(
            book,
            session,
            A_PAGE + 1,
            order=sort,
            skip=(page - 1) * A_PAGE if by_pages else 0,
            before=before or None,
            participant=of_shop,
            state=state or None,
        )
        count = count_payments(book, session, state or None, of_shop) if by_pages else 0
        coming = None if staff.shop is not None else _next_run(staff, context, names)
        defaults = [] if staff.shop is not None else defaults_of(book, session, only_open=True)
        lines = 0 if of_shop is not None else count_unmatched(book, session, context.rails)
    name = "" if of_shop is None else names.get(of_shop, of_shop)
    sides = () if coming is None or not shop else coming.sides.values()
    content = PaymentsPage(
        own_shop=staff.shop,
        name=name,
        owed=None if of_shop is None else owed_by_shop(staff, of_shop, "" if staff.shop else name),
        coming=[each for rows in sides for each in rows if each.row.participant == shop],
        run=None if shop else coming,
        listed=None if coming is None or shop else _page_of(coming, asked),
        defaults=[default_shares(staff, each, names) for each in defaults if shop in ("", each.participant)],
        lines=lines,
        state=state or None,
        shop=shop,
        payments=[in_words(staff, each, names) for each in listed[:A_PAGE]],
        before=listed[A_PAGE - 1].id if len(listed) > A_PAGE and not by_pages else "",
        order=sort,
        orders=ORDERS,
        number=page,
        pages=max(1, -(-count // A_PAGE)),
        may_run=staff.caller.role in TREASURERS,
        today=date_text(staff.alliance.today),
        month_begin=f"{date_text(staff.alliance.today)[:8]}01",
        states=STATES,
        key=token_hex(16),
    )
    return show(staff.visit, content)


@router.post("/run")
def run(staff: Treasurer, key: FormKey) -> Response:
    """Collect and pay, as far as it goes now; the page of that work shows how far it is."""
    task = start_run(staff.alliance, staff.caller, page_key(staff.caller, key))
    return RedirectResponse(f"/console/tasks/{task.id}", 303)


def _next_run(staff: StaffVisit, context: PaymentContext, names: dict[str, str]) -> NextRun | None:
    try:
        return next_run(staff, context, names, last_window(context))
    except WindowNotFound:
        return None


def _page_of(coming: NextRun, asked: OutlookAsked) -> OutlookList:
    words = asked.words.casefold()
    rows = [
        each
        for each in sorted_outlook(coming.sides[asked.side], asked.order)
        if words in f"{each.name} {each.row.participant}".casefold()
    ]
    total = sum(each.row.net_minor for each in rows)
    return OutlookList(asked.side, asked.order, asked.words, numbered_page(rows, asked.number, OUTLOOK_A_PAGE), total)


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
