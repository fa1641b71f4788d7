"""The sandbox: an example alliance with a clock that can be moved, and keys for each kind of caller.

Its keys are made anew at each start and shown, since nothing that they open is worth anything.
"""

from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from sqlalchemy import Connection

from coalition.access.caller import Role
from coalition.access.invite import COMMAND
from coalition.access.key_store import add_key, begun, find_keys, revoke_key
from coalition.access.tokens import new_token
from coalition.errors import unwritable
from coalition.merchants.category import Category
from coalition.merchants.opening_hours import OpeningHours, OpenSpan
from coalition.merchants.shop_profile import Place, ShopProfile
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop, save_shop
from coalition.private_file import write_private
from coalition.programme.open_alliance import open_alliance
from coalition.programme.rules import AllianceRules
from settlement import Funding
from settlement.ledger import Book, Clock, Database, ExposureLimit, Participant

NAME = "Sandbox Town"
LABEL = "sandbox"
HOURS = OpeningHours([[OpenSpan(480, 1080)]] * 5 + [[OpenSpan(540, 840)]] + [[]])
"""From 8 to 6, on Saturdays from 9 to 2."""
SHOPS = {
    "bakery": ShopProfile(
        "Bäckerei Sommer",
        category=Category.BAKERY,
        name_zh="夏日面包房",
        description_en="Bread from our own oven, since 1924.",
        description_zh="自家烤炉出炉的面包，始于 1924 年。",
        address="Marktplatz 1",
        place=Place(52_520_008, 13_404_954),
        hours=HOURS,
    ),
    "bookshop": ShopProfile(
        "Buchladen am Markt",
        category=Category.BOOKS,
        name_zh="集市书店",
        description_en="Books, and people who have read them.",
        description_zh="好书，以及读过它们的人。",
        address="Marktplatz 7",
        place=Place(52_520_310, 13_405_480),
        hours=HOURS,
    ),
    "cafe": ShopProfile(
        "Café Central",
        category=Category.CAFE,
        name_zh="中央咖啡馆",
        description_en="Coffee, cake, newspapers.",
        description_zh="咖啡、蛋糕与报纸。",
        address="Lange Gasse 12",
        place=Place(52_519_450, 13_406_020),
        hours=OpeningHours([[OpenSpan(420, 1320)]] * 7),
    ),
    "florist": ShopProfile(
        "Blumen Böhm",
        category=Category.FLOWERS,
        name_zh="伯姆花店",
        description_en="Flowers for every day and for the others.",
        description_zh="平日与佳节，皆有鲜花。",
        address="Kirchgasse 3",
        place=Place(52_518_900, 13_403_700),
        hours=HOURS,
    ),
}
CREDIT_MINOR = 1_000_000
RULES = AllianceRules(
    name=NAME,
    currency="EUR",
    minor_digits=2,
    timezone="Europe/Berlin",
    points_per_unit=Fraction(100),
    earn_points_per_unit=Fraction(5),
    expiry_months=12,
    settlement="weekly",
    funding=Funding.ON_REDEMPTION,
)
"""A point is a cent; a euro paid in money earns five; points are good for a year."""


@dataclass(frozen=True, slots=True)
class SandboxKeys:
    """The sandbox's book, and keys by the name of the variable that the examples read them from."""

    book: Book
    by_name: dict[str, str]

    def as_exports(self, url: str) -> str:
        """Lines for a shell: the server's address, and each key."""
        values = {"COALITION_URL": url, **self.by_name}
        return "".join(f"export {name}={value}\n" for name, value in values.items())


def open_sandbox(database: Database, clock: Clock, currency: str = RULES.currency) -> SandboxKeys:
    """Open the sandbox's alliance, or find it, and make new keys; those of the start before are revoked.

    The currency has two decimals, as euros have. Raises BookExists where it was opened in another currency.
    """
    book = open_alliance(database, replace(RULES, currency=currency), clock, sandbox=True)
    with closing(database.session()) as session:
        new = [ref for ref in SHOPS if ref not in book.config(session).by_ref]
    book.add_participants(Participant(0, ref, limit=ExposureLimit(CREDIT_MINOR)) for ref in new)
    with database.engine.begin() as connection:
        for ref in new:
            unknown = Shop(ref, ShopProfile(ref), ShopStatus.ACTIVE, None, 0, 0)
            save_shop(connection, book.alliance_id, unknown, SHOPS[ref], ShopStatus.ACTIVE)
        for listed in find_keys(connection, book.alliance_id):
            if listed.label == LABEL and listed.revoked_at is None:
                revoke_key(connection, book.alliance_id, listed.id, clock())
        keys = {"OPERATOR_KEY": _key(connection, book.alliance_id, clock(), Role.OPERATOR)}
        keys["APP_KEY"] = _key(connection, book.alliance_id, clock(), Role.APP)
        for ref in SHOPS:
            keys[f"{ref.upper()}_KEY"] = _key(connection, book.alliance_id, clock(), Role.TILL, ref)
    return SandboxKeys(book, keys)


def write_keys(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, in place of an earlier one. Raises FileUnreadable."""
    try:
        path.unlink(missing_ok=True)
        write_private(path, text)
    except OSError as error:
        raise unwritable(path, error) from None


def _key(connection: Connection, alliance_id: int, now: int, role: Role, shop: str | None = None) -> str:
    key = new_token(alliance_id)
    add_key(connection, alliance_id, key, begun(key, role, LABEL, COMMAND, now, shop))
    return key.text
