"""The console: what each role may see, and numbers that are the API's to the cent."""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from coalition.access.caller import SHOP_STAFF, STAFF, Role
from coalition.api.access import roles_of
from coalition.api.routing import routers
from coalition.merchants.add_shops import start_adding
from coalition.pages.console.staff_visit import Admission
from coalition.payments.task_kinds import start_run
from settlement import date_text
from tests.pages.page_town import PageTown
from tests.pages.task_states import tried_rule
from tests.pages.visitor import Element, Visitor
from tests.support.findings import planted_finding
from tests.support.town_api import purchase

FINANCE, SUPPORT, MANAGER = "fina@oldtown.example", "sue@oldtown.example", "mona@sommer.example"
OF_ROLE = {
    Role.OWNER: "olga@oldtown.example",
    Role.FINANCE: FINANCE,
    Role.SUPPORT: SUPPORT,
    Role.MANAGER: MANAGER,
    Role.CASHIER: "karl@sommer.example",
}
MIRRORS = {
    "GET /console": "getExposureReport",
    "GET /console/backing": "getExposureReport",
    "POST /console/backing/proof": "getBackingProof",
    "GET /console/reports": "getLiabilityReport",
    "GET /console/reports/shops": "getShopResults",
    "GET /console/reports/cohorts": "getCohortReport",
    "GET /console/reports/customers": "getCustomerReport",
    "GET /console/flows": "getFlowMap",
    "GET /console/flows/{shop}": "getFlowMap",
    "GET /console/lab": "listLabModels",
    "GET /console/lab/{scheme}": "runLabScenario",
    "GET /console/lab/{scheme}/report": "createLabReport",
    "GET /console/lab/{scheme}/poster": "createLabReport",
    "GET /console/lab/{scheme}/growth": "growLabScheme",
    "GET /console/lab/{scheme}/growth/report": "growLabScheme",
    "GET /console/windows": "listWindows",
    "GET /console/windows/{window}": "getWindow",
    "POST /console/windows/{window}/close": "closeWindow",
    "GET /console/windows/{window}/{shop}": "getStatement",
    "GET /console/windows/{window}/{shop}/{kind}": "getStatement",
    "GET /console/start": "createShop",
    "GET /console/start/shops": "createShop",
    "POST /console/start/shops": "createShop",
    "POST /console/start/shops/preview": "createShop",
    "GET /console/postings/{posting}": "getStatement",
    "GET /console/payments": "listPayments",
    "POST /console/payments/run": "runSettlement",
    "GET /console/rules": "listRules",
    "POST /console/rules/bonuses": "addRule",
    "POST /console/rules/what-if": "tryRule",
    "GET /console/rules/what-if/{trial}": "getRuleTrial",
    "POST /console/rules/what-if/{trial}/add": "addRule",
    "POST /console/rules/bonuses/{rule}/end": "endRule",
    "POST /console/rules/limits": "addSpendLimit",
    "POST /console/rules/limits/{rule}/end": "endSpendLimit",
    "GET /console/payments/bank": "listBankFiles",
    "GET /console/payments/bank/lines": "listBankLines",
    "POST /console/payments/bank/lines/match": "matchBankLine",
    "POST /console/payments/bank/import": "importBankStatement",
    "GET /console/payments/bank/{file}/content": "exportBankFile",
    "POST /console/payments/bank/{file}/export": "exportBankFile",
    "GET /console/payments/accounts": "getPaymentAccount",
    "POST /console/payments/accounts/{shop}/onboarding": "createStripeOnboarding",
    "POST /console/payments/accounts/{shop}/mandate": "createStripeMandate",
    "GET /console/payments/lines": "listUnmatchedLines",
    "POST /console/payments/lines/look": "reconcileRails",
    "POST /console/payments/lines/match": "matchLine",
    "GET /console/payments/by-hand": "confirmPayment",
    "POST /console/payments/by-hand": "confirmPayment",
    "GET /console/payments/{payment}": "getPayment",
    "POST /console/payments/{payment}/confirm": "confirmPayment",
    "POST /console/payments/{payment}/write-off": "writeOffRest",
    "POST /console/payments/{payment}/cancel": "cancelPayment",
    "GET /console/shops": "getShopRisk",
    "POST /console/shops": "createShop",
    "GET /console/shops/{shop}": "getShopRisk",
    "POST /console/shops/{shop}/profile": "updateShop",
    "POST /console/shops/{shop}/status": "createShop",
    "POST /console/shops/{shop}/limit": "setShopLimit",
    "POST /console/shops/{shop}/deposit": "createDeposit",
    "POST /console/shops/{shop}/withdraw": "createWithdrawal",
    "POST /console/shops/{shop}/people": "inviteUser",
    "GET /console/shops/{shop}/account": "getPaymentAccount",
    "POST /console/shops/{shop}/account": "setPaymentAccount",
    "GET /console/shops/{shop}/days": "getDaySheet",
    "POST /console/shops/{shop}/days": "setDayMail",
    "GET /console/shops/{shop}/days/{day}": "getDaySheet",
    "GET /console/members": "listMembers",
    "GET /console/members/import": "importMembers",
    "POST /console/members/import": "importMembers",
    "POST /console/members/import/preview": "importMembers",
    "POST /console/members/import/to-mend": "importMembers",
    "POST /console/members/search": "listMembers",
    "GET /console/members/{member}": "listMembers",
    "POST /console/members/{member}/freeze": "freezeMember",
    "POST /console/members/{member}/unfreeze": "unfreezeMember",
    "POST /console/members/{member}/correct": "createAdjustment",
    "POST /console/postings/{posting}/take-back": "createAdjustment",
    "GET /console/approvals": "listApprovals",
    "POST /console/approvals/{approval}/approve": "approveRequest",
    "POST /console/approvals/{approval}/reject": "rejectRequest",
    "POST /console/approvals/{approval}/withdraw": "withdrawRequest",
    "POST /console/members/{member}/merge": "mergeMember",
    "POST /console/members/{member}/erase": "eraseMember",
    "GET /console/disputes": "listDisputes",
    "POST /console/windows/{window}/{shop}/object": "createDispute",
    "GET /console/disputes/{dispute}": "getDispute",
    "POST /console/disputes/{dispute}/answer": "answerDispute",
    "POST /console/disputes/{dispute}/withdraw": "withdrawDispute",
    "GET /console/findings": "listFindings",
    "GET /console/findings/{finding}": "getFinding",
    "POST /console/findings/{finding}/decision": "decideFinding",
    "POST /console/findings/{finding}/hold": "holdFindingPoints",
    "GET /console/settings/findings": "getFindingSettings",
    "POST /console/settings/findings": "setFindingSettings",
    "GET /console/settings/tills": "getTillSettings",
    "POST /console/settings/tills": "setTillSettings",
    "GET /console/team": "listUsers",
    "POST /console/team": "inviteUser",
    "GET /console/team/{person}": "getUser",
    "POST /console/team/{person}/change": "updateUser",
    "POST /console/team/{person}/state": "updateUser",
    "POST /console/team/{person}/invite": "sendUserInvitation",
    "GET /console/legal": "listLegalTexts",
    "GET /console/legal/{text}": "listLegalTexts",
    "POST /console/legal/{text}": "createLegalText",
    "GET /console/keys": "listKeys",
    "POST /console/keys": "createKey",
    "POST /console/keys/{key}/replace": "rotateKey",
    "POST /console/keys/{key}/adopt": "adoptKey",
    "POST /console/keys/{key}/revoke": "revokeKey",
    "GET /console/webhooks": "listWebhookEndpoints",
    "POST /console/webhooks": "createWebhookEndpoint",
    "GET /console/webhooks/{endpoint}": "listWebhookDeliveries",
    "POST /console/webhooks/{endpoint}/change": "updateWebhookEndpoint",
    "POST /console/webhooks/{endpoint}/state": "updateWebhookEndpoint",
    "POST /console/webhooks/{endpoint}/secret": "rotateWebhookSecret",
    "POST /console/webhooks/{endpoint}/again": "replayWebhooks",
    "POST /console/webhooks/{endpoint}/again/{event}": "replayWebhooks",
    "POST /console/webhooks/{endpoint}/delete": "deleteWebhookEndpoint",
    "GET /console/tasks": "listTasks",
    "GET /console/tasks/{task}": "getTask",
    "GET /console/log": "listAuditLog",
}
"""By page: the operation of the API that answers with the same, and so says who may see it."""


def console_routes() -> Iterator[tuple[str, APIRoute, frozenset[Role]]]:
    """Every page and form of the console: its method and path, and the roles that it admits."""
    for route in [route for router in routers() for route in router.routes]:
        if isinstance(route, APIRoute) and route.path.startswith("/console"):
            (roles,) = [each.call.roles for each in route.dependant.dependencies if isinstance(each.call, Admission)]
            yield f"{min(route.methods)} {route.path}", route, roles


PLACES: dict[str, dict[str, str]] = {}


@pytest.fixture(scope="module")
def places(town: PageTown) -> dict[str, str]:
    """What stands in the paths of pages: made once in a town, whichever tests ask."""
    if town.url not in PLACES:
        PLACES[town.url] = made_places(town)
    return PLACES[town.url]


def made_places(town: PageTown) -> dict[str, str]:
    """What stands in the paths of pages."""
    api = town.api.client()
    window = next(each["id"] for each in api.get("/v1/windows").json()["data"] if each["status"] == "due")
    # Bob's, in part with points of the bakery: tills have sold more at the café since.
    sold = api.get("/v1/purchases", params={"shop": "cafe", "limit": 100}).json()["data"]
    purchase = next(each["id"] for each in sold if (each["amount_minor"], each["points_spent"]) == (890, 130))
    assert api.post("/v1/settlements/run").status_code == 200
    payment = api.get("/v1/payments", params={"shop": "bakery"}).json()["data"][0]["id"]
    person = town.staff(MANAGER).id.removeprefix("user:")
    hook = api.post("/v1/webhook_endpoints", json={"url": "https://example.com/places", "shop": "bakery"}).json()["id"]
    closed = next(each["id"] for each in api.get("/v1/windows").json()["data"] if each["status"] == "closed")
    body = {"shop": "bakery", "window": closed, "statement": "Two sales are missing."}
    dispute = api.post("/v1/disputes", json=body).json()["id"]
    at_the_bakery = api.get("/v1/purchases", params={"shop": "bakery"}).json()["data"][0]["id"]
    finding = planted_finding(town.api, at_the_bakery, "places")
    trial, owner = tried_rule(town)["task"], town.staff(OF_ROLE[Role.OWNER])
    access = {
        "task": start_run(town.api.alliance, owner, "places").id,
        "list": start_adding(town.api.alliance, owner, "", "places-list").id,
        "trial": trial,
        "dispute": dispute,
        "finding": finding,
        "person": person,
        "endpoint": hook,
        "key": "0",
        "event": "evt_0",
    }
    named = {
        "posting": purchase,
        "payment": payment,
        "member": "ann",
        "approval": "apr_0",
        "text": "terms",
        "rule": "none",
        "file": "1",
        "scheme": "appreciation",
    }
    kinds = {"kind": "own_elsewhere?with=cafe", "day": date_text(town.api.alliance.today)}
    return {"window": window, "shop": "bakery", **kinds, **named, **access, "file": "1"}


def visitor(town: PageTown, email: str) -> Visitor:
    """Somebody of the staff."""
    return Visitor(town, town.staff(email))


def test_a_page_is_for_those_for_whom_the_api_has_what_it_shows() -> None:
    operations = {route.operation_id: roles_of(route.dependant) for each in routers() for route in each.routes}
    admitted = {name: roles for name, _, roles in console_routes()}
    assert admitted.keys() == MIRRORS.keys()
    people = STAFF | SHOP_STAFF
    assert admitted == {name: (operations[operation] or frozenset()) & people for name, operation in MIRRORS.items()}


@pytest.mark.parametrize("role", OF_ROLE)
def test_each_role_opens_its_own_pages_and_no_other(town: PageTown, role: Role, places: dict[str, str]) -> None:
    somebody = visitor(town, OF_ROLE[role])
    for name, route, roles in console_routes():
        if role is Role.SUPPORT:
            # Support asks for lists of shops, and sees no runs of payments.
            places = {**places, "task": places["list"]}
        if name.startswith("GET"):
            somebody.open(route.path.format(**places))
            assert (somebody.status == 200) == (role in roles), (name, somebody.status)
        elif role not in roles:
            assert somebody.send(route.path.format(**places)) == 403, name


def test_strangers_and_members_are_asked_to_log_in(town: PageTown) -> None:
    member = Visitor(town, town.member("ann"))
    member.open("/console/windows")
    assert member.path.endswith("/log-in?next=%2Fconsole%2Fwindows")


def test_a_manager_sees_their_own_shop_alone(town: PageTown, places: dict[str, str]) -> None:
    mona = visitor(town, MANAGER)
    rows = mona.open(f"/console/windows/{places['window']}").all("tr")
    assert [row.attributes["data-shop"] for row in rows if "data-shop" in row.attributes] == ["bakery"]
    rows = mona.open("/console/backing").all("tr")
    assert [row.attributes["data-shop"] for row in rows if "data-shop" in row.attributes] == ["bakery"]
    for path in (f"/console/windows/{places['window']}/cafe", f"/console/windows/{places['window']}/operator"):
        mona.open(path)
        assert mona.status == 404
    mona.open(f"/console/postings/{places['posting']}")
    assert mona.status == 200
    assert "bob" not in mona.words, "who bought at another shop"
    assert "8.90" not in mona.words, "what was bought at another shop"
    butchers = town.api.client().get("/v1/purchases", params={"shop": "butcher"}).json()["data"][0]["id"]
    mona.open(f"/console/postings/{butchers}")
    assert mona.status == 404


def test_a_posting_leads_to_whoever_and_wherever_the_visitor_may_go(town: PageTown, places: dict[str, str]) -> None:
    at = f"/console/postings/{places['posting']}"

    def links(email: str) -> set[str]:
        visit = visitor(town, email)
        main = visit.open(at).all("main")[0]
        hrefs = {each.attributes.get("href", "") for each in main.all("a")}
        for href in hrefs - {"#main"}:
            visit.open(href)
            assert visit.status == 200, (email, href)
        return hrefs

    statement = f"/console/windows/{places['window']}/cafe"
    assert {"/console/members/bob", "/console/shops/cafe", "/console/shops/bakery", statement} <= links(
        OF_ROLE[Role.OWNER]
    )
    assert {"/console/shops/cafe", statement} <= links(FINANCE)
    assert not any("/members/" in href for href in links(FINANCE))
    own = links(MANAGER)
    assert "/console/shops/bakery" in own
    assert not any("cafe" in href or "/members/" in href for href in own)


# -- numbers ---------------------------------------------------------------------------------------------------


def check_figures(visit: Visitor) -> None:
    """Each figure of the page reads as the exact number behind it, but for its sign where words say it."""
    compare_figures(visit.page, visit.path)


def compare_figures(page: Element, path: str) -> None:
    """The same of a page at a path."""
    for figure in page.all("data"):
        digits = re.sub(r"\D", "", figure.text)
        assert int(digits) == abs(int(figure.attributes["value"])), (path, figure)
        if figure.text.strip()[0] in "+−":
            assert (figure.text.strip()[0] == "−") == (int(figure.attributes["value"]) < 0), (path, figure)


def test_the_numbers_of_windows_are_the_apis_down_to_each_move(town: PageTown) -> None:
    fina, api = visitor(town, FINANCE), town.api.client()
    windows = api.get("/v1/windows").json()["data"]
    listed = fina.open("/console/windows")
    check_figures(fina)
    for window in windows:
        (row,) = listed.all("span", data_window=window["id"])
        assert row.figure() == window["collected_minor"]
    for window in windows:
        nets = {each["shop"]: each["net_minor"] for each in api.get(f"/v1/windows/{window['id']}").json()["nets"]}
        page = fina.open(f"/console/windows/{window['id']}")
        check_figures(fina)
        rows = {each.attributes["data-shop"]: each for each in page.all("tr") if "data-shop" in each.attributes}
        assert {ref: int(row.all("data")[0].attributes["value"]) for ref, row in rows.items()} == nets
        if nets:
            assert page.all("dd", data_sum="all")[0].figure() == 0
            assert page.all("dd", data_sum="owed")[0].figure() == window["collected_minor"]
        if window["status"] == "closed":
            for shop in nets:
                compare_statement(fina, api.get(f"/v1/windows/{window['id']}/statements/{shop}?moves=true").json())


def compare_statement(fina: Visitor, stated: dict) -> None:
    """A statement's page with the API's, and the page of each of its lines."""
    window = fina.path.split("/windows/")[1].split("/")[0]
    page = fina.open(f"/console/windows/{window}/{stated['participant']}")
    check_figures(fina)
    for result in ("net", "carried_over", "balance"):
        assert page.all("dd", data_result=result)[0].figure() == stated[result]["minor"]
    for section in stated["sections"]:
        (part,) = page.all("section", data_section=section["kind"])
        assert part.all("span", data_total="")[0].figure() == section["money"]["minor"]
        for line in section["lines"]:
            (row,) = part.all("li", data_counterpart=line["counterpart"])
            assert row.figure() == line["money"]["minor"]
            at = row.all("a")[0].attributes["href"]
            moves = fina.open(at).all("td", data_move="")
            check_figures(fina)
            assert [each.figure() for each in moves] == [each["money"]["minor"] for each in line["drill_down"]]
    fina.path = f"/console/windows/{window}"


def test_the_overview_is_the_reports_of_the_api(town: PageTown) -> None:
    for email, client in ((FINANCE, town.api.client()), (MANAGER, town.api.client(Role.TILL, "bakery"))):
        page = visitor(town, email).open("/console")
        held, turnover = client.get("/v1/reports/liability").json(), client.get("/v1/reports/turnover").json()
        assert page.all("b", data_figure="outstanding")[0].figure() == held["points"]
        assert page.all("span", data_figure="worth")[0].figure() == held["worth_minor"]
        issued, redeemed = (
            sum(int(row.all("data")[at].attributes["value"]) for row in page.all("tbody")[0].all("tr")) for at in (0, 2)
        )
        assert issued == sum(shop["issued"] for shop in turnover)
        assert redeemed == sum(shop["redeemed_own"] + shop["redeemed_here"] for shop in turnover)


def test_what_is_at_risk_is_the_apis(town: PageTown) -> None:
    fina, api = visitor(town, FINANCE), town.api.client()
    page = fina.open("/console/backing")
    check_figures(fina)
    reported = {each["shop"]: each["exposure_minor"] for each in api.get("/v1/reports/exposures").json()}
    rows = {each.attributes["data-shop"]: each for each in page.all("tr") if "data-shop" in each.attributes}
    assert {ref: row.all("td", data_risk="")[0].figure() for ref, row in rows.items()} == reported


def test_an_open_window_shows_what_its_statements_will_be(town: PageTown) -> None:
    fina, api = visitor(town, FINANCE), town.api.client()
    (due,) = [each["id"] for each in api.get("/v1/windows").json()["data"] if each["status"] == "due"]
    for shop, net in [(each["shop"], each["net_minor"]) for each in api.get(f"/v1/windows/{due}").json()["nets"]]:
        page = fina.open(f"/console/windows/{due}/{shop}")
        assert page.all("dd", data_result="net")[0].figure() == net
        assert "if the window closed now" in fina.words


def test_a_shops_day_is_the_apis_and_its_managers_switch_the_mail(town: PageTown) -> None:
    mona, api = visitor(town, MANAGER), town.api.client()
    purchase(town.api.till("bakery"), "day-page", amount_minor=1_234)
    page = mona.open("/console/shops/bakery/days")
    check_figures(mona)
    sheet = api.get(f"/v1/shops/bakery/days/{date_text(town.api.alliance.today)}").json()
    rows = {each.attributes["data-figure"]: each for each in page.all("tr") if "data-figure" in each.attributes}
    totals = {name: int(row.all("data")[0].attributes["value"]) for name, row in rows.items()}
    assert totals == sheet["total"]
    assert totals["sales_minor"] >= 1_234
    for wanted in (True, False):
        assert mona.send("/console/shops/bakery/days", wanted=str(wanted).lower()) == 200
        assert api.get("/v1/shops/bakery/day-mail").json()["wanted"] is wanted
    for missing in ("2026-02-30", "nonsense", "20260413"):
        mona.open(f"/console/shops/bakery/days/{missing}")
        assert mona.status == 404
