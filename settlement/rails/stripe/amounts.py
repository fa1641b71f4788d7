"""Amounts as Stripe writes them, and the least that it collects.

The book counts in minor units by ISO 4217. Stripe does too, but for a few currencies: it writes some with fewer
decimals, and Iceland's and Uganda's with two, which a book for it needs as well. Source:
docs.stripe.com/currencies (minimum and maximum charge amounts, zero-decimal, three-decimal, special cases).
"""

from settlement.amounts import Minor
from settlement.rails.stripe.errors import AmountNotPayable, DigitsTooFew

ZERO_DECIMAL = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
"""Written with three decimals, of which the last must be 0."""

WHOLE_UNITS_ONLY = frozenset({"isk", "ugx"})
"""Without decimals, yet written with two, which must be 00."""

LEAST_CHARGE = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
"""The least charge in Stripe's units. A currency that is not here has no least of its own: Stripe converts it."""


def check_digits(currency: str, minor_digits: int) -> None:
    """Raises DigitsTooFew where a fee of Stripe's can have decimals that the book has no room for."""
    if minor_digits < decimals_of(currency):
        raise DigitsTooFew(currency, minor_digits, decimals_of(currency))


def decimals_of(currency: str) -> int:
    """How many decimals Stripe writes."""
    return 0 if currency.lower() in ZERO_DECIMAL else 3 if currency.lower() in THREE_DECIMAL else 2


def step_minor(currency: str, minor_digits: int) -> Minor:
    """What every amount must be a multiple of, in minor units of the book (`minor_digits` decimals)."""
    step = 10 if currency.lower() in THREE_DECIMAL else 100 if currency.lower() in WHOLE_UNITS_ONLY else 1
    return from_stripe(step, currency, minor_digits)


def least_minor(currency: str, minor_digits: int) -> Minor:
    """The least that Stripe collects, in minor units of the book; rounded up to a whole step."""
    step = step_minor(currency, minor_digits)
    least = from_stripe(LEAST_CHARGE.get(currency.lower(), 1), currency, minor_digits)
    return Minor(-(-least // step) * step)


def to_stripe(minor: Minor, currency: str, minor_digits: int) -> int:
    """An amount of the book as Stripe writes it. Raises AmountNotPayable for one between two steps."""
    step = step_minor(currency, minor_digits)
    if minor % step:
        raise AmountNotPayable(minor, currency, step)
    return minor // from_stripe(1, currency, minor_digits)


def from_stripe(amount: int, currency: str, minor_digits: int) -> Minor:
    """An amount of Stripe's in minor units of the book, which has at least as many decimals."""
    return Minor(amount * 10 ** (minor_digits - decimals_of(currency)))
