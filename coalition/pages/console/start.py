"""The first steps of an alliance, as a list that ticks itself."""

from contextlib import closing
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from coalition.access.caller import HELPERS, STAFF, Role
from coalition.access.user_store import list_users
from coalition.alliance import Alliance
from coalition.merchants.list_shops import shop_states
from coalition.merchants.shop_status import ShopStatus
from coalition.pages.console.people import PEOPLE_MAX, invite_command
from coalition.pages.console.sections import ConsolePage
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.payments.rails import rails_at
from coalition.web.request import configured_url, public_url
from settlement import Funding, Terms
from settlement.clearing import points_by_window
from settlement.ledger import Session
from settlement.payments import payment_rules, rail_accounts
from settlement.rails import BY_HAND

router = PageRouter("/console/start")
Helper = Annotated[StaffVisit, Depends(admit(HELPERS & STAFF))]
PLAIN_NAME = "Our town"
"""What an alliance is called until somebody names it."""
OWNERS_LEAST, SHOPS_LEAST = 2, 2
EXAMPLE_POINTS = 100


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far an alliance is. `owners` can log in; `managers` counts shops with somebody who was invited, `payable`
    those that the way of payment knows, and `helpers` people of the alliance who are no owners.
    """

    named: bool
    owners: int
    shops: int
    payable: int
    managers: int
    helpers: int
    sold: bool

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(self.ticks)

    @property
    def ticks(self) -> tuple[bool, ...]:
        """Which are, in order: name, second owner, shops, their accounts, people of shops, first sale.

        Helpers are nobody's duty: two owners can run an alliance.
        """
        has_accounts, has_people = (0 < self.shops <= count for count in (self.payable, self.managers))
        return (
            self.named,
            self.owners >= OWNERS_LEAST,
            self.shops >= SHOPS_LEAST,
            has_accounts,
            has_people,
            self.sold,
        )


@dataclass(frozen=True, slots=True)
class StartPage(ConsolePage):
    """The steps, and what was agreed on. `example_minor` is what EXAMPLE_POINTS points are worth.

    `invite` is the command on the server that invites a second owner, `reached_at` the address that a poster has,
    and `named_address` whether somebody has set it up.
    """

    steps: FirstSteps
    terms: Terms
    pooled: bool
    example_points: int
    example_minor: int
    expiry_months: int
    every: str
    rail: str
    reached_at: str
    named_address: bool
    invite: str


@router.get("")
def start(staff: Helper) -> HTMLResponse:
    """What is done, and what is next."""
    return _show(staff)


def first_steps(staff: StaffVisit, session: Session) -> FirstSteps:
    """How far the alliance is."""
    alliance = staff.alliance
    rail = payment_rules(alliance.book, session).rail
    shops = {ref for ref, status in shop_states(alliance, session).items() if status is ShopStatus.ACTIVE}
    with alliance.database.engine.connect() as connection:
        users = [each for each in list_users(connection, alliance.id, None, None, PEOPLE_MAX) if not each.disabled_at]
    return FirstSteps(
        named=alliance.book.settings.name != PLAIN_NAME,
        owners=sum(user.role is Role.OWNER and user.password_hash is not None for user in users),
        shops=len(shops),
        payable=len(shops & _payable(alliance, session, rail, shops)),
        managers=len({user.shop for user in users if user.role is Role.MANAGER} & shops),
        helpers=sum(user.role in STAFF - {Role.OWNER} for user in users),
        sold=bool(points_by_window(alliance.book, session, 1)),
    )


def _payable(alliance: Alliance, session: Session, rail: str, shops: set[str]) -> set[str]:
    """The shops that a way of payment knows. By hand there is nothing to know: whoever pays looks an account up."""
    if rail == BY_HAND:
        return shops
    if rail not in rails_at(alliance):
        return set()
    return {account.participant for account in rail_accounts(alliance.book, session, rail)}


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
        reached_at=public_url(staff.visit.request),
        named_address=configured_url(staff.visit.request) is not None,
        invite=invite_command(staff, "EMAIL"),
    )
    return show(staff.visit, page)
