"""What the alliance lets tills do: offline, and on a day without a manager."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import OWNERS, STAFF
from coalition.pages.console.amounts import typed_amount, typed_points
from coalition.pages.console.sections import TILLS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.tills.change_till_rules import change_till_rules
from coalition.tills.till_rules import HOURS_MAX, PER_DAY_MAX, DayLimit, LossBearer, TillRules, find_till_rules
from settlement import NamedFact

router = PageRouter("/console/settings/tills")
Staff = Annotated[StaffVisit, Depends(admit(TILLS.roles))]
Owner = Annotated[StaffVisit, Depends(admit(OWNERS & STAFF))]
Typed = Annotated[str, Form(max_length=20)]
LIMITS = ("sales", "amount", "points")


@dataclass(frozen=True, slots=True)
class TillSettingsPage(ConsolePage):
    """The rules as they are; `typed` are the limits as a form shows them, by their fields, empty for none."""

    rules: TillRules
    typed: dict[str, str]
    per_day_max: int
    hours_max: int
    may_set: bool
    done: str = ""
    problem: str = ""
    section: Section = TILLS


@router.get("")
def till_settings(staff: Staff, done: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """The settings."""
    rules = _rules(staff)
    return _show(staff, rules, _fields(staff, rules), done=done)


@router.post("")
def change(
    staff: Owner,
    version: Annotated[int, Form(ge=0)],
    per_day: Annotated[int, Form(ge=0, le=PER_DAY_MAX)],
    hours: Annotated[int, Form(ge=1, le=HOURS_MAX)],
    loss: Annotated[LossBearer, Form()],
    till_sales: Typed = "",
    till_amount: Typed = "",
    till_points: Typed = "",
    shop_sales: Typed = "",
    shop_amount: Typed = "",
    shop_points: Typed = "",
) -> Response:
    """Other ones. They count within seconds."""
    typed = {
        "till_sales": till_sales,
        "till_amount": till_amount,
        "till_points": till_points,
        "shop_sales": shop_sales,
        "shop_amount": shop_amount,
        "shop_points": shop_points,
    }
    rules = TillRules(per_day, hours, loss, version)
    try:
        till, shop = (_limit(staff, whose, typed) for whose in ("till", "shop"))
        change_till_rules(staff.alliance, staff.caller, TillRules(per_day, hours, loss, version, till, shop))
    except NamedFact as error:
        return _show(staff, rules, typed, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse("/console/settings/tills?done=saved", 303)


def _limit(staff: StaffVisit, whose: str, typed: dict[str, str]) -> DayLimit:
    """What was typed, nothing being no limit. Raises FieldWrong."""
    sales, amount, points = (f"{whose}_{name}" for name in LIMITS)
    minor = typed_amount(staff.alliance.book.settings, amount, typed[amount]) if typed[amount].strip() else None
    count, spent = (typed_points(field, typed[field]) if typed[field].strip() else None for field in (sales, points))
    return DayLimit(count, minor, spent)


def _rules(staff: StaffVisit) -> TillRules:
    with staff.alliance.database.engine.connect() as connection:
        return find_till_rules(connection, staff.alliance.id)


def _fields(staff: StaffVisit, rules: TillRules) -> dict[str, str]:
    digits = staff.alliance.book.settings.minor_digits
    fields = {}
    for whose, limit in (("till", rules.till), ("shop", rules.shop)):
        fields[f"{whose}_sales"] = "" if limit.sales is None else str(limit.sales)
        fields[f"{whose}_amount"] = "" if limit.minor is None else _plain(limit.minor, digits)
        fields[f"{whose}_points"] = "" if limit.points is None else str(limit.points)
    return fields


def _plain(minor: int, digits: int) -> str:
    """An amount as a form takes it."""
    return f"{minor // 10**digits}.{minor % 10**digits:0{digits}}" if digits else str(minor)


def _show(
    staff: StaffVisit, rules: TillRules, typed: dict[str, str], problem: str = "", code: int = 200, *, done: str = ""
) -> HTMLResponse:
    may_set = staff.caller.role in OWNERS
    return show(staff.visit, TillSettingsPage(rules, typed, PER_DAY_MAX, HOURS_MAX, may_set, done, problem), code)
