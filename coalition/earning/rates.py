"""Rates as an alliance states them, exact."""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from settlement import Phrase, quoted

RATE_DIGITS_MAX = 30
_WRITTEN = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)


def quote(value: object) -> str:
    """A value as it was stated, for an error's text."""
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else str(value)


def parse_rate(value: object) -> Fraction:
    """Parse a rate from a file or a request, exactly. Raises ValueError."""
    text = str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    try:
        number = Decimal(text) if isinstance(text, str) and _WRITTEN.fullmatch(text) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    exponent = number.as_tuple().exponent
    if not number.is_finite() or not isinstance(exponent, int):
        raise ValueError(Phrase('it must be a number such as 100 or "0.5", not {value}', value=quote(value)))
    # A few characters such as 1e999999 would make a fraction that fills the memory.
    if number.adjusted() >= RATE_DIGITS_MAX or exponent < -RATE_DIGITS_MAX:
        raise ValueError(
            Phrase(
                "it must have at most {most} digits before and after the point, not {value}",
                most=RATE_DIGITS_MAX,
                value=quote(value),
            )
        )
    return Fraction(number)
