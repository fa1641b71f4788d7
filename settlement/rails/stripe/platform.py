"""The alliance's own account at Stripe: where it is, whom it may pay, and what of its settings keeps it from paying."""

from collections.abc import Mapping
from typing import NamedTuple

from settlement.rails.stripe.cash import named_errors
from settlement.rails.stripe.connection import StripeConnection
from settlement.rails.stripe.methods import METHODS
from settlement.sentences import Phrase

MANUAL = "manual"
"""The payout schedule under which nothing leaves Stripe by itself."""


class StripePlatform(NamedTuple):
    """What Stripe says of the alliance's own account."""

    country: str
    """ISO 3166, two letters."""
    currency: str
    """ISO 4217, in lower case: what other currencies are converted into."""
    held_currencies: frozenset[str]
    """Those that it has a balance in."""
    payouts: str
    """How often Stripe pays the balance out by itself."""
    is_enabled: bool
    """Whether it can collect and pay out."""
    due: tuple[str, ...]
    """What Stripe still needs to know of it."""
    capabilities: Mapping[str, str]
    """How far each way to be paid is: `active`, or not yet. One that was never asked for is not there."""
    payable_countries: frozenset[str]
    """Where shops may be that it pays."""


def read_platform(connection: StripeConnection) -> StripePlatform:
    """Read the alliance's own account. Raises StripeRefused and StripeUnreachable."""
    v1 = connection.client.v1
    with named_errors(Phrase("read the alliance's own account")):
        account = v1.accounts.retrieve_current()
        balance = v1.balance.retrieve()
        country = account.country or ""
        spec = v1.country_specs.retrieve(country)
    payouts = account.settings.payouts if account.settings else None
    requirements = account.requirements
    return StripePlatform(
        country,
        account.default_currency or "",
        frozenset(each.currency for each in balance.available),
        payouts.schedule.interval if payouts else MANUAL,
        bool(account.charges_enabled and account.payouts_enabled),
        tuple((requirements.currently_due if requirements else None) or ()),
        account.capabilities.to_dict() if account.capabilities else {},
        frozenset(spec.supported_transfer_countries),
    )


def platform_problems(platform: StripePlatform, currency: str) -> list[Phrase]:
    """What has to be changed at Stripe before an alliance in that currency can settle there; empty where nothing."""
    problems = []
    if platform.payouts != MANUAL:
        problems.append(
            Phrase(
                "Stripe pays its balance out by itself ({interval:code}), and nothing is left to pay shops from: set "
                "payouts to manual at dashboard.stripe.com/settings/payouts",
                interval=platform.payouts,
            )
        )
    if not platform.is_enabled:
        problems.append(
            Phrase(
                "Stripe has stopped the account until it knows more: {due:code}",
                due=platform.due or (platform.country,),
            )
        )
    if currency.lower() not in {platform.currency, *platform.held_currencies}:
        problems.append(
            Phrase(
                "Stripe converts {currency} into {other}: add a bank account in {currency} at "
                "dashboard.stripe.com/settings/payouts",
                currency=currency.upper(),
                other=platform.currency.upper(),
            )
        )
    for kind, method in METHODS.items():
        if method.currency == currency.lower() and platform.capabilities.get(method.capability) != "active":
            problems.append(
                Phrase(
                    "{method:code} is not switched on, so shops can't pay by debit: see "
                    "dashboard.stripe.com/settings/payment_methods",
                    method=kind,
                )
            )
    return problems
