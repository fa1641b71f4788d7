"""What stands behind the points that members hold: by shop, what it has at risk against its deposit and its limit."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from secrets import token_hex
from typing import Annotated, Literal

from fastapi import Depends, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import OWNERS, STAFF, TREASURERS
from coalition.locale.name_order import name_order
from coalition.operation.doctor import examine_audit
from coalition.operation.doctor_text import finding_text
from coalition.pages.console.charts import part_of
from coalition.pages.console.list_page import Number, NumberedPage, numbered_page
from coalition.pages.console.period import TypedDay
from coalition.pages.console.sections import BACKING, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, page_key
from coalition.reports.backing_task import start_proof
from settlement import Funding, date_of, date_text
from settlement.clearing import Exposure, ExposureLevel, exposures, outstanding_by_terms

router = PageRouter("/console/backing")
A_PAGE = 50
Staff = Annotated[StaffVisit, Depends(admit(BACKING.roles))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
LEVELS = {"all": tuple(ExposureLevel), "near": (ExposureLevel.ALERT, ExposureLevel.RESERVE, ExposureLevel.STOPPED)}
LEVELS |= {"stopped": (ExposureLevel.STOPPED,)}


@dataclass(frozen=True, slots=True)
class Backed:
    """A shop's points outstanding, with their worth, and what it has at risk. `part` is that of its limit, in percent.

    `pooled_minor` is what the pool has been paid for its points already.
    """

    ref: str
    name: str
    points: int
    worth_minor: int
    pooled_minor: int
    exposure: Exposure
    part: float


Order = Literal["used", "risk", "points", "name"]
KEYS: Mapping[Order, Callable[[Backed], tuple[object, ...]]] = {
    "risk": lambda row: (-row.exposure.exposure_minor, row.name, row.ref),
    "points": lambda row: (-row.points, row.name, row.ref),
    "name": lambda row: (name_order(row.name), row.ref),
}
"""What each order compares; by default they are as the API has them, the nearest to its limit first."""


@dataclass(frozen=True, slots=True)
class BackingPage(ConsolePage):
    """Every shop that is asked for, the nearest to its limit first, and the sums over all.

    `over_minor` is what is at risk above the limits, and `open_ended` counts shops with something at risk and no limit.
    `may_limit` is whether the visitor may set one.
    """

    own_shop: str | None
    level: str
    order: Order
    listed: NumberedPage[Backed]
    points: int
    worth_minor: int
    pooled_minor: int
    deposits_minor: int
    over_minor: int
    open_ended: int
    audit: str
    today: str
    may_prove: bool
    may_limit: bool
    key: str
    section: Section = BACKING


@router.post("/proof")
def prove(staff: Treasurer, key: FormKey, day: TypedDay = "") -> Response:
    """Write the proof of a day, today's where it is left out or still to come; the page of that work shows how far it
    is.
    """
    today = date_of(staff.alliance.today)
    asked = min(day, today) if day else today
    task = start_proof(staff.alliance, staff.caller, asked, page_key(staff.caller, key))
    return RedirectResponse(f"/console/tasks/{task.id}", 303)


@router.get("")
def backing(
    staff: Staff,
    level: Annotated[Literal["all", "near", "stopped"], Query()] = "all",
    sort: Annotated[Order, Query()] = "used",
    page: Number = 1,
) -> HTMLResponse:
    """Is every point backed?"""
    alliance = staff.alliance
    names = staff.names()
    with closing(alliance.database.session()) as session:
        held = outstanding_by_terms(alliance.book, session)
        terms = {each.id: each for each in alliance.book.config(session).terms}
        risks = {row.shop: row for row in exposures(alliance.book, session) if staff.may_see(row.shop)}
    points, worth, pooled = (defaultdict[str, Fraction](Fraction) for _ in range(3))
    for (issuer, terms_id), count in held.items():
        if staff.may_see(issuer):
            minor = count * alliance.minor_per_point(terms_id)
            points[issuer] += count
            worth[issuer] += minor
            if terms[terms_id].funding is Funding.ON_ISSUE:
                pooled[issuer] += minor
    rows = [
        Backed(
            ref,
            names.get(ref, ref),
            int(points[ref]),
            ceil(worth[ref]),
            ceil(pooled[ref]),
            risk,
            part_of(risk.exposure_minor, risk.limit_minor or 0),
        )
        for ref, risk in risks.items()
    ]
    finding = examine_audit(alliance.book, alliance.machine_clock)
    listed = [row for row in rows if row.exposure.level in LEVELS[level]]
    if sort in KEYS:
        listed.sort(key=KEYS[sort])
    content = BackingPage(
        own_shop=staff.shop,
        level=level,
        order=sort,
        listed=numbered_page(listed, page, A_PAGE),
        points=int(sum(points.values())),
        worth_minor=ceil(sum(worth.values())),
        pooled_minor=ceil(sum(pooled.values())),
        deposits_minor=sum(risk.deposit_minor for risk in risks.values()),
        over_minor=sum(
            max(0, risk.exposure_minor - risk.limit_minor) for risk in risks.values() if risk.limit_minor is not None
        ),
        open_ended=sum(risk.limit_minor is None and risk.exposure_minor > 0 for risk in risks.values()),
        audit=finding_text(finding, staff.visit.timezone, staff.visit.lang),
        today=date_text(alliance.today),
        may_prove=staff.caller.role in TREASURERS,
        may_limit=staff.caller.role in OWNERS,
        key=token_hex(16),
    )
    return show(staff.visit, content)
