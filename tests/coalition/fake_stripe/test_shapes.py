"""Whatever the fake returns has the keys and kinds of Stripe's published samples and of the library's own classes."""

import json
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import stripe

from tests.support.stripe import EXPRESS, Control, Town

SAMPLES = json.loads((Path(__file__).parent / "samples.json").read_text())
"""Stripe's published sample of each object, from its OpenAPI repository, August 2026."""


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of the kind that an annotation of the library's describes; enumerations are closed."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        words = [word for each in inner if get_origin(each) is Literal for word in get_args(each)]
        if words and isinstance(value, str):
            return value in words
        return any(fits(value, each) for each in inner)
    if origin is Literal:
        return value in inner
    if origin is list:
        return isinstance(value, list) and all(fits(each, inner[0]) for each in value)
    return type(value) is hint if hint in (int, str, bool, NoneType) else isinstance(value, stripe.StripeObject)


def against_library(thing: Any, where: str) -> list[str]:
    """How an object of the library differs from what its class declares, everything within it included."""
    if isinstance(thing, list):
        return [problem for n, each in enumerate(thing) for problem in against_library(each, f"{where}[{n}]")]
    if not isinstance(thing, stripe.StripeObject):
        return []
    declared: dict[str, Any] = {}
    for base in reversed(type(thing).__mro__):
        declared |= {name: hint for name, hint in getattr(base, "__annotations__", {}).items() if name[0] != "_"}
    declared.pop("OBJECT_NAME", None)
    fields = thing.to_dict(recursive=False)
    problems = []
    if declared:
        needed = {name for name, hint in declared.items() if not fits(None, hint)}
        problems += [f"{where}.{name} is not in the library" for name in fields.keys() - declared.keys() - {"object"}]
        problems += [f"{where}.{name} is missing" for name in needed - fields.keys()]
    for name, value in fields.items():
        if name in declared and not fits(value, declared[name]):
            problems.append(f"{where}.{name} is {value!r}, not {declared[name]}"[:300])
        problems += against_library(value, f"{where}.{name}")
    return problems


def against_sample(value: Any, sample: Any, where: str, *, top: bool = True) -> list[str]:
    """How a JSON value differs from a published one: keys at the top, kinds everywhere. Null fits anything."""
    if value is None or sample is None:
        return []
    if type(value) is not type(sample):
        return [f"{where} is a {type(value).__name__}, in the sample a {type(sample).__name__}"]
    problems = []
    if isinstance(value, dict):
        # The part that is named like the sample's type (`card`) belongs to that type only.
        of_type = {sample.get("type")} if sample.get("type") != value.get("type") else set()
        problems += [f"{where}.{name} is missing" for name in sample.keys() - value.keys() - of_type if top]
        for name in value.keys() & sample.keys():
            problems += against_sample(value[name], sample[name], f"{where}.{name}", top=False)
    if isinstance(value, list) and value and sample:
        problems += against_sample(value[0], sample[0], f"{where}[0]", top=False)
    return problems


def check(made: stripe.StripeObject) -> None:
    kind = made["object"]
    plain = json.loads(str(made))
    assert against_library(made, kind) == []
    assert against_sample(plain, SAMPLES[kind], kind) == []


GB_AND_AU = ("pm_bacsDebit_success", "pm_auBecsDebit_success")


class TestEveryObjectOf:
    def test_onboarding(self, client: stripe.StripeClient, control: Control, town: Town) -> None:
        new = client.v1.accounts.create({"controller": EXPRESS, "country": "FR"})
        check(new)
        check(client.v1.accounts.retrieve(town.creditor()))
        link = {"account": new.id, "type": "account_onboarding", "return_url": "https://x", "refresh_url": "https://y"}
        check(client.v1.account_links.create(link))
        control(f"accounts/{new.id}/onboard")
        check(client.v1.accounts.retrieve(new.id).external_accounts.data[0])

    def test_saving_payment_methods(self, client: stripe.StripeClient, town: Town) -> None:
        for token in ("pm_card_visa", "pm_success_de", "pm_usBankAccount_success", *GB_AND_AU):
            customer, method = town.debtor(token)
            assert client.v1.customers.list().data[0].id == customer
            check(client.v1.customers.list().data[0])
            check(client.v1.payment_methods.retrieve(method))
        for session in client.v1.checkout.sessions.list().data:
            check(session)
        for intent in client.v1.setup_intents.list().data:
            check(intent)
        expanded = client.v1.setup_intents.list({"expand": ["data.mandate"]}).data
        mandates = [each.mandate for each in expanded if each.mandate]
        assert len(mandates) == 4
        for mandate in mandates:
            check(mandate)

    def test_paying(self, client: stripe.StripeClient, control: Control, town: Town) -> None:
        payments = [
            town.charge(5000, "pm_card_visa", "usd"),
            town.charge(5000, "pm_success_de"),
            town.charge(5000, "pm_insufficientFunds_de"),
            town.charge(5000, "pm_auBecsDebit_success", "aud"),
            town.charge(5000, "pm_usBankAccount_success", "usd"),
            town.charge(5000, "pm_disputed_de"),
            town.charge(5000, "pm_card_createDispute"),
        ]
        for payment in payments:
            check(payment)
        control.days(9)
        check(client.v1.refunds.create({"payment_intent": payments[1].id, "amount": 100}))
        check(client.v1.refunds.create({"payment_intent": payments[0].id, "amount": 100}))
        for payment in payments:
            check(client.v1.payment_intents.retrieve(payment.id))
        for kind in ("charges", "disputes", "balance_transactions"):
            objects = getattr(client.v1, kind).list({"limit": 100}).data
            assert objects, kind
            for each in objects:
                check(each)

    def test_checkout_in_payment_mode(self, client: stripe.StripeClient, control: Control) -> None:
        price = {"currency": "eur", "unit_amount": 25_000, "product_data": {"name": "Deposit"}}
        session = client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "success_url": "https://example.com/ok",
                "line_items": [{"price_data": price, "quantity": 2}],
                "customer": client.v1.customers.create({"email": "bakery@example.com"}).id,
            }
        )
        check(session)
        control(f"checkout/{session.id}/complete", payment_method="pm_success_de")
        check(client.v1.checkout.sessions.retrieve(session.id))

    def test_paying_out(self, client: stripe.StripeClient, control: Control, town: Town) -> None:
        account = town.creditor()
        control("funds", amount=10_000, currency="eur")
        check(client.v1.balance.retrieve())
        transfer = client.v1.transfers.create({"amount": 4000, "currency": "eur", "destination": account})
        check(transfer)
        check(client.v1.transfers.reversals.create(transfer.id, {"amount": 1000}))
        check(client.v1.transfers.retrieve(transfer.id))
        theirs = {"stripe_account": account}
        check(client.v1.charges.retrieve(transfer.destination_payment, options=theirs))
        payout = client.v1.payouts.create({"amount": 3000, "currency": "eur"}, theirs)
        check(payout)
        check(client.v1.balance.retrieve(options=theirs))
        for each in client.v1.balance_transactions.list(options=theirs).data:
            check(each)

    def test_events(self, client: stripe.StripeClient, control: Control, town: Town) -> None:
        check(client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9", "enabled_events": ["charge.succeeded"]}))
        town.charge(5000, "pm_failed_de")
        control.days(9)
        events = client.v1.events.list({"limit": 100}).data
        assert len(events) > 8
        for event in events:
            assert against_sample(json.loads(str(event)) | {"data": {}}, SAMPLES["event"] | {"data": {}}, "event") == []
            assert against_library(event, event.type) == []
