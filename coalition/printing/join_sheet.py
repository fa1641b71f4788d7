"""Print a poster or a counter stand: whoever scans its QR code joins, and the shop on it gets their first visit."""

from fractions import Fraction
from typing import Any
from urllib.parse import quote, urlencode

from coalition.access.find_alliance import find_alliance_id
from coalition.alliance import Alliance
from coalition.locale.formats import Lang, points_text, price_text
from coalition.locale.messages import N_, translate, translate_count
from coalition.merchants.store import Shop
from coalition.printing.kinds import JoinSheet, Paper
from coalition.printing.typeset import qr_drawing, typeset

JOIN_PATH = "/wallet/join"
STEPS = (
    N_("Scan the code with your phone’s camera."),
    N_("Enter your phone number or e-mail address."),
    N_("Show your code whenever you pay."),
)


def print_join_sheet(
    alliance: Alliance, kind: JoinSheet, shop: Shop | None, url: str, paper: Paper, lang: Lang
) -> bytes:
    """A PDF of one page, for a shop or for the alliance as a whole. `url` is where people reach this server."""
    name = None if shop is None else shop.profile.name_in(lang)
    settings = alliance.book.settings
    link = join_link(alliance, url, shop)
    headline = N_("Collect points where you shop") if shop is None else N_("Collect points here")
    return typeset(
        f"{kind.value}.typ",
        {
            "title": translate("Join {alliance}", lang, alliance=settings.name),
            "alliance": settings.name,
            "shop": name,
            "headline": translate(headline, lang),
            "promise": translate("and pay with them at every shop of {alliance}", lang, alliance=settings.name),
            "scan": translate("Scan to join", lang),
            "free": translate("No app to install. No fee.", lang),
            "steps": [translate(step, lang) for step in STEPS],
            "rates": _rates(alliance, lang),
            "qr": qr_drawing(link),
            "link": link.partition("://")[2],
            "fold": translate("Fold here", lang),
        },
        paper,
        lang,
        alliance.clock(),
    )


def join_link(alliance: Alliance, url: str, shop: Shop | None) -> str:
    """Where people join. It names the alliance only where the server has several: a short link is a coarse QR code."""
    asked: dict[str, Any] = {} if shop is None else {"shop": shop.ref}
    if find_alliance_id(alliance.database, None) is None:
        asked["town"] = alliance.book.settings.name
    query = f"?{urlencode(asked, quote_via=quote)}" if asked else ""
    return f"{url.rstrip('/')}{JOIN_PATH}{query}"


def _rates(alliance: Alliance, lang: Lang) -> list[str]:
    """What is earned and what it is worth, by the rules of now."""
    earned = alliance.programme.rules_at(alliance.clock()).earn_points_per_unit
    points, paid = _whole(alliance, earned, lang)
    worth, money = _whole(alliance, alliance.points_per_unit_now(), lang)
    return [
        translate_count(
            "{count} point for every {money} you pay",
            "{count} points for every {money} you pay",
            points,
            lang,
            count=points_text(points, lang),
            money=paid,
        ),
        translate_count(
            "{count} point is worth {money}",
            "{count} points are worth {money}",
            worth,
            lang,
            count=points_text(worth, lang),
            money=money,
        ),
    ]


def _whole(alliance: Alliance, points_per_unit: Fraction, lang: Lang) -> tuple[int, str]:
    """Points for so much money, in the fewest whole units of it that make whole points."""
    settings = alliance.book.settings
    minor = points_per_unit.denominator * 10**settings.minor_digits
    return (
        points_per_unit.numerator,
        price_text(minor, settings.minor_digits, settings.currency, lang),
    )
