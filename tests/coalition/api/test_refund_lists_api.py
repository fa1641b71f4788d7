"""Refunds and holds are found again, by those who may see them; a hold is placed by pay code."""

import pytest

from coalition.access.caller import Role
from tests.support.clock import HOUR
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send
from tests.support.wallets import People


@pytest.fixture
def refunds(town: ApiTown) -> list[ApiAnswer]:
    """Three refunds of two sales, an hour apart, and a hold of which something was given back."""
    first = purchase(town.till(), "k1", amount_minor=1_000)
    other = purchase(town.till("cafe"), "k2", shop="cafe", member="bob", amount_minor=1_000)
    booked = []
    for number, (shop, sold) in enumerate((("bakery", first), ("cafe", other), ("bakery", first))):
        booked.append(send(town.till(shop), "/v1/refunds", f"r{number}", purchase=sold["id"], amount_minor=300))
        town.clock.now += HOUR
    held = send(town.till(), "/v1/holds", "h1", shop="bakery", member="ann", points=10)
    send(town.till(), f"/v1/holds/{held['id']}/capture", "c1", points=10)
    send(town.till(), f"/v1/holds/{held['id']}/refund", "c2", points=10)
    return booked


def plain(answer: ApiAnswer) -> ApiAnswer:
    """A refund without what `send` adds to it."""
    return {name: value for name, value in answer.items() if name not in ("status", "replayed")}


def test_a_refund_reads_as_it_was_answered(town: ApiTown, refunds: list[ApiAnswer]) -> None:
    for shop, booked in zip(("bakery", "cafe", "bakery"), refunds, strict=True):
        read = town.till(shop).get(f"/v1/refunds/{booked['id']}")
        assert (read.status_code, read.json()) == (200, plain(booked))
    assert town.till("cafe").get(f"/v1/refunds/{refunds[0]['id']}").status_code == 404
    assert town.till().get("/v1/refunds/ref_0000000000000").status_code == 404
    assert town.client(Role.APP).get(f"/v1/refunds/{refunds[0]['id']}").status_code == 403


def test_refunds_are_listed_the_newest_first(town: ApiTown, refunds: list[ApiAnswer]) -> None:
    first, second, third = map(plain, refunds)

    def listed(shop: str | None = "bakery", **query: str | int) -> list[ApiAnswer]:
        client = town.client() if shop is None else town.till(shop)
        data: list[ApiAnswer] = client.get("/v1/refunds", params=query).json()["data"]
        return data

    assert listed() == [third, first]
    assert listed(None) == [third, second, first]
    assert listed(None, member="bob") == listed("cafe") == listed("cafe", key="r1") == [second]
    assert listed(since=third["recorded_at"]) == [third]
    assert listed(until=third["recorded_at"], limit=1) == [first]
    page = town.client().get("/v1/refunds", params={"limit": 2}).json()
    rest = town.client().get("/v1/refunds", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert (page["data"], rest["data"], rest["next_cursor"]) == ([third, second], [first], None)


def test_holds_are_listed_as_they_stand(town: ApiTown, refunds: list[ApiAnswer]) -> None:
    held = send(town.till(), "/v1/holds", "h2", shop="bakery", member="ann", points=5)
    assert held["status"] == "open"
    data = town.till().get("/v1/holds").json()["data"]
    assert [(hold["status"], hold["points"], hold["points_returned"]) for hold in data] == [
        ("open", 5, 0),
        ("captured", 10, 10),
    ]
    assert town.till("cafe").get("/v1/holds").json()["data"] == []
    assert town.till().get("/v1/holds", params={"key": "h2"}).json()["data"] == [data[0]]
    assert town.client().get("/v1/holds", params={"member": "ann", "limit": 1}).json()["data"] == [data[0]]


def test_a_hold_by_pay_code(people: People, town: ApiTown) -> None:
    ann = people.enrol(phone="+4915123456789")
    people.buy(ann)
    code = people.code(ann)
    held = send(town.till("cafe"), "/v1/holds", "h1", shop="cafe", pay_code=code, points=300)
    assert (held["member"], held["points"], held["status"]) == (ann, 300, "open")
    again = send(town.till("cafe"), "/v1/holds", "h1", shop="cafe", pay_code=code, points=300)
    assert (again["id"], again["replayed"]) == (held["id"], "true")
    for path, body in (
        ("/v1/holds", {"points": 5}),
        ("/v1/holds", {"points": 5, "accept_partial": True}),
        ("/v1/purchases", {"amount_minor": 5, "points": 5}),
    ):
        used = send(town.till("cafe"), path, f"again-{body}", shop="cafe", pay_code=code, **body)
        assert (used["status"], used["code"]) == (409, "pay_code_used")
    assert people.points(ann) == 200
    part = {"pay_code": people.code(ann), "points": 900, "accept_partial": True}
    assert send(town.till("cafe"), "/v1/holds", "h2", shop="cafe", **part)["points"] == 200
    for body in ({}, {"member": ann, "pay_code": people.code(ann)}):
        assert send(town.till("cafe"), "/v1/holds", "h3", shop="cafe", points=5, **body)["status"] == 422


def test_above_the_threshold_the_member_confirms_a_hold(people: People, town: ApiTown) -> None:
    ann = people.enrol(phone="+4915123456789")
    people.buy(ann, amount_minor=1_000_000)
    hold = {"shop": "cafe", "pay_code": people.code(ann), "points": 10_001}
    asked = send(town.till("cafe"), "/v1/holds", "h1", **hold)
    assert (asked["status"], asked["code"]) == (409, "confirmation_needed")
    (question,) = people.app.get(f"/v1/members/{ann}/confirmations").json()["data"]
    assert question["amount_minor"] == 10_001
    assert people.app.post(f"/v1/members/{ann}/confirmations/{question['id']}/confirm").status_code == 200
    assert send(town.till("cafe"), "/v1/holds", "h1", **hold)["status"] == "open"
    assert people.points(ann) == 50_000 - 10_001


def test_lists_follow_merges_whichever_id_is_asked_for(people: People) -> None:
    ann, double = (people.enrol(email=f"{name}@example.com") for name in ("ann", "double"))
    till, sold, held = people.town.till(), [], []
    for member in (ann, double):
        sold.append(people.buy(member).json()["id"])
        people.town.clock.forward(HOUR)
        assert send(till, "/v1/refunds", f"r-{member}", purchase=sold[-1], amount_minor=300)["status"] == 201
        held.append(send(till, "/v1/holds", f"h-{member}", shop="bakery", member=member, points=5)["id"])
    assert people.operator.post(f"/v1/members/{double}/merge", json={"into": ann}).status_code == 200

    def listed(path: str, field: str, **query: str | int) -> list[str]:
        return [row[field] for row in people.operator.get(path, params=query).json()["data"]]

    for member in (ann, double):
        assert listed("/v1/purchases", "id", member=member) == sold[::-1]
        assert listed("/v1/refunds", "purchase", member=member) == sold[::-1]
        assert listed("/v1/holds", "id", member=member) == held[::-1]
        assert listed("/v1/purchases", "id", member=member, limit=1) == sold[1:]
    assert listed("/v1/purchases", "id", member="mem_nobody") == []
    first = people.operator.get("/v1/purchases", params={"member": ann, "limit": 1}).json()
    rest = people.operator.get(
        "/v1/purchases", params={"member": ann, "limit": 1, "cursor": first["next_cursor"]}
    ).json()
    assert [row["id"] for row in rest["data"]] == sold[:1]
