"""What points cost and brought each shop: its windows' nets to the cent, and the points that they are of."""

import csv
from collections import Counter
from io import StringIO

from coalition.access.caller import Role
from tests.support.clock import DAY
from tests.support.town_api import ApiTown, purchase


def lived(town: ApiTown) -> None:
    """Two weeks: points of the bakery are spent at the café and at home, and those of the café at the bakery."""
    purchase(town.till(), "k1", amount_minor=10_000)
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=1_000, points=300)
    town.clock.forward(7 * DAY)
    purchase(town.till(), "k3", amount_minor=1_000, points=200)


def test_a_result_is_what_the_windows_say(town: ApiTown) -> None:
    lived(town)
    client = town.client()
    windows = [client.get(f"/v1/windows/{each['id']}").json() for each in client.get("/v1/windows").json()["data"]]
    nets: Counter[str] = Counter()
    for window in windows:
        nets.update({row["shop"]: row["net_minor"] for row in window["nets"]})
    rows = {row["shop"]: row for row in client.get("/v1/reports/shop-results").json()}
    assert {shop: row["net_minor"] for shop, row in rows.items()} == {shop: nets[shop] for shop in rows}
    for row in rows.values():
        assert row["received_minor"] - row["paid_minor"] + row["other_minor"] == row["net_minor"]
    bakery, cafe = rows["bakery"], rows["cafe"]
    assert (bakery["issued"], bakery["redeemed_elsewhere"], bakery["paid_minor"]) == (540, 300, 300)
    assert (bakery["redeemed_own"], bakery["taken_minor"]) == (200, 200)
    assert (cafe["received_minor"], cafe["redemption_bps"], cafe["breakage_bps"]) == (300, 0, 0)
    assert bakery["redemption_bps"] == 500 * 10_000 // 540
    turnover = {row["shop"]: row for row in client.get("/v1/reports/turnover").json()}
    for shop, row in rows.items():
        assert {name: row[name] for name in turnover[shop]} == turnover[shop]


def test_one_window_alone_and_one_shop_alone(town: ApiTown) -> None:
    lived(town)
    client = town.client()
    first = client.get("/v1/windows").json()["data"][-1]["id"]
    rows = client.get("/v1/reports/shop-results", params={"first_window": first, "last_window": first}).json()
    assert {row["shop"]: row["redeemed_own"] for row in rows} == {"bakery": 0, "cafe": 0}
    own = town.client(Role.TILL, "cafe").get("/v1/reports/shop-results").json()
    assert [row["shop"] for row in own] == ["cafe"]
    assert client.get("/v1/reports/shop-results", params={"first_window": "win_x"}).status_code == 404


def test_reports_come_as_tables(town: ApiTown) -> None:
    lived(town)
    client = town.client()
    for path, params in (("shop-results", {}), ("liability", {}), ("cohorts", {"months": "2"})):
        answer = client.get(f"/v1/reports/{path}", params={**params, "format": "csv"})
        rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
        stated = client.get(f"/v1/reports/{path}", params=params).json()
        if path == "shop-results":
            assert [(row["shop"], int(row["net_minor"])) for row in rows] == [
                (row["shop"], row["net_minor"]) for row in stated
            ]
        elif path == "liability":
            assert sum(int(row["points"]) for row in rows) == stated["points"]
        else:
            assert [int(row["active"]) for row in rows] == [count for row in stated for count in row["active"]]
