"""Exact numbers: read from decimal text, carried as fractions, rounded only when shown."""

import re
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

TEXT_DIGITS = 40
"""Significant digits of a figure that has no finite decimal form."""

EXACT_BITS = 1_024
"""A denominator up to this many bits is carried as it is."""

CARRIED_DECIMALS = 80
"""Decimals kept of a figure whose denominator has outgrown EXACT_BITS."""

ZERO = Fraction(0)
ONE = Fraction(1)

_NUMBER = re.compile(r"-?\d{1,60}(\.\d{1,60})?", re.ASCII)
_GRID = 10**CARRIED_DECIMALS


def number(text: str) -> Fraction | None:
    """The exact value of a plain decimal such as `1000` or `0.05`; None if it is anything else."""
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def number_text(value: Fraction, digits: int = TEXT_DIGITS) -> str:
    """A decimal string: all digits if the decimal ends within `digits`, else that many, half to even."""
    with localcontext() as context:
        context.prec = digits
        context.rounding = ROUND_HALF_EVEN
        text = format(Decimal(value.numerator) / Decimal(value.denominator), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def places(value: Fraction, decimals: int = 2) -> str:
    """A figure for reading, rounded half to even to `decimals`, with thousands separated."""
    scaled = round(value * 10**decimals)
    text = format(Decimal(scaled).scaleb(-decimals), f",.{decimals}f")
    return text if scaled else text.removeprefix("-")


def carried(value: Fraction) -> Fraction:
    """The value itself while its denominator is short; beyond that, cut down to CARRIED_DECIMALS decimals.

    A price that is a product of thousands of purchases would need fractions of millions of digits. What is
    minted or paid is cut here, before it is booked, so that books still balance exactly; the cut is less
    than 10 ** -80 each time, far below anything shown.
    """
    if value.denominator.bit_length() <= EXACT_BITS:
        return value
    return Fraction(value.numerator * _GRID // value.denominator, _GRID)
