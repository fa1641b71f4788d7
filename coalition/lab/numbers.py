"""Exact numbers: read from decimal text, carried as fractions, rounded only when shown.

The fractions are those of GMP, the GNU library of exact arithmetic. A real year takes ten million operations, and
Python's own Fraction, which gives the same figures, takes twenty times as long for each. `Exact` is used like that
one, but its parts and whatever is rounded to a whole are no int: int() makes them one.
"""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Written like Python's own, and said to be that: the types that others wrote for GMP's turn a product complex.
    from fractions import Fraction

    Exact = Fraction
else:
    import gmpy2

    Exact = gmpy2.mpq

TEXT_DIGITS = 40
"""Significant digits of a figure that has no finite decimal form."""

EXACT_BITS = 512
"""A denominator up to this many bits is carried as it is."""

CARRIED_DECIMALS = 80
"""Decimals kept of a figure whose denominator has outgrown EXACT_BITS."""

ZERO = Exact(0)
ONE = Exact(1)
HALF = Exact(1, 2)

_NUMBER = re.compile(r"-?\d{1,60}(\.\d{1,60})?", re.ASCII)
_GRID = 10**CARRIED_DECIMALS


@lru_cache(maxsize=2**14)
def number(text: str) -> Exact | None:
    """The exact value of a plain decimal such as `1000` or `0.05`; None if it is anything else."""
    return Exact(text) if _NUMBER.fullmatch(text) else None


def number_text(value: Exact, digits: int = TEXT_DIGITS) -> str:
    """A decimal string: all digits if the decimal ends within `digits`, else that many, half to even."""
    if not value:
        return "0"
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN)
    text = format(context.divide(Decimal(int(value.numerator)), Decimal(int(value.denominator))), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def places(value: Exact, decimals: int = 2) -> str:
    """A figure for reading, rounded half to even to `decimals`, with thousands separated."""
    scaled = round(value * 10**decimals)
    text = format(Decimal(int(scaled)).scaleb(-decimals), f",.{decimals}f")
    return text if scaled else text.removeprefix("-")


def ceiling(value: Exact) -> int:
    """The least whole number that is not below the value."""
    return int(-(-value.numerator // value.denominator))


def carried(value: Exact) -> Exact:
    """The value itself while its denominator is short; beyond that, cut down to CARRIED_DECIMALS decimals.

    A price that is a product of thousands of purchases would need fractions of millions of digits. What is
    minted or paid is cut here, before it is booked, so that books still balance exactly; the cut is less
    than 10 ** -80 each time, far below anything shown.
    """
    if value.denominator.bit_length() <= EXACT_BITS:
        return value
    return Exact(value.numerator * _GRID // value.denominator, _GRID)
