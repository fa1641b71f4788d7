"""A window's positions: what each shop is owed or owes, which visibly sum to zero. And closing one that is over."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS
from coalition.ids import window_id
from coalition.locale.name_order import name_order
from coalition.pages.console.charts import part_of
from coalition.pages.console.list_page import Number, NumberedPage, numbered_page
from coalition.pages.console.sections import WINDOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref
from coalition.windows.close_window import close_window
from coalition.windows.find_window import SettlementWindow
from settlement import NamedFact

router = PageRouter("/console/windows/{window}")
Staff = Annotated[StaffVisit, Depends(admit(WINDOWS.roles))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]

A_PAGE = 50
Order = Literal["net", "shop", "size"]


@dataclass(frozen=True, slots=True)
class Position:
    """A participant's net of the window, in minor units, and what else its balance has. `part` is in percent."""

    ref: str
    name: str
    net_minor: int
    carried_minor: int
    kept_minor: int
    part: float

    @property
    def balance_minor(self) -> int:
        """What is open after the window."""
        return self.net_minor + self.carried_minor - self.kept_minor


@dataclass(frozen=True, slots=True)
class WindowPage(ConsolePage):
    """A page of the positions, or the visitor's shop's alone. What those who owe pay, and what those who are owed
    receive, over all pages, adds up to zero.

    `can_close` is whether the window is over and the visitor may close it, `done` whether they just did.
    """

    ref: str
    own_shop: str | None
    window: SettlementWindow
    listed: NumberedPage[Position]
    owed_minor: int
    paid_minor: int
    order: Order
    can_close: bool
    done: bool = False
    problem: str = ""
    section: Section = WINDOWS


@router.get("")
def window(
    staff: Staff,
    window: Ref,
    sort: Annotated[Order, Query()] = "net",
    page: Number = 1,
    done: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query's flag
) -> HTMLResponse:
    """The positions."""
    return _show(staff, staff.window(window), sort, page, done=done)


@router.post("/close")
def close(staff: Treasurer, window: Ref) -> Response:
    """Compute and post its nets for good."""
    due = staff.window(window)
    try:
        close_window(staff.alliance, staff.caller, due.opens_at)
    except NamedFact as error:
        return _show(staff, due, "net", problem=staff.visit.explain(error), status=error.error_kind.status)
    return RedirectResponse(f"/console/windows/{window}?done=true", 303)


def _show(
    staff: StaffVisit,
    window: SettlementWindow,
    order: Order,
    number: int = 1,
    problem: str = "",
    status: int = 200,
    *,
    done: bool = False,
) -> HTMLResponse:
    names = staff.names()
    largest = max(map(abs, window.nets.values()), default=0)
    positions = [
        Position(
            ref,
            names.get(ref, ref),
            window.nets.get(ref, 0),
            window.carried_over.get(ref, 0),
            window.kept_in_deposit.get(ref, 0),
            part_of(abs(window.nets.get(ref, 0)), largest),
        )
        for ref in {*window.nets, *window.carried_over}
        if staff.may_see(ref)
    ]
    positions.sort(key=lambda each: (name_order(each.name), each.ref))
    if order != "shop":
        positions.sort(key=lambda each: each.net_minor if order == "net" else -abs(each.net_minor))
    nets = [each.net_minor for each in positions]
    page = WindowPage(
        ref=window_id(window.opens_at),
        own_shop=staff.shop,
        window=window,
        listed=numbered_page(positions, number, A_PAGE),
        owed_minor=sum(net for net in nets if net > 0),
        paid_minor=sum(net for net in nets if net < 0),
        order=order,
        can_close=window.status == "due" and staff.caller.role in TREASURERS,
        done=done and window.status == "closed",
        problem=problem,
    )
    return show(staff.visit, page, status)
