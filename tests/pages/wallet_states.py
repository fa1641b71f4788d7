"""States of the wallet in which something happened to several members."""

from playwright.sync_api import Page

from coalition.access.caller import Role
from coalition.access.member_code import TRIES
from coalition.feed.member_history import history
from coalition.gifts.store import all_gifts_of
from coalition.households.event_types import HOUSEHOLD_POINTS_CHANGED
from coalition.members.add_members import MemberToAdd, add_contact, add_members
from coalition.members.contacts import Contact
from coalition.members.member import MemberProfile
from coalition.members.store import find_member
from tests.pages.page_town import PageTown
from tests.pages.state import SEND, State, press
from tests.support.town_api import send
from tests.support.wallets import People

INA, JAN, LIL = "ina", "jan", "lil"


def _sharing(town: PageTown) -> dict[str, str]:
    """Ina and Jan share a household, and Jan pays with points of both: the numbers of what each sees of it."""
    alliance, people = town.api.alliance, People(town.api)
    with town.api.database.engine.begin() as connection:
        is_new = find_member(connection, alliance.id, INA) is None
        for member in (INA, JAN) if is_new else ():
            add_members(
                connection, alliance.id, [MemberToAdd(member, MemberProfile(name=member.title()))], town.api.clock()
            )
            contact = Contact("email", f"{member}@example.com")
            add_contact(connection, alliance.id, member, contact, town.api.clock())
    if is_new:
        people.buy(INA, 9_000, "cafe")
        people.buy(JAN, 600, "cafe")
        people.share(JAN, INA)
        code = people.app.post(f"/v1/members/{JAN}/short-codes").json()["code"]
        body = {"shop": "diner", "pay_code": code, "amount_minor": 1_150, "points": 110}
        send(town.api.client(Role.TILL, "diner"), "/v1/purchases", "of-both", **body)
    spent = next(event for event in history(alliance, INA, 20) if event.type == HOUSEHOLD_POINTS_CHANGED)
    return {"spent": str(spent.seq), "sale": str(spent.seq - 1)}


def _gift_by_ina(town: PageTown) -> dict[str, str]:
    """Ina gives Jan a few points, by his address."""
    names = _sharing(town)
    with town.api.database.engine.connect() as connection:
        is_new = not all_gifts_of(connection, town.api.alliance.id, INA)
    if is_new:
        People(town.api).give(INA, 20, email=f"{JAN}@example.com")
    return names


def _too_little(town: PageTown) -> dict[str, str]:
    """Lil buys so little that she earns nothing: the number of her receipt."""
    with town.api.database.engine.begin() as connection:
        if find_member(connection, town.api.alliance.id, LIL) is None:
            add_members(connection, town.api.alliance.id, [MemberToAdd(LIL)], town.api.clock())
    People(town.api).buy(LIL, 9, "cafe")
    return {"seq": str(history(town.api.alliance, LIL, 1)[0].seq)}


def _try_too_often(page: Page) -> None:
    press(SEND, contact="too-often@example.com")(page)
    for _ in range(TRIES):
        press(SEND, code="000000")(page)


WALLET_STATES = (
    State("nowhere", "/wallet/history/abc", "dan"),
    State("household-leave", "/wallet/household/leave", INA, prepare=_sharing),
    State("receipt-nothing", "/wallet/history/{seq}", LIL, prepare=_too_little),
    State("log-in-used-up", "/wallet/log-in", None, _try_too_often),
    State("home-given", "/wallet", JAN, prepare=_gift_by_ina),
    State("gift-arrived", "/wallet/gift", INA, prepare=_gift_by_ina),
    State("gift-unknown", "/wallet/gift/bogus", JAN, prepare=_sharing),
    State("pay-bogus", "/wallet/pay/ZZZ", JAN, prepare=_sharing),
    State("erase-nothing", "/wallet/me/erase", "cleo"),
    State("history-shared", "/wallet/history", INA, prepare=_sharing),
    State("receipt-shared", "/wallet/history/{sale}", JAN, prepare=_sharing),
    State("receipt-of-mate", "/wallet/history/{spent}", INA, prepare=_sharing),
)
