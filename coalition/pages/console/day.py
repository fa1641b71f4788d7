"""A shop's day: what its tills and cashiers rang up, to be printed, and whether that goes out by e-mail."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import Role
from coalition.day_sheets.day_sheet import DaySheet
from coalition.day_sheets.figures import FIGURES, NO_TILL, Figure
from coalition.day_sheets.read_day_sheet import read_day_sheet
from coalition.day_sheets.set_day_mail import DayMail, day_before, find_day_mail, set_day_mail
from coalition.errors import NotFound
from coalition.ids import window_id
from coalition.pages.console.sections import SHOPS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref
from settlement import EARLIEST, Phrase, date_text, day_number, next_day, written_date

router = PageRouter("/console/shops/{shop}/days")
Staff = Annotated[StaffVisit, Depends(admit(SHOPS.roles))]
MAY_SET = {Role.OWNER, Role.MANAGER}
Setter = Annotated[StaffVisit, Depends(admit(MAY_SET))]


@dataclass(frozen=True, slots=True)
class DayPage(ConsolePage):
    """The sheet of a day, the days beside it, and how the e-mail is set. `after` is empty on the day that is today.

    `written` is the day as paths have it.

    `columns` name the rows of the sheet, which stand side by side: each its till and its cashier. `window_refs` are the
    public ids of its windows.
    """

    shop: str
    name: str
    sheet: DaySheet
    figures: tuple[Figure, ...]
    written: str
    columns: list[list[str]]
    window_refs: list[str]
    before: str
    after: str
    mail: DayMail
    may_set: bool
    section: Section = SHOPS


@router.get("")
def today(staff: Staff, shop: Ref) -> RedirectResponse:
    """The day that it is."""
    staff.check_shop(shop)
    return RedirectResponse(f"/console/shops/{shop}/days/{date_text(staff.alliance.today)}", 303)


@router.post("")
def set_mail(staff: Setter, shop: Ref, *, wanted: Annotated[bool, Form()] = False) -> RedirectResponse:
    """Send the figures by e-mail, or not."""
    staff.shop_named(shop)
    set_day_mail(staff.alliance, staff.caller, shop, wanted=wanted)
    return RedirectResponse(f"/console/shops/{shop}/days", 303)


@router.get("/{day}")
def day(staff: Staff, shop: Ref, day: Annotated[str, Path(max_length=10)]) -> HTMLResponse:
    """One day."""
    name = staff.shop_named(shop).profile.name_in(staff.visit.lang)
    try:
        on = day_number(written_date(day, EARLIEST))
        sheet = read_day_sheet(staff.alliance, shop, on)
    except ValueError:
        raise NotFound(Phrase("business day"), day) from None
    page = DayPage(
        shop=shop,
        name=name,
        sheet=sheet,
        figures=FIGURES,
        written=date_text(on),
        columns=[
            [sheet.names.get(id_, id_) for id_ in (row.till, row.cashier) if id_] or [staff.visit.say(NO_TILL)]
            for row in sheet.rows
        ],
        window_refs=[window_id(window.opens_at) for window in sheet.windows],
        before=date_text(day_before(staff.alliance, staff.alliance.calendar.start_of_day(on))),
        after=date_text(next_day(on)) if on < staff.alliance.today else "",
        mail=find_day_mail(staff.alliance, shop),
        may_set=staff.caller.role in MAY_SET,
    )
    return show(staff.visit, page)
