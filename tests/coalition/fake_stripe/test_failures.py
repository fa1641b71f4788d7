"""Failures on demand: answers that never arrive, 500s that are replayed, limits."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import stripe

from coalition.fake_stripe import LIVE, SANDBOX, FakeStripe
from tests.support.stripe import START, Control, client_of

WISH: Any = {"amount": 1000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}


@pytest.fixture
def hasty(fake: FakeStripe) -> Iterator[stripe.StripeClient]:
    """A client that waits for a third of a second only."""
    with requests.Session() as session:
        yield client_of(fake, session, timeout=0.3)


@pytest.mark.parametrize("kind", ["timeout", "reset"])
@pytest.mark.parametrize(("effect", "charges"), [(True, 1), (False, 0)])
def test_an_answer_that_is_lost_leaves_open_whether_it_took_effect_and_the_same_key_settles_it(
    hasty: stripe.StripeClient, control: Control, kind: str, *, effect: bool, charges: int
) -> None:
    control("faults", kind=kind, effect=effect, method="POST", path="/v1/payment_intents")
    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
    assert len(hasty.v1.charges.list().data) == charges
    again = hasty.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
    assert again.last_response
    assert again.last_response.headers.get("Idempotent-Replayed") == ("true" if effect else None)
    assert len(hasty.v1.charges.list().data) == 1


@pytest.mark.parametrize(("effect", "charges"), [(True, 1), (False, 0)])
def test_a_500_is_replayed_under_its_key_and_a_new_key_tries_again(
    client: stripe.StripeClient, control: Control, *, effect: bool, charges: int
) -> None:
    control("faults", kind="error", effect=effect)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            client.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
        assert (failed.value.http_status, failed.value.headers["stripe-should-retry"]) == (500, "false")
    assert failed.value.headers["idempotent-replayed"] == "true"
    assert len(client.v1.charges.list().data) == charges
    client.v1.payment_intents.create(WISH, {"idempotency_key": "k2"})
    assert len(client.v1.charges.list().data) == charges + 1


@pytest.mark.parametrize(
    ("kind", "status", "header", "value"),
    [
        ("rate_limit", 429, "stripe-rate-limited-reason", "global-rate"),
        ("lock_timeout", 429, "stripe-should-retry", "true"),
        ("unavailable", 503, "stripe-should-retry", "false"),
    ],
)
def test_a_request_that_never_began_uses_up_no_key(
    client: stripe.StripeClient, control: Control, kind: str, status: int, header: str, value: str
) -> None:
    control("faults", kind=kind, times=2)
    for _ in range(2):
        with pytest.raises(stripe.StripeError) as failed:
            client.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
        assert (failed.value.http_status, failed.value.headers[header]) == (status, value)
    assert client.v1.payment_intents.create(WISH, {"idempotency_key": "k"}).status == "succeeded"
    assert len(client.v1.charges.list().data) == 1


def test_a_fault_meets_only_what_it_is_set_for_and_can_be_taken_away(
    client: stripe.StripeClient, control: Control
) -> None:
    control("faults", kind="error", method="POST", path="/v1/transfers.*", times=9)
    assert client.v1.transfers.list().data == []
    assert client.v1.customers.create().id
    with pytest.raises(stripe.APIError):
        client.v1.transfers.create({"amount": 1, "currency": "eur", "destination": "acct_1x"})
    assert control.get("faults")[0]["times"] == 8
    control.http.delete("/faults")
    assert control.get("faults") == []


@pytest.mark.parametrize(("limits", "through", "reason"), [(SANDBOX, 25, "global-rate"), (LIVE, 25, "endpoint-rate")])
def test_the_published_rate_limits_hold(limits: Any, through: int, reason: str) -> None:
    with FakeStripe.start(now=START, limits=limits) as fake, requests.Session() as session:
        client = client_of(fake, session)
        for _ in range(through):
            client.v1.balance.retrieve()
        with pytest.raises(stripe.RateLimitError) as refused:
            client.v1.balance.retrieve()
        assert refused.value.error
        assert refused.value.error.code == "rate_limit"
        assert refused.value.headers["stripe-rate-limited-reason"] == reason


def test_what_never_begins_cannot_be_set_to_have_an_effect(control: Control) -> None:
    assert "instead of an effect" in str(control("faults", kind="rate_limit", effect=True, status=422))


def test_limits_can_be_set_while_it_runs(client: stripe.StripeClient, control: Control) -> None:
    control("limits", all_per_second=1)
    client.v1.balance.retrieve()
    with pytest.raises(stripe.RateLimitError):
        client.v1.customers.list()


def test_the_same_seed_and_requests_give_the_same_ids() -> None:
    ids = []
    for seed in ("a", "a", "b"):
        with FakeStripe.start(now=START, seed=seed) as fake, requests.Session() as session:
            ids.append(client_of(fake, session).v1.payment_intents.create(WISH).id)
    assert ids[0] == ids[1] != ids[2]


def test_starting_over_forgets_everything(client: stripe.StripeClient, control: Control) -> None:
    first = client.v1.payment_intents.create(WISH, {"idempotency_key": "k"})
    control.days(3)
    control("faults", kind="error", path="/v1/refunds")
    assert control("start_over") == {"now": START}
    assert client.v1.charges.list().data == []
    assert control.get("faults") == []
    control("start_over")
    assert client.v1.payment_intents.create(WISH, {"idempotency_key": "k"}).id == first.id


def test_the_clock_does_not_go_back(control: Control) -> None:
    assert control.get("clock")["now"] == START
    assert control("clock", to=START + 5)["now"] == START + 5
    control("clock", to=START, status=400)
    assert control("clock", advance_seconds=-1, status=422)


def test_every_request_is_counted(client: stripe.StripeClient, control: Control) -> None:
    for _ in range(3):
        client.v1.balance.retrieve()
    assert control.get("requests")["count"] == 3
