"""Connected accounts: the shops as those who are paid. They onboard by a link, and only then take transfers."""

from babel.numbers import get_territory_currencies

from coalition.fake_stripe import lists, payouts
from coalition.fake_stripe.errors import NotYourKey, ParameterInvalid, ResourceMissing
from coalition.fake_stripe.fields import address, metadata_of
from coalition.fake_stripe.world import Args, Call, Object, World

LINK_SECONDS = 300
DUE = (
    "business_profile.mcc",
    "business_profile.url",
    "business_type",
    "external_account",
    "tos_acceptance.date",
    "tos_acceptance.ip",
)
TYPE = {"express": "express", "full": "standard", "none": "custom"}
"""What older versions called an account with that dashboard."""


def _requirements(due: tuple[str, ...], disabled_reason: str | None) -> Object:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": list(due),
        "disabled_reason": disabled_reason,
        "errors": [],
        "eventually_due": list(due),
        "past_due": list(due),
        "pending_verification": [],
    }


def _settings(name: str | None, interval: str) -> Object:
    kana = {f"statement_descriptor{which}": None for which in ("", "_kana", "_kanji")}
    prefixes = {f"statement_descriptor_prefix{which}": None for which in ("_kana", "_kanji")}
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            **prefixes,
        },
        "dashboard": {"display_name": name, "timezone": "Etc/UTC"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "offer"},
        "payments": kana | prefixes,
        "payouts": {
            "debit_negative_balances": False,
            "schedule": {"delay_days": 2, "interval": interval},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }


def build(world: World, account_id: str, args: Args, owner: str) -> Object:
    """A new account, before it has onboarded."""
    country = args["country"]
    profile: Args = args.get("business_profile", {})
    interval = args.get("settings", {}).get("payouts", {}).get("schedule", {}).get("interval", "daily")
    controller = _controller(args.get("controller", {}))
    agreement = args.get("tos_acceptance", {})
    made = world.keep(
        owner,
        {
            "id": account_id,
            "object": "account",
            "business_profile": {
                "annual_revenue": None,
                "estimated_worker_count": None,
                "mcc": None,
                "minority_owned_business_designation": None,
                "name": profile.get("name"),
                "product_description": None,
                "support_address": address(),
                "support_email": None,
                "support_phone": None,
                "support_url": None,
                "url": None,
            },
            "business_type": None,
            "capabilities": dict.fromkeys(args.get("capabilities", {}), "inactive"),
            "charges_enabled": False,
            "controller": controller,
            "country": country,
            "created": world.now,
            "default_currency": currency_in(country),
            "details_submitted": False,
            "email": args.get("email"),
            "external_accounts": lists.as_list([], f"/v1/accounts/{account_id}/external_accounts"),
            "future_requirements": _requirements((), None),
            "metadata": metadata_of(args),
            "payouts_enabled": False,
            "requirements": _requirements(DUE, "requirements.past_due"),
            "settings": _settings(profile.get("name"), interval),
            "tos_acceptance": {"date": None, "ip": None, "user_agent": None} | agreement,
            "type": TYPE[controller["stripe_dashboard"]["type"]],
        },
    )
    payouts.pay_out_daily(world, account_id)
    return made


def currency_in(country: str) -> str:
    """The currency of a country. Raises ParameterInvalid for what is none."""
    currencies: list[str] = get_territory_currencies(country)
    if not currencies:
        raise ParameterInvalid("country", f"Country '{country}' is unknown. Try using a 2-character country code.")
    return currencies[0].lower()


def _controller(wishes: Args) -> Object:
    """Who answers for an account; what is left out is Stripe's own choice."""
    return {
        "fees": {"payer": "account"},
        "is_controller": True,
        "losses": {"payments": "stripe"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": "full"},
        "type": "application",
    } | wishes


def onboard(world: World, account: Object) -> None:
    """Its owner filled everything in: capabilities are active, a bank account is there, payouts can go."""
    bank_id = world.new_id("bank_account")
    bank: Object = {
        "id": bank_id,
        "object": "bank_account",
        "account": account["id"],
        "account_holder_name": account["business_profile"]["name"],
        "account_holder_type": "company",
        "account_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK",
        "country": account["country"],
        "currency": account["default_currency"],
        "customer": None,
        "default_for_currency": True,
        "fingerprint": bank_id[-16:],
        "last4": "3000",
        "metadata": {},
        "routing_number": "110000000" if account["country"] == "US" else None,
        "status": "new",
    }
    before = account["external_accounts"]["data"]
    account["external_accounts"]["data"] = [bank]
    world.emit(account["id"], "account.external_account.created", bank)
    for old in before:
        world.emit(account["id"], "account.external_account.deleted", old)
    account["tos_acceptance"] |= {"date": world.now, "ip": "127.0.0.1"}
    _enable(world, account, enabled=True)


def restrict(world: World, account: Object, reason: str) -> None:
    """Stripe stops an account: no payouts, no transfers to it, until it onboards again."""
    _enable(world, account, enabled=False)
    account["requirements"] = _requirements(DUE[:1], reason)


def _enable(world: World, account: Object, *, enabled: bool) -> None:
    previous = {name: account[name] for name in ("charges_enabled", "payouts_enabled", "details_submitted")}
    account |= {"charges_enabled": enabled, "payouts_enabled": enabled, "details_submitted": True}
    account["capabilities"] = dict.fromkeys(account["capabilities"], "active" if enabled else "inactive")
    account["requirements"] = _requirements((), None)
    world.emit(account["id"], "account.updated", account, previous)


def fail_payouts(world: World, account: Object) -> None:
    """The bank sent a payout back: none is sent any more until the owner has corrected the bank account."""
    account["external_accounts"]["data"][0]["status"] = "errored"
    account["payouts_enabled"] = False
    payouts.fail_newest(world, account["id"])
    world.emit(account["id"], "account.external_account.updated", account["external_accounts"]["data"][0])


def close(world: World, account: Object) -> None:
    """The owner closes an account, or lets the platform see it no more."""
    world.emit(
        account["id"], "account.application.deauthorized", {"id": "ca_coalition", "object": "application", "name": None}
    )
    world.drop(account)


def _reachable(call: Call) -> Object:
    """A connected account of this platform."""
    account = call.world.objects.get(call.ids[0])
    if account is None or account["object"] != "account":
        raise NotYourKey(
            f"The provided key does not have access to account '{call.ids[0]}' (or that account does not exist). "
            f"Application access may have been revoked.",
            code="account_invalid",
        )
    return account


def retrieve(call: Call) -> Object:
    """GET /v1/accounts/{id}"""
    return _reachable(call)


def create_link(call: Call) -> Object:
    """POST /v1/account_links: where the owner fills in what Stripe needs. The link is good for some minutes, once."""
    account_id = call.args["account"]
    account = call.world.objects.get(account_id)
    if account is None or account["object"] != "account":
        raise ResourceMissing("account", account_id, "account")
    token = call.world.new_id("request")[4:]
    call.world.links[token] = (account_id, call.args.get("return_url", ""), call.world.now + LINK_SECONDS)
    return {
        "object": "account_link",
        "created": call.world.now,
        "expires_at": call.world.now + LINK_SECONDS,
        "url": f"{call.world.base_url}/_hosted/onboarding/{token}",
    }
