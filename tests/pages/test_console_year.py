"""The console on the real year: whoever follows its links meets no dead end, and no number but those of the API.

Pages of one kind differ in their figures alone, so some of each are read; `TEST_EFFORT` reads more.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coalition.demo.journey import TIMEZONE
from coalition.pages.console.flows import DRAWN
from coalition.pages.console.payments import OUTLOOK_A_PAGE
from tests.pages.test_console import compare_figures
from tests.pages.visitor import Visitor
from tests.pages.walk import Read, walk
from tests.pages.year_town import MANAGER, OWNER, SHOP, URL, Api, YearTown
from tests.support.effort import EFFORT

OF_A_KIND = EFFORT
"""So many pages of each kind are read, and as many besides that are about the manager's shop."""
ROWS = 3
"""Of a page's many rows, so many are compared with answers of their own."""
TREND_WINDOWS = 12
TODAY = "2017-12-31"
UNREPORTED = {"/console/lab/{scheme}", "/console/lab/{scheme}/growth"}
"""Its figures are of no book: its own test compares them with the lab's run."""


def numbers(*answers: object) -> set[int]:
    """All numbers of answers."""
    numbers_of = set[int]()
    for answer in answers:
        if isinstance(answer, dict):
            numbers_of |= numbers(*answer.values())
        elif isinstance(answer, list):
            numbers_of |= numbers(*answer)
        elif isinstance(answer, int):
            numbers_of.add(answer)
    return numbers_of


def sums(rows: Iterable[dict[str, Any]], by: Callable[[dict[str, Any]], object], *names: str) -> set[int]:
    """Sums of each of these fields, over all rows that are alike."""
    of = defaultdict[object, Counter[str]](Counter)
    for row in rows:
        of[by(row)].update({name: row[name] for name in names})
    return {total for each in of.values() for total in each.values()}


# -- where the numbers of each page come from: the API's answers, and what is added up of them --------------------


def of_overview(api: Api, read: Read) -> set[int]:
    windows = api.get("/v1/windows?limit=100")["data"]
    allowed = numbers(windows, api.get("/v1/reports/liability"))
    allowed |= numbers([api.get(f"/v1/windows/{windows[0]['id']}")])
    for window in windows[: TREND_WINDOWS + 1]:
        days = f"first_day={local_day(window['opens_at'])}&last_day={local_day(window['closes_at'], less_us=1)}"
        rows = api.get(f"/v1/reports/turnover?{days}")
        allowed.add(sum(row["issued"] for row in rows))
        allowed.add(sum(row["redeemed_own"] + row["redeemed_here"] for row in rows))
    if read.page.all("span", data_need="unpaid"):
        own = read.page.all("a", href=f"/console/windows/{windows[0]['id']}/{SHOP}")
        allowed.add(own_debt(api) if own else -sum(each["net_minor"] for each in owing_of(api)))
    # Who bought something of late is no report of the API.
    return allowed | {read.page.all("b", data_figure="active")[0].figure()}


def local_day(moment: str, less_us: int = 0) -> str:
    """The day of the year's calendar on which a moment of the API is, or the one so much earlier."""
    at = datetime.fromisoformat(moment) - timedelta(microseconds=less_us)
    return at.astimezone(ZoneInfo(TIMEZONE)).date().isoformat()


def of_backing(api: Api, read: Read) -> set[int]:
    liability = api.get("/v1/reports/liability")
    by_shop = sums(liability["vintages"], lambda row: row["issuer"], "points", "worth_minor")
    return by_shop | numbers(liability["points"], liability["worth_minor"], api.get("/v1/reports/exposures"), 0)


def of_windows(api: Api, read: Read) -> set[int]:
    windows = api.get("/v1/windows?limit=100")["data"]
    for window in windows:
        nets = api.get(f"/v1/windows/{window['id']}")["nets"]
        window["figure"] = window["collected_minor"]
        if read.page.all("span", data_own="") or len(nets) == 1:
            window["figure"] = sum(each["net_minor"] for each in nets if each["shop"] == SHOP)
    months = sums(windows, lambda window: window["closes_at"][:7], "figure") | sums(
        windows, lambda window: window["opens_at"][:7], "figure"
    )
    return months | numbers(windows)


def of_window(api: Api, read: Read) -> set[int]:
    window = api.get(f"/v1/windows/{read.named['window']}")
    nets = [each["net_minor"] for each in window["nets"]]
    rows = [each for each in read.page.all("tr") if "data-shop" in each.attributes]
    for row in rows:
        figures = [int(each.attributes["value"]) for each in row.all("data")]
        if len(figures) > 1:
            net, carried, kept, balance = figures
            assert net + carried + kept == balance, row
    for row in [row for row in rows if len(row.all("data")) > 1][:: max(1, len(rows) // ROWS)]:
        stated = api.get(f"/v1/windows/{read.named['window']}/statements/{row.attributes['data-shop']}")
        assert int(row.all("data")[1].attributes["value"]) == stated["carried_over"]["minor"]
    allowed = {*nets, sum(net for net in nets if net > 0), sum(net for net in nets if net < 0), 0}
    # Checked above, against each other and against statements.
    return allowed | {int(each.attributes["value"]) for row in rows for each in row.all("data")[1:]}


def of_statement(api: Api, read: Read) -> set[int]:
    window, shop = read.named["window"], read.named["shop"]
    nets = {each["shop"]: each["net_minor"] for each in api.get(f"/v1/windows/{window}")["nets"]}
    assert read.page.all("dd", data_result="net")[0].figure() == nets[shop]
    totals = [each.figure() for each in read.page.all("span", data_total="")]
    assert sum(totals) == nets[shop]
    if api.get(f"/v1/windows/{window}")["status"] == "closed":
        return numbers(api.get(f"/v1/windows/{window}/statements/{shop}"))
    # A statement is the API's once its window is closed: until then its lines add up to what the API has.
    for section in read.page.all("section"):
        if section.all("span", data_total=""):
            lines = [line.figure() for line in section.all("li") if "data-counterpart" in line.attributes]
            assert sum(lines) == section.all("span", data_total="")[0].figure()
    return {int(each.attributes["value"]) for each in read.page.all("data")}


def of_line(api: Api, read: Read) -> set[int]:
    window, shop = read.named["window"], read.named["shop"]
    if api.get(f"/v1/windows/{window}")["status"] == "closed":
        return numbers(api.get(f"/v1/windows/{window}/statements/{shop}?moves=true")) | rest_of(read)
    return {int(each.attributes["value"]) for each in read.page.all("data")}


def rest_of(read: Read) -> set[int]:
    """What stands on the other pages of a long line: all of it but what is on this one."""
    total = read.page.all("b", data_total="")[0].figure()
    return {total - sum(cell.figure() for cell in read.page.all("td", data_move=""))}


def of_flows(api: Api, read: Read) -> set[int]:
    report = api.get(f"/v1/reports/flow-map?most=10000&{read.period}")
    drawn = {row["shop"] for row in report["shops"][:DRAWN]}

    def places(row: dict[str, Any]) -> tuple[str | None, str | None]:
        issuer, shop = row["issuer"], row["shop"]
        return issuer if issuer in drawn else None, shop if shop in drawn else None

    return numbers(report) | sums(report["flows"], places, "points", "worth_minor")


def of_shop_flows(api: Api, read: Read) -> set[int]:
    return numbers(api.get(f"/v1/reports/flow-map?most=10000&shop={read.named['shop']}&{read.period}"), 0)


def of_liability(api: Api, read: Read) -> set[int]:
    report = api.get("/v1/reports/liability")
    allowed = numbers(report)
    for by in (lambda row: row["issuer"], lambda row: row["expires_on"][:7]):
        allowed |= sums(report["vintages"], by, "points", "worth_minor")
    return allowed


def of_results(api: Api, read: Read) -> set[int]:
    rows = api.get(f"/v1/reports/shop-results?{read.period}")
    names = ("issued", "redeemed_own", "redeemed_elsewhere", "expired")
    issued, own, elsewhere, expired = (sum(row[name] for row in rows) for name in names)
    rates = {part * 10_000 // issued for part in (own + elsewhere, expired)}
    money = {sum(row[name] for row in rows) for name in ("received_minor", "paid_minor")}
    return numbers(rows) | {issued, own + elsewhere, expired} | rates | money


def of_customers(api: Api, read: Read) -> set[int]:
    (csv,) = [link for link in read.page.all("a") if "format=csv" in link.attributes.get("href", "")]
    report = api.get(csv.attributes["href"].replace("&format=csv", ""))
    names = ("new", "purchases", "amount_minor")
    return numbers(report) | sums(report["months"], lambda row: "all", *names)


def owing_of(api: Api) -> list[dict[str, Any]]:
    """Who has not paid."""
    return [each for each in api.get("/v1/settlements")["outlook"] if each["net_minor"] < 0]


def own_debt(api: Api) -> int:
    """What the manager's shop owes, of which nothing was paid yet: the balance of its last statement."""
    closed = next(each for each in api.get("/v1/windows?limit=100")["data"] if each["status"] == "closed")
    return max(0, -api.get(f"/v1/windows/{closed['id']}/statements/{SHOP}")["balance"]["minor"])


def outlook_of(api: Api, shop: str) -> list[dict[str, Any]]:
    """What comes next for a shop, to whoever may ask for that."""
    answer = api.client.get("/v1/settlements")
    return [each for each in answer.json()["outlook"] if each["shop"] == shop] if answer.status_code == 200 else []


def of_owed(api: Api, read: Read, shop: str) -> set[int]:
    """What a page says of earlier windows: their rests add up to what the shop owes."""
    totals = read.page.all("span", data_figure="owed-before")
    if not totals:
        return set()
    owing = outlook_of(api, shop)
    debt = -sum(each["net_minor"] for each in owing if each["net_minor"] < 0) if owing else own_debt(api)
    rests = [row.figure() for row in read.page.all("li") if "data-owed" in row.attributes]
    assert (totals[0].figure(), sum(rests)) == (debt, debt)
    return {debt, *rests}


def of_payments(api: Api, read: Read) -> set[int]:
    if not read.page.all("dl", class_="tiles"):
        shop = read.query.get("shop", SHOP)
        return numbers(outlook_of(api, shop)) | {own_debt(api)} | of_owed(api, read, shop)
    settlement = api.get("/v1/settlements")
    owing, owed = ([each for each in settlement["outlook"] if sign * each["net_minor"] > 0] for sign in (-1, 1))
    totals = [sum(each[name] for each in rows) for rows in (owing, owed) for name in ("net_minor", "now_minor")]
    waits = [sum(abs(each["net_minor"]) - each["now_minor"] for each in rows) for rows in (owing, owed)]
    counts = [sum(each["now_minor"] > 0 for each in rows) for rows in (owing, owed)] + [len(owing), len(owed)]
    return numbers(settlement) | {*totals, *waits, *counts, 0}


def of_answer(path: str, api: Api, read: Read) -> set[int]:
    return numbers(api.get(path.format(**read.named, **read.query)), 0)


def of_shop(api: Api, read: Read) -> set[int]:
    windows = [api.get(f"/v1/windows/{each['id']}") for each in api.get("/v1/windows?limit=100")["data"][:6]]
    nets = [net["net_minor"] for window in windows for net in window["nets"] if net["shop"] == read.named["shop"]]
    return {*nets, 0} | of_answer("/v1/shops/{shop}/risk", api, read) | of_owed(api, read, read.named["shop"])


def of_day(api: Api, read: Read) -> set[int]:
    day = read.named.get("day", TODAY)
    return numbers(api.get(f"/v1/shops/{read.named['shop']}/days/{day}"), 0)


def of_posting(api: Api, read: Read) -> set[int]:
    parts = [each.figure() for each in read.page.all("li") if each.all("data")]
    if not read.page.all("dd", class_="total"):
        # Another shop's purchase, or an expiry: the moves alone, which stand on the line that led here.
        return set(parts)
    purchase = api.get(f"/v1/purchases/{read.named['posting']}")
    assert sum(parts) == purchase["points_spent"] + purchase["points_earned"]
    return {*parts, purchase["amount_minor"]}


SOURCES: dict[str, Callable[[Api, Read], set[int]]] = {
    "/console": of_overview,
    "/console/backing": of_backing,
    "/console/windows": of_windows,
    "/console/windows/{window}": of_window,
    "/console/windows/{window}/{shop}": of_statement,
    "/console/windows/{window}/{shop}/{kind}": of_line,
    "/console/flows": of_flows,
    "/console/flows/{shop}": of_shop_flows,
    "/console/reports": of_liability,
    "/console/reports/shops": of_results,
    "/console/reports/customers": of_customers,
    "/console/reports/cohorts": lambda api, read: numbers(
        api.get(f"/v1/reports/cohorts?months={read.query.get('months', '12')}")
    ),
    "/console/payments": of_payments,
    "/console/shops": partial(of_answer, "/v1/reports/exposures"),
    "/console/shops/{shop}": of_shop,
    "/console/shops/{shop}/days": of_day,
    "/console/shops/{shop}/days/{day}": of_day,
    "/console/members/{member}": partial(of_answer, "/v1/wallets/{member}"),
    "/console/postings/{posting}": of_posting,
}


@pytest.mark.parametrize("email", [OWNER, MANAGER])
def test_every_number_on_every_page_is_the_apis(year: YearTown, email: str) -> None:
    kinds = Counter[str]()
    http = Visitor.with_session(year.app, URL, year.session(email)).http
    api = Api(http)
    for read in walk(http, OF_A_KIND):
        compare_figures(read.page, read.route)
        figures = {abs(int(each.attributes["value"])) for each in read.page.all("data")}
        if figures and read.route not in UNREPORTED:
            kinds[read.route] += 1
            allowed = {abs(each) for each in SOURCES[read.route](api, read)}
            assert figures <= allowed, (read.route, read.named, read.query, figures - allowed)
    assert len(kinds) > 10


@pytest.fixture
def olga(year: YearTown) -> Visitor:
    """Who runs the alliance, on her overview."""
    olga = Visitor.with_session(year.app, URL, year.session(OWNER))
    olga.open("/console")
    return olga


def test_what_does_shop_367_owe_and_why(year: YearTown, olga: Visitor) -> None:
    api = Api(Visitor.with_session(year.app, URL, year.session(OWNER)).http)
    closed = next(each for each in api.get("/v1/windows?limit=100")["data"] if each["status"] == "closed")
    olga.click("Windows")
    (amount,) = olga.page.all("span", data_window=closed["id"])
    olga.click(amount.all("data")[0].text)
    olga.click(SHOP)
    assert olga.clicks == 3
    stated = api.get(f"/v1/windows/{closed['id']}/statements/{SHOP}")
    assert olga.page.all("dd", data_result="balance")[0].figure() == stated["balance"]["minor"]
    assert f"{SHOP} {'pays' if stated['balance']['minor'] < 0 else 'receives'}" in olga.words
    assert len(olga.page.all("section")) >= len(stated["sections"])


def test_who_has_not_paid(year: YearTown, olga: Visitor) -> None:
    api = Api(Visitor.with_session(year.app, URL, year.session(OWNER)).http)
    owing = owing_of(api)
    (need,) = olga.page.all("span", data_need="unpaid")
    assert need.figure() == -sum(each["net_minor"] for each in owing)
    olga.click("not paid")
    assert olga.clicks == 1
    assert olga.page.all("b", data_figure="owed")[0].figure() == need.figure()
    oldest_first = sorted(owing, key=lambda each: (each["oldest_window"], each["net_minor"], each["shop"]))
    for part in (1, 2):
        listed = [(each.attributes["data-shop"], each.figure()) for each in olga.page.all("li", data_side="owing")]
        of_part = oldest_first[(part - 1) * OUTLOOK_A_PAGE : part * OUTLOOK_A_PAGE]
        assert listed == [(each["shop"], each["net_minor"]) for each in of_part]
        olga.click("Next page")
    olga.open("/console/payments")
    olga.click(oldest_first[0]["shop"])
    assert olga.page.all("dd", data_result="balance"), "and why: its statement"
