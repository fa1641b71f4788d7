"""Holds over HTTP: locked, captured or released once, lapsing by themselves."""

import re

import pytest

from settlement.ledger import lapsed_holds
from tests.support.clock import HOUR
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send


def hold(town: ApiTown, key: str = "h1", points: int = 300, **fields: object) -> ApiAnswer:
    return send(town.till("cafe"), "/v1/holds", key, shop="cafe", member="ann", points=points, **fields)


@pytest.fixture
def rich(town: ApiTown) -> ApiTown:
    """A town in which Ann has 500 points of the bakery."""
    purchase(town.till(), "k0", amount_minor=10_000)
    return town


def spendable(town: ApiTown) -> int:
    return send(town.till(), "/v1/purchases/quote", None, shop="bakery", member="ann", amount_minor=0)["points_before"]


def test_held_points_cannot_be_spent_elsewhere(rich: ApiTown) -> None:
    assert hold(rich)["status"] == "open"
    assert spendable(rich) == 200


def test_a_part_is_captured_and_the_rest_is_free_again(rich: ApiTown) -> None:
    held = hold(rich)
    got = send(rich.till("cafe"), f"/v1/holds/{held['id']}/capture", "c1", points=120)
    assert (got["status"], got["points_captured"]) == ("captured", 120)
    assert spendable(rich) == 380


def test_a_hold_is_resolved_once(rich: ApiTown) -> None:
    held = hold(rich)
    assert send(rich.till("cafe"), f"/v1/holds/{held['id']}/release", "c1")["status"] == "released"
    again = send(rich.till("cafe"), f"/v1/holds/{held['id']}/capture", "c2", points=1)
    assert (again["status"], again["code"]) == (409, "hold_resolved")
    assert f"Hold {held['id']} was captured" in again["detail"]
    assert re.search(r"posting rel_[0-9a-z]{13}\)", again["detail"])
    assert spendable(rich) == 500


def test_a_retry_of_a_capture_gives_the_first_answer(rich: ApiTown) -> None:
    held = hold(rich)
    first, again = (send(rich.till("cafe"), f"/v1/holds/{held['id']}/capture", "c1", points=9) for _ in range(2))
    assert again.pop("replayed") == "true"
    assert {**again, "replayed": None} == first


def sweep(town: ApiTown) -> None:
    """What the background does every few seconds."""
    with town.session() as session:
        town.alliance.poster.submit(lapsed_holds(town.alliance.book, session, town.clock())).result()


def stands(town: ApiTown, held: ApiAnswer) -> tuple[str, int, int, bool]:
    """The hold's status, what the quote and the wallet say can be spent, and whether all 500 points can be."""
    status = town.till("cafe").get(f"/v1/holds/{held['id']}").json()["status"]
    wallet = town.client().get("/v1/wallets/ann").json()
    assert wallet["points"] + wallet["held_points"] == 500
    exact = {"shop": "cafe", "member": "ann", "amount_minor": 500, "points": 500, "accept_partial": False}
    quote = send(town.till("cafe"), "/v1/purchases/quote", None, **exact)
    return status, spendable(town), wallet["points"], quote["status"] == 200


def test_status_and_balances_agree_with_what_can_be_spent(rich: ApiTown) -> None:
    held = hold(rich, lapses_after_seconds=60)
    assert stands(rich, held) == ("open", 200, 200, False)
    rich.clock.now += HOUR
    assert stands(rich, held) == ("lapsing", 200, 200, False)
    sweep(rich)
    assert stands(rich, held) == ("lapsed", 500, 500, True)


def test_one_whose_time_is_over_is_released_at_once_on_request(rich: ApiTown) -> None:
    held = hold(rich, lapses_after_seconds=60)
    rich.clock.now += HOUR
    assert send(rich.till("cafe"), f"/v1/holds/{held['id']}/release", "r1")["status"] == "released"
    assert stands(rich, held) == ("released", 500, 500, True)


def test_it_lapses_by_itself(rich: ApiTown) -> None:
    held = hold(rich, lapses_after_seconds=60)
    rich.clock.now += HOUR
    till = rich.till("cafe")
    late = send(till, f"/v1/holds/{held['id']}/capture", "c1", points=1)
    assert (late["status"], late["code"]) == (409, "hold_lapsed")
    sweep(rich)
    assert spendable(rich) == 500
    assert till.get(f"/v1/holds/{held['id']}").json()["status"] == "lapsed"


def test_more_than_there_is_cannot_be_held(rich: ApiTown) -> None:
    refused = hold(rich, points=501)
    assert (refused["status"], refused["code"]) == (409, "points_short")


def test_a_hold_takes_what_is_there_where_a_part_is_accepted(rich: ApiTown) -> None:
    held = hold(rich, points=501, accept_partial=True)
    assert (held["status"], held["points"]) == ("open", 500)
    nothing = hold(rich, "h2", points=1, accept_partial=True)
    assert (nothing["status"], nothing["code"]) == (409, "points_short")


def test_another_shops_hold_looks_as_if_it_were_not_there(rich: ApiTown) -> None:
    held = hold(rich)
    for id_ in (held["id"], "hold_0000000000000", "nonsense"):
        assert rich.till("bakery").get(f"/v1/holds/{id_}").status_code == 404
