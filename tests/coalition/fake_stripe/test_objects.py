"""What all objects have in common: metadata, lists of what belongs together, and books that are closed to others."""

import pytest
import stripe

from tests.support.stripe import Control, Town

TAG = {"metadata": {"leg": "7"}}


def test_metadata_can_be_set_on_whatever_has_it(client: stripe.StripeClient, control: Control, town: Town) -> None:
    v1 = client.v1
    control("funds", amount=10_000, currency="eur")
    payment = town.charge(2_000, "pm_card_createDispute")
    other = town.charge(2_000, "pm_card_visa")
    transfer = v1.transfers.create({"amount": 100, "currency": "eur", "destination": town.creditor()})
    changed = [
        v1.charges.update(str(payment.latest_charge), TAG),
        v1.checkout.sessions.update(v1.checkout.sessions.list().data[0].id, TAG),
        v1.customers.update(str(payment.customer), TAG),
        v1.disputes.update(v1.disputes.list().data[0].id, TAG),
        v1.payment_intents.update(payment.id, TAG),
        v1.payment_methods.update(str(payment.payment_method), TAG),
        v1.payouts.update(v1.payouts.create({"amount": 100, "currency": "eur"}).id, TAG),
        v1.refunds.update(v1.refunds.create({"payment_intent": other.id}).id, TAG),
        v1.setup_intents.update(v1.setup_intents.list().data[0].id, TAG),
        v1.transfers.update(transfer.id, TAG),
    ]
    for each in changed:
        assert each.metadata
        assert each.metadata["leg"] == "7"


def test_objects_are_listed_by_what_they_belong_to(client: stripe.StripeClient, control: Control, town: Town) -> None:
    v1 = client.v1
    control("funds", amount=10_000, currency="eur")
    first, second = town.charge(2_000, "pm_card_visa"), town.charge(2_000, "pm_card_visa")
    accounts = [town.creditor(), town.creditor()]
    sent = [v1.transfers.create({"amount": 100, "currency": "eur", "destination": each}) for each in accounts]
    for each in sent:
        v1.transfers.reversals.create(each.id)
    for each in (first, second):
        v1.refunds.create({"payment_intent": each.id})
    assert [each.id for each in v1.payment_intents.list({"customer": str(first.customer)}).data] == [first.id]
    assert [each.id for each in v1.charges.list({"payment_intent": first.id}).data] == [first.latest_charge]
    assert [each.payment_intent for each in v1.refunds.list({"payment_intent": first.id}).data] == [first.id]
    assert [each.id for each in v1.transfers.list({"destination": accounts[0]}).data] == [sent[0].id]
    assert [each.transfer for each in v1.transfers.reversals.list(sent[0].id).data] == [sent[0].id]
    posted = v1.balance_transactions.list({"source": str(first.latest_charge)}).data
    assert [each.type for each in posted] == ["charge"]
    assert [each.type for each in v1.balance_transactions.list({"type": "transfer"}).data] == ["transfer"] * 2


def test_another_customers_payment_method_is_not_found_among_ones_own(client: stripe.StripeClient, town: Town) -> None:
    customer, method = town.debtor()
    other, _ = town.debtor()
    assert client.v1.customers.payment_methods.retrieve(customer, method).id == method
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_method"):
        client.v1.customers.payment_methods.retrieve(other, method)


def test_one_accounts_objects_are_not_found_in_anothers_books(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    control("funds", amount=1_000, currency="eur")
    theirs = {"stripe_account": town.creditor()}
    payout = client.v1.payouts.create({"amount": 100, "currency": "eur"})
    with pytest.raises(stripe.InvalidRequestError, match="No such payout"):
        client.v1.payouts.retrieve(payout.id, options=theirs)
    assert client.v1.payouts.list(options=theirs).data == []


def test_billing_details_are_changed_part_by_part(client: stripe.StripeClient, town: Town) -> None:
    _, method = town.debtor()
    client.v1.payment_methods.update(method, {"billing_details": {"email": "a@example.com"}})
    changed = client.v1.payment_methods.update(method, {"billing_details": {"name": "Bakery"}})
    assert (changed.billing_details.email, changed.billing_details.name) == ("a@example.com", "Bakery")


def test_a_dispute_can_be_accepted(client: stripe.StripeClient, town: Town) -> None:
    town.charge(2_000, "pm_card_createDispute")
    (dispute,) = client.v1.disputes.list().data
    assert client.v1.disputes.close(dispute.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.disputes.close(dispute.id)
    assert refused.value.code == "dispute_unexpected_state"
