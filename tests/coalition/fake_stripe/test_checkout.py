"""Checkout sessions: saving a payment method, topping up a deposit, and pages that are left alone."""

from typing import Any

import httpx2 as httpx
import pytest
import stripe

from tests.support.stripe import Control, Town

PRICE = {"currency": "eur", "unit_amount": 25_000, "product_data": {"name": "Deposit"}}
DOLLARS = {**PRICE, "currency": "usd"}
SETUP = {"mode": "setup", "success_url": "https://example.com/ok?s={CHECKOUT_SESSION_ID}", "currency": "eur"}
TOP_UP = {
    "mode": "payment",
    "success_url": "https://example.com/ok",
    "line_items": [{"price_data": PRICE, "quantity": 2}],
    "payment_intent_data": {"metadata": {"shop": "7"}, "transfer_group": "deposit-7"},
}


def test_in_setup_mode_a_mandate_and_a_payment_method_are_saved(client: stripe.StripeClient, control: Control) -> None:
    customer = client.v1.customers.create().id
    session = client.v1.checkout.sessions.create({**SETUP, "customer": customer})
    assert session.payment_method_types == ["card", "sepa_debit"]
    control(f"checkout/{session.id}/complete", payment_method="pm_success_de")
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.mandate"]})
    assert (done.status, done.setup_intent.status, done.setup_intent.mandate.status) == (
        "complete",
        "succeeded",
        "active",
    )
    assert client.v1.payment_methods.list({"customer": customer}).data[0].id == done.setup_intent.payment_method


def test_a_top_up_by_card_is_paid_when_the_page_is_done(client: stripe.StripeClient, control: Control) -> None:
    session = client.v1.checkout.sessions.create(TOP_UP)
    assert (session.amount_total, session.payment_status, session.payment_intent) == (50_000, "unpaid", None)
    control(f"checkout/{session.id}/complete", payment_method="pm_card_visa")
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (done.status, done.payment_status) == ("complete", "paid")
    assert (done.payment_intent.metadata["shop"], done.payment_intent.transfer_group) == ("7", "deposit-7")


@pytest.mark.parametrize(
    ("paying_by", "event_type", "payment_status"),
    [
        ("pm_success_de", "checkout.session.async_payment_succeeded", "paid"),
        ("pm_insufficientFunds_de", "checkout.session.async_payment_failed", "unpaid"),
    ],
)
def test_a_top_up_by_bank_debit_is_complete_at_once_and_known_days_later(
    client: stripe.StripeClient, control: Control, paying_by: str, event_type: str, payment_status: str
) -> None:
    session = client.v1.checkout.sessions.create(TOP_UP)
    control(f"checkout/{session.id}/complete", payment_method=paying_by)
    done = client.v1.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    control.days(8)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == payment_status
    kinds = [each.type for each in client.v1.events.list({"type": "checkout.session.*"}).data]
    assert kinds == [event_type, "checkout.session.completed"]


def test_a_card_that_is_refused_leaves_the_page_open_for_another(client: stripe.StripeClient, control: Control) -> None:
    session = client.v1.checkout.sessions.create(TOP_UP)
    control(f"checkout/{session.id}/complete", payment_method="pm_card_chargeDeclined", status=402)
    first = client.v1.checkout.sessions.retrieve(session.id)
    assert first.status == "open"
    control(f"checkout/{session.id}/complete", payment_method="pm_card_visa")
    assert client.v1.checkout.sessions.retrieve(session.id).payment_intent == first.payment_intent
    control(f"checkout/{session.id}/complete", payment_method="pm_card_visa", status=400)


def test_a_card_whose_owner_must_be_there_works_on_the_page(client: stripe.StripeClient, control: Control) -> None:
    session = client.v1.checkout.sessions.create(TOP_UP)
    control(f"checkout/{session.id}/complete", payment_method="pm_card_authenticationRequired")
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_page_that_is_left_alone_expires_after_a_day(client: stripe.StripeClient, control: Control) -> None:
    session = client.v1.checkout.sessions.create({**SETUP, "customer": client.v1.customers.create().id})
    control.days(1)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    control(f"checkout/{session.id}/complete", payment_method="pm_success_de", status=400)


def test_people_finish_the_page_in_a_browser(client: stripe.StripeClient) -> None:
    session = client.v1.checkout.sessions.create({**SETUP, "customer": client.v1.customers.create().id})
    assert session.url
    assert "pm_success_de" in httpx.get(session.url).text
    refused = httpx.post(session.url, data={"payment_method": "pm_card_chargeDeclined"})
    assert "declined" in refused.text
    answer = httpx.post(session.url, data={"payment_method": "pm_success_de"})
    assert answer.headers["location"] == f"https://example.com/ok?s={session.id}"
    assert httpx.get(session.url).status_code == 410
    top_up = client.v1.checkout.sessions.create({**TOP_UP, "cancel_url": "https://example.com/no"})
    assert top_up.url
    assert "50000 eur" in httpx.get(top_up.url).text


def test_types_that_do_not_fit_the_currency_fall_out(client: stripe.StripeClient) -> None:
    wish = {**TOP_UP, "allowed_payment_method_types": ["us_bank_account", "sepa_debit"]}
    assert client.v1.checkout.sessions.create(wish).payment_method_types == ["sepa_debit"]
    with pytest.raises(stripe.InvalidRequestError, match="No payment method type is left"):
        client.v1.checkout.sessions.create({**TOP_UP, "allowed_payment_method_types": ["us_bank_account"]})


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"mode": "setup", "currency": "eur"}, "success_url"),
        ({"mode": "setup", "success_url": "https://x"}, "currency"),
        ({"mode": "subscription", "success_url": "https://x"}, "not in this fake"),
        ({**TOP_UP, "line_items": []}, "line_items"),
        ({**TOP_UP, "line_items": [{"price_data": {"currency": "eur", "product_data": {"name": "x"}}}]}, "unit_amount"),
        (
            {**TOP_UP, "line_items": [{"price_data": PRICE}, {"price_data": {**PRICE, "currency": "usd"}}]},
            "one currency",
        ),
        ({**SETUP, "customer": "cus_nobody"}, "No such customer"),
    ],
)
def test_a_page_that_lacks_something_is_refused(client: stripe.StripeClient, wish: Any, message: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=message):
        client.v1.checkout.sessions.create(wish)
    assert client.v1.checkout.sessions.list().data == []


def test_a_page_takes_only_the_types_that_it_shows(client: stripe.StripeClient, control: Control) -> None:
    session = client.v1.checkout.sessions.create({**TOP_UP, "allowed_payment_method_types": ["sepa_debit"]})
    control(f"checkout/{session.id}/complete", payment_method="pm_card_visa", status=400)


def test_a_card_that_is_refused_is_not_saved(client: stripe.StripeClient, control: Control) -> None:
    customer = client.v1.customers.create().id
    session = client.v1.checkout.sessions.create({**SETUP, "customer": customer})
    control(f"checkout/{session.id}/complete", payment_method="pm_card_chargeDeclined", status=402)
    (intent,) = client.v1.setup_intents.list({"customer": customer}).data
    assert intent.last_setup_error
    assert (intent.status, intent.last_setup_error.code) == ("requires_payment_method", "card_declined")
    assert client.v1.payment_methods.list({"customer": customer}).data == []


def test_a_payment_method_belongs_to_one_customer(client: stripe.StripeClient, control: Control, town: Town) -> None:
    owner, method = town.debtor()
    other = client.v1.customers.create().id
    session = client.v1.checkout.sessions.create({**SETUP, "customer": other})
    control(f"checkout/{session.id}/complete", payment_method=method, status=400)
    assert client.v1.payment_methods.list({"customer": other}).data == []
    assert [each.id for each in client.v1.payment_methods.list({"customer": owner}).data] == [method]


def test_a_payment_method_that_is_detached_is_nobodys(client: stripe.StripeClient, town: Town) -> None:
    owner, method = town.debtor()
    assert client.v1.payment_methods.detach(method).customer is None
    assert client.v1.payment_methods.list({"customer": owner}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        client.v1.payment_methods.detach(method)
