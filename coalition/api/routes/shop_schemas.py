"""What a shop says of itself, as requests and answers have it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictFloat

from coalition.api.fields import Phone, PlainText, Text
from coalition.api.times import Day
from coalition.merchants.category import Category
from coalition.merchants.opening_hours import (
    CLOSED_DAYS_MAX,
    DAYS,
    SPANS_MAX,
    OpeningHours,
    OpenSpan,
    clock_text,
)
from coalition.merchants.set_shop_image import image_path
from coalition.merchants.shop_profile import EMAIL_PATTERN, WEBSITE_PATTERN, Place, ShopProfile
from settlement import date_of, day_number

ShopEmail = Annotated[str, Field(max_length=100, pattern=EMAIL_PATTERN), PlainText()]
Website = Annotated[str, Field(max_length=100, pattern=WEBSITE_PATTERN), PlainText()]
Description = Annotated[str, Field(min_length=1, max_length=1_000), PlainText(lines=True)]
Address = Annotated[str, Field(min_length=1, max_length=300), PlainText(lines=True)]
WallTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["08:30"])]
Degrees = StrictFloat
MILLIONTHS = 1_000_000


class OpenFromUntil(BaseModel):
    """Hours of one day, by the clock on the shop's wall."""

    model_config = ConfigDict(extra="forbid")

    opens: WallTime = Field(description="When it opens.")
    closes: WallTime = Field(description="When it closes; on the next day, if that is not after it opens.")


Spans = Annotated[list[OpenFromUntil], Field(max_length=SPANS_MAX)]


class ShopHours(BaseModel):
    """When a shop is open."""

    model_config = ConfigDict(extra="forbid")

    monday: Spans = Field(default=[], description="Hours that begin on a Monday.")
    tuesday: Spans = Field(default=[], description="Hours that begin on a Tuesday.")
    wednesday: Spans = Field(default=[], description="Hours that begin on a Wednesday.")
    thursday: Spans = Field(default=[], description="Hours that begin on a Thursday.")
    friday: Spans = Field(default=[], description="Hours that begin on a Friday.")
    saturday: Spans = Field(default=[], description="Hours that begin on a Saturday.")
    sunday: Spans = Field(default=[], description="Hours that begin on a Sunday.")
    closed_on: list[Day] = Field(
        default=[], max_length=CLOSED_DAYS_MAX, description="Days on which it stays closed, such as holidays."
    )

    def read(self) -> OpeningHours:
        """The same as the use cases take them."""
        week = [[OpenSpan(_minutes(span.opens), _minutes(span.closes)) for span in getattr(self, day)] for day in DAYS]
        return OpeningHours(week, frozenset(day_number(day) for day in self.closed_on))


class ShopPlace(BaseModel):
    """Where a shop is."""

    model_config = ConfigDict(extra="forbid")

    latitude: Degrees = Field(description="Degrees north (WGS 84).", ge=-90, le=90, examples=[52.520008])
    longitude: Degrees = Field(description="Degrees east.", ge=-180, le=180, examples=[13.404954])

    def read(self) -> Place:
        """The same in millionths of a degree."""
        return Place(round(self.latitude * MILLIONTHS), round(self.longitude * MILLIONTHS))


class ShopFields(BaseModel):
    """What a shop says of itself, all of it optional."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = Field(default=None, description="The shop's name.", examples=["Bäckerei Sommer"])
    name_zh: Text | None = Field(default=None, description="The shop's name in Chinese, if it has one.")
    description_en: Description | None = Field(default=None, description="What it is, in English.")
    description_zh: Description | None = Field(default=None, description="What it is, in Chinese.")
    email: ShopEmail | None = Field(
        default=None, description="The e-mail address at which the alliance reaches the shop; members don't see it."
    )
    website: Website | None = Field(default=None, description="The shop's website.")
    category: Category | None = Field(default=None, description="What the shop sells in the main.")
    phone: Phone | None = Field(default=None, description="The shop's phone number, as it writes it.")
    address: Address | None = Field(default=None, description="Where it is, as it writes it.")
    place: ShopPlace | None = Field(default=None, description="Where it is on a map.")
    hours: ShopHours | None = Field(default=None, description="When it is open.")

    @property
    def sent(self) -> Mapping[str, Any]:
        """The fields of the profile that were sent, as the use cases take them."""
        read = {"place": self.place and self.place.read(), "hours": self.hours and self.hours.read()}
        names = self.model_fields_set & ShopFields.model_fields.keys()
        return {name: read.get(name, getattr(self, name)) for name in names if name != "name" or self.name is not None}


class ShopAppearance(BaseModel):
    """What everybody sees of a shop."""

    ref: str = Field(description="The shop's short name, which never changes.")
    name: str = Field(description="The shop's name.")
    name_zh: str | None = Field(description="The shop's name in Chinese, if it has one.")
    description_en: str | None = Field(description="What it is, in English.")
    description_zh: str | None = Field(description="What it is, in Chinese.")
    website: str | None = Field(description="The shop's website.")
    category: Category | None = Field(description="What the shop sells in the main.")
    phone: str | None = Field(description="The shop's phone number.")
    address: str | None = Field(description="Where it is.")
    place: ShopPlace | None = Field(description="Where it is on a map.")
    hours: ShopHours | None = Field(description="When it is open; null where it does not say.")
    logo: str | None = Field(description="The path of its logo, a WebP file of at most 256 × 256 pixels.")
    photo: str | None = Field(description="The path of its photo, a WebP file of at most 1200 × 800 pixels.")


def appearance(ref: str, profile: ShopProfile) -> dict[str, Any]:
    """The fields of ShopAppearance."""
    place, hours = profile.place, profile.hours
    return {
        "ref": ref,
        **{name: getattr(profile, name) for name in ShopFields.model_fields if name not in ("email", "place", "hours")},
        "place": place and ShopPlace(latitude=place.latitude / MILLIONTHS, longitude=place.longitude / MILLIONTHS),
        "hours": hours and _rendered(hours),
        "logo": profile.logo and image_path(profile.logo),
        "photo": profile.photo and image_path(profile.photo),
    }


def _rendered(hours: OpeningHours) -> ShopHours:
    week = {
        day: [OpenFromUntil(opens=clock_text(span.opens), closes=clock_text(span.closes)) for span in spans]
        for day, spans in zip(DAYS, hours.week, strict=True)
    }
    return ShopHours(**week, closed_on=[date_of(day) for day in sorted(hours.closed_on)])


def _minutes(wall_time: str) -> int:
    return int(wall_time[:2]) * 60 + int(wall_time[3:])
