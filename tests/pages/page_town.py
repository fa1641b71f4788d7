"""A town whose pages are looked at: a member with a year behind her, one with nothing yet, an owner, a cashier."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO

from PIL import Image
from playwright.sync_api import BrowserContext

from coalition.access.caller import Caller, Role
from coalition.access.invite import add_invited_user, invite_first_owner, server_caller
from coalition.access.member_code import member_caller
from coalition.access.session_store import add_session, revoke_sessions
from coalition.access.user import lifetime_of
from coalition.access.user_store import find_user_by_email
from coalition.households.invite_to_household import invite_to_household
from coalition.members.add_members import MemberToAdd, add_contact, add_members
from coalition.members.contacts import Contact
from coalition.members.lock_spending import lock_spending
from coalition.members.store import change_member
from coalition.merchants.category import Category
from coalition.merchants.change_shop import load_shop
from coalition.merchants.opening_hours import OpeningHours, OpenSpan
from coalition.merchants.set_shop_image import set_shop_image
from coalition.merchants.shop_profile import Place, ShopProfile
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop, save_shop
from coalition.notices.notice import Bilingual
from coalition.notices.post_notice import post_notice
from coalition.paycodes.devices import remove_devices_of_sessions
from settlement.ledger import Database, ExposureLimit
from tests.support.clock import SECOND, Clock, instant
from tests.support.in_thread import serving
from tests.support.town_api import STRICT, ApiTown, purchase, send

WEEKDAYS = [[OpenSpan(7 * 60, 18 * 60)]] * 5 + [[OpenSpan(7 * 60, 13 * 60)], []]
EVENINGS = [[], *[[OpenSpan(17 * 60, 60)]] * 6]
SHOPS = {
    "bakery": ShopProfile(
        "Bäckerei Sommer",
        category=Category.BAKERY,
        website="https://sommer.example",
        description_en="Bread from the wood-fired oven since 1923.\nOn Saturdays with our own sourdough.",
        description_zh="自 1923 年起用柴火炉烘焙面包。\n周六供应自制酸面包。",
        phone="030 123456",
        address="Marktplatz 1\n12345 Altstadt",
        place=Place(52_520_000, 13_405_000),
        hours=OpeningHours(WEEKDAYS),
    ),
    "butcher": ShopProfile("Metzgerei Huber", category=Category.BUTCHER, place=Place(52_521_500, 13_409_000)),
    "cafe": ShopProfile(
        "Café Central",
        name_zh="中央咖啡馆",
        category=Category.CAFE,
        place=Place(52_600_000, 13_500_000),
        hours=OpeningHours(EVENINGS),
    ),
    "diner": ShopProfile("小四川饭馆", category=Category.RESTAURANT, description_zh="正宗川菜。"),
}
NEAR_THE_BUTCHER = {"latitude": 52.5214, "longitude": 13.4089}
AGENT = "Mozilla/5.0 (Linux; Android 16) Chrome/156"
PHONE = "+4915112345678"
DAY = 24 * 3600 * SECOND
TERMS_EN = """# Who you join

Old Town, an association of 4 shops. Write to hello@oldtown.example.

# What you earn

Each shop says what it gives:
- at the bakery bread,
- at the butcher sausages.
You may leave at any time."""
TERMS_ZH = """# 您加入的是谁

老城，由 4 家商户组成的协会。联系：hello@oldtown.example。

# 您获得什么

各商户自行说明：
- 面包房：面包；
- 肉铺：香肠。
您可以随时退出。"""
TEXTS = {
    "terms": {"en": TERMS_EN, "zh": TERMS_ZH},
    "imprint": {"en": "Old Town e.V.\nMarktplatz 1\n12345 Altstadt", "zh": "老城协会\n集市广场 1 号\n12345 老城"},
}
YEAR_TO_COME = "2027-01-01T00:00:00+01:00"
RUNNING = (
    ("fina@oldtown.example", "Fina Kurz", Role.FINANCE, None),
    ("sue@oldtown.example", "Sue Long", Role.SUPPORT, None),
    ("mona@sommer.example", "Mona Sommer", Role.MANAGER, "bakery"),
)
"""Who runs the alliance or a shop: they have been invited, and log in all the same."""


@dataclass(frozen=True, slots=True)
class PageTown:
    """The town, and where it is served."""

    api: ApiTown
    url: str
    invitations: dict[str, str]

    def log_in(self, context: BrowserContext, caller: Caller) -> None:
        """Give a browser a session, as a log-in does: the only one, and no phone of an earlier one makes codes."""
        now = self.api.clock()
        with self.api.database.engine.begin() as connection:
            revoke_sessions(connection, caller.alliance_id, caller.id, now)
            if caller.member is not None:
                remove_devices_of_sessions(connection, caller.alliance_id, caller.member, None)
            new = add_session(connection, caller.alliance_id, caller.id, lifetime_of(caller.role), AGENT, now)
        context.add_cookies([{"name": "session", "value": new.token.text, "url": self.url, "sameSite": "Lax"}])

    def member(self, member: str) -> Caller:
        """A member as a caller."""
        return member_caller(self.api.alliance.id, member)

    def staff(self, email: str) -> Caller:
        """A user as a caller."""
        with self.api.database.engine.connect() as connection:
            user = find_user_by_email(connection, self.api.alliance.id, email)
        assert user is not None
        return user.caller()


@contextmanager
def page_town(database: Database) -> Iterator[PageTown]:
    """The town, served for as long as a `with` lasts."""
    clock = Clock(instant("2026-03-02T09:00", "Europe/Berlin"))
    town = ApiTown(database, clock, STRICT, sandbox=True)
    _people(town)
    _lives(town)
    _settled(town)
    _household(town)
    _legal(town)
    invitations = _staff(town)
    try:
        with serving(town.app) as url:
            yield PageTown(town, url, invitations)
    finally:
        town.alliances.close()


def _staff(town: ApiTown) -> dict[str, str]:
    """Users who are invited: the tokens by role."""
    owner = invite_first_owner(town.database, town.alliance.id, town.clock(), "olga@oldtown.example", "en")
    assert owner is not None
    with town.database.engine.begin() as connection:
        server = server_caller(town.alliance.id)
        _, cashier = add_invited_user(
            connection, server, "karl@sommer.example", "Karl Sommer", Role.CASHIER, "bakery", "en", town.clock()
        )
        for email, name, role, shop in RUNNING:
            add_invited_user(connection, server, email, name, role, shop, "en", town.clock())
    return {"owner": owner, "cashier": cashier}


def _settled(town: ApiTown) -> None:
    """A window with nets is closed, another one waits to be; the butcher's points come near its limit."""
    operator = town.client()
    town.clock.forward(7 * DAY)
    for window in sorted(each["id"] for each in operator.get("/v1/windows").json()["data"] if each["status"] == "due"):
        operator.post(f"/v1/windows/{window}/close")
    purchase(operator, "p10", shop="bakery", member="bob", amount_minor=3_120)
    code = town.client(Role.APP).post("/v1/members/bob/short-codes").json()["code"]
    send(town.till("cafe"), "/v1/purchases", "p11", shop="cafe", pay_code=code, amount_minor=890, points=130)
    town.clock.forward(7 * DAY)
    limits = {"bakery": 2_500, "butcher": 360, "diner": 0}
    for shop, credit_minor in limits.items():
        limit = ExposureLimit(credit_minor, alert_bps=8_000, reserve_bps=9_500)
        town.alliance.book.change_participant(shop, lambda participant, limit=limit: replace(participant, limit=limit))


def _household(town: ApiTown) -> None:
    """Ann has just invited Bob."""
    app = town.client(Role.APP)
    household = app.post("/v1/households", json={"member": "ann"}).json()["id"]
    invite_to_household(town.alliance, household, "ann", "bob", "bob@example.com")


def _legal(town: ApiTown) -> None:
    """Terms to which Ann has agreed, other ones that come with the year, and an imprint with a link."""
    owner = town.client()
    for kind, replaces, effective_at in (("terms", None, None), ("imprint", None, None), ("terms", 1, YEAR_TO_COME)):
        body = {"kind": kind, "text": TEXTS[kind], "replaces": replaces, "effective_at": effective_at}
        assert owner.post("/v1/legal-texts", json=body).status_code == 201
    app = town.client(Role.APP)
    etag = app.get("/v1/members/ann").headers["ETag"]
    agreed = app.patch("/v1/members/ann", json={"consents": {"terms": True}}, headers={"If-Match": etag})
    assert agreed.status_code == 200


def _people(town: ApiTown) -> None:
    """Shops with their names, members with theirs."""
    with town.database.engine.begin() as connection:
        for ref, profile in SHOPS.items():
            save_shop(
                connection,
                town.alliance.id,
                Shop(ref, profile, ShopStatus.ACTIVE, None, 0, 0),
                profile,
                ShopStatus.ACTIVE,
            )
        names = {"ann": "Ann Baker", "bob": "Bob Miller"}
        for member, name in names.items():
            change_member(connection, town.alliance.id, member, {"name": name}, publish=True)
        add_contact(connection, town.alliance.id, "ann", Contact("phone", PHONE), town.clock())
        add_members(connection, town.alliance.id, [MemberToAdd("lou")], town.clock())
        add_contact(connection, town.alliance.id, "bob", Contact("email", "bob@example.com"), town.clock())
    lock_spending(town.alliance, member_caller(town.alliance.id, "lou"), "lou", locked=True)
    cafe, logo = load_shop(town.alliance, "cafe"), BytesIO()
    assert cafe is not None
    Image.radial_gradient("L").convert("RGB").resize((256, 256)).save(logo, "PNG")
    set_shop_image(town.alliance, server_caller(town.alliance.id), cafe, "logo", logo.getvalue())


def _lives(town: ApiTown) -> None:
    """Ann's months: she buys, spends and gives."""
    operator, app = town.client(), town.client(Role.APP)
    for number, (shop, amount_minor) in enumerate([("bakery", 2_480), ("cafe", 1_850), ("butcher", 6_735)]):
        purchase(operator, f"p{number}", shop=shop, amount_minor=amount_minor)
        town.clock.forward(9 * DAY)
    code = app.post("/v1/members/ann/short-codes").json()["code"]
    send(town.till("diner"), "/v1/purchases", "p9", shop="diner", pay_code=code, amount_minor=2_340, points=150)
    town.clock.forward(DAY)
    send(app, "/v1/gifts", "g1", member="ann", to="bob", points=40)
    send(app, "/v1/gifts", "g2", member="ann", phone="+4915187654321", points=25)
    post_notice(
        town.alliance,
        server_caller(town.alliance.id),
        Bilingual("Closed on Monday", "周一休息"),
        Bilingual(
            "The market hall is closed on Monday.\nAll other shops are open.", "周一市场大厅休息。\n其他商家照常营业。"
        ),
        None,
        None,
    )
