"""Money, points and moments as a reader of each language expects them, and as a machine does.

Babel is loaded by what formats with it: most calls of a command only name a language.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import gcd
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = get_args(Lang)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@cache
def locale_of(lang: Lang) -> "Locale":
    """What Babel knows of the readers of a language."""
    from babel import Locale

    # British English writes day before month and a 24-hour clock, which no reader of English takes for another date.
    return Locale("en", "GB") if lang == "en" else Locale("zh", "CN", "Hans")


def points_text(points: int, lang: Lang) -> str:
    """A whole number with the thousands grouped: 1,234."""
    return _number(Decimal(points), 0, lang)


def money_text(minor: int, minor_digits: int, lang: Lang) -> str:
    """Minor units as an amount of a currency with that many decimals, thousands grouped: -1,234.50."""
    return _number(Decimal(minor).scaleb(-minor_digits), minor_digits, lang)


def fraction_text(value: Fraction) -> str:
    """An exact number for machines: as a decimal where it is one, as a fraction such as 100/3 where it is not."""
    places, rest = 0, value.denominator
    while rest > 1 and (shared := gcd(rest, 10)) > 1:
        places, rest = places + 1, rest // shared
    if rest > 1:
        return str(value)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def moment(instant: int) -> datetime:
    """Microseconds since 1970 UTC as a moment."""
    return _EPOCH + timedelta(microseconds=instant)


def instant(at: datetime) -> int:
    """A moment as microseconds since 1970 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def rfc3339(at: datetime) -> str:
    """A moment for machines, in UTC: 2026-06-01T10:00:00Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local_time(instant: int, timezone: str) -> datetime:
    """An instant (microseconds since 1970 UTC) on the clocks of a time zone, offset included."""
    return moment(instant).astimezone(ZoneInfo(timezone))


def date_text(day: date, lang: Lang) -> str:
    """A date: "1 Jun 2026", "2026年6月1日"."""
    from babel.dates import format_date

    return format_date(day, locale=locale_of(lang))


def month_text(day: date, lang: Lang) -> str:
    """The month of a date: "June 2026", "2026年6月"."""
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMM", day, locale=locale_of(lang)))


def days_text(first: date, last: date, lang: Lang) -> str:
    """A span of days: "1–7 Jun 2026", "2026年6月1日至7日"."""
    from babel.dates import format_interval

    return str(format_interval(first, last, "yMMMd", locale=locale_of(lang)))


def moment_text(instant: int, timezone: str, lang: Lang) -> str:
    """An instant in a time zone to the minute: "1 Jun 2026 00:00", "2026年6月1日 00:00"."""
    from babel.dates import format_time

    local = local_time(instant, timezone)
    return f"{date_text(local, lang)} {format_time(local, 'short', locale=locale_of(lang))}"


def price_text(minor: int, minor_digits: int, currency: str, lang: Lang) -> str:
    """Minor units with the currency's own sign, as prices are written: €1,234.50."""
    from babel.numbers import get_currency_symbol

    sign = get_currency_symbol(currency, locale=locale_of(lang))
    space = " " if sign[-1:].isalpha() else ""
    return f"{'-' if minor < 0 else ''}{sign}{space}{money_text(abs(minor), minor_digits, lang)}"


def time_text(instant: int, timezone: str, lang: Lang) -> str:
    """The time of day of an instant in a time zone, to the minute: 14:05."""
    from babel.dates import format_time

    return format_time(local_time(instant, timezone), "short", locale=locale_of(lang))


def _number(value: Decimal, decimals: int, lang: Lang) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, _pattern(decimals), locale=locale_of(lang))


@cache
def _pattern(decimals: int) -> "NumberPattern":
    from babel.numbers import parse_pattern

    return parse_pattern("#,##0." + "0" * decimals if decimals else "#,##0")
