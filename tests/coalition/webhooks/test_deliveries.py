"""Deliveries: what happened reaches its endpoints, signed, in order, again and again until it is taken."""

import json
import time
from collections import Counter
from dataclasses import replace

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from coalition.events.emit import emit
from coalition.events.event_type import EventType
from coalition.events.relay import catch_up
from coalition.jobs.worker import Worker
from coalition.members.event_types import MEMBER_ENROLLED, MEMBER_FROZEN
from coalition.schedule import job_kinds
from coalition.webhooks.endpoint import DAY, PAUSES_SECONDS
from coalition.webhooks.send import send
from tests.coalition.webhooks.conftest import SETTINGS
from tests.support.clock import HOUR, MINUTE
from tests.support.event_schemas import check_event
from tests.support.receiver import Receiver, closed_port, receiver
from tests.support.town_api import ApiTown


def add(town: ApiTown, url: str, **fields: object) -> dict[str, object]:
    answer = town.client().post("/v1/webhook_endpoints", json={"url": url, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def happen(town: ApiTown, count: int, type_: EventType = MEMBER_ENROLLED, shop: str | None = None) -> None:
    with town.database.engine.begin() as connection:
        for number in range(count):
            emit(connection, town.alliance.id, type_, town.clock(), {"number": number}, shop=shop)


def work(town: ApiTown) -> None:
    worker = Worker(town.alliances, job_kinds(), SETTINGS)
    worker.run_due()
    worker.stop()


def deliveries(town: ApiTown, endpoint: dict[str, object], **params: object) -> list[dict[str, object]]:
    listed, cursor = [], None
    while True:
        query = {"limit": 100, **params, **({"cursor": cursor} if cursor else {})}
        answer = town.client().get(f"/v1/webhook_endpoints/{endpoint['id']}/deliveries", params=query)
        assert answer.status_code == 200, answer.text
        listed += answer.json()["data"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return listed


def endpoint_now(town: ApiTown, endpoint: dict[str, object]) -> dict[str, object]:
    return town.client().get(f"/v1/webhook_endpoints/{endpoint['id']}").json()


def test_a_purchase_arrives_as_the_event_that_the_api_shows(town: ApiTown, target: Receiver) -> None:
    add(town, target.url)
    body = {"shop": "bakery", "member": "ann", "amount_minor": 10_000}
    town.till().post("/v1/purchases", json=body, headers={"Idempotency-Key": "k"})
    work(town)
    (webhook,) = target.received
    check_event(json.loads(webhook.body))
    assert json.loads(webhook.body) == town.client().get(f"/v1/events/{webhook.id}").json()
    assert json.loads(webhook.body)["data"]["points_earned"] == 500


def test_an_endpoint_gets_nothing_of_what_was_booked_before_it_was_made(town: ApiTown, target: Receiver) -> None:
    body = {"shop": "bakery", "member": "ann", "amount_minor": 10_000}
    town.till().post("/v1/purchases", json=body, headers={"Idempotency-Key": "before"})
    add(town, target.url)
    town.till().post("/v1/purchases", json={**body, "amount_minor": 200}, headers={"Idempotency-Key": "after"})
    work(town)
    assert [json.loads(webhook.body)["data"]["amount_minor"] for webhook in target.received] == [200]


def test_events_arrive_in_order_once_and_only_those_wanted(town: ApiTown, target: Receiver) -> None:
    with receiver() as other:
        add(town, target.url, shop="cafe")
        add(town, other.url, types=["member.enrolled"])
        happen(town, 30, shop="cafe")
        happen(town, 5, MEMBER_FROZEN, shop="cafe")
        happen(town, 5, shop="bakery")
        happen(town, 5)
        work(town)
        work(town)
        assert len(target.received) == 35
        assert [json.loads(webhook.body)["data"]["number"] for webhook in other.received[:30]] == list(range(30))
        assert len(other.received) == len({webhook.id for webhook in other.received}) == 40


def test_an_endpoint_gets_nothing_of_before_it_was_made(town: ApiTown, target: Receiver) -> None:
    happen(town, 3)
    add(town, target.url)
    work(town)
    assert target.received == []


def test_what_is_not_taken_is_sent_again_until_it_is(town: ApiTown, target: Receiver) -> None:
    target.statuses = [500, 302, 429, 204]
    endpoint = add(town, target.url)
    happen(town, 1)
    for _ in range(4):
        work(town)
        town.clock.forward(3 * HOUR)
    (delivery,) = deliveries(town, endpoint)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 302, 429, 204]
    assert [attempt["number"] for attempt in delivery["attempts"]] == [1, 2, 3, 4]
    assert (delivery["state"], delivery["next_attempt_at"]) == ("delivered", None)
    assert len({webhook.id for webhook in target.received}) == 1
    assert endpoint_now(town, endpoint)["failing_since"] is None


def test_after_the_last_try_it_is_given_up_and_can_be_replayed(town: ApiTown, target: Receiver) -> None:
    target.statuses = [500]
    endpoint = add(town, target.url)
    happen(town, 1)
    for _ in range(len(PAUSES_SECONDS) + 3):
        work(town)
        town.clock.forward(9 * HOUR)
    for _ in range(4):
        work(town)
        town.clock.forward(30 * HOUR)
    (delivery,) = deliveries(town, endpoint)
    state, tries = delivery["state"], len(PAUSES_SECONDS) + 1
    assert (state, len(delivery["attempts"])) == ("failed", tries)
    town.client().patch(f"/v1/webhook_endpoints/{endpoint['id']}", json={"status": "enabled"})
    target.statuses = [200]
    body = {"event": delivery["event"]}
    assert town.client().post(f"/v1/webhook_endpoints/{endpoint['id']}/replay", json=body).json()["queued"] == 1
    work(town)
    (delivery,) = deliveries(town, endpoint)
    assert (delivery["state"], len(delivery["attempts"])) == ("delivered", tries + 1)


def test_an_endpoint_that_takes_nothing_for_days_is_disabled_and_that_is_an_event(
    town: ApiTown, target: Receiver
) -> None:
    target.statuses = [503]
    endpoint = add(town, target.url)
    for _ in range(4):
        happen(town, 1)
        work(town)
        town.clock.forward(2 * DAY)
    assert endpoint_now(town, endpoint)["status"] == "disabled"
    before = len(target.received)
    happen(town, 3)
    work(town)
    assert len(target.received) == before
    (event,) = town.client().get("/v1/events", params={"type": "webhook_endpoint.disabled"}).json()["data"]
    assert event["data"]["id"] == endpoint["id"]


def test_gone_disables_at_once(town: ApiTown, target: Receiver) -> None:
    target.statuses = [410]
    endpoint = add(town, target.url)
    happen(town, 2)
    work(town)
    assert len(target.received) == 1
    assert endpoint_now(town, endpoint)["disabled_because"] == "the receiver answered 410 Gone"


def test_a_redirect_is_not_followed(town: ApiTown, target: Receiver) -> None:
    with receiver() as elsewhere:
        target.statuses, target.location = [307], elsewhere.url
        add(town, target.url)
        happen(town, 1)
        work(town)
        assert (len(target.received), len(elsewhere.received)) == (1, 0)


@pytest.mark.parametrize("way", ["hangs", "drips"])
def test_a_receiver_that_does_not_answer_is_left_when_its_time_is_over(target: Receiver, way: str) -> None:
    target.pause_seconds, target.drips = (1.5, False) if way == "hangs" else (0, True)
    started = time.monotonic()
    outcome = send(target.url, "{}", {}, timeout_seconds=0.3, allow_private=True)
    assert (outcome.taken, outcome.status, outcome.problem) == (False, None, "no answer within 0.3 seconds")
    assert time.monotonic() - started < 1.2


def test_a_failing_receiver_is_left_in_peace_for_a_moment_and_loses_nothing(town: ApiTown, target: Receiver) -> None:
    target.statuses = [500, 500, 500, 200]
    endpoint = add(town, target.url)
    happen(town, 10)
    work(town)
    assert len(target.received) == 3
    town.clock.forward(MINUTE)
    work(town)
    assert Counter(delivery["state"] for delivery in deliveries(town, endpoint)) == {"delivered": 10}


def test_a_thousand_deliveries_to_failing_receivers_all_arrive_in_the_end(town: ApiTown) -> None:
    with receiver() as refuses, receiver() as breaks, receiver() as redirects, receiver() as slow, receiver() as good:
        closed = f"http://127.0.0.1:{closed_port()}/"
        breaks.statuses = [500, 200, 503, 200] * 60 + [200]
        redirects.statuses, redirects.location = [301, 204] * 30 + [204], good.url
        slow.pause_seconds = 0.002
        endpoints = [add(town, target.url) for target in (breaks, redirects, slow, good)]
        lost = add(town, closed)
        happen(town, 200)
        for _ in range(5):
            work(town)
            town.clock.forward(3 * HOUR)
        town.client().patch(f"/v1/webhook_endpoints/{lost['id']}", json={"url": refuses.url})
        for _ in range(3):
            work(town)
            town.clock.forward(12 * HOUR)
        for endpoint, target in zip([*endpoints, lost], (breaks, redirects, slow, good, refuses), strict=True):
            listed = deliveries(town, endpoint)
            assert Counter(delivery["state"] for delivery in listed) == {"delivered": 200}
            assert {webhook.id for webhook in target.received} == {delivery["event"] for delivery in listed}
            sent = sum(attempt["status"] is not None for delivery in listed for attempt in delivery["attempts"])
            assert len(target.received) == sent
        assert len(good.received) == 200


def test_both_secrets_sign_while_they_overlap(town: ApiTown, target: Receiver) -> None:
    town.clock.set(time.time_ns() // 1000)
    endpoint = add(town, target.url)
    happen(town, 1)
    work(town)
    rotate = f"/v1/webhook_endpoints/{endpoint['id']}/rotate_secret"
    second = town.client().post(rotate, json={"overlap_hours": 1}).json()["secret"]
    town.clock.forward(MINUTE)
    happen(town, 1)
    work(town)
    first, both = target.received
    for secret, webhook in ((endpoint["secret"], first), (endpoint["secret"], both), (second, both)):
        assert Webhook(secret).verify(webhook.body, dict(webhook.headers)) == json.loads(webhook.body)
    with pytest.raises(WebhookVerificationError):
        Webhook(second).verify(first.body, dict(first.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(second).verify(both.body + " ", dict(both.headers))
    town.clock.forward(2 * HOUR)
    happen(town, 1)
    work(town)
    assert len(target.received[-1].headers["webhook-signature"].split()) == 1


def test_a_range_is_replayed_in_order_and_without_what_was_taken_unless_that_is_asked_for(
    town: ApiTown, target: Receiver
) -> None:
    happen(town, 4)
    endpoint = add(town, target.url)
    since = town.clock()
    town.clock.forward(HOUR)
    happen(town, 2)
    work(town)
    assert len(target.received) == 2
    replay = f"/v1/webhook_endpoints/{endpoint['id']}/replay"
    moments = {"since": "2024-05-15T10:00:00Z", "until": "2024-05-15T10:59:00Z"}
    assert since < town.clock()
    assert town.client().post(replay, json=moments).json() == {"queued": 4, "next": None}
    work(town)
    assert [json.loads(webhook.body)["data"]["number"] for webhook in target.received] == [0, 1, 0, 1, 2, 3]
    everything = {"since": "2024-05-15T10:00:00Z"}
    assert town.client().post(replay, json=everything).json()["queued"] == 0
    assert town.client().post(replay, json={**everything, "include_delivered": True}).json()["queued"] == 6
    work(town)
    assert len(target.received) == 12
    assert len({webhook.id for webhook in target.received}) == 6


def test_private_addresses_get_nothing_where_that_is_not_allowed(town: ApiTown, target: Receiver) -> None:
    endpoint = add(town, target.url)
    happen(town, 1)
    worker = Worker(town.alliances, job_kinds(), replace(SETTINGS, allow_private=False))
    worker.run_due()
    worker.stop()
    assert target.received == []
    (delivery,) = deliveries(town, endpoint)
    assert "https://" in delivery["attempts"][0]["problem"]
    assert catch_up(town.alliance) == 0
