"""The map of who sends customers to whom: whole windows, each shop its own, and what was counted is what was moved."""

import csv
from collections.abc import Iterator
from fractions import Fraction
from io import StringIO

import pytest

from coalition.access.caller import Role
from coalition.reports import count_postings
from coalition.reports.flow_map import concentration, flow_map
from settlement.clearing import flows_between
from settlement.ledger import Database
from tests.support.clock import DAY, Clock
from tests.support.town_api import ApiTown, api_town, purchase, send


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """Three weeks: in the first, points of the bakery and the butcher go to the café, in the third some come back."""
    with api_town(database, clock) as made:
        purchase(made.till(), "k1", amount_minor=10_000)
        purchase(made.till("butcher"), "k2", shop="butcher", amount_minor=2_000)
        sold = purchase(made.till("cafe"), "k3", shop="cafe", amount_minor=1_000, points=550)
        purchase(made.till(), "k4", amount_minor=100, points=10)
        made.clock.forward(14 * DAY)
        purchase(made.till("diner"), "k5", shop="diner", amount_minor=2_000, points=20)
        send(made.till("cafe"), "/v1/refunds", "r1", purchase=sold["id"], amount_minor=200)
        yield made


def test_the_map_is_what_was_moved_and_what_statements_say(town: ApiTown) -> None:
    client = town.client()
    read = client.get("/v1/reports/flow-map").json()
    flows = [(flow["issuer"], flow["shop"], flow["points"]) for flow in read["flows"]]
    with town.alliance.database.engine.connect() as connection:
        moved = [tuple(flow) for flow in flows_between(town.alliance.book, connection, 100)]
    assert flows == [flow for flow in moved if flow[2]], "but for what was undone entirely"
    assert read["points"] == sum(points for *_, points in flows)
    assert read["worth_minor"] == sum(flow["worth_minor"] for flow in read["flows"])
    first, last = (each["id"] for each in reversed(client.get("/v1/windows").json()["data"]) if each)
    client.post(f"/v1/windows/{first}/close")
    stated = client.get(f"/v1/windows/{first}/statements/cafe").json()
    (section,) = [each for each in stated["sections"] if each["kind"] == "redeemed_here"]
    of_window = client.get("/v1/reports/flow-map", params={"first_window": first, "last_window": first}).json()
    came = {flow["issuer"]: flow["points"] for flow in of_window["flows"] if flow["shop"] == "cafe"}
    assert came == {line["counterpart"]: line["points"] for line in section["lines"]}
    later = client.get("/v1/reports/flow-map", params={"first_window": last}).json()
    assert {flow["shop"] for flow in later["flows"]} == {"diner"}


def test_how_much_hangs_on_a_few(town: ApiTown) -> None:
    first = town.client().get("/v1/windows").json()["data"][-1]["id"]
    read = town.client().get("/v1/reports/flow-map", params={"last_window": first, "shop": "cafe"}).json()
    (cafe,) = read["shops"]
    (bakery, butcher) = (flow["points"] for flow in read["flows"])
    assert (cafe["received"], cafe["sent"], cafe["sends_to"], read["senders"]) == (550, 0, None, None)
    assert cafe["comes_from"] == {
        "largest": "bakery",
        "largest_bps": bakery * 10_000 // 550,
        "three_largest_bps": 10_000,
        "herfindahl_bps": (bakery**2 + butcher**2) * 10_000 // 550**2,
    }
    whole = town.client().get("/v1/reports/flow-map", params={"last_window": first, "most": 1}).json()
    assert (len(whole["flows"]), whole["points"]) == (1, 560)
    assert whole["receivers"]["largest"] == "cafe"


def test_a_shop_sees_its_own_flows_alone(town: ApiTown) -> None:
    till = town.client(Role.TILL, "butcher")
    read = till.get("/v1/reports/flow-map").json()
    assert {shop for flow in read["flows"] for shop in (flow["issuer"], flow["shop"])} == {"bakery", "butcher", "diner"}
    assert all("butcher" in (flow["issuer"], flow["shop"]) for flow in read["flows"])
    assert [row["shop"] for row in read["shops"]] == ["butcher"]
    assert till.get("/v1/reports/flow-map", params={"shop": "cafe"}).status_code == 404
    assert till.get("/v1/reports/flow-map", params={"shop": "butcher"}).json() == read


def test_the_map_as_a_table(town: ApiTown) -> None:
    answer = town.client().get("/v1/reports/flow-map", params={"format": "csv"})
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    flows = town.client().get("/v1/reports/flow-map").json()["flows"]
    assert [(row["issuer"], row["shop"], int(row["points"]), int(row["worth_minor"])) for row in rows] == [
        tuple(flow.values()) for flow in flows
    ]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"shop": "nowhere"}, 404),
        ({"shop": "operator"}, 404),
        ({"first_window": "win_1"}, 404),
        ({"most": "0"}, 422),
    ],
)
def test_what_cannot_be_asked(town: ApiTown, params: dict[str, str], status: int) -> None:
    assert town.client().get("/v1/reports/flow-map", params=params).status_code == status


def test_windows_the_wrong_way_round(town: ApiTown) -> None:
    newest, *_, oldest = (each["id"] for each in town.client().get("/v1/windows").json()["data"])
    answer = town.client().get("/v1/reports/flow-map", params={"first_window": newest, "last_window": oldest})
    assert answer.json()["fields"][0]["problem"] == "must not lie before first_window"


def test_counting_in_many_steps_counts_each_posting_once(town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_postings, "BATCH", 1)
    assert count_postings.is_behind(town.alliance)
    read = town.client().get("/v1/reports/flow-map").json()
    assert not count_postings.is_behind(town.alliance)
    assert [flow["points"] for flow in read["flows"]] == [
        flow["points"] for flow in town.client().get("/v1/reports/flows").json() if flow["points"]
    ]


def test_a_reader_does_not_wait_for_what_takes_long(town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_postings, "CATCH_UP_MAX", 3)
    answer = town.client().get("/v1/reports/flow-map")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    # What is outstanding now is known without.
    of_accounts = town.client().get("/v1/reports/liability").json()
    with town.session() as session:
        while count_postings.is_behind(town.alliance):
            count_postings.count_next(town.alliance, session)
    assert town.client().get("/v1/reports/flow-map").status_code == 200
    counted = town.client().get("/v1/reports/liability").json()
    assert {**counted, "as_of": None} == {**of_accounts, "as_of": None}
    assert counted["points"] > 0


def test_worth_by_the_rate_of_the_terms_and_nothing_that_was_undone() -> None:
    sums = [(1, 2, 1, 10), (1, 2, 2, 10), (2, 1, 1, 5), (3, 1, 1, -4), (3, 2, 1, 0)]
    rates = {1: Fraction(1, 3), 2: Fraction(1, 2)}
    read = flow_map(sums, rates.__getitem__, lambda id_: f"s{id_}")
    assert [(flow.issuer, flow.shop, flow.points, Fraction(flow.worth, flow.parts)) for flow in read.flows] == [
        ("s1", "s2", 20, Fraction(25, 3)),
        ("s2", "s1", 5, Fraction(5, 3)),
    ]
    assert (read.points, read.worth_minor) == (25, 10)
    assert [(row.shop, row.sent, row.received) for row in read.shops] == [("s1", 20, 5), ("s2", 5, 20)]
    assert read.shop("s3").comes_from is None


def test_shares_of_few_and_of_many() -> None:
    alone, equal = concentration({"a": 7}), concentration(dict.fromkeys("abcd", 5))
    assert alone is not None
    assert equal is not None
    assert (alone.largest_bps, alone.herfindahl_bps, alone.equal_parts) == (10_000, 10_000, 1)
    assert (equal.largest, equal.largest_bps, equal.three_bps, equal.equal_parts) == ("a", 2_500, 7_500, 4)
    assert concentration({"a": 0}) is None
