"""An alliance's rules, and the file that states them (ALLIANCE.toml)."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import iso4217

from coalition.errors import AllianceFileInvalid, quoted, unreadable
from coalition.programme.programme import EarningRules
from settlement import Breakage, Calendar, Cutoff, Funding, SettlementError, Terms
from settlement.ledger import FOREVER_AGO, BookSettings

Settlement = Literal["daily", "weekly", "monthly"]
TEXT_CHARS_MAX = 100
RATE_DIGITS_MAX = 30


@dataclass(frozen=True, slots=True)
class AllianceRules:
    """The rules of an alliance. Rates are exact, in points per whole unit of money; fees are in basis points."""

    name: str
    currency: str
    minor_digits: int
    timezone: str
    points_per_unit: Fraction
    earn_points_per_unit: Fraction
    expiry_months: int
    settlement: Settlement
    funding: Funding
    redeem_fee_bps: int = 0
    issue_fee_bps: int = 0
    breakage_to: Breakage = Breakage.ISSUER

    @property
    def book_settings(self) -> BookSettings:
        """The settings of the alliance's book."""
        return BookSettings(self.name, self.currency, self.minor_digits, self.timezone, Cutoff(self.settlement))

    @property
    def earning(self) -> EarningRules:
        """The first earning rules, in effect until the alliance changes them."""
        return EarningRules(FOREVER_AGO, self.earn_points_per_unit, self.expiry_months)

    @property
    def first_terms(self) -> Terms:
        """The first terms of points, in effect until the alliance changes them."""
        return Terms(
            id=1,
            effective_at=FOREVER_AGO,
            points_per_unit=self.points_per_unit,
            minor_digits=self.minor_digits,
            funding=self.funding,
            redeem_fee_bps=self.redeem_fee_bps,
            issue_fee_bps=self.issue_fee_bps,
            breakage_to=self.breakage_to,
        )


def minor_digits_of(currency: str) -> int | None:
    """Decimals of a currency by ISO 4217; None if there is no such currency, or nobody pays in it."""
    try:
        digits: int | None = iso4217.Currency(currency).exponent
    except ValueError:
        return None
    return digits


def read_alliance(path: Path) -> AllianceRules:
    """Read an alliance file. Raises FileUnreadable and AllianceFileInvalid."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None
    try:
        stated = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise AllianceFileInvalid(path, "not TOML", str(error)) from None
    return parse_alliance(path, stated)


def parse_alliance(path: Path, stated: Mapping[str, Any]) -> AllianceRules:
    """The rules in the keys of an alliance file. Raises AllianceFileInvalid."""
    for key in stated:
        if key not in KEYS:
            raise AllianceFileInvalid(path, key, f"unknown key; the keys are {', '.join(KEYS)}")
    values: dict[str, Any] = {}
    for key, (read, optional) in KEYS.items():
        if key in stated:
            try:
                values[key] = read(stated[key])
            except (ValueError, SettlementError) as error:
                raise AllianceFileInvalid(path, key, str(error)) from None
        elif not optional:
            raise AllianceFileInvalid(path, key, "is missing")
    return AllianceRules(minor_digits=minor_digits_of(values["currency"]) or 0, **values)


def _quote(value: object) -> str:
    """A value as in the file, for an error's text."""
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else str(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(f"must be a text, not {_quote(value)}")
    if len(value) > TEXT_CHARS_MAX:
        raise ValueError(f"has {len(value)} characters, more than {TEXT_CHARS_MAX}")
    return value


def _currency(value: object) -> str:
    if not isinstance(value, str) or minor_digits_of(value) is None:
        raise ValueError(f"{_quote(value)} is not a currency of ISO 4217; use a code such as EUR, USD, CNY or JPY")
    return value


def _timezone(value: object) -> str:
    return Calendar(_text(value), Cutoff("daily")).zone


def parse_rate(value: object) -> Fraction:
    """Parse a rate from a file or a request, exactly. Raises ValueError."""
    text = str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    try:
        number = Decimal(text) if isinstance(text, str) and text.isascii() and "_" not in text else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    exponent = number.as_tuple().exponent
    if not number.is_finite() or not isinstance(exponent, int):
        raise ValueError(f'must be a number such as 100 or "0.5", not {_quote(value)}')
    # A few characters such as 1e999999 would make a fraction that fills the memory.
    if number.adjusted() >= RATE_DIGITS_MAX or exponent < -RATE_DIGITS_MAX:
        raise ValueError(f"must have at most {RATE_DIGITS_MAX} digits before and after the point, not {_quote(value)}")
    return Fraction(number)


def _points_per_unit(value: object) -> Fraction:
    rate = parse_rate(value)
    if rate <= 0:
        raise ValueError(f"must be more than zero, not {_quote(value)}; at a rate of zero a point is worth nothing")
    return rate


def _earn_rate(value: object) -> Fraction:
    rate = parse_rate(value)
    if rate < 0:
        raise ValueError(f"must not be negative, not {_quote(value)}")
    return rate


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {_quote(value)}")
        return value

    return read


def _one_of(*allowed: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(f"must be {' or '.join(allowed)}, not {_quote(value)}")
        return value

    return read


KEYS: Mapping[str, tuple[Callable[[object], object], bool]] = {
    "name": (_text, False),
    "currency": (_currency, False),
    "timezone": (_timezone, False),
    "points_per_unit": (_points_per_unit, False),
    "earn_points_per_unit": (_earn_rate, False),
    "expiry_months": (_whole(0, 1200), False),
    "settlement": (_one_of("daily", "weekly", "monthly"), False),
    "funding": (lambda value: Funding(_one_of(*Funding)(value)), False),
    "redeem_fee_bps": (_whole(0, 10_000), True),
    "issue_fee_bps": (_whole(0, 10_000), True),
    "breakage_to": (lambda value: Breakage(_one_of(*Breakage)(value)), True),
}
"""By key: how its value is read, and whether it may be missing."""
