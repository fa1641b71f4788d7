"""Points, minor units of money, the fixed rate between them, and the one place where value is rounded.

Points and minor units are integers. A rate is an exact fraction. Between a move of points and the net of a
window nothing is rounded: the only rounding is `largest_remainder`, once, on the net.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NewType, TypeVar

from settlement.errors import NetsNotZero, PartsDoNotFit, RateNotPositive

Points = NewType("Points", int)
Minor = NewType("Minor", int)
Name = TypeVar("Name", bound=str)

_WRITTEN = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?", re.ASCII)

BPS = 10_000
"""Basis points in one whole: a fee of 250 bps takes 250 / 10 000 of the value."""


def decimal_text(minor: int, minor_digits: int) -> str:
    """Minor units as a plain decimal for machines, all decimals written: -1234.50."""
    return f"{Decimal(minor).scaleb(-minor_digits):f}"


def written_minor(text: str, minor_digits: int) -> int | None:
    """The minor units of a plain decimal such as -1234.50, exactly; None for any other text, or more decimals.

    A sign is written before what goes out only, and a point before decimals only: "+5" and "5." are no amounts.
    """
    if not _WRITTEN.fullmatch(text):
        return None
    minor = Decimal(text).scaleb(minor_digits)
    return int(minor) if minor == minor.to_integral_value() else None


def minor_per_point(points_per_unit: Fraction, minor_digits: int) -> Fraction:
    """Minor units that one point is worth: 10 ** minor_digits / points_per_unit.

    `points_per_unit` is the alliance's fixed rate (points per whole unit of money, more than zero);
    `minor_digits` is the currency's ISO 4217 exponent. Raises RateNotPositive.
    """
    if points_per_unit <= 0:
        raise RateNotPositive(points_per_unit)
    return Fraction(10**minor_digits) / points_per_unit


def largest_remainder(exact: Mapping[str, Fraction]) -> dict[str, Minor]:
    """Round positions that sum to zero to whole minor units that still sum to zero.

    Each is rounded down; the units that this leaves missing go one each to the largest remainders, ties by
    participant id as text (Hamilton's method of apportionment). Raises NetsNotZero if the sum is not zero.
    """
    total = sum(exact.values(), Fraction(0))
    if total != 0:
        raise NetsNotZero(total)
    return apportion(Minor(0), exact)


def apportion(total: Minor, exact: Mapping[Name, Fraction]) -> dict[Name, Minor]:
    """Round the parts of a whole that is itself rounded, so that they add up to `total` again.

    `total` must be the sum of the parts rounded down or up; how the units are given is `largest_remainder`'s
    rule. Raises PartsDoNotFit.
    """
    floors = {participant: value.numerator // value.denominator for participant, value in exact.items()}
    missing = total - sum(floors.values())
    if not 0 <= missing <= len(floors):
        raise PartsDoNotFit(total, sum(exact.values(), Fraction(0)))
    by_remainder = sorted(exact, key=lambda participant: (floors[participant] - exact[participant], participant))
    for participant in by_remainder[:missing]:
        floors[participant] += 1
    return {participant: Minor(value) for participant, value in floors.items()}
