"""Payments in the console: their parts and rests, the waterfall of a default, and what accountants take over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from settlement.clearing import LossSource
from settlement.ledger import Database
from tests.pages.default_town import (
    BUTCHERS_MINOR,
    CAPITAL_MINOR,
    DEPOSIT_MINOR,
    FIRST_PART_MINOR,
    FUND_MINOR,
    LATE_MINOR,
    LOSS_MINOR,
    OWN_FUND_MINOR,
    TREASURER,
    default_town,
)
from tests.pages.page_town import PageTown, page_town
from tests.pages.test_console import FINANCE, MANAGER, OF_ROLE, Role, check_figures, visitor
from tests.support.hledger import ask_hledger


@pytest.fixture(scope="module")
def unpaid(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageTown]:
    """A town of its own in which the bakery is in default."""
    path = tmp_path_factory.mktemp("default") / "town.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    with default_town(database) as served:
        yield served
    database.close()


@pytest.fixture
def paying(sqlite_url: str) -> Iterator[PageTown]:
    """A town of its own, whose payments others don't wait for."""
    database = Database(sqlite_url)
    with page_town(database) as served:
        yield served
    database.close()


def test_a_default_is_a_cascade_beside_the_equal_table(unpaid: PageTown) -> None:
    fina = visitor(unpaid, TREASURER)
    page = fina.open("/console/payments")
    check_figures(fina)
    rows = {row.attributes["data-source"]: row for row in page.all("tr") if "data-source" in row.attributes}
    covered = {source: row.all("span", data_figure="covered")[0].figure() for source, row in rows.items()}
    before_creditors = DEPOSIT_MINOR + OWN_FUND_MINOR + CAPITAL_MINOR + FUND_MINOR
    assert covered == {
        LossSource.DEPOSIT: DEPOSIT_MINOR,
        LossSource.OWN_FUND: OWN_FUND_MINOR,
        LossSource.OPERATOR: CAPITAL_MINOR,
        LossSource.MUTUAL_FUND: FUND_MINOR,
        LossSource.CREDITOR_CUT: LOSS_MINOR - before_creditors,
    }
    assert list(rows) == [source for source in LossSource if source in rows], "the order in which it is taken"
    (loss,), (repaid,) = page.all("td", data_figure="loss"), page.all("td", data_figure="repaid")
    assert (loss.figure(), repaid.figure()) == (LOSS_MINOR, LATE_MINOR)
    (picture,) = page.all("svg", class_="cascade")
    bars = [(float(each.attributes["x"]), float(each.attributes["width"])) for each in picture.all("rect")[1:]]
    ends = [0.0, *(left + width for left, width in bars)]
    assert [left for left, _ in bars] == pytest.approx(ends[:-1]), "each begins where the one before it ends"
    assert ends[-1] == pytest.approx(100)
    assert [width for _, width in bars] == pytest.approx([100 * minor / LOSS_MINOR for minor in covered.values()])


def test_a_payment_shows_its_parts_and_what_is_missing(unpaid: PageTown) -> None:
    fina, api = visitor(unpaid, TREASURER), unpaid.api.client()
    fina.open("/console/payments")
    assert "Part paid" in fina.words
    listed = api.get("/v1/payments", params={"shop": "butcher"}).json()["data"]
    part_paid = next(each for each in listed if each["coverage"] == "part_paid")
    page = fina.open(f"/console/payments/{part_paid['id']}")
    check_figures(fina)
    (part,) = [row for row in page.all("tr") if "data-part" in row.attributes]
    assert (part.figure(), "receipt 17" in part.text) == (FIRST_PART_MINOR, True)
    (rest,) = page.all("dd", data_figure="rest")
    assert rest.figure() == BUTCHERS_MINOR - FIRST_PART_MINOR
    detail = api.get(f"/v1/payments/{part_paid['id']}").json()
    assert [(each["amount_minor"], each["text"]) for each in detail["parts"]] == [(FIRST_PART_MINOR, "receipt 17")]
    siblings = [each["id"] for each in listed if each["window"] == part_paid["window"] and each != part_paid]
    assert siblings, "the rest is asked for again"
    assert all(f"/console/payments/{id_}" in fina.html for id_ in siblings)


def test_what_a_shop_owes_of_earlier_windows_is_the_apis_with_how_it_pays(town: PageTown) -> None:
    fina, mona, api = visitor(town, FINANCE), visitor(town, MANAGER), town.api.client()
    api.post("/v1/settlements/run")
    outlook = api.get("/v1/settlements").json()["outlook"]
    for shop in ("bakery", "butcher", "cafe", "diner"):
        debt = -sum(each["net_minor"] for each in outlook if each["shop"] == shop and each["net_minor"] < 0)
        for at in (f"/console/shops/{shop}", f"/console/payments?shop={shop}"):
            page = fina.open(at)
            check_figures(fina)
            rests = [row for row in page.all("li") if "data-owed" in row.attributes]
            assert sum(row.figure() for row in rests) == debt, at
            for row in rests:
                (link,) = row.all("a")
                assert link.attributes["href"] == f"/console/windows/{row.attributes['data-owed']}/{shop}"
            assert bool(page.all("span", data_figure="owed-before")) == (debt > 0)
    page = mona.open("/console/payments")
    owed = [each for each in outlook if each["shop"] == "bakery" and each["net_minor"] < 0]
    assert bool(page.all("span", data_figure="owed-before")) == bool(owed)
    live = [
        each
        for each in api.get("/v1/payments", params={"shop": "bakery", "limit": 100}).json()["data"]
        if each["state"] in ("planned", "sent") and each["route"] == "collect"
    ]
    assert mona.words.count("will be collected from you") == len(live)


def test_a_shops_payments_stand_alone_and_who_has_not_paid_is_found_by_name(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    page = fina.open("/console/payments?shop=bakery")
    assert page.all("main")[0].all("h1")[0].text == "Payments of Bäckerei Sommer"
    assert not page.all("b", data_figure="owed"), "nothing of the other shops"
    assert not page.all("li", data_shop="butcher")
    fina.click("Payments of all shops")
    for side in ("owing", "owed"):
        listed = fina.open(f"/console/payments?side={side}").all("li", data_side=side)
        for row in listed:
            ref, name = row.attributes["data-shop"], row.all("span", class_="line-title")[0].text
            page = fina.open(f"/console/payments?side={side}&words={name[:4].upper()}")
            alone = [each for each in page.all("li", data_side=side) if each.attributes["data-shop"] == ref]
            assert len(alone) == 1
            (total,) = page.all("li", data_sum=side)
            assert total.figure() == sum(each.figure() for each in page.all("li", data_side=side))
    page = fina.open("/console/payments?words=nowhere")
    assert not page.all("li", data_side="owing")


def test_what_came_back_is_a_part_too(unpaid: PageTown) -> None:
    api = unpaid.api.client()
    paid = api.get("/v1/payments", params={"shop": "butcher"}).json()["data"][-1]["id"]
    body = {"outcome": "returned", "evidence": "bounced", "amount_minor": 100}
    assert api.post(f"/v1/payments/{paid}/confirm", json=body).status_code == 200
    detail = api.get(f"/v1/payments/{paid}").json()
    assert [each["amount_minor"] for each in detail["parts"]] == [FIRST_PART_MINOR, -100]
    assert sum(each["amount_minor"] for each in detail["parts"]) == detail["moved_minor"]
    page = visitor(unpaid, TREASURER).open(f"/console/payments/{paid}")
    assert "Came back" in page.text


def test_the_accountants_journal_is_fetched_from_the_page(unpaid: PageTown) -> None:
    fina = visitor(unpaid, TREASURER)
    (form,) = fina.open("/console/payments").all("form", action="/v1/journal")
    fields = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}
    choices = [each.attributes["value"] for each in form.all("option")]
    for choice in choices:
        asked = {**fields, "first_day": "2026-01-01", "format": choice}
        answer = fina.http.get("/v1/journal", params=asked)
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
    assert ask_hledger(answer.content, "check", "--strict") == ""
    reversed_days = {"first_day": "2026-02-01", "last_day": "2026-01-01"}
    assert fina.http.get("/v1/journal", params=reversed_days).status_code == 422


def test_who_can_be_paid_and_collected_from_is_seen_by_shop(town: PageTown) -> None:
    fina, mona = visitor(town, FINANCE), visitor(town, MANAGER)
    page = fina.open("/console/payments/accounts")
    assert {each.attributes["data-shop"] for each in page.all("li") if "data-shop" in each.attributes} >= {
        "bakery",
        "cafe",
    }
    page = mona.open("/console/payments/accounts")
    shops = [each.attributes["data-shop"] for each in page.all("li") if "data-shop" in each.attributes]
    assert shops == ["bakery"]
    assert mona.send("/console/payments/accounts/cafe/mandate") == 404
    assert fina.send("/console/payments/accounts/cafe/onboarding", email="c@example.com", country="de") == 409
    assert "no account at Stripe" in fina.words


def test_payments_are_in_the_order_of_the_address(town: PageTown) -> None:
    fina, api = visitor(town, FINANCE), town.api.client()
    api.post("/v1/settlements/run")
    payments = {each["id"]: each for each in api.get("/v1/payments", params={"limit": 100}).json()["data"]}
    assert len(payments) > 1

    def listed(query: str) -> list[str]:
        page = fina.open(f"/console/payments?{query}")
        links = [each.attributes.get("href", "").rpartition("/")[2] for each in page.all("a", class_="line")]
        return [link for link in links if link in payments]

    assert listed("state=&sort=newest") == sorted(payments, reverse=True)
    amounts = [payments[id_]["amount_minor"] for id_ in listed("sort=amount")]
    assert amounts == sorted(amounts, reverse=True)
    assert sorted(listed("sort=due")) == sorted(payments)
    assert listed("sort=amount&page=2") == []
    fina.open("/console/payments?sort=colour")
    assert fina.status == 422


def test_addresses_of_webhooks_are_filtered(town: PageTown) -> None:
    olga, api = visitor(town, OF_ROLE[Role.OWNER]), town.api.client()
    urls = [f"https://example.com/filtered-{number}" for number in range(2)]
    ids = [api.post("/v1/webhook_endpoints", json={"url": url, "shop": "bakery"}).json()["id"] for url in urls]
    olga.open("/console/webhooks?words=FILTERED")
    assert all(url in olga.words for url in urls)
    olga.send(f"/console/webhooks/{ids[0]}/state", state="off")
    olga.open("/console/webhooks?words=filtered&group=off")
    assert urls[0] in olga.words
    assert urls[1] not in olga.words
    olga.open("/console/webhooks?words=filtered&page=2")
    assert not any(url in olga.words for url in urls)
    for id_ in ids:
        api.delete(f"/v1/webhook_endpoints/{id_}")


def test_several_payments_by_hand_are_confirmed_at_once_and_each_for_itself(paying: PageTown) -> None:
    fina, mona, api = visitor(paying, FINANCE), visitor(paying, MANAGER), paying.api.client()
    api.post("/v1/settlements/run")
    at = "/console/payments/by-hand"
    fina.open("/console/payments")
    fina.click("Confirm payments")
    rows = [each for each in fina.page.all("label") if "data-payment" in each.attributes]
    payments = {each["id"]: each for each in api.get("/v1/payments", params={"limit": 100}).json()["data"]}
    ids = [each.attributes["data-payment"] for each in rows]
    assert ids, "the run has sent some"
    assert all((payments[id_]["rail"], payments[id_]["state"]) == ("by_hand", "sent") for id_ in ids)
    check_figures(fina)
    assert fina.send(at, evidence="statement 7") == 422, "none is marked"
    assert fina.send(at, payment=ids, evidence=" ") == 422
    assert fina.send(at, payment=ids, evidence="statement 7") == 422, "asked first"
    (asked,) = [each for each in fina.page.all("div") if "data-sure" in each.attributes]
    sure = asked.attributes["data-sure"]
    assert sure == f"{len(ids)} {sum(payments[id_]['amount_minor'] for id_ in ids)}"
    ticked = [
        each.attributes["value"] for each in fina.page.all("input", name="payment") if "checked" in each.attributes
    ]
    assert ticked == ids
    assert fina.send(at, payment=ids[:1], evidence="statement 7", sure=f"{sure}9") == 422, "sure of others"
    assert all(api.get(f"/v1/payments/{id_}").json()["state"] == "sent" for id_ in ids)
    assert mona.send(at, payment=ids, evidence="statement 7", sure=sure) in (200, 404), "none of hers is confirmed"
    assert all(api.get(f"/v1/payments/{id_}").json()["state"] == "sent" for id_ in ids)
    # One of them fails meanwhile: the others are booked all the same, and it says so of that one.
    failed = {"outcome": "failed", "evidence": "no cash"}
    assert api.post(f"/v1/payments/{ids[0]}/confirm", json=failed).status_code == 200
    for _ in range(2):
        assert fina.send(at, payment=ids, evidence="statement 7", sure=sure) == 200
        became = [each.attributes["data-result"] for each in fina.page.all("li") if "data-result" in each.attributes]
        assert became == ["refused", *["booked"] * (len(ids) - 1)]
    stated = {id_: api.get(f"/v1/payments/{id_}").json() for id_ in ids}
    assert [each["state"] for each in stated.values()] == ["failed", *["paid"] * (len(ids) - 1)]
    assert all(each["moved_minor"] == each["amount_minor"] for id_, each in stated.items() if id_ != ids[0])
    log = api.get("/v1/audit-log", params={"action": "payment.confirm", "limit": 100}).json()["data"]
    assert [[each["target"] for each in log].count(id_) for id_ in ids] == [1] * len(ids), "sent twice, said once"
