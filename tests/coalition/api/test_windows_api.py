"""Windows, statements and reports over HTTP: the book's figures, each shop its own."""

import pytest

from coalition.access.caller import Role
from tests.support.clock import DAY
from tests.support.town_api import ApiTown, purchase

OPENING = "win_20240512T220000Z"


@pytest.fixture
def busy(town: ApiTown) -> ApiTown:
    """Points of the bakery were spent at the cafe, and the week is over."""
    purchase(town.till(), "k1", amount_minor=10_000)
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=1_000, points=300)
    town.clock.now += 7 * DAY
    return town


def test_a_window_that_is_over_is_due_and_shows_its_nets_so_far(busy: ApiTown) -> None:
    listed = busy.client().get("/v1/windows").json()["data"]
    assert [(window["id"], window["status"]) for window in listed] == [
        ("win_20240519T220000Z", "open"),
        (OPENING, "due"),
    ]
    nets = busy.client().get(f"/v1/windows/{OPENING}").json()["nets"]
    assert [(net["shop"], net["net_minor"]) for net in nets] == [("bakery", -300), ("cafe", 300)]


def test_closing_it_twice_answers_the_same(busy: ApiTown) -> None:
    client = busy.client(Role.OPERATOR)
    first, again = (client.post(f"/v1/windows/{OPENING}/close").json() for _ in range(2))
    assert first == again
    assert (first["status"], first["collected_minor"]) == ("closed", 300)
    plan = client.get(f"/v1/windows/{OPENING}/plan", params={"shop_to_shop": True}).json()
    assert plan == {
        "payments": [{"payer": "bakery", "payee": "cafe", "amount_minor": 300}],
        "proven_minimal": True,
    }


@pytest.mark.parametrize(
    ("window", "status"),
    [("win_20240519T220000Z", 409), ("win_20240520T220000Z", 404), ("win_2024", 404), ("win_99990101T000000Z", 404)],
)
def test_a_window_that_is_not_over_or_not_there_is_not_closed(busy: ApiTown, window: str, status: int) -> None:
    assert busy.client().post(f"/v1/windows/{window}/close").status_code == status


def test_a_shop_sees_its_own_net_and_statement_alone(busy: ApiTown) -> None:
    busy.client().post(f"/v1/windows/{OPENING}/close")
    till = busy.till("cafe")
    assert [net["shop"] for net in till.get(f"/v1/windows/{OPENING}").json()["nets"]] == ["cafe"]
    assert till.get(f"/v1/windows/{OPENING}/statements/cafe").json()["net"]["minor"] == 300
    assert till.get(f"/v1/windows/{OPENING}/statements/bakery").status_code == 404
    assert till.get(f"/v1/windows/{OPENING}/plan").status_code == 403


@pytest.mark.parametrize(("format_", "start"), [("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf"), ("text", b"Old Town")])
def test_a_statement_comes_in_every_format(busy: ApiTown, format_: str, start: bytes) -> None:
    busy.client().post(f"/v1/windows/{OPENING}/close")
    statement = busy.client().get(f"/v1/windows/{OPENING}/statements/cafe", params={"format": format_, "moves": True})
    assert statement.status_code == 200
    assert start in statement.content


def test_lists_go_on_where_the_page_before_ended(busy: ApiTown) -> None:
    client = busy.client()
    first = client.get("/v1/windows", params={"limit": 1}).json()
    second = client.get("/v1/windows", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [page["data"][0]["id"] for page in (first, second)] == ["win_20240519T220000Z", OPENING]
    assert second["next_cursor"] is None
    assert client.get("/v1/windows", params={"cursor": "bm9uc2Vuc2U"}).status_code == 422


def test_reports_add_up(busy: ApiTown) -> None:
    client = busy.client()
    liability = client.get("/v1/reports/liability").json()
    assert (liability["points"], liability["worth_minor"]) == (235, 235)
    assert [(vintage["issuer"], vintage["points"]) for vintage in liability["vintages"]] == [
        ("bakery", 200),
        ("cafe", 35),
    ]
    turnover = {row["shop"]: row for row in client.get("/v1/reports/turnover").json()}
    assert turnover["bakery"]["redemption_bps"] == 6_000
    assert turnover["cafe"]["redeemed_here"] == 300
    assert client.get("/v1/reports/flows").json() == [{"issuer": "bakery", "shop": "cafe", "points": 300}]
    assert [exposure["exposure_minor"] for exposure in client.get("/v1/reports/exposures").json()][:2] == [200, 0]


def test_a_shop_sees_its_own_part_of_a_report(busy: ApiTown) -> None:
    purchase(busy.till("diner"), "k3", shop="diner", amount_minor=1_000, points=10)
    till = busy.till("cafe")
    assert {vintage["issuer"] for vintage in till.get("/v1/reports/liability").json()["vintages"]} == {"cafe"}
    assert [row["shop"] for row in till.get("/v1/reports/turnover").json()] == ["cafe"]
    assert till.get("/v1/reports/flows").json() == [{"issuer": "bakery", "shop": "cafe", "points": 300}]


def test_cohorts_count_who_came_back(town: ApiTown) -> None:
    client = town.client()
    made = [client.post("/v1/members", json={"email": f"m{n}@example.org"}).json()["id"] for n in range(3)]
    purchase(town.till(), "k1", member=made[0], amount_minor=1_000)
    purchase(town.till(), "k2", member=made[1], amount_minor=1_000)
    town.clock.now += 31 * DAY
    purchase(town.till(), "k3", member=made[0], amount_minor=1_000)
    may, june = client.get("/v1/reports/cohorts", params={"months": 2}).json()
    assert (may["month"], may["active"], june["active"]) == ("2024-05", [2, 1], [0])
    assert may["members"] >= 3
