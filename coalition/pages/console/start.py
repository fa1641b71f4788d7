"""The first steps of an alliance, as a list that ticks itself; and adding all shops at once."""

from contextlib import closing
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated

from fastapi import Depends, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import HELPERS, STAFF, Role
from coalition.access.user_store import list_users
from coalition.merchants.add_shops import start_adding
from coalition.merchants.list_shops import shop_states
from coalition.merchants.shop_status import ShopStatus
from coalition.pages.console.people import PEOPLE_MAX
from coalition.pages.console.sections import ConsolePage
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, page_key
from settlement import Funding, Terms
from settlement.clearing import points_by_window
from settlement.ledger import Session
from settlement.payments import payment_rules

router = PageRouter("/console/start")
Helper = Annotated[StaffVisit, Depends(admit(HELPERS & STAFF))]
PLAIN_NAME = "Our town"
"""What an alliance is called until somebody names it."""
OWNERS_LEAST, SHOPS_LEAST = 2, 2
LIST_CHARS_MAX = 40_000
EXAMPLE_POINTS = 100


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far an alliance is. `owners` can log in; `managers` counts shops with somebody who was invited."""

    named: bool
    owners: int
    shops: int
    managers: int
    sold: bool

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(self.ticks)

    @property
    def ticks(self) -> tuple[bool, ...]:
        """Which are, in order: name, second owner, shops, people of shops, first sale."""
        has_people = self.shops > 0 and self.managers >= self.shops
        return self.named, self.owners >= OWNERS_LEAST, self.shops >= SHOPS_LEAST, has_people, self.sold


@dataclass(frozen=True, slots=True)
class StartPage(ConsolePage):
    """The steps, and what was agreed on. `example_minor` is what EXAMPLE_POINTS points are worth."""

    steps: FirstSteps
    terms: Terms
    pooled: bool
    example_points: int
    example_minor: int
    expiry_months: int
    every: str
    rail: str
    key: str


@router.get("")
def start(staff: Helper) -> HTMLResponse:
    """What is done, and what is next."""
    return _show(staff)


@router.post("/shops")
def add(staff: Helper, key: FormKey, shops: Annotated[str, Form(max_length=LIST_CHARS_MAX)]) -> Response:
    """Add the shops of a list; the page of that work shows how far it is, and what could not be added."""
    task = start_adding(staff.alliance, staff.caller, shops, page_key(staff.caller, key))
    return RedirectResponse(f"/console/tasks/{task.id}", 303)


def first_steps(staff: StaffVisit, session: Session) -> FirstSteps:
    """How far the alliance is."""
    alliance = staff.alliance
    shops = {ref for ref, status in shop_states(alliance, session).items() if status is ShopStatus.ACTIVE}
    with alliance.database.engine.connect() as connection:
        users = [each for each in list_users(connection, alliance.id, None, None, PEOPLE_MAX) if not each.disabled_at]
    return FirstSteps(
        named=alliance.book.settings.name != PLAIN_NAME,
        owners=sum(user.role is Role.OWNER and user.password_hash is not None for user in users),
        shops=len(shops),
        managers=len({user.shop for user in users if user.role is Role.MANAGER} & shops),
        sold=bool(points_by_window(alliance.book, session, 1)),
    )


def _show(staff: StaffVisit) -> HTMLResponse:
    alliance, now = staff.alliance, staff.alliance.clock()
    terms = alliance.terms_at(now)
    with closing(alliance.database.session()) as session:
        rail = payment_rules(alliance.book, session).rail
        steps = first_steps(staff, session)
    page = StartPage(
        steps=steps,
        terms=terms,
        pooled=terms.funding is Funding.ON_ISSUE,
        example_points=EXAMPLE_POINTS,
        example_minor=int(EXAMPLE_POINTS * terms.minor_per_point),
        expiry_months=alliance.programme.rules_at(now).expiry_months,
        every=alliance.book.settings.cutoff.every,
        rail=rail,
        key=token_hex(16),
    )
    return show(staff.visit, page)
