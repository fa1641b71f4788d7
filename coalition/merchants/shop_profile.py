"""What a shop says of itself, and how it is stored. Pure."""

import re
from dataclasses import dataclass, fields
from typing import NamedTuple

from sqlalchemy import RowMapping

from coalition.errors import CoalitionError, Invalid
from coalition.locale.formats import Lang
from coalition.locale.messages import N_
from coalition.merchants.category import Category
from coalition.merchants.opening_hours import OpeningHours, decode_hours, encode_hours

EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+$"
WEBSITE_PATTERN = r"^https?://"
LATITUDE_MAX, LONGITUDE_MAX = 90_000_000, 180_000_000
"""In millionths of a degree, north and east; to the south and west they are below zero."""


class ShopFieldInvalid(CoalitionError, like=Invalid):
    """A field of a shop that is not of its form."""

    detail = N_("{field:code} {value:name} can't be used: it must be of the form {pattern}.")
    concerns = "{field}"
    field: str
    value: str
    pattern: str


class Place(NamedTuple):
    """Where a shop is, in millionths of a degree north and east."""

    latitude: int
    longitude: int


@dataclass(frozen=True, slots=True)
class ShopProfile:
    """A shop's profile; None for what is not known. All but the e-mail address is public.

    `name` is what the shop is called everywhere, `name_zh` what it is called in Chinese, where that differs. `logo` and
    `photo` are the digests of its images.
    """

    name: str
    email: str | None = None
    website: str | None = None
    category: Category | None = None
    name_zh: str | None = None
    description_en: str | None = None
    description_zh: str | None = None
    phone: str | None = None
    address: str | None = None
    place: Place | None = None
    hours: OpeningHours | None = None
    logo: str | None = None
    photo: str | None = None

    def name_in(self, lang: Lang) -> str:
        """What it is called in a language."""
        return (self.name_zh if lang == "zh" else None) or self.name


_AS_IT_IS = [each.name for each in fields(ShopProfile) if each.name not in ("category", "place", "hours")]


def profile_columns(profile: ShopProfile) -> dict[str, str | int | None]:
    """The columns of a profile, with their values."""
    return {
        **{name: getattr(profile, name) for name in _AS_IT_IS},
        "category": None if profile.category is None else profile.category.value,
        "latitude_e6": None if profile.place is None else profile.place.latitude,
        "longitude_e6": None if profile.place is None else profile.place.longitude,
        "hours": None if profile.hours is None else encode_hours(profile.hours),
    }


def profile_of(row: RowMapping) -> ShopProfile:
    """The profile of a row."""
    return ShopProfile(
        **{name: row[name] for name in _AS_IT_IS},
        category=None if row["category"] is None else Category(row["category"]),
        place=None if row["latitude_e6"] is None else Place(row["latitude_e6"], row["longitude_e6"]),
        hours=None if row["hours"] is None else decode_hours(row["hours"]),
    )


def check_profile(profile: ShopProfile) -> None:
    """Raises ShopFieldInvalid."""
    for field, value, pattern in (
        ("email", profile.email, EMAIL_PATTERN),
        ("website", profile.website, WEBSITE_PATTERN),
    ):
        if value is not None and not re.match(pattern, value):
            raise ShopFieldInvalid(field, value, pattern)
