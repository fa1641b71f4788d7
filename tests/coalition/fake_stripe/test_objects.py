"""What all objects have in common: metadata, lists of what belongs together, and books that are closed to others."""

import pytest
import stripe

from tests.support.stripe import Control, Town


def test_objects_are_listed_by_what_they_belong_to(client: stripe.StripeClient, control: Control, town: Town) -> None:
    v1 = client.v1
    control("funds", amount=10_000, currency="eur")
    first, second = town.charge(2_000, "pm_card_visa"), town.charge(2_000, "pm_card_visa")
    accounts = [town.creditor(), town.creditor()]
    sent = [v1.transfers.create({"amount": 100, "currency": "eur", "destination": each}) for each in accounts]
    assert [each.payment_intent for each in v1.charges.list({"customer": str(second.customer)}).data] == [second.id]
    assert [each.id for each in v1.charges.list({"payment_intent": first.id}).data] == [first.latest_charge]
    assert [each.id for each in v1.transfers.list({"destination": accounts[0]}).data] == [sent[0].id]
    posted = v1.balance_transactions.list({"source": str(first.latest_charge)}).data
    assert [each.type for each in posted] == ["charge"]
    assert [each.type for each in v1.balance_transactions.list({"type": "transfer"}).data] == ["transfer"] * 2


def test_metadata_stay_with_what_was_made_with_them(client: stripe.StripeClient, control: Control, town: Town) -> None:
    v1 = client.v1
    control("funds", amount=10_000, currency="eur")
    tags = {"metadata": {"leg": "7", "empty": ""}}
    payment = town.charge(2_000, "pm_card_visa", **tags)
    transfer = v1.transfers.create({"amount": 100, "currency": "eur", "destination": town.creditor(), **tags})
    made = [
        payment,
        v1.charges.retrieve(str(payment.latest_charge)),
        transfer,
        v1.transfers.reversals.create(transfer.id, tags),
        v1.customers.create(tags),
        v1.accounts.create(tags),
    ]
    for each in made:
        assert each.metadata
        assert each.metadata.to_dict() == {"leg": "7"}


def test_one_accounts_objects_are_not_found_in_anothers_books(client: stripe.StripeClient, town: Town) -> None:
    payment = town.charge(100, "pm_card_visa")
    theirs: stripe.RequestOptions = {"stripe_account": town.creditor()}
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        client.v1.payment_intents.retrieve(payment.id, options=theirs)
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        client.v1.refunds.create({"charge": str(payment.latest_charge)}, theirs)
    assert client.v1.charges.list(options=theirs).data == []
    assert client.v1.balance_transactions.list(options=theirs).data == []


def test_a_customer_is_found_by_address_and_by_id(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Bakery", "email": "a@example.com"})
    client.v1.customers.create({"email": "b@example.com"})
    assert [each.name for each in client.v1.customers.list({"email": "a@example.com"}).data] == ["Bakery"]
    assert client.v1.customers.retrieve(customer.id).name == "Bakery"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.customers.retrieve("cus_nobody")
    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)
