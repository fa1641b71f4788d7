"""Webhooks: signed, retried for days, and as unreliable as they are told to be."""

from collections.abc import Iterator

import pytest
import stripe

from tests.support.stripe import Control, Receiver, Town, flush, subscribe


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_events_arrive_in_order_and_signed(
    client: stripe.StripeClient, control: Control, town: Town, receiver: Receiver
) -> None:
    secret = subscribe(client, receiver.url, "payment_intent.processing", "payment_intent.succeeded")
    payment = town.charge(1000)
    control.days(7)
    flush(control)
    first, second = receiver.events(secret)
    assert (first.type, second.type) == ("payment_intent.processing", "payment_intent.succeeded")
    assert second.created - first.created == 7 * 86_400
    assert (second.data.object["id"], second.data.object["status"]) == (payment.id, "succeeded")
    assert first.request
    assert second.request
    assert first.request.id == payment.last_response.request_id  # type: ignore[union-attr]
    assert second.request.id is None
    assert [each.pending_webhooks for each in client.v1.events.list({"type": second.type}).data] == [0]


def test_a_wrong_secret_does_not_verify(client: stripe.StripeClient, control: Control, receiver: Receiver) -> None:
    subscribe(client, receiver.url)
    client.v1.customers.create()
    flush(control)
    with pytest.raises(stripe.SignatureVerificationError):
        receiver.events("whsec_wrong")


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_is_not_taken_is_tried_again_for_three_days(
    client: stripe.StripeClient, control: Control, receiver: Receiver, status: int
) -> None:
    secret = subscribe(client, receiver.url)
    receiver.status = status
    client.v1.customers.create()
    flush(control)
    assert len(receiver.got) == 1
    control("clock", advance_seconds=300)
    flush(control)
    assert len(receiver.got) == 2
    control.days(10)
    flush(control)
    tries = len(receiver.got)
    assert 6 < tries < 12
    control.days(10)
    flush(control)
    assert len(receiver.got) == tries
    assert len({each.id for each in receiver.events(secret)}) == 1
    assert client.v1.events.list().data[0].pending_webhooks == 1


def test_a_receiver_that_comes_back_gets_what_it_missed(
    client: stripe.StripeClient, control: Control, receiver: Receiver
) -> None:
    secret = subscribe(client, receiver.url)
    receiver.status = 503
    client.v1.customers.create()
    flush(control)
    receiver.status = 200
    control("clock", advance_seconds=3600)
    flush(control)
    assert receiver.types(secret) == ["customer.created"] * 2
    log = control.get("webhooks")["log"]
    assert [each["taken"] for each in log] == [False, True]


def test_a_receiver_that_is_not_there_is_no_trouble(client: stripe.StripeClient, control: Control) -> None:
    subscribe(client, "http://127.0.0.1:9/")
    client.v1.customers.create()
    flush(control)
    assert control.get("webhooks")["log"][0]["status"] is None


def test_a_dropped_webhook_is_found_by_asking_for_events(
    client: stripe.StripeClient, control: Control, receiver: Receiver
) -> None:
    secret = subscribe(client, receiver.url)
    control("webhooks/mischief", kind="drop")
    client.v1.customers.create()
    customer = client.v1.customers.create()
    flush(control)
    assert len(receiver.events(secret)) == 1
    missed = client.v1.events.list({"type": "customer.*", "created": {"gte": customer.created}}).data
    assert len(missed) == 2


def test_webhooks_come_twice_late_or_the_wrong_way_round_on_demand(
    client: stripe.StripeClient, control: Control, receiver: Receiver
) -> None:
    secret = subscribe(client, receiver.url)
    control("webhooks/mischief", kind="duplicate", types=["customer.created"])
    client.v1.customers.create()
    flush(control)
    first, second = receiver.events(secret)
    assert first.id == second.id
    receiver.got.clear()
    control("webhooks/mischief", kind="reorder", times=2)
    names = [client.v1.customers.create({"name": name}).name for name in ("Ann", "Bob")]
    flush(control)
    assert [event.data.object["name"] for event in receiver.events(secret)] == names[::-1]
    receiver.got.clear()
    control("webhooks/mischief", kind="delay", seconds=600)
    client.v1.customers.create()
    flush(control)
    assert receiver.got == []
    control("clock", advance_seconds=600)
    flush(control)
    assert receiver.types(secret) == ["customer.created"]


def test_what_happens_in_connected_accounts_goes_to_connect_endpoints_with_the_account_named(
    client: stripe.StripeClient, control: Control, town: Town, receiver: Receiver
) -> None:
    secret = subscribe(client, receiver.url, connect=True)
    control("funds", amount=1000, currency="eur")
    account = town.creditor()
    client.v1.transfers.create({"amount": 1000, "currency": "eur", "destination": account})
    client.v1.payouts.create({"amount": 1000, "currency": "eur"}, {"stripe_account": account})
    control.days(4)
    flush(control)
    assert receiver.types(secret) == [
        "account.external_account.created",
        "account.updated",
        "payment.created",
        "payout.created",
        "payout.paid",
    ]
    assert {each.account for each in receiver.events(secret)} == {account}


def test_events_are_kept_for_thirty_days(client: stripe.StripeClient, control: Control) -> None:
    client.v1.customers.create()
    assert len(client.v1.events.list({"types": ["customer.created", "customer.deleted"]}).data) == 1
    control.days(30)
    assert client.v1.events.list({"type": "customer.created"}).data == []
