"""Long lists of the console on the real year: every row is on one of their pages, in order."""

from tests.pages.visitor import Element, Visitor
from tests.pages.year_town import MANAGER, OWNER, SHOP, URL, Api, YearTown


def rows_of(reader: Visitor, path: str, attribute: str, number: str) -> list[tuple[str, tuple[int, ...]]]:
    """The rows of all pages of a list: each by its attribute, and its figures."""
    rows: list[tuple[str, tuple[int, ...]]] = []
    for at in range(1, 100):
        of_page = [row for row in reader.open(f"{path}&{number}={at}").all("tr") if attribute in row.attributes]
        if not of_page:
            break
        rows += [(row.attributes[attribute], tuple(map(int, values(row)))) for row in of_page]
    return rows


def values(row: Element) -> list[str]:
    """The exact figures of a row."""
    return [each.attributes["value"] for each in row.all("data")]


def test_every_row_of_a_long_list_is_on_one_of_its_pages(year: YearTown) -> None:
    olga = Visitor.with_session(year.app, URL, year.session(OWNER))
    api = Api(olga.http)
    shops = api.get("/v1/reports/flow-map?most=10000")["shops"]
    listed = rows_of(olga, "/console/flows?windows=0&by=sent", "data-shop", "part")
    assert {shop: figures[:2] for shop, figures in listed} == {
        row["shop"]: (row["sent"], row["sent_worth_minor"]) for row in shops
    }
    assert len(listed) == len(shops) > 100
    order = [figures[0] for _, figures in listed]
    assert order == sorted(order, reverse=True)
    flows = api.get(f"/v1/reports/flow-map?most=10000&shop={SHOP}")["flows"]
    expected = {f"{each['issuer']}>{each['shop']}": (each["points"], each["worth_minor"]) for each in flows}
    pairs = rows_of(olga, f"/console/flows?windows=0&words={SHOP}&sort=to", "data-flow", "page")
    assert dict(pairs).items() >= expected.items()
    assert all(SHOP in pair for pair, _ in pairs)
    assert len({pair for pair, _ in pairs}) == len(pairs) > 30


def test_every_vintage_is_on_one_of_the_pages_of_the_liability(year: YearTown) -> None:
    olga = Visitor.with_session(year.app, URL, year.session(OWNER))
    vintages = Api(olga.http).get("/v1/reports/liability")["vintages"]
    expected = sorted((each["points"], each["worth_minor"]) for each in vintages if SHOP in each["issuer"])
    assert expected
    listed = rows_of(olga, f"/console/reports?words={SHOP}&by=points", "data-vintage", "part")
    assert sorted(figures for _, figures in listed) == expected
    assert [figures[0] for _, figures in listed] == sorted((points for points, _ in expected), reverse=True)
    shops = olga.open("/console/reports?page=2").all("table", data_held="shops")[0]
    assert len(shops.all("tr")) > 30, "the second page is full too"


def test_every_partner_of_a_shop_is_on_one_of_its_pages(year: YearTown) -> None:
    mona = Visitor.with_session(year.app, URL, year.session(MANAGER))
    flows = Api(mona.http).get(f"/v1/reports/flow-map?most=10000&shop={SHOP}")["flows"]
    for side, number, partner in (("came", "from_page", "issuer"), ("went", "to_page", "shop")):
        expected = {each[partner]: each["points"] for each in flows if each[partner] != SHOP}
        listed: dict[str, int] = {}
        for at in range(1, 100):
            page = mona.open(f"/console/flows/{SHOP}?windows=0&{number}={at}")
            (table,) = page.all("table", data_side=side)
            rows = [row for row in table.all("tr") if "data-shop" in row.attributes]
            if not rows:
                break
            listed |= {row.attributes["data-shop"]: int(values(row)[0]) for row in rows}
        assert listed == expected
        assert len(listed) > 20
