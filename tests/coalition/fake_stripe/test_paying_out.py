"""Paying those who are owed: from what is available, back again, and out to their banks."""

from typing import Any

import pytest
import stripe

from tests.support.stripe import EXPRESS, Control, Town


def test_a_transfer_moves_available_money_and_keeps_its_group(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    control("funds", amount=10_000, currency="eur")
    account = town.creditor()
    transfer = client.v1.transfers.create(
        {"amount": 4_000, "currency": "eur", "destination": account, "transfer_group": "w1", "metadata": {"leg": "3"}}
    )
    assert (town.available(), town.available(account=account)) == (6_000, 4_000)
    assert [each.id for each in client.v1.transfers.list({"transfer_group": "w1"}).data] == [transfer.id]
    assert client.v1.transfers.list({"transfer_group": "w2"}).data == []
    assert "arrival" in str(control(f"payments/{transfer.destination_payment}/settle", status=400))


def test_what_is_pending_cannot_be_transferred(client: stripe.StripeClient, town: Town) -> None:
    town.charge(10_000, "pm_card_visa")
    account = town.creditor()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.transfers.create({"amount": 1, "currency": "eur", "destination": account})
    assert refused.value.code == "balance_insufficient"
    assert client.v1.transfers.list().data == []


def test_a_reversal_brings_back_no_more_than_was_sent(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    control("funds", amount=10_000, currency="eur")
    account = town.creditor()
    transfer = client.v1.transfers.create({"amount": 10_000, "currency": "eur", "destination": account})
    client.v1.transfers.reversals.create(transfer.id, {"amount": 3_000})
    assert (town.available(), town.available(account=account)) == (3_000, 7_000)
    with pytest.raises(stripe.InvalidRequestError, match="more than the 7000"):
        client.v1.transfers.reversals.create(transfer.id, {"amount": 7_001})
    last = client.v1.transfers.reversals.create(transfer.id)
    after = client.v1.transfers.retrieve(transfer.id)
    assert (after.reversed, after.amount_reversed) == (True, 10_000)
    assert [each.amount for each in after.reversals.data] == [7_000, 3_000]
    listed = client.v1.balance_transactions.list({"expand": ["data.source"]}, {"stripe_account": account}).data
    refund = listed[0].source
    assert isinstance(refund, stripe.Refund)
    assert (refund.id, refund.amount) == (last.destination_payment_refund, 7_000)
    assert refund.transfer_reversal == last.id
    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        client.v1.transfers.reversals.create(transfer.id)


def test_money_that_was_paid_out_cannot_be_reversed(client: stripe.StripeClient, control: Control, town: Town) -> None:
    control("funds", amount=10_000, currency="eur")
    account = town.creditor()
    transfer = client.v1.transfers.create({"amount": 10_000, "currency": "eur", "destination": account})
    client.v1.payouts.create({"amount": 9_000, "currency": "eur"}, {"stripe_account": account})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.transfers.reversals.create(transfer.id)
    assert refused.value.code == "balance_insufficient"


def test_a_payout_arrives_two_working_days_later(client: stripe.StripeClient, control: Control, town: Town) -> None:
    control("funds", amount=10_000, currency="eur")
    payout = client.v1.payouts.create({"amount": 4_000, "currency": "eur"})
    client.v1.payouts.create({"amount": 6_000, "currency": "eur"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payouts.create({"amount": 1, "currency": "eur"})
    assert refused.value.code == "balance_insufficient"
    control.days(1)
    assert client.v1.events.list({"type": "payout.paid"}).data == []
    control.days(2)
    second, first = (each.data.object for each in client.v1.events.list({"type": "payout.paid"}).data)
    assert (first["id"], first["status"], first["amount"]) == (payout.id, "paid", 4_000)
    assert (second["amount"], town.available()) == (6_000, 0)


def test_an_account_on_the_usual_schedule_is_paid_out_by_itself_every_day(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    control("funds", amount=10_000, currency="eur")
    both: Any = {name: {"requested": True} for name in ("card_payments", "transfers")}
    account = client.v1.accounts.create({"controller": EXPRESS, "capabilities": both}).id
    control(f"accounts/{account}/onboard")
    theirs: stripe.RequestOptions = {"stripe_account": account}
    for amount in (1_000, 2_000):
        client.v1.transfers.create({"amount": amount, "currency": "eur", "destination": account})
    control.days(1)
    listed = client.v1.balance_transactions.list({"type": "payout", "expand": ["data.source"]}, theirs).data
    payout = listed[0].source
    assert isinstance(payout, stripe.Payout)
    assert (payout.automatic, payout.amount, town.available(account=account)) == (True, 3_000, 0)
    client.v1.transfers.create({"amount": 500, "currency": "eur", "destination": account})
    control.days(1)
    listed = client.v1.balance_transactions.list({"type": "payout"}, theirs).data
    assert [each.net for each in listed] == [-500, -3_000]


def test_every_balance_is_the_sum_of_its_transactions(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    account = town.creditor()
    payments = [town.charge(20_000, each) for each in ("pm_success_de", "pm_card_visa", "pm_failed_de")]
    control.days(8)
    client.v1.refunds.create({"payment_intent": payments[1].id, "amount": 700})
    transfer = client.v1.transfers.create({"amount": 9_000, "currency": "eur", "destination": account})
    client.v1.transfers.reversals.create(transfer.id, {"amount": 1_500})
    control(f"payments/{payments[0].id}/dispute", reason="insufficient_funds")
    client.v1.payouts.create({"amount": 500, "currency": "eur"}, {"stripe_account": account})
    town.charge(20_000)
    for owner in (None, account):
        options: stripe.RequestOptions = {"stripe_account": owner} if owner else {}
        posted = client.v1.balance_transactions.list({"limit": 100}, options).data
        balance = {"available": town.available(account=owner), "pending": town.pending(account=owner)}
        for status, amount in balance.items():
            assert sum(each.net for each in posted if each.status == status) == amount
        assert all(each.net == each.amount - each.fee for each in posted)
