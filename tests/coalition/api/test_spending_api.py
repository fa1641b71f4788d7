"""Spending takes a fresh code or the member's yes: an id or a contact earns, and a locked wallet pays nothing."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event

from coalition.access.caller import Role
from coalition.jobs.worker import Worker
from coalition.schedule import job_kinds
from settlement.ledger import Database
from tests.support.clock import DAY, SECOND, Clock
from tests.support.people import by_two_people
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import STRICT, api_town
from tests.support.wallets import People

PHONE = "+4915123456789"
SALE = {"amount_minor": 300, "points": "all", "shop": "cafe"}
SPENDING = "/v1/alliance/spending"


@pytest.fixture
def strict(database: Database, clock: Clock) -> Iterator[People]:
    """People of a town under the default rule."""
    with api_town(database, clock, STRICT) as town:
        yield People(town)


@pytest.fixture
def ann(strict: People) -> str:
    """A member with 500 points, whom the wallet app enrolled."""
    member = strict.enrol(phone=PHONE)
    assert strict.buy(member).status_code == 201
    return member


def allow_by_id(people: People, minor: int) -> int:
    version = people.operator.get("/v1/alliance").headers["ETag"]
    body = {"spend_by_id_up_to_minor": minor}
    answer = by_two_people(
        people.town, lambda owner: owner.put(SPENDING, json=body, headers={"If-Match": version})
    ).raise_for_status()
    return int(answer.json()["spend_by_id_up_to_minor"])


def ask(people: People, shop: str = "cafe", **body: object) -> dict[str, object]:
    answer = people.town.till(shop).post("/v1/confirmations", json={"shop": shop, "amount_minor": 300, **body})
    return {"status": answer.status_code, **answer.json()}


def answer(people: People, member: str, id_: object, how: str = "confirm") -> int:
    return people.app.post(f"/v1/members/{member}/confirmations/{id_}/{how}").status_code


def test_an_id_earns_and_spends_nothing(strict: People, ann: str) -> None:
    refused = strict.buy(ann, **SALE)
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_needed")
    till = strict.town.till("cafe")
    body = {"shop": "cafe", "member": ann, "amount_minor": 300, "points": 1}
    assert till.post("/v1/purchases/quote", json=body).json()["code"] == "consent_needed"
    batch = till.post("/v1/batches", json={"purchases": [{**body, "idempotency_key": "b"}]}).json()
    assert [item["code"] for item in batch["data"]] == ["consent_needed"]
    held = till.post("/v1/holds", json={"shop": "cafe", "member": ann, "points": 1}, headers={"Idempotency-Key": "h"})
    assert (held.status_code, held.json()["code"]) == (409, "consent_needed")
    assert strict.points(ann) == 500


@pytest.mark.parametrize("role", [Role.TILL, Role.MANAGER, Role.CASHIER])
def test_nobody_but_the_alliances_own_systems_spends_by_id(strict: People, ann: str, role: Role) -> None:
    own = Tokens(strict.town.database, strict.town.alliance.id, strict.town.clock())
    headers = {**bearing(own.new(role, "cafe")), "Idempotency-Key": "k"}
    body = {"shop": "cafe", "member": ann, "amount_minor": 300, "points": 1}
    assert strict.app.post("/v1/purchases", json=body, headers=headers).json()["code"] == "consent_needed"
    # The operator imports what was spent at tills before.
    headers = {"Idempotency-Key": "k"}
    assert strict.operator.post("/v1/purchases", json=body, headers=headers).json()["points_spent"] == 1


def test_an_alliance_lets_an_id_spend_up_to_an_amount(strict: People, ann: str) -> None:
    assert allow_by_id(strict, 300) == 300
    assert strict.buy(ann, **SALE).json()["points_spent"] == 300
    assert strict.buy(ann, **{**SALE, "amount_minor": 301}).json()["code"] == "consent_needed"
    till = strict.town.till("cafe")
    codes = [
        till.post(
            "/v1/holds",
            json={"shop": "cafe", "member": ann, "points": points, "accept_partial": True},
            headers={"Idempotency-Key": f"h{points}"},
        ).status_code
        for points in (300, 301)
    ]
    assert codes == [201, 409]
    stale = strict.operator.put(SPENDING, json={"spend_by_id_up_to_minor": 1}, headers={"If-Match": '"2"'})
    assert stale.status_code == 412
    assert strict.town.till().put(SPENDING, json={"spend_by_id_up_to_minor": 1}).status_code == 403


def test_a_hold_takes_a_code_once(strict: People, ann: str) -> None:
    code, till = strict.code(ann), strict.town.till("cafe")
    body = {"shop": "cafe", "pay_code": code, "points": 100}
    placed, again, other = (
        till.post("/v1/holds", json=body, headers={"Idempotency-Key": key}) for key in ("h1", "h1", "h2")
    )
    assert (placed.status_code, placed.json()["member"]) == (201, ann)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.json()["code"] == "pay_code_used"
    assert strict.buy(pay_code=code, **SALE).json()["code"] == "pay_code_used"
    captured = till.post(
        f"/v1/holds/{placed.json()['id']}/capture", json={"points": 100}, headers={"Idempotency-Key": "c"}
    )
    assert captured.json()["points_captured"] == 100
    partial = {**body, "pay_code": strict.code(ann), "points": 10_000, "accept_partial": True}
    assert till.post("/v1/holds", json=partial, headers={"Idempotency-Key": "h3"}).json()["points"] == 400


@pytest.mark.parametrize("by", ["member", "phone"])
def test_the_member_says_yes_in_the_wallet(strict: People, ann: str, by: str) -> None:
    named = {"member": ann} if by == "member" else {"phone": PHONE}
    asked = ask(strict, **named)
    assert (asked["status"], asked["state"]) == (201, "asked")
    assert ask(strict, **named)["id"] == asked["id"]
    sale = {**SALE, "confirmation": asked["id"], "key": "k"}
    assert strict.buy(**sale).json()["code"] == "confirmation_needed"
    (question,) = strict.app.get(f"/v1/members/{ann}/confirmations").json()["data"]
    assert (question["id"], question["shop"], question["amount_minor"]) == (asked["id"], "cafe", 300)
    assert answer(strict, ann, asked["id"]) == 200
    cafe = strict.town.till("cafe")
    assert cafe.get(f"/v1/confirmations/{asked['id']}").json()["state"] == "confirmed"
    booked = strict.buy(**sale)
    # A shop that knows a contact is told no id, in no answer and in no event.
    seen = ann if by == "member" else None
    assert (booked.status_code, booked.json()["points_spent"], booked.json()["member"]) == (201, 300, seen)
    assert strict.buy(**sale).headers["Idempotent-Replayed"] == "true"
    assert strict.buy(**{**sale, "key": "l"}).json()["code"] == "pay_code_used"
    events = cafe.get("/v1/events").json()["data"]
    assert [(each["type"], each["member"]) for each in events] == [
        ("confirmation.requested", seen),
        ("confirmation.answered", seen),
        ("purchase.created", seen),
    ]
    assert all(ann not in str(each["data"]) for each in events) == (by == "phone")
    own = strict.app.get("/v1/events", params={"member": ann, "type": "confirmation.requested"}).json()["data"]
    assert [each["member"] for each in own] == [ann]


def test_a_no_counts_and_so_does_the_time(strict: People, ann: str) -> None:
    asked = ask(strict, member=ann)
    assert answer(strict, ann, asked["id"], "decline") == 200
    assert strict.buy(confirmation=asked["id"], **SALE).json()["code"] == "confirmation_declined"
    asked = ask(strict, member=ann)
    assert answer(strict, ann, asked["id"]) == 200
    strict.town.clock.forward(120 * SECOND)
    assert strict.buy(confirmation=asked["id"], **SALE).json()["code"] == "confirmation_over"
    assert strict.town.till("cafe").get(f"/v1/confirmations/{asked['id']}").json()["state"] == "expired"
    assert strict.points(ann) == 500


def test_a_yes_is_for_one_shop_and_one_amount(strict: People, ann: str) -> None:
    asked = ask(strict, member=ann)
    answer(strict, ann, asked["id"])
    assert strict.buy(confirmation=asked["id"], **{**SALE, "amount_minor": 301}).json()["code"] == "pay_code_used"
    elsewhere = strict.buy(confirmation=asked["id"], **{**SALE, "shop": "diner"})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "not_found")
    assert strict.town.till("diner").get(f"/v1/confirmations/{asked['id']}").status_code == 404
    assert ask(strict, shop="cafe", member="nobody")["status"] == 404
    # The question that belongs to a pay code is no confirmation that a till asked for.
    strict.buy(pay_code=strict.code(ann), **{**SALE, "amount_minor": 20_000})
    (question,) = strict.app.get(f"/v1/members/{ann}/confirmations").json()["data"]
    assert strict.town.till("cafe").get(f"/v1/confirmations/{question['id']}").status_code == 404


def test_a_contact_only_earns(strict: People, ann: str) -> None:
    earned = strict.buy(phone="0151 23456789", amount_minor=1_000, shop="cafe")
    assert (earned.status_code, earned.json()["points_earned"], earned.json()["member"]) == (201, 50, None)
    assert strict.points(ann) == 550
    cafe = strict.town.till("cafe")
    assert cafe.get(f"/v1/purchases/{earned.json()['id']}").json()["member"] is None
    refund = cafe.post("/v1/refunds", json={"purchase": earned.json()["id"]}, headers={"Idempotency-Key": "r"})
    assert refund.status_code == 201
    events = cafe.get("/v1/events").json()["data"]
    assert [(each["type"], each["member"]) for each in events] == [
        ("purchase.created", None),
        ("refund.created", None),
    ]
    assert ann not in str(events)
    assert strict.operator.get("/v1/events", params={"type": "refund.created"}).json()["data"][0]["member"] == ann
    assert strict.buy(phone=PHONE, **SALE).status_code == 422
    unknown = strict.buy(email="nobody@example.com", amount_minor=300)
    assert (unknown.status_code, unknown.json()["fields"][0]["field"]) == (404, "email")


def test_a_shop_learns_no_id_from_what_time_brings_about(strict: People, ann: str) -> None:
    asked = ask(strict, phone=PHONE)
    answer(strict, ann, asked["id"])
    cafe = strict.town.till("cafe")
    body = {"shop": "cafe", "confirmation": asked["id"], "points": 300, "lapses_after_seconds": 60}
    placed = cafe.post("/v1/holds", json=body, headers={"Idempotency-Key": "h"})
    assert (placed.status_code, placed.json().get("member")) == (201, None), placed.text
    assert strict.buy(phone=PHONE, amount_minor=1_000, shop="cafe").status_code == 201
    strict.town.clock.forward(400 * DAY)
    worker = Worker(strict.town.alliances, job_kinds())
    worker.run_due()
    worker.stop()
    events = {each["type"]: each for each in cafe.get("/v1/events", params={"limit": 100}).json()["data"]}
    assert events.keys() >= {"hold.created", "hold.lapsed", "purchase.created", "points.expired"}
    assert all(each["member"] is None for each in events.values())
    assert ann not in str(events)
    # A key of the alliance from before has ended meanwhile.
    lapsed = strict.town.client().get("/v1/events", params={"type": "hold.lapsed"}).json()["data"]
    assert [each["member"] for each in lapsed] == [ann]


def test_a_till_learns_the_id_of_whom_it_enrolled(strict: People, ann: str) -> None:
    bakery, cafe = strict.town.till("bakery"), strict.town.till("cafe")
    known = cafe.post("/v1/members", json={"phone": PHONE})
    assert (known.status_code, known.json()) == (200, {"id": None, "new": False, "member": None})
    first = bakery.post("/v1/members", json={"email": "ben@example.com"}).json()
    assert first["id"].startswith("mem_")
    assert bakery.post("/v1/members", json={"email": "ben@example.com"}).json()["id"] == first["id"]
    assert cafe.post("/v1/members", json={"email": "ben@example.com"}).json()["id"] is None
    assert strict.app.post("/v1/members", json={"email": "ben@example.com"}).json()["id"] == first["id"]


def test_a_locked_wallet_pays_nothing(strict: People, ann: str) -> None:
    allow_by_id(strict, 10**9)
    ben = strict.enrol(email="ben@example.com")
    strict.share(ben, ann)
    code, path = strict.code(ann), f"/v1/wallets/{ann}/spend-lock"
    held = strict.town.till("cafe").post(
        "/v1/holds", json={"shop": "cafe", "member": ann, "points": 50}, headers={"Idempotency-Key": "h"}
    )
    assert strict.app.put(path, json={"locked": True}).json()["spend_locked"] is True
    assert strict.wallet(ben)["household_points"] == 0
    spends: list[Callable[[], str]] = [
        lambda: strict.buy(ann, **SALE).json()["code"],
        lambda: strict.buy(pay_code=code, **SALE).json()["code"],
        lambda: str(ask(strict, member=ann)["code"]),
        lambda: strict.give(ann, 1, to=ben).json()["code"],
        lambda: (
            strict.town.till("cafe")
            .post("/v1/holds", json={"shop": "cafe", "member": ann, "points": 1}, headers={"Idempotency-Key": "i"})
            .json()["code"]
        ),
    ]
    assert [spend() for spend in spends] == ["spend_locked"] * len(spends)
    assert strict.buy(ben, **SALE).json()["points_spent"] == 0
    # The member earns on, and what a hold took before is the shop's to capture.
    assert strict.buy(ann, amount_minor=1_000).json()["points_earned"] == 50
    capture = f"/v1/holds/{held.json()['id']}/capture"
    assert strict.town.till("cafe").post(capture, json={"points": 50}, headers={"Idempotency-Key": "c"}).is_success
    assert strict.town.till("cafe").put(path, json={"locked": False}).status_code == 403
    assert strict.app.put(path, json={"locked": False}).json()["spend_locked"] is False
    assert strict.buy(pay_code=code, **SALE).json()["points_spent"] == 300
    history = [each["type"] for each in strict.app.get(f"/v1/wallets/{ann}/history").json()["data"]]
    assert history.index("spending.unlocked") < history.index("spending.locked")


def test_a_merge_keeps_the_lock(strict: People, ann: str) -> None:
    ben = strict.enrol(email="ben@example.com")
    strict.app.put(f"/v1/wallets/{ann}/spend-lock", json={"locked": True})
    strict.operator.post(f"/v1/members/{ann}/merge", json={"into": ben}).raise_for_status()
    assert strict.wallet(ben)["spend_locked"] is True


def test_a_redemption_by_code_asks_the_database_nothing_more(strict: People, ann: str) -> None:
    phone = strict.phone(ann)
    codes = [phone.code(seconds) for seconds in (-30, 0)]
    strict.buy(pay_code=codes[0], amount_minor=1, points=1)
    statements: list[str] = []
    engine = strict.town.database.engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    assert strict.buy(pay_code=codes[1], amount_minor=1, points=1).status_code == 201
    # The poster has a connection of its own; what the use case would ask goes through the engine.
    assert [each for each in statements if "key" not in each] == []
