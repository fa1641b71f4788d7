"""Sales that tills made offline: each proves which till made it and when, is judged by then, and is booked once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from coalition.access.caller import Role
from coalition.locale.formats import moment, rfc3339
from tests.support.clock import DAY, HOUR, MINUTE
from tests.support.tills import Device, cashier, till_code
from tests.support.town_api import ApiTown
from tests.support.wallets import People

SETTINGS = "/v1/settings/tills"


def sales(town: ApiTown) -> int:
    return len(town.client().get("/v1/purchases?limit=100").json()["data"])


def codes(answers: list[dict[str, Any]]) -> list[str | None]:
    return [answer["code"] for answer in answers]


@pytest.fixture
def device(town: ApiTown) -> Device:
    """A till of the bakery's in a session."""
    return connected(town)


@pytest.fixture
def shift(town: ApiTown, device: Device) -> str:
    """Karla's."""
    return begun(town, device)


def connected(town: ApiTown) -> Device:
    device = Device(town)
    device.connect(till_code(town, "bakery"))
    assert device.begin().status_code == 201
    return device


def begun(town: ApiTown, device: Device) -> str:
    return str(device.sign_in(cashier(town, "bakery", "Karla")).json()["id"])


def settings(town: ApiTown, **changes: object) -> None:
    """Let the alliance decide otherwise."""
    read = town.client().get(SETTINGS)
    answer = town.client().put(SETTINGS, json={**read.json(), **changes}, headers={"If-Match": read.headers["etag"]})
    assert answer.status_code == 200, answer.text


def test_each_sale_is_booked_once_by_its_till_and_cashier_however_often_it_is_sent(
    town: ApiTown, device: Device, shift: str
) -> None:
    sold_at = town.clock.forward(MINUTE)
    queued = [device.offline(shift, f"q{number}", sold_at + number, amount_minor=1_000) for number in range(3)]
    town.clock.forward(5 * HOUR)
    device.begin()
    first = device.sync(*queued)
    assert [(each["status"], each["points_earned"], each["replayed"]) for each in first] == [(201, 50, False)] * 3
    with ThreadPoolExecutor(4) as tabs:
        again = list(tabs.map(lambda _: device.sync(*reversed(queued)), range(4)))
    assert [{each["id"] for each in answers} for answers in again] == [{each["id"] for each in first}] * 4
    assert sales(town) == 3
    booked = device.client.get(f"/v1/purchases/{first[0]['id']}").json()
    assert (booked["till"], booked["occurred_at"]) == (device.id, rfc3339(moment(sold_at)))


def test_what_was_sent_online_first_is_the_same_sale(town: ApiTown, device: Device, shift: str) -> None:
    sold_at = town.clock.forward(MINUTE)
    device.sell(shift, "q1", occurred_at=rfc3339(moment(sold_at)))
    (answer,) = device.sync(device.offline(shift, "q1", sold_at))
    assert answer["replayed"]
    assert sales(town) == 1


def test_a_sale_that_the_till_has_not_signed_so_is_refused(town: ApiTown, device: Device, shift: str) -> None:
    sold_at = town.clock.forward(MINUTE)
    good = device.offline(shift, "q1", sold_at)
    other = connected(town)
    changed = [
        {**good, "content": good["content"].replace("1000", "9000")},
        {**good, "content": good["content"].replace("q1", "q2")},
        {**good, "content": good["content"] + " "},
        {**good, "signature": device.offline(shift, "q3", sold_at)["signature"]},
        {**good, "signature": "AAAA"},
        other.offline(shift, "q4", sold_at, till=device.id),
        device.offline(shift, "q5", sold_at, till="till_nobody"),
    ]
    assert codes(device.sync(*changed)) == ["sale_not_signed"] * 7
    unreadable, incomplete = ({"content": content, "signature": "AAAA"} for content in ("{", '{"till": "x"}'))
    assert codes(device.sync(unreadable, incomplete)) == ["invalid"] * 2
    (answer,) = device.sync(device.offline(shift, "q0", sold_at, amount_minor="5"))
    assert [field["field"] for field in answer["fields"]] == ["amount_minor"]
    assert codes(device.sync(device.offline(shift, "q6", sold_at, shop="cafe"))) == ["not_found"]
    assert codes(device.sync(device.offline(begun(town, other), "q7", sold_at))) == ["not_found"]
    assert sales(town) == 0
    assert codes(device.sync(good)) == [None]


def test_another_till_of_the_shop_may_send_it_and_none_that_was_removed_may_have_made_it(
    town: ApiTown, device: Device, shift: str
) -> None:
    sold_at = town.clock.forward(MINUTE)
    first, second = (device.offline(shift, key, sold_at) for key in ("q1", "q2"))
    other = connected(town)
    assert codes(other.sync(first)) == [None]
    assert town.client().delete(f"/v1/tills/{device.id}").status_code == 204
    assert codes(other.sync(second, first)) == ["seller_removed", None], "what was booked before stays answered"
    assert sales(town) == 1


def test_a_till_says_of_nothing_unsigned_that_it_was_sold_long_ago(town: ApiTown, device: Device, shift: str) -> None:
    sold_at = rfc3339(moment(town.clock.forward(MINUTE)))
    assert device.sell(shift, "s1", occurred_at=sold_at).status_code == 201
    town.clock.forward(11 * MINUTE)
    assert device.sell(shift, "s2", occurred_at=sold_at).json()["code"] == "signature_needed"
    assert device.sell(shift, "s1", occurred_at=sold_at).headers["Idempotent-Replayed"] == "true"
    batch = {"shop": "bakery", "member": "ann", "amount_minor": 1, "shift": shift, "occurred_at": sold_at}
    answer = device.client.post("/v1/batches", json={"purchases": [{**batch, "idempotency_key": "s3"}]}).json()
    assert codes(answer["data"]) == ["signature_needed"]
    assert device.sell(shift, "s4").status_code == 201


def test_it_is_judged_by_when_it_was_sold_and_not_later_than_allowed(town: ApiTown, device: Device, shift: str) -> None:
    people = People(town)
    phone = people.phone("ann")
    sold_at = town.clock.forward(MINUTE)
    code, digits = phone.code(), town.client(Role.APP).post("/v1/members/ann/short-codes").json()["code"]
    by_code = device.offline(shift, "q1", sold_at, member=None, pay_code=code)
    by_digits = device.offline(shift, "q2", sold_at, member=None, pay_code=digits)
    early = device.offline(shift, "q3", sold_at - 10 * MINUTE, member=None, pay_code=digits)
    late = device.offline(shift, "q4", sold_at)
    town.clock.forward(71 * HOUR)
    device.begin()
    # Six digits that were made since let the earlier ones stay good for what was sold before.
    town.client(Role.APP).post("/v1/members/ann/short-codes")
    again = device.offline(shift, "q5", sold_at, member=None, pay_code=code)
    assert codes(device.sync(by_code, by_digits, early, again)) == [None, None, "pay_code_over", "pay_code_used"]
    town.clock.forward(2 * HOUR)
    device.begin()
    assert codes(device.sync(late, by_code)) == ["offline_too_late", None]
    settings(town, offline_hours=1)
    recent = device.offline(shift, "q6", town.clock() - 2 * HOUR)
    (answer,) = device.sync(recent)
    assert answer["detail"] == "This sale was made offline more than 1 hours ago. Nothing was booked."


def test_points_are_spent_online_only(town: ApiTown, device: Device, shift: str) -> None:
    sold_at = town.clock.forward(MINUTE)
    device.sync(device.offline(shift, "q1", sold_at, amount_minor=100_000))
    code = People(town).phone("ann").code()
    spends = device.offline(shift, "q2", sold_at, member=None, pay_code=code, points=10)
    assert codes(device.sync(spends)) == ["online_only"]


def test_a_till_sells_so_much_a_day_offline_in_all_sessions_at_once(town: ApiTown, device: Device, shift: str) -> None:
    settings(town, offline_sales_per_day=3)
    assert device.client.get("/v1/till").json()["offline"] == {
        "sales_per_day": 3,
        "sales_left": 3,
        "hours": 72,
        "loss": "shop",
    }
    sold_at = town.clock.forward(MINUTE)
    queued = [device.offline(shift, f"q{number}", sold_at) for number in range(8)]
    with ThreadPoolExecutor(4) as tabs:
        answers = [answer for each in tabs.map(device.sync, queued) for answer in each]
    assert sorted(map(str, codes(answers))) == ["None"] * 3 + ["offline_full"] * 5
    assert codes(device.sync(*queued)) == codes(answers), "sent again, each stays what it was"
    assert device.client.get("/v1/till").json()["offline"]["sales_left"] == 0
    other = connected(town)
    assert codes(other.sync(other.offline(begun(town, other), "o1", sold_at))) == [None]
    next_day = town.clock.forward(DAY)
    device.begin()
    assert codes(device.sync(device.offline(begun(town, device), "d2", next_day))) == [None]


def test_settings_are_the_alliances_and_changed_by_who_has_read_them(town: ApiTown, device: Device) -> None:
    assert town.client().get(SETTINGS).json() == {
        "offline_sales_per_day": 100,
        "offline_hours": 72,
        "offline_loss": "shop",
        "till_day": {"sales": None, "amount_minor": None, "points": None},
        "shop_day": {"sales": None, "amount_minor": None, "points": None},
    }
    settings(town, offline_loss="alliance")
    assert device.client.get("/v1/till").json()["offline"]["loss"] == "alliance"
    body = {"offline_sales_per_day": 1, "offline_hours": 1, "offline_loss": "member"}
    assert town.client().put(SETTINGS, json=body).status_code == 428
    assert town.client().put(SETTINGS, json=body, headers={"If-Match": '"0"'}).status_code == 412
    assert device.client.get(SETTINGS).status_code == 403
