"""The platform's own account, and the rules between it and those connected to it: countries, agreements, capabilities.

Sources: docs.stripe.com/connect/cross-border-payouts, /connect/service-agreement-types, /connect/account-capabilities,
/api/country_specs.
"""

from collections.abc import Collection

from coalition.fake_stripe import accounts
from coalition.fake_stripe.accounts import currency_in
from coalition.fake_stripe.errors import InvalidRequest, ParameterInvalid
from coalition.fake_stripe.instruments import CAPABILITY, CURRENCY
from coalition.fake_stripe.world import PLATFORM, Call, Object, World

EEA_COUNTRIES = """
    AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK
"""
EEA = frozenset(EEA_COUNTRIES.split())
SELF_SERVE = EEA | {"US", "GB", "CA", "CH"}
"""Platforms in these pay accounts in any of these, under the full agreement."""
US_RECIPIENTS = "AE AR AU BR CL CO HK ID IN JP KR KW MX MY NZ PH SG TH ZA"
RECIPIENTS_OF_US = frozenset(US_RECIPIENTS.split())
"""Some of the countries whose accounts a platform in the US pays as recipients."""
SERVED = SELF_SERVE | RECIPIENTS_OF_US


def set_up(world: World, country: str, payouts: str, *, transfers_alone: bool, capabilities: bool) -> Object:
    """What an operator chooses on Stripe's dashboard: where the platform is, how often Stripe pays its balance out,
    and whether it may be paid by its country's bank debits. Stripe's support lets it ask for transfers alone."""
    account = world.objects[PLATFORM]
    currency = currency_in(country)
    account |= {"country": country, "default_currency": currency}
    for bank in account["external_accounts"]["data"]:
        bank |= {"country": country, "currency": currency}
    account["settings"]["payouts"]["schedule"]["interval"] = payouts
    debits = [CAPABILITY[kind] for kind, own in CURRENCY.items() if own == currency]
    wanted = ["card_payments", "transfers", *(debits if capabilities else [])]
    account["capabilities"] = dict.fromkeys(wanted, "active")
    world.transfers_alone = transfers_alone
    return account


def payable_from(country: str) -> frozenset[str]:
    """Where accounts may be that a platform in a country pays."""
    if country not in SELF_SERVE:
        return frozenset({country})
    return SELF_SERVE | (RECIPIENTS_OF_US if country == "US" else frozenset())


def check_account(world: World, country: str, agreement: str, capabilities: Collection[str]) -> None:
    """Raise InvalidRequest where an account in that country can't be opened under that agreement with these."""
    home = world.objects[PLATFORM]["country"]
    if country not in payable_from(home):
        raise InvalidRequest(
            f"{country} is not currently supported by Stripe.", code="country_unsupported", param="country"
        )
    crosses = country != home and not {country, home} <= SELF_SERVE
    if crosses and agreement != "recipient":
        raise InvalidRequest(
            f"Accounts in {country} can only be paid by platforms in {home} under the `recipient` service agreement. "
            f"See https://stripe.com/docs/connect/service-agreement-types.",
            param="tos_acceptance[service_agreement]",
        )
    if agreement == "recipient" and "card_payments" in capabilities:
        raise InvalidRequest(
            "The `card_payments` capability can't be requested by accounts under the `recipient` service agreement."
        )
    alone = "transfers" in capabilities and "card_payments" not in capabilities
    if alone and agreement == "full" and not world.transfers_alone:
        raise InvalidRequest(
            "Your platform needs approval for accounts to have requested the `transfers` capability without the "
            "`card_payments` capability. If you would like to request transfers without card_payments, please contact "
            "us via https://support.stripe.com/contact."
        )


def check_transfer(world: World, destination: Object) -> None:
    """Raise InvalidRequest for a transfer across a border to an account under an agreement that does not allow it."""
    home, country = world.objects[PLATFORM]["country"], destination["country"]
    agreement = destination["tos_acceptance"].get("service_agreement", "full")
    if country != home and (agreement == "recipient") == ({country, home} <= SELF_SERVE):
        raise InvalidRequest(
            f"Funds can't be sent to accounts located in {country} when the account is under the `{agreement}` service "
            f"agreement. To learn more, see https://stripe.com/docs/connect/service-agreement-types."
        )


def create(call: Call) -> Object:
    """POST /v1/accounts"""
    args = {"country": call.world.objects[PLATFORM]["country"], **call.args}
    agreement = args.get("tos_acceptance", {}).get("service_agreement", "full")
    check_account(call.world, args["country"], agreement, args.get("capabilities", {}))
    return accounts.build(call.world, call.world.new_id("account"), args, PLATFORM)


def retrieve_current(call: Call) -> Object:
    """GET /v1/account: the caller's own."""
    return call.world.objects[call.account]


def country_spec(call: Call) -> Object:
    """GET /v1/country_specs/{country}"""
    country = call.ids[0]
    if country not in SERVED:
        raise ParameterInvalid("country", f"{country} is not currently supported by Stripe.", "country_unsupported")
    currency = currency_in(country)
    fields = {"additional": [], "minimum": list(accounts.DUE)}
    return {
        "id": country,
        "object": "country_spec",
        "default_currency": currency,
        "supported_bank_account_currencies": {currency: [country]},
        "supported_payment_currencies": [currency],
        "supported_payment_methods": ["card", "stripe"],
        "supported_transfer_countries": sorted(payable_from(country)),
        "verification_fields": {"company": fields, "individual": fields},
    }
