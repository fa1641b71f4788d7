"""What people do in the console: two of them for what takes two, payments, shops, members."""

import re
from itertools import product
from secrets import token_hex
from typing import Any

from coalition.events.types import posting_events
from coalition.pages.console.approval_words import ACTIONS
from coalition.pages.console.posting import KINDS, MOVES
from settlement.ledger import MoveKind
from tests.pages.page_town import PageTown
from tests.pages.test_console import FINANCE, MANAGER, OF_ROLE, SUPPORT, Role, visitor
from tests.pages.visitor import read_page
from tests.support.tasks import do_tasks
from tests.support.wallets import People

OWNER = OF_ROLE[Role.OWNER]


def enrolled(town: PageTown, email: str) -> str:
    """A new member's id."""
    return str(town.api.till("cafe").post("/v1/members", json={"email": email}).json()["id"])


def test_a_correction_of_many_points_waits_for_a_second_person(town: PageTown) -> None:
    member, sue, fina = enrolled(town, "hedy@example.com"), visitor(town, SUPPORT), visitor(town, FINANCE)
    sue.open("/console/members")
    assert sue.send("/console/members/search", typed="Hedy@Example.com") == 200
    assert sue.path.endswith(f"/console/members/{member}")
    form = {"shop": "cafe", "reason": "The till was down"}
    sue.send(f"{sue.path}/correct", key=token_hex(16), points="20000", **form)
    assert "waits for another person's approval" in sue.words
    sue.open("/console/approvals")
    assert "You asked for this" in sue.words
    assert f"hedy@example.com ({member})" in sue.words, "to whoever may open a member's page"
    assert sue.page.all("main")[0].all("a", href=f"/console/members/{member}")
    assert sue.page.all("main")[0].all("a", href="/console/shops/cafe")
    fina.open("/console")
    fina.click("for a second person")
    assert "Correct a member's points" in fina.words
    assert f"Member {member} Points 20,000 Worth at most €200.00" in fina.words
    (request,) = [each for each in fina.page.all("section", class_="paper stack") if member in each.text]
    approval = request.attributes["data-approval"]
    assert sue.send(f"/console/approvals/{approval}/approve") == 403
    assert fina.send(f"/console/approvals/{approval}/approve") == 200
    assert "Approved." in fina.words
    page = sue.open(f"/console/members/{member}")
    assert page.all("b", data_figure="points")[0].figure() == 20_000
    wallet = town.api.client().get(f"/v1/wallets/{member}").json()
    assert page.all("span", data_figure="worth")[0].figure() == wallet["worth_minor"] == 20_000


def test_a_member_is_found_by_name_however_it_is_typed(town: PageTown) -> None:
    sue = visitor(town, SUPPORT)
    for typed in ("Ann Baker", "annbaker", " BAKER ", "ann  b"):
        assert sue.send("/console/members/search", typed=typed) == 200
        assert sue.path.endswith("/console/members/ann"), typed
    assert sue.send("/console/members/search", typed="b") == 200
    assert "Whose name has “b”" in sue.words
    assert {"Ann Baker", "Bob Miller"} <= {each.text for each in sue.page.all("span", class_="line-title")}
    for typed in ("Nobody Atall", "100%", " "):
        assert sue.send("/console/members/search", typed=typed) == 404
    (wrong,) = sue.page.all("input", aria_invalid="true")
    assert wrong.attributes["name"] == "typed"


def test_points_are_given_once_however_often_the_form_is_sent(town: PageTown) -> None:
    member, sue = enrolled(town, "iris@example.com"), visitor(town, SUPPORT)
    form = {"key": token_hex(16), "shop": "bakery", "points": "15", "reason": "Goodwill"}
    for _ in range(2):
        sue.send(f"/console/members/{member}/correct", **form)
    assert sue.page.all("b", data_figure="points")[0].figure() == 15
    assert sue.send(f"/console/members/{member}/correct", **{**form, "points": "1,5"}) == 422


def test_points_are_taken_back_of_what_issued_them_once_and_many_by_two_people(town: PageTown) -> None:
    people, sue, fina = People(town.api), visitor(town, SUPPORT), visitor(town, FINANCE)
    member = people.enrol(email="lena@example.com")
    sold = people.buy(member, 1_000, "bakery").json()
    form = {"key": token_hex(16), "points": "20", "reason": "Rung up twice"}
    sue.open(f"/console/members/{member}")
    sue.click("Purchase")
    at = f"/console/postings/{sold['id']}"
    assert sue.path.endswith(at)
    assert sue.send(f"{at}/take-back", **{**form, "points": "2,5"}) == 422
    assert sue.page.all("input", aria_invalid="true")[0].attributes["name"] == "points"
    for _ in range(2):
        assert sue.send(f"{at}/take-back", **form) == 200
        assert sue.path.endswith(f"/console/members/{member}?done=corrected")
    assert sue.page.all("b", data_figure="points")[0].figure() == sold["points_earned"] - 20
    assert sue.send(f"{at}/take-back", **{**form, "key": token_hex(16), "points": "31"}) == 409
    assert not fina.open(at).all("form", action=f"{at}/take-back"), "only who may open a member's page"
    assert fina.send(f"{at}/take-back", **{**form, "key": token_hex(16)}) == 403
    many = people.buy(member, 400_000, "cafe").json()
    before = people.points(member)
    sue.send(f"/console/postings/{many['id']}/take-back", **{**form, "key": token_hex(16), "points": "15000"})
    assert sue.path.endswith(f"/console/members/{member}?done=asked")
    assert people.points(member) == before
    fina.open("/console/approvals")
    (request,) = [each for each in fina.page.all("section", class_="paper stack") if member in each.text]
    assert fina.send(f"/console/approvals/{request.attributes['data-approval']}/approve") == 200
    assert people.points(member) == before - 15_000


def test_what_happened_says_by_how_many_points_whatever_it_was(town: PageTown) -> None:
    people, sue = People(town.api), visitor(town, SUPPORT)
    member = people.enrol(email="kai@example.com")
    sold = people.buy(member, 1_000, "bakery").json()
    people.give(member, 20, to="bob")
    refund = {"purchase": sold["id"]}
    key = {"Idempotency-Key": token_hex(8)}
    assert people.tills["bakery"].post("/v1/refunds", json=refund, headers=key).status_code == 201
    lines = sue.open(f"/console/members/{member}").all("a", class_="line plain")
    changes = [each.text.split()[-1] for each in lines]
    # Of a refund there are as many as were left; the rest is owed.
    assert changes == [f"−{sold['points_earned'] - 20}", "−20", f"+{sold['points_earned']}"]


def test_a_frozen_member_is_let_go_again(town: PageTown) -> None:
    member, sue = enrolled(town, "jo@example.com"), visitor(town, SUPPORT)
    sue.send(f"/console/members/{member}/freeze")
    assert "No till takes or gives them points" in sue.words
    assert town.api.client().get(f"/v1/members/{member}").json()["state"] == "frozen"
    sue.send(f"/console/members/{member}/unfreeze")
    assert town.api.client().get(f"/v1/members/{member}").json()["state"] == "active"


def test_who_has_not_paid_and_a_payment_that_people_confirm(town: PageTown) -> None:
    fina, api = visitor(town, FINANCE), town.api.client()
    fina.open("/console")
    fina.click("not paid")
    assert fina.clicks == 1
    settlement = api.get("/v1/settlements").json()
    owing, owed = ([each for each in settlement["outlook"] if sign * each["net_minor"] > 0] for sign in (-1, 1))
    for side, listed in (("owing", owing), ("owed", owed)):
        rows = {each.attributes["data-shop"]: each for each in fina.page.all("li") if "data-shop" in each.attributes}
        assert {shop: row.figure() for shop, row in rows.items()} == {
            each["shop"]: each["net_minor"] for each in listed
        }
        (total,) = fina.page.all("li", data_sum=side)
        assert total.figure() == sum(each["net_minor"] for each in listed)
        fina.open("/console/payments?side=owed&by=name")
    parts = {
        row.attributes["data-part"]: row.all("data") for row in fina.page.all("tr") if "data-part" in row.attributes
    }
    for part, listed in (("collects", owing), ("pays", owed)):
        moved = [each["now_minor"] for each in listed if each["now_minor"]]
        assert [int(each.attributes["value"]) for each in parts[part]] == [len(moved), sum(moved)]
    assert fina.page.all("b", data_figure="cash")[0].figure() == settlement["cash_minor"]
    assert sum(each["now_minor"] for each in owed) <= settlement["cash_minor"], "no more than the cash covers"
    (key,) = {each.attributes["value"] for each in fina.page.all("input") if each.attributes["name"] == "key"}
    assert fina.send("/console/payments/run", key=key) == 200
    at_work = fina.path
    assert fina.send("/console/payments/run", key=key) == 200
    assert fina.path == at_work, "the form again is the same run"
    assert "You may close this page" in fina.words
    do_tasks(town.api)
    fina.open("/console/tasks")
    fina.click("Run of payments")
    assert "Done" in fina.words
    ran = {name: fina.page.all("dd", data_figure=name)[0].figure() for name in ("collecting", "paying", "owed")}
    drawn = sum(each.figure() for each in fina.page.all("dd", data_figure="drawn"))
    assert ran["collecting"] + drawn == sum(each["now_minor"] for each in owing), "what was said before"
    left = [each for each in api.get("/v1/settlements").json()["outlook"] if each["net_minor"] > 0]
    assert ran["owed"] == sum(each["net_minor"] - each["on_its_way_minor"] for each in left)
    (waiting,) = [
        each for each in api.get("/v1/payments", params={"shop": "bakery"}).json()["data"] if each["state"] == "sent"
    ]
    at = f"/console/payments/{waiting['id']}"
    assert fina.open(at).all("dd", data_figure="amount")[0].figure() == waiting["amount_minor"]
    assert fina.send(f"{at}/confirm", outcome="paid", evidence=" ") == 422
    for amount in ("0", "0.00", "-1", "twelve"):
        assert fina.send(f"{at}/confirm", outcome="paid", evidence="receipt 17", amount=amount) == 422
    too_much = {"outcome": "paid", "evidence": "receipt 17", "amount": "99.00"}
    assert fina.send(f"{at}/confirm", **too_much) == 422, "typed by mistake, perhaps"
    assert f"{(9_900 - waiting['amount_minor']) / 100:.2f} more than was asked for" in fina.words
    assert fina.page.all("input", name="sure")[0].attributes["value"] == "9900"
    assert fina.page.all("input", name="evidence")[0].attributes["value"] == "receipt 17"
    assert fina.send(f"{at}/confirm", **too_much, sure="9800") == 422, "sure of another amount"
    mona = visitor(town, MANAGER)
    assert mona.open(at)
    assert mona.send(f"{at}/confirm", outcome="paid", evidence="receipt 17") == 403
    assert fina.send(f"{at}/confirm", outcome="paid", evidence="receipt 17") == 200
    assert "Booked as you said." in fina.words
    assert api.get(f"/v1/payments/{waiting['id']}").json()["state"] == "paid"
    assert "Fina Kurz" in fina.words
    mona.open(at)
    assert "Fina" not in mona.words
    log = api.get("/v1/audit-log").json()["data"]
    assert ("payment.confirm", waiting["id"]) in [(each["action"], each["target"]) for each in log]


def test_a_shop_joins_by_form_and_takes_part(town: PageTown) -> None:
    olga, api = visitor(town, OWNER), town.api.client()
    assert olga.send("/console/shops", name="Blumen Beyer", ref="Beyer!") == 422
    assert "Blumen Beyer" in [each.attributes.get("value") for each in olga.page.all("input")]
    olga.send("/console/shops", name="Blumen Beyer", ref="beyer")
    assert olga.path.endswith("/console/shops/beyer")
    at = olga.path
    olga.send(f"{at}/status", status="active")
    olga.send(f"{at}/profile", name="Blumen Beyer", category="flowers", address="Markt 2\n12345 Altstadt")
    olga.send(f"{at}/limit", credit="300")
    olga.send(f"{at}/people", name="Bea Beyer", email="bea@beyer.example", role="manager")
    assert "The invitation is on its way" in olga.words
    shop = api.get("/v1/shops/beyer").json()
    assert (shop["status"], shop["category"], shop["address"]) == ("active", "flowers", "Markt 2\n12345 Altstadt")
    assert api.get("/v1/shops/beyer/risk").json()["credit_minor"] == 30_000
    assert any(to == "bea@beyer.example" and "/invitation#" in text for to, text in town.api.messages.sent)
    olga.send(f"{at}/limit", credit="5.000")
    assert "Write an amount" in olga.words
    olga.send(f"{at}/limit", credit="50000")
    assert "alert" in [each.attributes.get("role") for each in olga.page.all("p")], "to add much credit takes two"
    assert "This takes two people, and waits for another person under Approvals now." in olga.words
    fina = visitor(town, FINANCE)
    fina.send(f"{at}/deposit", key=token_hex(16), amount="120,50", received="receipt 4")
    assert fina.page.all("b", data_figure="deposit")[0].figure() == 12_050
    assert fina.send(f"{at}/withdraw", key=token_hex(16), amount="20,5 or so") == 422
    for path, amount in product(("deposit", "withdraw"), ("0", "0,00", "-3")):
        assert fina.send(f"{at}/{path}", key=token_hex(16), amount=amount) == 422
    fina.send(f"{at}/withdraw", key=token_hex(16), amount="20")
    assert "waits for another person's approval" in fina.words
    (asked,) = pending(town, "withdraw_deposit")
    assert (asked["payload"]["shop"], asked["payload"]["amount_minor"]) == ("beyer", 2_000)
    assert olga.send(f"/console/approvals/{asked['id']}/reject", reason="Not now") == 200


def pending(town: PageTown, action: str) -> list[dict[str, Any]]:
    """Requests of a kind that wait for a second person."""
    listed = town.api.client().get("/v1/approvals", params={"status": "pending", "limit": 100}).json()["data"]
    return [each for each in listed if each["action"] == action]


def test_what_is_missing_of_a_payment_is_written_off_by_two(town: PageTown) -> None:
    fina, olga, api = visitor(town, FINANCE), visitor(town, OWNER), town.api.client()
    fina.send("/console/payments/run", key=token_hex(16))
    do_tasks(town.api)
    listed = api.get("/v1/payments", params={"shop": "cafe"}).json()["data"]
    (payment,) = [each for each in listed if each["state"] == "sent"]
    at, missing = f"/console/payments/{payment['id']}", payment["amount_minor"] - 20
    assert fina.send(f"{at}/write-off", key=token_hex(16), why="Too early") == 409
    fina.send(f"{at}/confirm", outcome="paid", evidence="receipt 9", amount="0.20")
    assert fina.page.all("dd", data_figure="rest")[0].figure() == missing
    assert fina.send(f"{at}/write-off", key=token_hex(16), why=" ") == 422
    fina.send(f"{at}/write-off", key=token_hex(16), why="Not worth a reminder")
    assert "waits for another person's approval" in fina.words
    (asked,) = pending(town, "write_off")
    assert olga.send(f"/console/approvals/{asked['id']}/approve") == 200
    assert api.get(f"/v1/payments/{payment['id']}").json()["written_off_minor"] == missing
    assert "Write off" not in fina.open(at).all("main")[0].text


def test_shops_are_sorted_by_the_address(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    at_risk = []
    page = fina.open("/console/shops?sort=risk")
    for row in [each for each in page.all("tr") if "data-shop" in each.attributes]:
        figures = row.all("data")
        at_risk.append(int(figures[0].attributes["value"]) if figures else 0)
    assert at_risk == sorted(at_risk, reverse=True)
    assert at_risk[0] > 0
    fina.click("Used")
    assert "sort=used" in fina.path
    fina.open("/console/shops?sort=colour")
    assert fina.status == 422


def test_the_first_steps_tick_themselves_and_shops_come_by_a_list(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    olga.open("/console")
    olga.click("of the first steps are left")
    assert olga.path.endswith("/console/start")
    names = "\n".join(["Uhren Übel", "gerber; Leder Gerber", "书店", "", "pool; Pool", "Uhren Übel"])
    key = token_hex(16)
    assert olga.send("/console/start/shops", key=key, shops=names) == 200
    at_work = olga.path
    assert olga.send("/console/start/shops", key=key, shops=names) == 200
    assert olga.path == at_work, "the form again is the same list"
    do_tasks(town.api)
    olga.open(at_work)
    assert "3 shops take part now. 1 was there already." in olga.words
    assert [each.text.strip() for each in olga.page.all("textarea")] == ["pool; Pool"]
    assert "pool" in olga.page.all("li", class_="line plain")[0].text
    shops = {each["name"]: each for each in town.api.client().get("/v1/shops", params={"limit": 100}).json()["data"]}
    assert [shops[name]["ref"] for name in ("Uhren Übel", "Leder Gerber", "书店")] == ["uhren-ubel", "gerber", "shop"]
    assert {shops[name]["status"] for name in ("Uhren Übel", "Leder Gerber", "书店")} == {"active"}
    olga.send("/console/start/shops", key=token_hex(16), shops="Uhren Übel\nLeder Gerber")
    do_tasks(town.api)
    olga.open(olga.path)
    assert "2 were there already." in olga.words
    olga.open("/console/start")
    assert f"{len(shops)} shops take part." in olga.words


def test_a_list_of_shops_is_looked_at_before_it_is_added(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    olga.open("/console/start")
    olga.click("Add shops by a list")
    assert olga.send(f"{olga.path}/preview", shops=" ") == 422
    typed = "Blumen Blatt\nflorist,Main Street\nBig!; Bäckerei Sommer II\nMetzgerei Huber"
    assert olga.send("/console/start/shops/preview", shops=typed) == 200
    assert "1 shop can be added. 1 takes part already." in olga.words
    assert [each.attributes["data-line"] for each in olga.page.all("li", class_="line plain")] == ["2", "3"]
    assert "Line 2: florist,Main Street a comma separates nothing here" in olga.words
    assert "small letters a to z" in olga.words
    assert olga.page.all("textarea")[0].text.strip() == typed
    answer = olga.http.post(
        "/console/start/shops/preview", data={"csrf": olga.csrf}, files={"file": ("shops.csv", b"name,ref\nHut,hut\n")}
    )
    fields = {
        each.attributes["name"]: each.attributes["value"] for each in read_page(answer.text).all("input", type="hidden")
    }
    assert fields["shops"] == "hut; Hut"
    assert olga.send("/console/start/shops", key=fields["key"], shops=fields["shops"]) == 200
    do_tasks(town.api)
    assert town.api.client().get("/v1/shops/hut").json()["status"] == "active"


def test_the_first_steps_lead_to_the_pages_that_do_them(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    links = {each.attributes["href"] for each in olga.open("/console/start").all("main")[0].all("a")}
    for path in sorted(links - {"/v1/alliance/join-sheets/poster", "/till"}):
        olga.open(path)
        assert olga.status == 200, path
    assert {"/console/team", "/console/start/shops", "/console/payments", "/console/legal"} <= links
    page = olga.open("/console/start")
    assert town.url in olga.words, "the address that the poster has"
    assert [note.tag for note in page.all("div", data_no_address="")] == ["div"], "and that nobody has named it"


def test_a_manager_goes_to_their_own_shop(town: PageTown) -> None:
    mona = visitor(town, MANAGER)
    mona.open("/console")
    mona.click("Shops")
    assert mona.path.endswith("/console/shops/bakery")
    mona.open("/console/shops/cafe")
    assert mona.status == 404
    assert mona.send("/console/shops/cafe/profile", name="Mine now") == 404


def test_every_posting_and_every_move_has_a_name() -> None:
    assert posting_events().keys() <= KINDS.keys()
    assert set(MoveKind) == MOVES.keys()


def test_every_action_that_takes_two_people_has_a_name(town: PageTown) -> None:
    names = {action.name for action in town.api.app.state.approvals.actions}
    assert names <= ACTIONS.keys()
    assert not re.search("_", " ".join(ACTIONS.values()))


def test_a_page_that_a_list_has_not_leads_to_its_last(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    olga.open("/console/shops?sort=risk&page=999")
    assert olga.status == 200
    assert "The list has no page 999." in olga.words
    olga.click("To its last page")
    assert "sort=risk" in olga.path
    assert [row for row in olga.page.all("tr") if "data-shop" in row.attributes]
