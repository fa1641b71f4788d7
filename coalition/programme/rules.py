"""An alliance's rules, and the file that states them (ALLIANCE.toml)."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import iso4217

from coalition.earning.rates import parse_rate, quote
from coalition.earning.rule import Parameters
from coalition.earning.rules import read_rules
from coalition.errors import AllianceFileInvalid, unreadable
from coalition.programme.programme import EarningRules
from settlement import Breakage, Calendar, Cutoff, Funding, Phrase, SettlementError, Terms, clean_text, reason_of
from settlement.ledger import FOREVER_AGO, BookSettings

Settlement = Literal["daily", "weekly", "monthly"]
TEXT_CHARS_MAX = 100
MINOR_DIGITS_MAX = 4
SPEND_BY_ID_MAX = 10**12
"""Largest amount, in minor units, up to which an id alone may spend."""


@dataclass(frozen=True, slots=True)
class AllianceRules:
    """The rules of an alliance. Rates are exact, in points per whole unit of money; fees are in basis points.

    The book counts money with `minor_digits` decimals: those of the currency, or more where a rail needs more.
    `earning_rules` has what the alliance states for each rule beside the base rate. Spending takes a pay code or the
    member's yes, but in sales of up to `spend_by_id_up_to_minor` minor units. Windows close at `cutoff_at` local time:
    weekly ones on `cutoff_weekday` (0 = Monday), monthly ones on `cutoff_day`.
    """

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
    earning_rules: Sequence[Parameters] = ()
    spend_by_id_up_to_minor: int = 0
    cutoff_weekday: int = 0
    cutoff_day: int = 1
    cutoff_at: time = time.min

    @property
    def book_settings(self) -> BookSettings:
        """The settings of the alliance's book."""
        cutoff = Cutoff(self.settlement, self.cutoff_weekday, self.cutoff_day, self.cutoff_at)
        return BookSettings(self.name, self.currency, self.minor_digits, self.timezone, cutoff)

    @property
    def earning(self) -> EarningRules:
        """The first earning rules, in effect until the alliance changes them."""
        return EarningRules(FOREVER_AGO, self.earn_points_per_unit, self.expiry_months, self.earning_rules)

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
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None
    try:
        stated = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise AllianceFileInvalid(path, Phrase("not TOML"), str(error)) from None
    return parse_alliance(path, stated)


def parse_alliance(path: Path, stated: Mapping[str, Any]) -> AllianceRules:
    """The rules in the keys of an alliance file. Raises AllianceFileInvalid."""
    for key in stated:
        if key not in KEYS:
            raise AllianceFileInvalid(path, key, Phrase("unknown key; the keys are {keys}", keys=[*KEYS]))
    values: dict[str, Any] = {}
    for key, (read, optional) in KEYS.items():
        if key in stated:
            try:
                values[key] = read(stated[key])
            except (ValueError, SettlementError) as error:
                raise AllianceFileInvalid(path, key, reason_of(error)) from None
        elif not optional:
            raise AllianceFileInvalid(path, key, Phrase("it is missing"))
    least = minor_digits_of(values["currency"]) or 0
    if values.setdefault("minor_digits", least) < least:
        why = Phrase("{currency} has {count} decimals", currency=values["currency"], count=least)
        raise AllianceFileInvalid(path, "minor_digits", why)
    return AllianceRules(**values)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(Phrase("it must be a text, not {value}", value=quote(value)))
    text = clean_text(value)
    if len(text) > TEXT_CHARS_MAX:
        raise ValueError(Phrase("it has {count} characters, more than {most}", count=len(text), most=TEXT_CHARS_MAX))
    return text


def _currency(value: object) -> str:
    if not isinstance(value, str) or minor_digits_of(value) is None:
        raise ValueError(
            Phrase("{value} is not a currency of ISO 4217; use a code such as EUR, USD, CNY or JPY", value=quote(value))
        )
    return value


def _timezone(value: object) -> str:
    return Calendar(_text(value), Cutoff("daily")).zone


def _points_per_unit(value: object) -> Fraction:
    rate = parse_rate(value)
    if rate <= 0:
        raise ValueError(
            Phrase(
                "it must be more than zero, not {value}; at a rate of zero a point is worth nothing",
                value=quote(value),
            )
        )
    return rate


def _earn_rate(value: object) -> Fraction:
    rate = parse_rate(value)
    if rate < 0:
        raise ValueError(Phrase("it must not be negative, not {value}", value=quote(value)))
    return rate


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(
                Phrase(
                    "it must be a whole number from {least} to {most}, not {value}",
                    least=least,
                    most=most,
                    value=quote(value),
                )
            )
        return value

    return read


def _time(value: object) -> time:
    match value:
        case time():
            return value
    raise ValueError(Phrase("it must be a local time such as 06:00:00, not {value}", value=quote(value)))


def _one_of(*allowed: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(Phrase("it must be one of {choices}, not {value}", choices=allowed, value=quote(value)))
        return value

    return read


def _earning_rules(value: object) -> Sequence[Parameters]:
    if not isinstance(value, list) or not all(isinstance(stated, dict) for stated in value):
        raise ValueError(Phrase('it must be tables, each with its kind: [[earning_rules]] and kind = "…" below it'))
    rules = [
        {name: str(part) if isinstance(part, Decimal) else part for name, part in stated.items()} for stated in value
    ]
    read_rules(rules)
    return tuple(rules)


KEYS: Mapping[str, tuple[Callable[[object], object], bool]] = {
    "name": (_text, False),
    "currency": (_currency, False),
    "minor_digits": (_whole(0, MINOR_DIGITS_MAX), True),
    "timezone": (_timezone, False),
    "points_per_unit": (_points_per_unit, False),
    "earn_points_per_unit": (_earn_rate, False),
    "expiry_months": (_whole(0, 1200), False),
    "settlement": (_one_of("daily", "weekly", "monthly"), False),
    "funding": (lambda value: Funding(_one_of(*Funding)(value)), False),
    "redeem_fee_bps": (_whole(0, 10_000), True),
    "issue_fee_bps": (_whole(0, 10_000), True),
    "breakage_to": (lambda value: Breakage(_one_of(*Breakage)(value)), True),
    "earning_rules": (_earning_rules, True),
    "spend_by_id_up_to_minor": (_whole(0, SPEND_BY_ID_MAX), True),
    "cutoff_weekday": (_whole(0, 6), True),
    "cutoff_day": (_whole(1, 31), True),
    "cutoff_at": (_time, True),
}
"""By key: how its value is read, and whether it may be missing."""
