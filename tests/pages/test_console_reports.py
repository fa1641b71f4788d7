"""The console's reports: each number is the API's, and a stranger's question is answered in a few clicks."""

from typing import Any

from coalition.access.caller import Role
from tests.pages.page_town import PageTown
from tests.pages.test_console import FINANCE, MANAGER, check_figures, visitor
from tests.pages.visitor import Element


def of_shop(page: Element, side: str) -> dict[str, list[int]]:
    """The figures of a side's rows by shop."""
    (table,) = page.all("table", data_side=side)
    rows = [row for row in table.all("tr") if "data-shop" in row.attributes]
    return {
        row.attributes["data-shop"]: [int(figure.attributes["value"]) for figure in row.all("data")] for row in rows
    }


def test_who_sends_me_customers(town: PageTown) -> None:
    mona = visitor(town, MANAGER)
    mona.open("/console")
    mona.click("Customer flows")
    mona.click("From the start")
    assert mona.clicks <= 3
    assert "Who sends you customers" in mona.words
    assert mona.path.partition("?")[0].endswith("/console/flows/bakery")
    read = town.api.client(Role.TILL, "bakery").get("/v1/reports/flow-map").json()
    check_flows_of_shop(mona.page, read)
    check_figures(mona)
    mona.open("/console/flows/cafe")
    assert mona.status == 404


def check_flows_of_shop(page: Element, read: dict[str, Any]) -> None:
    """A shop's page with what the API says."""
    (own,) = read["shops"]
    assert page.all("b", data_figure="received")[0].figure() == own["received"]
    assert page.all("b", data_figure="sent")[0].figure() == own["sent"]
    for side, mine, other, total in (("came", "shop", "issuer", "received"), ("went", "issuer", "shop", "sent")):
        flows = {
            flow[other]: [flow["points"], flow["worth_minor"]] for flow in read["flows"] if flow[mine] == own["shop"]
        }
        if flows:
            assert of_shop(page, side) == flows
            (table,) = page.all("table", data_side=side)
            assert table.all("td", data_sum="worth")[0].figure() == own[f"{total}_worth_minor"]
        else:
            assert page.all("table", data_side=side) == []


def test_the_map_of_all_shops_is_the_apis(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    page = fina.open("/console/flows?windows=0")
    check_figures(fina)
    read = town.api.client().get("/v1/reports/flow-map").json()
    assert page.all("span", data_figure="points")[0].figure() == read["points"]
    assert page.all("span", data_figure="worth")[0].figure() == read["worth_minor"]
    flows = {f"{each['issuer']}>{each['shop']}": [each["points"], each["worth_minor"]] for each in read["flows"]}
    rows = {row.attributes["data-flow"]: row for row in page.all("tr") if "data-flow" in row.attributes}
    assert {
        name: [int(figure.attributes["value"]) for figure in row.all("data")] for name, row in rows.items()
    } == flows
    cells = [cell.figure() for cell in page.all("td") if "data-from" in cell.attributes and cell.all("data")]
    assert sorted(cells) == sorted(each["points"] for each in read["flows"]), "the drawing's table says the same"
    assert len(page.all("path", class_="ribbon hue-0")) == sum(
        each["issuer"] == read["shops"][0]["shop"] for each in read["flows"]
    )
    fina.click("Bäckerei Sommer")
    assert "Who sends customers here" in fina.words


def test_days_ask_for_the_windows_that_they_lie_in(town: PageTown) -> None:
    fina, api = visitor(town, FINANCE), town.api.client()
    window = next(each for each in reversed(api.get("/v1/windows").json()["data"]) if each["collected_minor"])
    inside = window["closes_at"][:10]
    day = {"first_window": window["id"], "last_window": window["id"]}
    for query in (
        f"since={window['opens_at'][:10]}",
        f"since={inside}&until={inside}",
        f"since={inside}&until=1971-01-01",
    ):
        fina.open(f"/console/flows?{query}")
        assert fina.status == 200, query
    read = api.get("/v1/reports/flow-map", params=day).json()
    page = fina.open(f"/console/flows?since={window['opens_at'][:10]}&until={window['opens_at'][:10]}")
    assert len([row for row in page.all("tr") if "data-flow" in row.attributes]) in (len(read["flows"]), 0)
    fina.open("/console/flows?since=yesterday")
    assert fina.status == 422


def test_what_members_hold_is_the_apis_now_and_at_a_date(town: PageTown) -> None:
    for email, client in ((FINANCE, town.api.client()), (MANAGER, town.api.client(Role.TILL, "bakery"))):
        somebody = visitor(town, email)
        for query in ("", "?as_of=2026-03-20"):
            page = somebody.open(f"/console/reports{query}")
            check_figures(somebody)
            read = client.get(f"/v1/reports/liability{query}").json()
            assert page.all("b", data_figure="points")[0].figure() == read["points"]
            assert page.all("span", data_figure="worth")[0].figure() == read["worth_minor"]
            rows = [row.all("data") for row in page.all("tr") if "data-vintage" in row.attributes]
            assert sorted([int(each.attributes["value"]) for each in row] for row in rows) == sorted(
                [part["points"], part["worth_minor"]] for part in read["vintages"]
            )
            for held in ("months", "shops"):
                (table,) = page.all("table", data_held=held)
                figures = [int(each.attributes["value"]) for each in table.all("data")]
                assert sum(figures[::2]) == read["points"]


def test_what_points_cost_and_brought_is_the_apis(town: PageTown) -> None:
    for email, client in ((FINANCE, town.api.client()), (MANAGER, town.api.client(Role.TILL, "bakery"))):
        somebody = visitor(town, email)
        page = somebody.open("/console/reports/shops?windows=0")
        check_figures(somebody)
        names = ("received_minor", "paid_minor", "other_minor", "net_minor", "taken_minor")
        stated = {row["shop"]: [row[name] for name in names] for row in client.get("/v1/reports/shop-results").json()}
        rows = {row.attributes["data-shop"]: row for row in page.all("tr") if "data-shop" in row.attributes}
        assert {
            shop: [int(each.attributes["value"]) for each in row.all("data")] for shop, row in rows.items()
        } == stated


def test_who_came_back_is_the_apis(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    page = fina.open("/console/reports/cohorts?months=6")
    check_figures(fina)
    stated = town.api.client().get("/v1/reports/cohorts", params={"months": 6}).json()
    rows = [row.all("data") for row in page.all("tr") if "data-month" in row.attributes]
    assert [[int(each.attributes["value"]) for each in row] for row in rows] == [
        [row["members"], *row["active"]] for row in stated
    ]


def test_a_shops_customers_are_the_apis(town: PageTown) -> None:
    for email, query in ((MANAGER, "months=6"), (FINANCE, "shop=bakery&months=6")):
        somebody = visitor(town, email)
        page = somebody.open(f"/console/reports/customers?{query}")
        check_figures(somebody)
        stated = town.api.client().get("/v1/reports/customers?shop=bakery&months=6").json()
        assert page.all("b", data_figure="customers")[0].figure() == stated["customers"]
        names = ("customers", "new", "returning", "purchases", "amount_minor")
        rows = [row.all("data") for row in page.all("tr") if "data-month" in row.attributes]
        assert [[int(each.attributes["value"]) for each in row] for row in rows] == [
            [row[name] for name in names] for row in stated["months"]
        ]
    mona = visitor(town, MANAGER)
    mona.open("/console/reports/customers?shop=cafe")
    assert "Café" not in mona.words
    assert "Ann" not in mona.words


def test_my_customers_in_two_clicks(town: PageTown) -> None:
    mona = visitor(town, MANAGER)
    mona.open("/console")
    mona.click("Reports")
    mona.click("My customers")
    assert "Your customers" in mona.words
