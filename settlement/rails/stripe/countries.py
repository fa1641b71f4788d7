"""Which agreement with Stripe a shop's account is under, by where the shop and the alliance's own account are.

Whom an account may pay at all, Stripe says itself (`platform.py`). Sources, at docs.stripe.com/connect:
cross-border-payouts (across these borders under the full agreement only), service-agreement-types,
account-capabilities.
"""

from enum import StrEnum

EEA_COUNTRIES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
OPEN_BORDERS = frozenset({*EEA_COUNTRIES.split(), "CA", "CH", "GB", "US"})
"""Between any two of these an account under the full agreement is paid as if there were no border."""


class ServiceAgreement(StrEnum):
    """What a shop agrees on with Stripe."""

    FULL = "full"
    RECIPIENT = "recipient"
    """It is paid by the alliance and is no customer of Stripe's."""


def agreement_between(platform: str, shop: str) -> ServiceAgreement:
    """The agreement for a shop's account, by the countries of both (ISO 3166, two letters)."""
    is_near = platform == shop or {platform, shop} <= OPEN_BORDERS
    return ServiceAgreement.FULL if is_near else ServiceAgreement.RECIPIENT


def capabilities_under(agreement: ServiceAgreement) -> tuple[str, ...]:
    """What an account under an agreement asks for so that it can be paid.

    Under the full one, transfers without card payments take Stripe's approval of the whole platform; both take none.
    Under the other one, card payments are refused.
    """
    return ("card_payments", "transfers") if agreement is ServiceAgreement.FULL else ("transfers",)
