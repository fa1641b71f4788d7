"""Collecting from those who owe: mandates, bank debits that take days, cards, returns weeks later, refunds."""

import pytest
import stripe

from tests.support.stripe import Control, Town


def debit_of(client: stripe.StripeClient, payment: str) -> stripe.PaymentIntent:
    return client.v1.payment_intents.retrieve(payment, {"expand": ["latest_charge.balance_transaction"]})


def mandate_of(client: stripe.StripeClient, customer: str) -> stripe.Mandate:
    mandate = client.v1.setup_intents.list({"customer": customer, "expand": ["data.mandate"]}).data[0].mandate
    assert isinstance(mandate, stripe.Mandate)
    return mandate


def refund_of(client: stripe.StripeClient, charge: object) -> stripe.Refund:
    refunds = client.v1.charges.retrieve(str(charge)).refunds
    assert refunds
    return refunds.data[0]


def test_a_sepa_debit_is_in_processing_for_five_working_days_and_then_paid(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    payment = town.charge(10_000, "pm_success_de", transfer_group="window-1")
    assert payment.status == "processing"
    assert (town.pending(), town.available()) == (9_965, 0)
    control.days(6)  # from Monday: the weekend does not count
    assert debit_of(client, payment.id).status == "processing"
    control.days(1)
    paid = debit_of(client, payment.id)
    assert (paid.status, paid.amount_received, paid.latest_charge.transfer_group) == ("succeeded", 10_000, "window-1")
    assert town.available() == 0
    control.days(1)
    assert (town.pending(), town.available()) == (0, 9_965)


@pytest.mark.parametrize(
    ("paying_by", "code"),
    [
        ("pm_failed_de", "debit_not_authorized"),
        ("pm_insufficientFunds_de", "insufficient_funds"),
        ("pm_exceedsWeeklyVolumeLimit_de", "charge_exceeds_source_limit"),
        ("pm_insufficientFunds_at", "insufficient_funds"),
    ],
)
def test_a_debit_that_fails_does_so_days_later_and_takes_back_what_was_pending(
    client: stripe.StripeClient, control: Control, town: Town, paying_by: str, code: str
) -> None:
    payment = town.charge(10_000, paying_by)
    assert payment.status == "processing"
    control.days(7)
    failed = client.v1.payment_intents.retrieve(payment.id, {"expand": ["latest_charge"]})
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error
    assert (failed.last_payment_error.code, failed.latest_charge.failure_code) == (code, code)
    # What it earned Stripe it gives back; what a failure costs it keeps.
    assert (town.pending(), town.available()) == (0, -350)
    (taken_back,) = client.v1.balance_transactions.list({"type": "payment_failure_refund"}).data
    assert taken_back.id == failed.latest_charge.failure_balance_transaction
    assert (taken_back.type, taken_back.reporting_category) == ("payment_failure_refund", "charge_failure")
    assert (taken_back.amount, taken_back.net) == (-10_000, -10_000 + 35 - 350)


def test_a_delayed_debit_is_known_after_fourteen_working_days(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    payment = town.charge(10_000, "pm_failedDelayed_de")
    control.days(17)
    assert debit_of(client, payment.id).status == "processing"
    control.days(1)
    assert debit_of(client, payment.id).status == "requires_payment_method"


def test_an_ach_debit_takes_dollars_and_four_working_days(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    payment = town.charge(200_000, "pm_usBankAccount_success", "usd")
    assert town.pending("usd") == 200_000 - 500
    control.days(4)
    assert debit_of(client, payment.id).status == "succeeded"


def test_a_payment_is_canceled_only_while_nothing_is_under_way(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    payment = town.charge(10_000, "pm_failed_de")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.cancel(payment.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    control.days(8)
    assert client.v1.payment_intents.cancel(payment.id).status == "canceled"


def test_money_of_a_debit_without_an_outcome_never_becomes_available(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    payment = town.charge(10_000, "pm_usBankAccount_processing", "usd")
    control.days(60)
    assert (town.pending("usd"), town.available("usd")) == (9_920, 0)
    control(f"payments/{payment.id}/settle")
    control.days(1)
    assert (town.pending("usd"), town.available("usd")) == (0, 9_920)


def test_a_debit_that_is_settled_by_hand_is_not_settled_again_by_time(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    payment = town.charge(10_000)
    control(f"payments/{payment.id}/settle")
    control(f"payments/{payment.id}/settle", status=400)
    control(f"payments/{payment.id}/fail", status=400, code="account_closed")
    control.days(20)
    kinds = [each.type for each in client.v1.events.list({"limit": 100}).data]
    assert kinds.count("payment_intent.succeeded") == 1


def test_no_debit_without_a_mandate(client: stripe.StripeClient) -> None:
    wish = {"amount": 1000, "currency": "eur", "payment_method": "pm_success_de", "confirm": True}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(wish)
    assert (refused.value.code, refused.value.param) == ("parameter_missing", "mandate_data")
    assert client.v1.events.list({"type": "payment_intent.*"}).data == []


def test_no_debit_under_a_mandate_that_was_withdrawn(client: stripe.StripeClient, control: Control, town: Town) -> None:
    customer, method = town.debtor()
    assert mandate_of(client, customer).status == "active"
    control(f"mandates/{mandate_of(client, customer).id}/revoke")
    assert mandate_of(client, customer).status == "inactive"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(
            {"amount": 1000, "currency": "eur", "customer": customer, "payment_method": method, "confirm": True}
        )
    assert refused.value.code == "payment_intent_mandate_invalid"


def test_a_card_is_charged_at_once_and_available_two_days_later(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    payment = town.charge(10_000, "pm_card_visa")
    assert payment.status == "succeeded"
    posted = debit_of(client, payment.id).latest_charge.balance_transaction
    assert (posted.type, posted.fee, posted.net, posted.status) == ("charge", 175, 9_825, "pending")
    control.days(3)
    assert town.available() == 9_825


@pytest.mark.parametrize(
    ("paying_by", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_authenticationRequired", "authentication_required", "authentication_required"),
    ],
)
def test_a_card_that_is_refused_is_an_error_that_carries_the_payment(
    client: stripe.StripeClient, paying_by: str, code: str, decline_code: str | None
) -> None:
    with pytest.raises(stripe.CardError) as refused:
        client.v1.payment_intents.create(
            {"amount": 5000, "currency": "eur", "payment_method": paying_by, "confirm": True, "off_session": True}
        )
    error = refused.value.error
    assert error
    assert error.payment_intent
    assert (refused.value.code, error.decline_code) == (code, decline_code)
    assert client.v1.payment_intents.retrieve(error.payment_intent.id).status == "requires_payment_method"
    assert [each.status for each in client.v1.charges.list().data] == ["failed"]
    assert client.v1.balance_transactions.list().data == []


def test_the_owner_who_is_present_is_asked_to_authenticate(client: stripe.StripeClient) -> None:
    payment = client.v1.payment_intents.create(
        {"amount": 5000, "currency": "eur", "payment_method": "pm_card_authenticationRequired", "confirm": True}
    )
    assert payment.status == "requires_action"
    assert client.v1.payment_intents.cancel(payment.id).status == "canceled"


def test_a_debit_returned_weeks_later_is_a_lost_dispute_and_may_leave_the_balance_negative(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    payment = town.charge(10_000)
    control.days(8)
    account = town.creditor()
    client.v1.transfers.create({"amount": 9_965, "currency": "eur", "destination": account})
    control.days(40)
    control(f"payments/{payment.id}/dispute", reason="debit_not_authorized")
    dispute = client.v1.disputes.list({"payment_intent": payment.id}).data[0]
    assert (dispute.status, dispute.amount, dispute.reason) == ("lost", 10_000, "debit_not_authorized")
    taken = dispute.balance_transactions[0]
    assert (taken.reporting_category, taken.amount, taken.fee, taken.net) == ("dispute", -10_000, 750, -10_750)
    assert town.available() == -10_750
    assert client.v1.charges.retrieve(str(payment.latest_charge)).disputed
    assert mandate_of(client, str(payment.customer)).status == "inactive"


def test_a_payment_is_disputed_once(client: stripe.StripeClient, control: Control, town: Town) -> None:
    payment = town.charge(10_000, "pm_card_visa")
    control(f"payments/{payment.id}/dispute", reason="fraudulent")
    control(f"payments/{payment.id}/dispute", reason="fraudulent", status=400)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": payment.id})
    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize(("won", "left"), [(True, 9_825 - 2_000), (False, -175 - 2_000)])
def test_a_card_dispute_is_decided_once(
    client: stripe.StripeClient, control: Control, town: Town, *, won: bool, left: int
) -> None:
    payment = town.charge(10_000, "pm_card_createDispute")
    control.days(4)
    dispute = client.v1.disputes.list({"payment_intent": payment.id}).data[0]
    assert dispute.status == "needs_response"
    control(f"disputes/{dispute.id}/decide", won=won)
    control(f"disputes/{dispute.id}/decide", won=won, status=400)
    assert client.v1.disputes.list().data[0].status == ("won" if won else "lost")
    assert town.available() == left


def test_a_payment_method_behaves_as_it_is_told(client: stripe.StripeClient, control: Control, town: Town) -> None:
    customer, method = town.debtor()
    control(f"payment_methods/{method}", dispute="insufficient_funds", dispute_days=28)
    payment = client.v1.payment_intents.create(
        {"amount": 1000, "currency": "eur", "customer": customer, "payment_method": method, "confirm": True}
    )
    control.days(34)
    assert client.v1.disputes.list().data == []
    control.days(1)
    assert client.v1.disputes.list().data[0].payment_intent == payment.id


def test_a_refund_to_a_card_is_done_at_once_and_never_more_than_was_paid(
    client: stripe.StripeClient, town: Town
) -> None:
    payment = town.charge(10_000, "pm_card_visa")
    assert client.v1.refunds.create({"payment_intent": payment.id, "amount": 4_000}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create({"payment_intent": payment.id, "amount": 6_001})
    client.v1.refunds.create({"charge": str(payment.latest_charge)})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": payment.id, "amount": 1})
    assert refused.value.code == "charge_already_refunded"
    assert town.available() == -10_000


def test_a_refund_to_a_bank_account_is_pending_and_may_come_back(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    payment = town.charge(10_000)
    with pytest.raises(stripe.InvalidRequestError, match="not succeeded"):
        client.v1.refunds.create({"payment_intent": payment.id})
    control.days(8)
    first = client.v1.refunds.create({"payment_intent": payment.id, "amount": 2_500})
    assert (first.status, town.available()) == ("pending", 7_465)
    control.days(6)
    assert refund_of(client, payment.latest_charge).status == "succeeded"
    control(f"refunds/{first.id}/fail", code="expired_or_canceled_card")
    assert refund_of(client, payment.latest_charge).status == "failed"
    assert town.available() == 9_965


def test_a_payment_method_pays_only_for_its_customer(client: stripe.StripeClient, town: Town) -> None:
    _, method = town.debtor("pm_card_visa")
    wish = {"amount": 1000, "currency": "eur", "payment_method": method, "confirm": True}
    with pytest.raises(stripe.InvalidRequestError, match="belongs to the Customer"):
        client.v1.payment_intents.create(wish)


def test_a_payment_that_is_confirmed_later_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="confirm=true"):
        client.v1.payment_intents.create({"amount": 1000, "currency": "eur", "payment_method": "pm_card_visa"})
