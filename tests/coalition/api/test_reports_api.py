"""Reports at a date, and by calendar day: what each of two years gets of the week that lies in both."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient

from settlement.ledger import Database
from tests.support.books import expired_lots
from tests.support.clock import HOUR, Clock, instant
from tests.support.town_api import ApiTown, api_town, purchase, send

ZONE = "Europe/Berlin"


@pytest.fixture
def newyear(database: Database) -> Iterator[ApiTown]:
    """A week from Monday 29 December 2025 to Sunday 4 January 2026, in which things happen in both years."""
    with api_town(database, Clock(instant("2025-12-29T12:00", ZONE))) as town:
        purchase(town.till(), "k1", amount_minor=10_000)
        town.clock.set(instant("2025-12-31T23:30", ZONE))
        purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=1_000, points=200)
        town.clock.set(instant("2026-01-01T00:30", ZONE))
        purchase(town.till("diner"), "k3", shop="diner", amount_minor=2_000, points=100)
        yield town


def turnover(client: TestClient, **days: str) -> dict[str, tuple[int, int, int, int]]:
    rows = client.get("/v1/reports/turnover", params=days).raise_for_status().json()
    return {
        row["shop"]: (row["issued"], row["redeemed_here"], row["redeemed_elsewhere"], row["expired"]) for row in rows
    }


def liability(client: TestClient, day: str | None = None) -> dict[str, Any]:
    params = {} if day is None else {"as_of": day}
    report: dict[str, Any] = client.get("/v1/reports/liability", params=params).raise_for_status().json()
    return report


def test_a_week_over_new_year_is_not_the_old_years_alone(newyear: ApiTown) -> None:
    client = newyear.client()
    old, new = turnover(client, last_day="2025-12-31"), turnover(client, first_day="2026-01-01")
    assert old == {"bakery": (500, 0, 200, 0), "cafe": (40, 200, 0, 0)}
    assert new == {"bakery": (0, 0, 100, 0), "diner": (95, 100, 0, 0)}
    assert turnover(client, first_day="2025-12-31", last_day="2025-12-31") == {
        "bakery": (0, 0, 200, 0),
        "cafe": (40, 200, 0, 0),
    }
    assert turnover(client)["bakery"] == (500, 0, 300, 0)
    flows = client.get("/v1/reports/flows", params={"last_day": "2025-12-31"}).json()
    assert flows == [{"issuer": "bakery", "shop": "cafe", "points": 200}]


def test_a_sale_that_was_sent_later_counts_on_its_own_day(newyear: ApiTown) -> None:
    # Recorded after its week was closed, so it settles in the next window.
    newyear.clock.set(instant("2026-01-06T12:00", ZONE))
    client = newyear.client()
    for window in client.get("/v1/windows").json()["data"]:
        client.post(f"/v1/windows/{window['id']}/close")
    late = purchase(newyear.till(), "k4", amount_minor=1_000, occurred_at="2025-12-31T10:00:00+01:00")
    assert late["status"] == 201
    assert turnover(client, last_day="2025-12-31")["bakery"] == (550, 0, 200, 0)
    assert turnover(client, first_day="2025-12-31", last_day="2025-12-31")["bakery"] == (50, 0, 200, 0)
    assert turnover(client, first_day="2026-01-05") == {}, "of the window that it settles in nothing"
    assert liability(client, "2025-12-31")["points"] == 500 + 40 - 200 + 50


def test_points_outstanding_as_of_a_day(newyear: ApiTown) -> None:
    client = newyear.client()
    assert liability(client, "2025-12-28")["vintages"] == []
    assert liability(client, "2025-12-30")["points"] == 500
    report = liability(client, "2025-12-31")
    assert (report["as_of"], report["points"], report["worth_minor"]) == ("2025-12-31T23:00:00Z", 340, 340)
    assert [(row["issuer"], row["points"]) for row in report["vintages"]] == [("bakery", 300), ("cafe", 40)]
    # Today is as of now, as the report without a day is.
    now = liability(client)
    assert now["points"] == 335
    assert liability(client, "2026-01-01") == now
    assert now["as_of"] == "2025-12-31T23:30:00Z"


def test_held_and_given_points_stay_outstanding(newyear: ApiTown) -> None:
    newyear.clock.set(instant("2026-01-01T23:55", ZONE))
    hold = send(newyear.till(), "/v1/holds", "h1", shop="bakery", member="ann", points=50)
    send(newyear.client(), "/v1/gifts", "g1", member="ann", to="bob", points=60)
    newyear.clock.forward(HOUR // 6)
    assert send(newyear.till(), f"/v1/holds/{hold['id']}/capture", "c1", points=50)["status"] == "captured"
    client = newyear.client()
    assert liability(client, "2026-01-01")["points"] == 335
    assert liability(client)["points"] == 285


def test_the_days_between_two_reports_make_the_difference(newyear: ApiTown) -> None:
    # The points of December 2025 are over; those of January 2026 are not.
    newyear.clock.set(instant("2027-01-01T09:00", ZONE))
    client = newyear.client()
    with newyear.session() as session:
        swept = expired_lots(newyear.alliance.book, session, newyear.clock())
    for posting in swept:
        newyear.alliance.poster.post(posting)
    days = ("2025-12-28", "2025-12-30", "2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01")
    for before, after in pairwise(days):
        first = f"{before[:8]}{int(before[8:]) + 1:02d}" if before[5:] != "12-31" else f"{int(before[:4]) + 1}-01-01"
        moved = turnover(client, first_day=first, last_day=after)
        changed = sum(issued - spent - expired for issued, spent, _, expired in moved.values())
        assert liability(client, after)["points"] - liability(client, before)["points"] == changed
    assert liability(client, "2026-12-31")["points"] == 335
    assert liability(client, "2027-01-01")["points"] == 95


@pytest.mark.parametrize(
    ("path", "params", "field", "problem"),
    [
        ("liability", {"as_of": "2026-01-02"}, "as_of", "must not lie after 2026-01-01"),
        ("liability", {"as_of": "20251231"}, "as_of", "must be a date: YYYY-MM-DD"),
        ("liability", {"as_of": "1767139200"}, "as_of", "must be a date: YYYY-MM-DD"),
        (
            "turnover",
            {"first_day": "2026-01-02", "last_day": "2026-01-01"},
            "last_day",
            "must not lie before first_day",
        ),
        ("exposures", {"as_of": "2025-12-31"}, "as_of", "this operation takes no query parameters"),
        ("turnover", {"since": "2026-01-01"}, "since", "is no query parameter of this operation"),
    ],
)
def test_a_day_that_cannot_be_used(
    newyear: ApiTown, path: str, params: dict[str, str], field: str, problem: str
) -> None:
    answer = newyear.client().get(f"/v1/reports/{path}", params=params)
    assert answer.status_code == 422
    (first,) = answer.json()["fields"]
    assert (first["field"], first["problem"][: len(problem)]) == (field, problem)


def test_a_day_of_a_clock_change_has_its_own_hours(database: Database) -> None:
    with api_town(database, Clock(instant("2026-03-28T23:30", ZONE))) as town:
        purchase(town.till(), "k1", amount_minor=1_000)
        town.clock.forward(HOUR)
        purchase(town.till(), "k2", amount_minor=2_000)
        town.clock.set(instant("2026-03-29T23:30", ZONE))
        purchase(town.till(), "k3", amount_minor=4_000)
        town.clock.forward(HOUR)
        purchase(town.till(), "k4", amount_minor=8_000)
        client = town.client()
        assert turnover(client, first_day="2026-03-29", last_day="2026-03-29")["bakery"][0] == 100 + 200
