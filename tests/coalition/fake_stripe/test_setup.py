"""Saving payment methods without Checkout, and what a customer has."""

import pytest
import stripe

from tests.support.stripe import Control, Town

AGREED = {"customer_acceptance": {"type": "offline"}}


def test_a_setup_intent_saves_a_bank_account_with_its_owners_agreement(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create().id
    wish = {"customer": customer, "confirm": True, "payment_method": "pm_usBankAccount_success"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.setup_intents.create(wish)
    assert refused.value.param == "mandate_data"
    assert client.v1.setup_intents.list().data == []
    intent = client.v1.setup_intents.create({**wish, "mandate_data": AGREED})
    assert intent.status == "succeeded"
    assert client.v1.customers.payment_methods.list(customer).data[0].id == intent.payment_method


def test_a_setup_intent_is_confirmed_later_or_canceled(client: stripe.StripeClient) -> None:
    intent = client.v1.setup_intents.create({"customer": client.v1.customers.create().id})
    iban = {"type": "sepa_debit", "sepa_debit": {"iban": "DE08370400440532013003"}}
    done = client.v1.setup_intents.confirm(intent.id, {"payment_method_data": iban, "mandate_data": AGREED})
    assert done.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.setup_intents.cancel(intent.id)
    assert refused.value.code == "setup_intent_unexpected_state"
    assert client.v1.setup_intents.cancel(client.v1.setup_intents.create().id).status == "canceled"


def test_a_card_that_is_refused_is_not_saved(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as refused:
        client.v1.setup_intents.create({"confirm": True, "payment_method": "pm_card_chargeDeclined"})
    assert refused.value.error
    assert refused.value.error.setup_intent
    assert refused.value.error.setup_intent.status == "requires_payment_method"


def test_a_documented_iban_behaves_like_its_token(client: stripe.StripeClient, control: Control) -> None:
    iban = {"type": "sepa_debit", "sepa_debit": {"iban": "DE65 3704 0044 0002 2222 27"}}
    payment = client.v1.payment_intents.create(
        {"amount": 900, "currency": "eur", "confirm": True, "payment_method_data": iban, "mandate_data": AGREED}
    )
    control.days(8)
    failed = client.v1.payment_intents.retrieve(payment.id)
    assert failed.last_payment_error
    assert failed.last_payment_error.code == "insufficient_funds"


def test_a_payment_method_belongs_to_one_customer_until_it_is_detached(client: stripe.StripeClient, town: Town) -> None:
    _, method = town.debtor()
    other = client.v1.customers.create().id
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        client.v1.payment_methods.attach(method, {"customer": other})
    assert client.v1.payment_methods.detach(method).customer is None
    assert client.v1.payment_methods.attach(method, {"customer": other}).customer == other


def test_card_numbers_never_reach_the_server(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="unsafe"):
        client.v1.payment_methods.create({"type": "card", "card": {"token": "4242424242424242"}})
    assert client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).card


def test_a_customer_is_changed_found_and_deleted(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Bakery", "email": "a@example.com", "metadata": {"shop": "1"}})
    client.v1.customers.update(customer.id, {"name": "Baker", "metadata": ""})
    found = client.v1.customers.list({"email": "a@example.com"}).data[0]
    assert (found.name, found.metadata.to_dict() if found.metadata else None) == ("Baker", {})
    assert client.v1.customers.delete(customer.id).deleted
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.customers.retrieve(customer.id)
    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)
