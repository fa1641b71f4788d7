"""The shops of the town: what each sells, whether it is open, where it is. How far away is worked out on the phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from babel.dates import get_day_names
from fastapi import Query
from fastapi.responses import HTMLResponse

from coalition.locale.formats import Lang, date_text, locale_of
from coalition.locale.name_order import name_order
from coalition.merchants.category import CATEGORY_NAMES, Category
from coalition.merchants.opening_hours import MINUTES_OF_DAY, OpeningHours, clock_text
from coalition.merchants.public_shops import PublicShop, public_shops
from coalition.merchants.set_shop_image import image_path
from coalition.merchants.shop_profile import Place
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import Visiting, keep_town

router = PageRouter("/wallet/shops")
PERMISSIONS = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"
"""This page may ask a phone where it is."""
MILLIONTHS = 1_000_000
DAYS_OF_WEEK = 7
MAP = "https://www.openstreetmap.org/"


@dataclass(frozen=True, slots=True)
class ShopLine:
    """A shop in the visitor's language.

    `open_now` is None where it doesn't say when it is open, `closes` the time at which it closes today, `opens` the day
    and the time at which it opens next, `hours` the days with their times. `map` is where a map shows it.
    """

    ref: str
    name: str
    category: Category | None
    description: str | None
    address: str | None
    phone: str | None
    website: str | None
    logo: str | None
    open_now: bool | None
    closes: str | None
    opens: str | None
    hours: Sequence[tuple[str, str]]
    latitude: float | None
    longitude: float | None
    map: str | None

    @property
    def says_more(self) -> bool:
        """Whether there is more to read of it."""
        return any((self.description, self.address, self.phone, self.website, self.hours, self.map))


@dataclass(frozen=True, slots=True)
class ShopsPage(Page):
    """Shops by name, those that were asked for; which categories there are, and what each is called."""

    shops: Sequence[ShopLine]
    categories: Mapping[Category, str]
    category: Category | None
    open_now: bool
    placed: bool


@router.get("")
def shops(
    visit: Visiting,
    category: Annotated[Category | Literal[""], Query()] = "",
    open_now: Annotated[bool, Query(alias="open")] = False,  # noqa: FBT002 - a query's flag
) -> HTMLResponse:
    """For everybody: who thinks of joining wants to know where."""
    everywhere = public_shops(visit.town)
    sold = {shop.profile.category for shop in everywhere}
    lines = [
        _line(shop, visit.lang)
        for shop in everywhere
        if category in ("", shop.profile.category) and (not open_now or shop.open_now)
    ]
    page = ShopsPage(
        sorted(lines, key=lambda line: name_order(line.name)),
        {each: name for each, name in CATEGORY_NAMES.items() if each in sold},
        category or None,
        open_now,
        any(line.latitude is not None for line in lines),
    )
    answer = show(visit, page)
    keep_town(visit, answer)
    answer.headers["Permissions-Policy"] = PERMISSIONS
    return answer


def _line(shop: PublicShop, lang: Lang) -> ShopLine:
    profile = shop.profile
    descriptions = {"en": profile.description_en, "zh": profile.description_zh}
    place: Place | None = profile.place
    closes, opens = shop.closes_at, shop.opens_at
    latitude = None if place is None else place.latitude / MILLIONTHS
    longitude = None if place is None else place.longitude / MILLIONTHS
    return ShopLine(
        shop.ref,
        profile.name_in(lang),
        profile.category,
        descriptions[lang] or next(filter(None, descriptions.values()), None),
        profile.address,
        profile.phone,
        profile.website,
        profile.logo and image_path(profile.logo),
        shop.open_now,
        None if closes is None else clock_text(closes.hour * 60 + closes.minute),
        None if opens is None else _opening(shop.local, opens, lang),
        [] if profile.hours is None else list(_week(profile.hours, lang)),
        latitude,
        longitude,
        None if place is None else f"{MAP}?mlat={latitude}&mlon={longitude}#map=18/{latitude}/{longitude}",
    )


def _opening(now: datetime, opens: datetime, lang: Lang) -> str:
    """The time; with the day, unless it is today."""
    time, days = clock_text(opens.hour * 60 + opens.minute), (opens.date() - now.date()).days
    if days == 0:
        return time
    weekday = get_day_names("abbreviated", locale=locale_of(lang))[opens.weekday()]
    return f"{weekday if days < DAYS_OF_WEEK else date_text(opens.date(), lang)} {time}"


def _week(hours: OpeningHours, lang: Lang) -> list[tuple[str, str]]:
    """The days of the week with their times; empty for a day on which it is closed."""
    names = get_day_names("wide", locale=locale_of(lang))
    days = []
    for number, spans in enumerate(hours.week):
        times = [f"{clock_text(span.opens)}–{clock_text(span.closes % MINUTES_OF_DAY)}" for span in spans]
        days.append((names[number], ", ".join(times)))
    return days
