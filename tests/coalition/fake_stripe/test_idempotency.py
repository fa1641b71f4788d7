"""One key, one effect: the first answer again, errors included, for a day."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2 as httpx
import pytest
import stripe

from coalition.fake_stripe import FakeStripe
from tests.support.stripe import Control, Town

WISH: Any = {"amount": 1000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}


def test_the_same_request_again_gets_the_same_answer_and_has_one_effect(client: stripe.StripeClient) -> None:
    first = client.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
    again = client.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
    assert str(first) == str(again)
    assert again.last_response
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.request_id  # type: ignore[union-attr]
    assert len(client.v1.charges.list().data) == 1


def test_an_answer_is_replayed_as_it_was_even_if_the_object_has_changed(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    customer, method = town.debtor()
    wish: Any = {**WISH, "customer": customer, "payment_method": method}
    first = client.v1.payment_intents.create(wish, {"idempotency_key": "k"})
    control(f"payments/{first.id}/settle")
    assert client.v1.payment_intents.create(wish, {"idempotency_key": "k"}).status == "processing"


def test_the_same_key_with_other_parameters_is_an_error(client: stripe.StripeClient) -> None:
    client.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError) as refused:
        client.v1.payment_intents.create({**WISH, "amount": 1001}, {"idempotency_key": "k"})
    assert refused.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.v1.customers.create({}, {"idempotency_key": "k"})
    assert len(client.v1.charges.list().data) == 1


def test_a_refusal_by_the_bank_is_replayed(client: stripe.StripeClient) -> None:
    wish: Any = {**WISH, "payment_method": "pm_card_chargeDeclined"}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create(wish, {"idempotency_key": "k"})
    assert len(client.v1.charges.list().data) == 1


def test_a_refusal_for_lack_of_money_is_replayed_even_when_the_money_is_there(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    wish: Any = {"amount": 100, "currency": "eur", "destination": town.creditor()}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.create(wish, {"idempotency_key": "k"})
    control("funds", amount=1000, currency="eur")
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.create(wish, {"idempotency_key": "k"})
    assert client.v1.transfers.create(wish, {"idempotency_key": "k2"}).amount == 100


def test_parameters_that_are_refused_use_up_no_key(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({**WISH, "colour": "red"}, {"idempotency_key": "k"})
    assert client.v1.payment_intents.create(WISH, {"idempotency_key": "k"}).status == "succeeded"


def test_a_key_is_forgotten_after_a_day(client: stripe.StripeClient, control: Control) -> None:
    client.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
    control("clock", advance_seconds=86_399)
    client.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
    assert len(client.v1.charges.list().data) == 1
    control("clock", advance_seconds=1)
    client.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
    assert len(client.v1.charges.list().data) == 2


def test_keys_of_different_accounts_do_not_meet(client: stripe.StripeClient, control: Control, town: Town) -> None:
    control("funds", amount=1000, currency="eur")
    accounts = [town.creditor(), town.creditor()]
    for account in accounts:
        client.v1.transfers.create({"amount": 500, "currency": "eur", "destination": account})
    payout: Any = {"amount": 500, "currency": "eur"}
    made = {client.v1.payouts.create(payout, {"stripe_account": a, "idempotency_key": "k"}).id for a in accounts}
    assert len(made) == 2


def test_a_key_that_is_too_long_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.IdempotencyError, match="255"):
        client.v1.payment_intents.create(WISH, {"idempotency_key": "k" * 256})


def test_a_key_under_way_is_a_conflict_and_there_is_one_effect(
    fake: FakeStripe, client: stripe.StripeClient, control: Control
) -> None:
    control("faults", kind="slow", seconds=2, path="/v1/payment_intents")
    headers = {"Authorization": "Bearer sk_test_x", "Idempotency-Key": "k"}
    form = {"amount": "1000", "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true"}

    # One client for all: to make one takes so long that the last of eight could come when the first has its answer.
    with httpx.Client(base_url=fake.url, headers=headers, timeout=30) as caller:

        def pay(_: int) -> int:
            return caller.post("/v1/payment_intents", data=form).status_code

        with ThreadPoolExecutor(8) as threads:
            statuses = list(threads.map(pay, range(8)))
        assert sorted(statuses) == [200] + [409] * 7
        assert pay(0) == 200
    assert len(client.v1.charges.list().data) == 1
