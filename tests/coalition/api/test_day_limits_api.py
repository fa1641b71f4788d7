"""Limits of a day: what a till and a shop may book without a manager, counted once, whoever sends it again."""

from collections.abc import Callable
from contextlib import closing
from itertools import count

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.access.caller import Role
from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.tills.day_counts import Booked, day_counts_of
from tests.support.clock import DAY
from tests.support.people import person
from tests.support.tills import Device, cashier, till_code
from tests.support.town_api import ApiTown, purchase, send

SETTINGS = "/v1/settings/tills"
Limit = dict[str, int]
_keys = count(1)


def limit(town: ApiTown, **days: Limit) -> None:
    operator = town.client()
    read = operator.get(SETTINGS)
    body = {**read.json(), "till_day": {}, "shop_day": {}, **days}
    changed = operator.put(SETTINGS, json=body, headers={"If-Match": read.headers["ETag"]})
    assert changed.status_code == 200, changed.text


def counter(town: ApiTown, name: str = "Left") -> Callable[..., Response]:
    """A connected till at which Karla is signed in: it sells."""
    device = Device(town)
    assert device.connect(till_code(town, "bakery"), name).status_code == 201
    device.begin()
    shift = device.sign_in(cashier(town, "bakery", "Karla")).json()["id"]

    def sell(key: str = "", **fields: object) -> Response:
        return device.sell(shift, key, **fields)

    sell.till = device.id  # type: ignore[attr-defined]
    return sell


def code(answer: Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


FULL = (403, "day_limit_reached")


@pytest.mark.parametrize(
    ("day", "fields"),
    [
        ({"sales": 2}, {"amount_minor": 1_000}),
        ({"amount_minor": 2_500}, {"amount_minor": 1_000}),
        ({"points": 25}, {"amount_minor": 1_000, "points": 10}),
    ],
)
def test_a_till_stops_at_its_limit_and_goes_on_the_next_day(town: ApiTown, day: Limit, fields: Limit) -> None:
    purchase(town.client(), "first", amount_minor=10_000)
    sell = counter(town)
    limit(town, till_day=day)
    sold = [sell(**fields) for _ in range(3)]
    assert [answer.status_code for answer in sold] == [201, 201, 403]
    assert code(sold[2]) == FULL
    assert sell("again", **fields).json()["fields"] == []
    town.clock.forward(DAY)
    assert counter(town, "Right")(**fields).status_code == 201


def test_another_till_and_a_person_go_on(town: ApiTown) -> None:
    sell, other = counter(town), counter(town, "Right")
    limit(town, till_day={"sales": 1})
    assert [sell().status_code, code(sell()), other().status_code] == [201, FULL, 201]
    mona = person(town, Role.MANAGER, "bakery").log_in()
    assert purchase(mona, "by-mona", amount_minor=1_000)["status"] != 403


def test_all_of_a_shop_count_together_and_the_manager_does_not(town: ApiTown) -> None:
    sell, till = counter(town), town.till()
    limit(town, shop_day={"amount_minor": 2_000})
    assert sell().status_code == 201
    assert purchase(till, "k1", amount_minor=1_000)["points_earned"] == 50
    assert code(sell()) == FULL
    karl = person(town, Role.CASHIER, "bakery").log_in()
    for client in (till, karl):
        assert purchase(client, f"k{next(_keys)}-more", amount_minor=1)["code"] == "day_limit_reached"
    mona = person(town, Role.MANAGER, "bakery").log_in()
    assert "code" not in purchase(mona, "by-mona", amount_minor=1_000)
    assert "code" not in purchase(town.till("cafe"), "k3", shop="cafe", amount_minor=1_500), "another shop"


def test_what_is_sent_again_or_refused_counts_once_or_not_at_all(town: ApiTown) -> None:
    sell = counter(town)
    limit(town, till_day={"sales": 2})
    assert [sell("one").status_code for _ in range(3)] == [201] * 3
    assert sell(member="nobody").status_code == 404
    assert sell("two").status_code == 201
    assert code(sell("three")) == FULL
    assert sell("two").status_code == 201, "the answer that was lost"


def test_a_sale_that_asks_for_all_points_counts_what_it_spent(town: ApiTown) -> None:
    purchase(town.client(), "first", amount_minor=10_000)
    sell = counter(town)
    limit(town, till_day={"points": 400})
    assert sell(amount_minor=300, points="all").json()["points_spent"] == 300
    assert sell(amount_minor=100, points=100).status_code == 201
    assert code(sell(amount_minor=100, points="all")) == FULL
    assert sell(amount_minor=100).status_code == 201, "earning goes on"


def test_a_hold_counts_the_points_that_it_locks(town: ApiTown) -> None:
    purchase(town.client(), "first", amount_minor=10_000)
    limit(town, shop_day={"points": 100})
    till = town.till()
    held = [send(till, "/v1/holds", f"h{points}", shop="bakery", member="ann", points=points) for points in (80, 30)]
    assert held[0]["points"] == 80
    assert held[1]["code"] == "day_limit_reached"


def test_a_manager_lets_a_till_go_on_for_the_day(town: ApiTown) -> None:
    sell = counter(town)
    limit(town, till_day={"sales": 1})
    assert [sell().status_code, code(sell())] == [201, FULL]
    mona = person(town, Role.MANAGER, "bakery").log_in()
    till = sell.till  # type: ignore[attr-defined]
    assert mona.patch(f"/v1/tills/{till}", json={"limit_lifted": True}).status_code == 200
    assert [sell().status_code for _ in range(3)] == [201] * 3
    assert mona.patch(f"/v1/tills/{till}", json={"limit_lifted": False}).json()["name"] == "Left"
    other = person(town, Role.MANAGER, "cafe").log_in()
    assert other.patch(f"/v1/tills/{till}", json={"limit_lifted": True}).status_code == 404


def test_a_batch_counts_too_and_one_item_stops_no_other(town: ApiTown) -> None:
    limit(town, shop_day={"amount_minor": 2_000})
    items = [
        {"shop": "bakery", "member": "ann", "amount_minor": minor, "idempotency_key": f"b{minor}"}
        for minor in (1_500, 700, 500)
    ]
    answers = town.till().post("/v1/batches", json={"purchases": items}).json()["data"]
    assert [answer.get("code") for answer in answers] == [None, "day_limit_reached", None]


def test_processes_share_what_is_written_and_a_stop_writes_it(town: ApiTown) -> None:
    limit(town, shop_day={"sales": 2})
    assert "code" not in purchase(town.till(), "p1", amount_minor=100)
    day_counts_of(town.alliance).flush()
    key = town.key(Role.TILL, "bakery")
    for sale in ("p2", "p3"):
        with closing(Alliances(town.database, town.clock)) as others:
            app = create_app(others, rate_scale=0, messenger=town.messages)
            other = TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)
            assert purchase(other, sale, amount_minor=100).get("code") == (None if sale == "p2" else FULL[1])


def test_without_a_limit_nothing_is_counted(town: ApiTown) -> None:
    counter(town)()
    assert day_counts_of(town.alliance)._days == {}


def test_counts_add_up() -> None:
    assert Booked(1, 2, 3).plus(Booked(4, 5, 6).negative()) == Booked(-3, -3, -3)
