"""Caps of bonus rules over HTTP: never above them, with a reason, and a refund makes room again."""

from collections.abc import Iterator

import pytest

from coalition.locale.formats import moment, rfc3339
from settlement.ledger import Database
from tests.support.clock import DAY, Clock
from tests.support.town_api import ApiAnswer, ApiTown, api_town, check_audit, purchase, send


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    with api_town(database, clock) as town:
        yield town
        check_audit(town)


def add(town: ApiTown, **fields: object) -> ApiAnswer:
    """Add double points everywhere, paid for by the alliance: 5 points more a unit of money."""
    body = {
        "rule": "double",
        "effect": {"kind": "multiplier", "factor": "2"},
        "funders": [{"shop": "operator"}],
        "budget": 10_000,
        **fields,
    }
    answer = town.client().post("/v1/rules", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def bonus(sold: ApiAnswer) -> int:
    return sum(line["points"] for line in sold["bonuses"])


def reason(town: ApiTown, **body: object) -> tuple[str | None, str | None]:
    answer = send(
        town.till(), "/v1/purchases/quote", None, **{"shop": "bakery", "member": "ann", "amount_minor": 1_000, **body}
    )
    (line,) = answer["earning_forecast"]["breakdown"]
    return line["reason"], line["reason_detail"]


def test_a_member_gets_no_more_than_the_cap_and_a_refund_makes_room_again(town: ApiTown) -> None:
    added = add(town, most_member=70)
    assert (added["most_member"], added["most_member_day"], added["most_day"]) == (70, None, None)
    first = purchase(town.till(), "k1", amount_minor=1_000)
    second = purchase(town.till(), "k2", amount_minor=1_000)
    assert (bonus(first), bonus(second)) == (50, 20)
    assert purchase(town.till(), "k2", amount_minor=1_000)["replayed"]
    assert reason(town) == ("member_had_most", "This member has had the most that it gives to each.")
    assert reason(town, member="bob")[0] is None
    assert bonus(purchase(town.till(), "k3", amount_minor=1_000)) == 0
    # Half of the first sale goes back: 25 of its bonus, so there is room for 25.
    send(town.till(), "/v1/refunds", "r1", purchase=first["id"], amount_minor=500)
    assert bonus(purchase(town.till(), "k4", amount_minor=1_000)) == 25
    send(town.till(), "/v1/refunds", "r2", purchase=first["id"])
    send(town.till(), "/v1/refunds", "r3", purchase=second["id"])
    assert bonus(purchase(town.till(), "k5", amount_minor=2_000)) == 45
    # A new version has a budget of its own, and goes on counting.
    add(town, most_member=80)
    assert bonus(purchase(town.till(), "k6", amount_minor=1_000)) == 10


def test_a_day_has_caps_of_its_own_and_a_late_sale_counts_to_the_day_it_happened_on(town: ApiTown) -> None:
    add(town, most_member_day=60, most_day=100)
    noon = town.clock()
    assert bonus(purchase(town.till(), "k1", amount_minor=1_000)) == 50
    assert bonus(purchase(town.till(), "k2", amount_minor=1_000)) == 10
    assert reason(town)[0] == "member_had_most"
    assert bonus(purchase(town.till(), "k3", member="bob", amount_minor=1_000)) == 40
    assert reason(town, member="bob") == ("day_used_up", "It has given the most that it gives in a day.")
    town.clock.forward(DAY)
    late = purchase(town.till(), "k4", member="bob", amount_minor=1_000, occurred_at=rfc3339(moment(noon)))
    assert bonus(late) == 0
    assert bonus(purchase(town.till(), "k5", amount_minor=2_000)) == 60


def test_what_a_member_had_goes_along_when_they_are_merged_and_a_refund_finds_it(town: ApiTown) -> None:
    add(town, most_member=100)
    sold = purchase(town.till(), "k1", member="bob", amount_minor=1_400)
    assert bonus(sold) == 70
    merged = town.client().post("/v1/members/bob/merge", json={"into": "ann"})
    assert merged.status_code == 200, merged.text
    assert bonus(purchase(town.till(), "k2", amount_minor=1_000)) == 30
    send(town.till(), "/v1/refunds", "r1", purchase=sold["id"])
    assert bonus(purchase(town.till(), "k3", amount_minor=1_000)) == 50
    assert bonus(purchase(town.till(), "k4", amount_minor=1_000)) == 20
