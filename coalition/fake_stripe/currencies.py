"""Amounts as Stripe takes them. Source: docs.stripe.com/currencies (minimum and maximum charge amounts, special cases).

An amount is an integer of the currency's smallest unit: cents, whole yen, or fils that must end in 0.
"""

from iso4217 import Currency

from coalition.fake_stripe.errors import InvalidRequest, ParameterInvalid

THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
WHOLE_UNITS_ONLY = frozenset({"isk", "ugx"})
"""Without decimals, yet written with two for older clients: the amount must end in 00."""

MIN_CHARGE_MINOR = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
MAX_CHARGE_MINOR = 99_999_999


def currency_of(code: str) -> str:
    """The currency in lower case. Raises ParameterInvalid for one that does not exist."""
    try:
        Currency(code.upper())
    except ValueError:
        raise ParameterInvalid("currency", f"Invalid currency: {code}.") from None
    return code.lower()


def check_amount(amount_minor: int, currency: str, param: str = "amount") -> None:
    """Raises ParameterInvalid for less than one unit, or for decimals that the currency does not have."""
    if amount_minor < 1:
        raise ParameterInvalid(param, "This value must be greater than or equal to 1.", "parameter_invalid_integer")
    if currency in THREE_DECIMAL and amount_minor % 10:
        raise ParameterInvalid(
            param, f"Invalid {currency} amount: the last digit of a three-decimal amount must be 0, not {amount_minor}."
        )
    if currency in WHOLE_UNITS_ONLY and amount_minor % 100:
        raise ParameterInvalid(param, f"Invalid {currency} amount: must be divisible by 100, not {amount_minor}.")


def check_charge(amount_minor: int, currency: str, most_minor: int = MAX_CHARGE_MINOR) -> None:
    """`check_amount`, and Stripe's limits on what can be charged at once. Raises InvalidRequest too."""
    check_amount(amount_minor, currency)
    least = MIN_CHARGE_MINOR.get(currency, 1)
    if amount_minor < least:
        raise InvalidRequest(
            f"Amount must be at least {least} {currency} (in its smallest unit).",
            code="amount_too_small",
            param="amount",
        )
    if amount_minor > most_minor:
        raise InvalidRequest(
            f"Amount must be no more than {most_minor} {currency} (in its smallest unit).",
            code="amount_too_large",
            param="amount",
        )
