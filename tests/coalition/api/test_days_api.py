"""A shop's day: each figure is what the book, the lists and the statement add up to, and is e-mailed once."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import text

from coalition.access.caller import Role
from coalition.access.user_store import update_user
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.messaging.messenger import MessageDelayed
from coalition.schedule import job_kinds
from settlement.audit import audit_book
from settlement.ledger import MoveKind
from tests.support.clock import DAY, HOUR, MINUTE, instant
from tests.support.people import person
from tests.support.tills import Device, cashier, till_code
from tests.support.town_api import ApiTown, FakeMessenger, purchase

ZONE = "Europe/Berlin"
TODAY = "2030-06-05"
MORNING = instant(f"{TODAY}T09:00", ZONE)


@pytest.fixture
def day(town: ApiTown) -> Iterator[ApiTown]:
    """A Wednesday at nine in the alliance's zone. The book is audited afterwards."""
    town.clock.set(MORNING)
    yield town
    with town.session() as session:
        assert audit_book(town.alliance.book, session).ok


def counter(town: ApiTown, name: str) -> Device:
    device = Device(town)
    assert device.connect(till_code(town, "bakery"), name).status_code == 201
    assert device.begin().status_code == 201
    return device


def shift_of(town: ApiTown, device: Device, name: str) -> str:
    return str(device.sign_in(cashier(town, "bakery", name)).json()["id"])


def sheet_of(town: ApiTown, on: str = TODAY, shop: str = "bakery") -> dict[str, Any]:
    answer = town.till(shop).get(f"/v1/shops/{shop}/days/{on}")
    assert answer.status_code == 200, answer.text
    sheet: dict[str, Any] = answer.json()
    return sheet


def busy_day(town: ApiTown) -> tuple[Device, Device, dict[str, str]]:
    """Sales of two cashiers at two tills and of a key, with points, a void, a refund and an enrolment."""
    # The points that ann pays with first are the café's.
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=4_000)
    left, right = counter(town, "Left"), counter(town, "=Right")
    karla, max_ = shift_of(town, left, "Karla"), shift_of(town, right, "Max")
    first = left.sell(karla, amount_minor=10_000).json()
    left.sell(karla, "void-me", amount_minor=2_000)
    right.sell(max_, amount_minor=1_234, points=300)
    purchase(town.till(), "k1", amount_minor=999)
    right.sell(max_, amount_minor=100, points="all")
    left.void(karla, "void-me")
    left.refund(karla, purchase=first["id"], amount_minor=333)
    right.client.post("/v1/members", json={"email": "zoe@example.com", "shift": max_})
    return left, right, {"karla": karla, "max": max_}


def test_each_figure_is_what_the_lists_and_the_moves_add_up_to(day: ApiTown) -> None:
    busy_day(day)
    sheet, till = sheet_of(day), day.till()
    sales, refunds = till.get("/v1/purchases").json()["data"], till.get("/v1/refunds").json()["data"]
    total = sheet["total"]
    assert total["sales"] == len(sales) == 5
    for figure, field in {
        "sales_minor": "amount_minor",
        "cash_minor": "cash_due_minor",
        "points_earned": "points_earned",
        "points_taken": "points_spent",
    }.items():
        assert total[figure] == sum(sale[field] for sale in sales) > 0, figure
    for figure, field in {"cash_back_minor": "cash_back_minor", "points_taken_back": "points_taken_back"}.items():
        assert total[figure] == sum(refund[field] for refund in refunds) > 0, figure
    assert (total["voids"], total["voids_minor"]) == (1, 2_000)
    assert (total["refunds"], total["refunds_minor"]) == (1, 333)
    assert total["money_minor"] == total["cash_minor"] - total["cash_back_minor"]
    assert total["enrolled"] == 1
    with day.database.engine.connect() as connection:
        sums = {
            kind: int(points)
            for kind, points in connection.execute(
                text(
                    "SELECT m.kind, SUM(m.amount) FROM moves m JOIN participants p ON p.alliance_id = m.alliance_id "
                    "AND p.id = m.shop WHERE p.ref = 'bakery' GROUP BY m.kind"
                )
            )
        }
    assert total["points_earned"] == sums[MoveKind.ISSUE]
    assert total["points_taken"] == sums[MoveKind.REDEEM]
    assert total["points_returned"] == sums.get(-MoveKind.REDEEM, 0)
    (turnover,) = (row for row in day.client().get("/v1/reports/turnover").json() if row["shop"] == "bakery")
    assert turnover["issued"] == total["points_earned"] - total["points_taken_back"]
    for figure, value in total.items():
        assert value == sum(row[figure] for row in sheet["rows"]), figure


def test_rows_are_by_till_and_cashier_and_the_table_has_the_same(day: ApiTown) -> None:
    left, right, _ = busy_day(day)
    sheet = sheet_of(day)
    rows = {(row["till_name"], row["cashier_name"]): row for row in sheet["rows"]}
    assert rows.keys() == {("Left", "Karla"), ("=Right", "Max"), (None, None)}
    assert (rows["Left", "Karla"]["till"], rows["=Right", "Max"]["till"]) == (left.id, right.id)
    assert rows["Left", "Karla"]["sales_minor"] == 12_000
    assert rows["=Right", "Max"]["enrolled"] == 1
    answer = day.till().get(f"/v1/shops/bakery/days/{TODAY}?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["level"] for row in table] == ["row"] * 3 + ["total"]
    assert {row["till_name"] for row in table} == {"Left", "'=Right", ""}, "no spreadsheet runs a name"
    for name, value in sheet["total"].items():
        assert int(table[-1][name]) == value


def test_the_window_says_what_the_statement_says(day: ApiTown) -> None:
    busy_day(day)
    (window,) = sheet_of(day)["windows"]
    open_one = day.client().get(f"/v1/windows/{window['window']}").json()
    (net,) = (each["net_minor"] for each in open_one["nets"] if each["shop"] == "bakery")
    assert (window["status"], window["net_minor"]) == ("open", net)
    assert net != 0
    day.clock.forward(7 * DAY)
    assert day.client().post(f"/v1/windows/{window['window']}/close").status_code == 200
    as_json = {"Accept": "application/json"}
    answer = day.client().get(f"/v1/windows/{window['window']}/statements/bakery", headers=as_json)
    (closed,) = sheet_of(day)["windows"]
    assert (closed["status"], closed["net_minor"]) == ("closed", answer.json()["net"]["minor"])


def test_a_day_is_the_alliances_and_a_sale_is_of_the_day_it_was_made(day: ApiTown) -> None:
    left = counter(day, "Left")
    karla = shift_of(day, left, "Karla")
    day.clock.set(instant(f"{TODAY}T23:59:59.999999", ZONE))
    left.sell(karla, amount_minor=1_000)
    assert not sheet_of(day)["over"]
    day.clock.set(instant("2030-06-06T00:00", ZONE))
    left.sell(karla, amount_minor=2_000)
    sold_at = instant(f"{TODAY}T20:00", ZONE)
    (booked,) = left.sync(left.offline(karla, "b1", sold_at, amount_minor=4_000))
    assert booked["code"] is None
    first, second = sheet_of(day), sheet_of(day, "2030-06-06")
    assert (first["over"], first["total"]["sales_minor"]) == (True, 5_000)
    assert (second["over"], second["total"]["sales_minor"]) == (False, 2_000)


def test_a_shop_sees_its_own_days_only(day: ApiTown) -> None:
    assert day.till("cafe").get(f"/v1/shops/bakery/days/{TODAY}").status_code == 404
    assert person(day, Role.CASHIER, "bakery").log_in().get(f"/v1/shops/bakery/days/{TODAY}").status_code == 403
    assert day.client().get(f"/v1/shops/nowhere/days/{TODAY}").status_code == 404
    assert day.client().get("/v1/shops/bakery/days/2030-13-01").status_code == 422
    assert sheet_of(day, "2031-01-01")["rows"] == []


class Unreachable(FakeMessenger):
    """A mail server that takes nothing."""

    def send(self, to: str, subject: str, text: str) -> None:
        raise MessageDelayed("the mail server does not answer")


def work(town: ApiTown, messenger: FakeMessenger | None = None) -> list[tuple[str, str]]:
    """What is sent by e-mail when the worker works now."""
    sent = messenger or FakeMessenger()
    kinds = [kind for kind in job_kinds() if kind.name in {"days.address", "notifications.send"}]
    worker = Worker(town.alliances, kinds, WorkSettings(messenger=sent))
    worker.run_due()
    town.clock.forward(MINUTE)
    worker.run_due()
    worker.stop()
    return sent.sent


def test_daily_figures_go_out_once_an_hour_after_the_day_in_each_managers_language(day: ApiTown) -> None:
    lin, sam = (person(day, Role.MANAGER, "bakery", email=f"{name}@example.org") for name in ("lin", "sam"))
    person(day, Role.MANAGER, "cafe", email="cafe@example.org")
    with day.database.engine.begin() as connection:
        update_user(connection, day.alliance.id, lin.id, language="zh")
    client, path = sam.log_in(), "/v1/shops/bakery/day-mail"
    assert client.get(path).json() == {"wanted": False, "problem": None}
    assert client.put("/v1/shops/cafe/day-mail", json={"wanted": True}).status_code == 404
    assert client.put(path, json={"wanted": True}).json() == {"wanted": True, "problem": None}
    client.put(path, json={"wanted": True})
    busy_day(day)
    total = sheet_of(day)["total"]
    day.clock.set(instant("2030-06-06T00:30", ZONE))
    assert work(day) == []
    day.clock.set(instant("2030-06-06T01:00", ZONE))
    sent = dict(work(day))
    assert sent.keys() == {"lin@example.org", "sam@example.org"}
    money = total["money_minor"]
    assert f"Money in the drawer: {money // 100:,}.{money % 100:02} EUR" in sent["sam@example.org"]
    assert "Left · Karla" in sent["sam@example.org"]
    assert f"{money // 100:,}.{money % 100:02} EUR" in sent["lin@example.org"]
    assert "Money" not in sent["lin@example.org"]
    assert work(day) == []
    assert sam.log_in().put(path, json={"wanted": False}).json()["wanted"] is False
    day.clock.forward(DAY)
    assert work(day) == []


def test_figures_that_did_not_go_out_are_tried_again_and_the_shop_is_told(day: ApiTown) -> None:
    person(day, Role.MANAGER, "bakery", email="sam@example.org")
    path, client = "/v1/shops/bakery/day-mail", day.client()
    client.put(path, json={"wanted": True})
    day.clock.set(instant("2030-06-06T02:00", ZONE))
    assert work(day, Unreachable()) == []
    assert client.get(path).json()["problem"] == "the mail server does not answer"
    day.clock.forward(HOUR)
    assert [to for to, _ in work(day)] == ["sam@example.org"]
    assert client.get(path).json()["problem"] is None
    assert work(day) == []


def test_after_a_standstill_the_last_week_is_made_up_for(day: ApiTown) -> None:
    person(day, Role.MANAGER, "bakery", email="sam@example.org")
    day.client().put("/v1/shops/bakery/day-mail", json={"wanted": True})
    day.clock.forward(20 * DAY)
    subjects = [message.partition("\n")[0] for _, message in work(day)]
    assert len(subjects) == len(set(subjects)) == 7
