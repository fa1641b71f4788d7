"""What one person or key may do alone is a sum over time, behind every door."""

from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.approvals.approval import VALUE_IN_24_HOURS_MINOR, VALUE_IN_30_DAYS_MINOR
from tests.support.clock import DAY
from tests.support.people import person
from tests.support.town_api import ApiAnswer, ApiTown, send

# A point is a cent: what adjustments give is worth as many minor units.
EACH = 10_000


def adjust(client: TestClient, key: str, points: int = EACH, member: str = "ann") -> ApiAnswer:
    body = {"shop": "bakery", "member": member, "points": points, "reason": "sorry"}
    return send(client, "/v1/adjustments", key, **body)


def points_of_ann(town: ApiTown) -> int:
    """What Ann could spend: all that was given to her."""
    body = {"shop": "bakery", "member": "ann", "amount_minor": 10**9, "points": "all"}
    return int(town.till().post("/v1/purchases/quote", json=body).json()["points_spent"])


def test_twenty_small_adjustments_are_one_sum(town: ApiTown) -> None:
    support = person(town, Role.SUPPORT).log_in()
    answers = [adjust(support, f"k{number}")["status"] for number in range(20)]
    assert answers == ["booked"] * 10 + ["awaiting_approval"] * 10
    assert points_of_ann(town) == VALUE_IN_24_HOURS_MINOR


def test_twenty_racing_adjustments_give_no_more(town: ApiTown) -> None:
    support = person(town, Role.SUPPORT).log_in()
    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(lambda number: adjust(support, f"k{number}")["status"], range(20)))
    assert sorted(answers) == ["awaiting_approval"] * 10 + ["booked"] * 10
    assert points_of_ann(town) == VALUE_IN_24_HOURS_MINOR


def test_deposits_received_by_hand_and_adjustments_are_one_sum(town: ApiTown) -> None:
    owner = person(town, Role.OWNER).log_in()

    def receive(number: int) -> str:
        body = {"shop": "bakery", "amount_minor": 99_999, "received": f"receipt {number}"}
        return str(send(owner, "/v1/deposits", f"d{number}", **body)["status"])

    assert [receive(number) for number in range(10)] == ["begun"] + ["awaiting_approval"] * 9
    assert [adjust(owner, f"a{points}", points)["status"] for points in (2, 1)] == ["awaiting_approval", "booked"]


def test_each_person_and_key_has_a_sum_of_its_own_and_a_retry_counts_once(town: ApiTown) -> None:
    support, owner, key = person(town, Role.SUPPORT).log_in(), person(town, Role.OWNER).log_in(), town.client()
    for number in range(10):
        assert [adjust(support, f"k{number}")["status"] for _ in range(2)] == ["booked"] * 2
    assert adjust(support, "more", 1)["status"] == "awaiting_approval"
    assert adjust(owner, "other", 1)["status"] == "booked"
    for number in range(10):
        assert adjust(key, f"key{number}")["status"] == "booked"
    assert adjust(key, "one too many")["code"] == "person_needed"


def test_the_sum_is_of_the_last_24_hours_and_of_the_last_30_days(town: ApiTown) -> None:
    key = town.client()
    for day in range(5):
        assert [adjust(key, f"{day}-{number}")["status"] for number in range(10)] == ["booked"] * 10
        assert adjust(key, f"{day}-x")["code"] == "person_needed"
        town.clock.forward(DAY)
    assert points_of_ann(town) == VALUE_IN_30_DAYS_MINOR
    assert adjust(key, "the sixth day")["code"] == "person_needed"
    town.clock.forward(25 * DAY)
    assert adjust(key, "after thirty days")["status"] == "booked"


def test_what_the_book_refused_does_not_count(town: ApiTown) -> None:
    key = town.client()
    for number in range(11):
        body = {"shop": "nowhere", "member": "ann", "points": EACH, "reason": "sorry"}
        assert send(key, "/v1/adjustments", f"n{number}", **body)["code"] == "shop_unknown"
    assert adjust(key, "k1")["status"] == "booked"


def test_the_limits_are_settings_that_two_people_raise_and_the_log_has_it(town: ApiTown) -> None:
    owner, finance = person(town, Role.OWNER).log_in(), person(town, Role.FINANCE).log_in()

    def set_limit(name: str, alone_max: int) -> ApiAnswer:
        headers = {"Idempotency-Key": f"{name}{alone_max}", "If-Match": "*"}
        return owner.put(f"/v1/approval-limits/{name}", json={"alone_max": alone_max}, headers=headers).json()

    assert set_limit("value_in_24_hours", 15_000)["approval"] is None
    assert [adjust(owner, f"k{number}")["status"] for number in range(2)] == ["booked", "awaiting_approval"]
    raised = set_limit("value_in_24_hours", 20_000)
    assert raised["alone_max"] == 15_000
    assert finance.post(f"/v1/approvals/{raised['approval']}/approve").json()["status"] == "done"
    assert adjust(owner, "k3")["status"] == "booked"
    entries = owner.get("/v1/audit-log", params={"action": "approval_limit.set"}).json()["data"]
    assert [(entry["target"], entry["details"]["alone_max"]) for entry in entries] == [
        ("value_in_24_hours", 20_000),
        ("value_in_24_hours", 15_000),
    ]
    assert {entry["actor"] for entry in entries} == {owner_id(owner), owner_id(finance)}


def owner_id(client: TestClient) -> str:
    """Who somebody is in the log."""
    return str(client.get("/v1/session").json()["id"])
