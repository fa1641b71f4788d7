"""Holds of a household's points over HTTP: taken as a purchase takes them, given back to the very lots."""

from collections.abc import Callable

import pytest

from settlement.ledger import lapsed_holds
from tests.support.clock import HOUR
from tests.support.town_api import ApiAnswer, send
from tests.support.wallets import People

Lots = list[list[tuple[str, str, int]]]


@pytest.fixture
def family(people: People) -> list[str]:
    """A household: 100 points, 500 and 30 of two shops, and none; in the order in which they joined."""
    members = [people.enrol(email=f"{name}@example.com") for name in "abc"]
    a, b, _ = members
    people.buy(a, shop="cafe", amount_minor=2_000)
    people.buy(b, shop="bakery", amount_minor=10_000)
    people.town.clock.forward(40 * 24 * HOUR)
    people.buy(b, shop="cafe", amount_minor=600)
    people.share(*members)
    return members


def hold(people: People, member: str, points: int, key: str = "h1", seconds: int = 900) -> ApiAnswer:
    body = {"shop": "diner", "member": member, "points": points, "lapses_after_seconds": seconds}
    return send(people.town.till("diner"), "/v1/holds", key, **body)


def then(people: People, held: ApiAnswer, what: str, key: str = "t1", **body: object) -> ApiAnswer:
    return send(people.town.till("diner"), f"/v1/holds/{held['id']}/{what}", key, **body)


def lots(people: People, members: list[str]) -> Lots:
    """What each can spend, lot by lot."""
    wallets = [people.wallet(member) for member in members]
    return [[(lot["issuer"], lot["expires_on"], lot["points"]) for lot in wallet["lots"]] for wallet in wallets]


def test_a_hold_locks_ones_own_points_first_then_the_others(people: People, family: list[str]) -> None:
    assert hold(people, family[1], 600)["status"] == "open"
    assert [people.points(member) for member in family] == [30, 0, 0]
    assert [people.wallet(member)["held_points"] for member in family] == [70, 530, 0]
    assert people.buy(family[2], amount_minor=10_000, points="all", shop="diner").json()["points_spent"] == 30


def test_a_hold_takes_what_a_purchase_takes(people: People, family: list[str]) -> None:
    before = lots(people, family)
    held = hold(people, family[2], 620)
    assert held["status"] == "open", held
    by_hold = lots(people, family)
    then(people, held, "release")
    assert lots(people, family) == before
    bought = people.buy(family[2], amount_minor=620, points="all", shop="diner").json()
    assert (bought["points_spent"], lots(people, family)) == (620, by_hold)


def test_more_than_the_household_has_cannot_be_held(people: People, family: list[str]) -> None:
    refused = hold(people, family[2], 631)
    assert (refused["status"], refused["code"]) == (409, "points_short")
    assert "630" in refused["detail"]


def test_where_fewer_are_welcome_all_that_the_household_has_is_held(people: People, family: list[str]) -> None:
    body = {"shop": "diner", "member": family[2], "points": 1_000, "accept_partial": True}
    held = send(people.town.till("diner"), "/v1/holds", "h1", **body)
    assert (held["status"], held["points"]) == ("open", 630)
    assert [people.points(member) for member in family] == [0, 0, 0]


def test_what_a_frozen_member_has_is_not_held(people: People, family: list[str]) -> None:
    people.operator.post(f"/v1/members/{family[1]}/freeze")
    assert hold(people, family[2], 101)["code"] == "points_short"
    assert hold(people, family[2], 100, key="h2")["status"] == "open"


def test_a_retry_is_answered_alike_when_the_household_has_changed(people: People, family: list[str]) -> None:
    first = hold(people, family[2], 600)
    household = people.wallet(family[2])["household"]
    assert people.app.delete(f"/v1/households/{household}/members/{family[1]}").status_code == 204
    again = hold(people, family[2], 600)
    assert again.pop("replayed") == "true"
    assert {**again, "replayed": None} == first


def test_a_capture_spends_in_the_order_of_the_hold_and_frees_the_rest(people: People, family: list[str]) -> None:
    held = hold(people, family[2], 620)
    got = then(people, held, "capture", points=150)
    assert (got["status"], got["points_captured"]) == ("captured", 150)
    assert [people.points(member) for member in family] == [0, 480, 0]


def lapse(people: People, held: ApiAnswer) -> None:
    alliance, clock = people.town.alliance, people.town.clock
    clock.forward(HOUR)
    with people.town.session() as session:
        alliance.poster.submit(lapsed_holds(alliance.book, session, clock())).result()
    assert people.town.till("diner").get(f"/v1/holds/{held['id']}").json()["status"] == "lapsed"


def release(people: People, held: ApiAnswer) -> None:
    assert then(people, held, "release")["status"] == "released"


def refund_whole(people: People, held: ApiAnswer) -> None:
    then(people, held, "capture", "c1", points=620)
    assert then(people, held, "refund", "r1", points=620)["points_returned"] == 620


def refund_in_parts(people: People, held: ApiAnswer) -> None:
    then(people, held, "capture", "c1", points=320)
    for number in range(8):
        assert then(people, held, "refund", f"r{number}", points=40)["points_returned"] == 40 * (number + 1)


@pytest.mark.parametrize("give_back", [lapse, release, refund_whole, refund_in_parts])
def test_points_come_back_to_the_very_lots(
    people: People, family: list[str], give_back: Callable[[People, ApiAnswer], None]
) -> None:
    before = lots(people, family)
    held = hold(people, family[2], 620)
    # Whoever leaves meanwhile gets their own back all the same.
    household = people.wallet(family[0])["household"]
    assert people.app.delete(f"/v1/households/{household}/members/{family[0]}").status_code == 204
    give_back(people, held)
    assert lots(people, family) == before


def test_the_last_taken_comes_back_first(people: People, family: list[str]) -> None:
    held = hold(people, family[2], 620)
    then(people, held, "capture", "c1", points=150)
    assert then(people, held, "refund", "r1", points=60)["points_returned"] == 60
    assert [people.points(member) for member in family] == [10, 530, 0]


def test_no_more_than_was_captured_goes_back(people: People, family: list[str]) -> None:
    held = hold(people, family[2], 620)
    early = then(people, held, "refund", "r0", points=1)
    then(people, held, "capture", "c1", points=100)
    over = then(people, held, "refund", "r1", points=101)
    first, again = (then(people, held, "refund", "r2", points=60) for _ in range(2))
    rest = then(people, held, "refund", "r3", points=41)
    assert [(answer["status"], answer["code"]) for answer in (early, over, rest)] == [
        (409, "refund_exceeds_original")
    ] * 3
    assert again.pop("replayed") == "true"
    assert {**again, "replayed": None} == first
    assert [people.points(member) for member in family] == [60, 530, 0]
    events = people.app.get("/v1/events", params={"type": "refund.created", "member": family[2]}).json()["data"]
    assert [(event["data"]["hold"], event["data"]["points_returned"]) for event in events] == [(held["id"], 60)]
