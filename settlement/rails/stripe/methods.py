"""Ways to pay a debit: which of them a shop is offered, and how long a payment by each can come back.

The days are for deposits: a shop's deposit covers what it paid until then. They run from the day on which Stripe
has the money, which is never before the debit itself.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

DAY = 86_400_000_000
SECOND = 1_000_000
SATURDAY = 5


class Method(NamedTuple):
    """One way to pay. `currency` and `countries` are where it exists; empty means everywhere.

    `no_questions_days`: as long as the payer's bank gives the money back for the asking. `unauthorised_days`: as long
    as it does for a payer who says that they never agreed; None where the scheme sets no limit. In calendar days.
    `decided_days`: how long Stripe may take to say whether the debit was paid, in business days.
    `greatest`: the most that one debit may be, in Stripe's units. `capability`: what the alliance's own account must
    have active for it.
    """

    currency: str
    countries: frozenset[str]
    no_questions_days: int
    unauthorised_days: int | None
    decided_days: int
    greatest: int
    capability: str


SEPA_COUNTRIES = """
    AD AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE
    IS IT LI LT LU LV MC MT NL NO PL PT RO SE SI SK SM VA
"""
SEPA = frozenset(SEPA_COUNTRIES.split())

GREATEST_CHARGE = 99_999_999
"""The most that Stripe charges at once by whatever method, in its units. docs.stripe.com/currencies"""

METHODS = {
    # EPC SEPA Direct Debit Core rulebook, 4.3.4: eight weeks, and thirteen months for an unauthorised one.
    # docs.stripe.com/payments/sepa-debit: disputes are final; a debit may be pending for 14 business days, and is of
    # 10,000 euros at most.
    "sepa_debit": Method("eur", SEPA, 56, 396, 14, 1_000_000, "sepa_debit_payments"),
    # Nacha: 60 days from the statement for consumers' accounts, two days for companies'.
    # docs.stripe.com/payments/ach-direct-debit
    "us_bank_account": Method("usd", frozenset({"US"}), 60, 60, 5, GREATEST_CHARGE, "us_bank_account_ach_payments"),
    # Direct Debit Guarantee: a full and immediate refund, without a limit in time.
    # docs.stripe.com/payments/payment-methods/bacs-debit: 100,000 pounds at most.
    "bacs_debit": Method("gbp", frozenset({"GB", "GG", "IM", "JE"}), 396, None, 7, 10_000_000, "bacs_debit_payments"),
    # BECS procedures: claims within seven years. docs.stripe.com/payments/au-becs-debit: for new users 1,500 dollars at
    # once and 4,500 in a week, which Stripe raises for those who ask; what a setting limits in a week bounds both.
    "au_becs_debit": Method("aud", frozenset({"AU"}), 396, 2_557, 5, 1_000_000, "au_becs_debit_payments"),
    # Visa and Mastercard: 120 days for most reasons. docs.stripe.com/disputes
    "card": Method("", frozenset(), 120, 120, 1, GREATEST_CHARGE, "card_payments"),
}

COVERED_DAYS_MAX = 396
"""The longest that a deposit is kept for a payment, where a scheme allows years: SEPA's thirteen months. What comes
back later still is a new debt all the same."""


def offered(currency: str, country: str) -> list[str]:
    """Types of payment method that a shop of a country (ISO 3166, two letters) can pay a currency by; debits first,
    since they cost least."""
    return [
        kind
        for kind, method in METHODS.items()
        if method.currency in ("", currency.lower()) and (not method.countries or country.upper() in method.countries)
    ]


def returnable_until(kind: str, received_at: int) -> int:
    """Until when a payment that arrived at an instant (both in microseconds since 1970 UTC) can come back.

    A kind that is not in the table gets the longest time.
    """
    method = METHODS.get(kind)
    days = method.unauthorised_days if method else None
    return received_at + min(days or COVERED_DAYS_MAX, COVERED_DAYS_MAX) * DAY


def decided_by(kind: str, sent_at: int) -> int:
    """Until when Stripe says at the latest what became of a debit that was sent at an instant (both in microseconds
    since 1970 UTC). A kind that is not in the table gets the longest time.
    """
    method = METHODS.get(kind)
    left = method.decided_days if method else max(each.decided_days for each in METHODS.values())
    day = datetime.fromtimestamp(sent_at / SECOND, UTC)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return int(day.timestamp()) * SECOND


def greatest_charge(kind: str) -> int:
    """The most that one payment by a method may be, in Stripe's units."""
    method = METHODS.get(kind)
    return method.greatest if method else GREATEST_CHARGE
