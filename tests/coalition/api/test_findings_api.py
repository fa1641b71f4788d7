"""Findings over HTTP: seen once, decided once by whom they concern, and points that are held and never lost."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from coalition.access.caller import Role
from coalition.findings import hold_points, look_for_findings
from coalition.findings.store import find_cursor
from coalition.findings.tables import finding_cursors, findings
from coalition.jobs.worker import Worker
from coalition.schedule import job_kinds
from settlement.audit import audit_book
from tests.support.clock import DAY, MINUTE
from tests.support.findings import changed_settings, fast_card, fast_card_finding, look_at_all
from tests.support.people import person
from tests.support.tills import Device, cashier, till_code
from tests.support.town_api import ApiTown, purchase, send


def points_of(town: ApiTown, member: str = "ann") -> int:
    return int(town.client().get(f"/v1/wallets/{member}").json()["points"])


def listed(client: TestClient, **params: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/findings", params=params)
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


def decide(client: TestClient, finding: dict[str, Any], status: str = "dismissed", reason: str = "Family.") -> Any:
    return client.post(f"/v1/findings/{finding['id']}/decision", json={"status": status, "reason": reason})


def manager(town: ApiTown, shop: str = "bakery", email: str | None = None) -> TestClient:
    return person(town, Role.MANAGER, shop, email).log_in()


def published(town: ApiTown, type_: str) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = town.client().get("/v1/events", params={"type": type_}).json()["data"]
    return data


def test_what_is_seen_is_seen_once_with_its_purchases(town: ApiTown) -> None:
    bought = fast_card(town)
    for _ in range(2):
        look_at_all(town.alliance)
    (finding,) = listed(town.client())
    assert (finding["pattern"], finding["shop"], finding["member"]) == ("card_velocity", "bakery", "ann")
    assert finding["evidence"] == bought
    assert (finding["figures"], finding["points"]) == ({"purchases": 6, "minutes": 5}, 300)
    (event,) = published(town, "finding.created")
    assert (event["data"]["finding"], event["data"]["evidence"]) == (finding["id"], bought)
    assert event["member"] is None, "no wallet hears of it"
    # What goes on while it is open belongs to it; what was counted counts no more once it is decided.
    fast_card(town, sales=2)
    look_at_all(town.alliance)
    assert decide(town.client(), finding).status_code == 200
    fast_card(town, sales=3)
    look_at_all(town.alliance)
    assert len(listed(town.client())) == 1
    fast_card(town, sales=6)
    look_at_all(town.alliance)
    assert [each["status"] for each in listed(town.client())] == ["open", "dismissed"]


def test_two_looks_at_once_find_it_once(town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    fast_card(town)
    look_at_all(town.alliance)
    with town.database.engine.begin() as connection:
        seq = find_cursor(connection, town.alliance.id)
        connection.execute(update(finding_cursors).values(seq=0))
    original = look_for_findings.advance_cursor

    def late(*args: Any) -> bool:
        # Another process comes first.
        with town.database.engine.connect() as connection:
            moved = connection.scalar(select(finding_cursors.c.seq)) == seq
        return moved and original(*args)

    monkeypatch.setattr(look_for_findings, "advance_cursor", late)
    assert look_for_findings.look(town.alliance) is True
    assert len(listed(town.client())) == 1


def test_the_job_looks_when_something_came_in(town: ApiTown) -> None:
    worker = Worker(town.alliances, [kind for kind in job_kinds() if kind.name in ("findings.look", "events.publish")])
    worker.run_due()
    fast_card(town)
    town.clock.forward(MINUTE)
    worker.run_due()
    assert len(listed(town.client())) == 1


def test_a_manager_sees_and_decides_what_is_about_the_own_shop_alone(town: ApiTown) -> None:
    bakery, cafe = fast_card_finding(town), fast_card_finding(town, "bob", "cafe")
    fast_card(town, "cleo", "bakery", 3)
    fast_card(town, "cleo", "cafe", 3)
    look_at_all(town.alliance)
    of_both = next(each for each in listed(town.client()) if each["member"] == "cleo")
    mona = manager(town)
    assert [each["id"] for each in listed(mona)] == [bakery["id"]]
    for other in (cafe, of_both):
        assert mona.get(f"/v1/findings/{other['id']}").status_code == 404
        assert decide(mona, other).status_code == 404
    assert decide(mona, bakery).json()["status"] == "dismissed"
    again = decide(mona, bakery)
    assert (again.status_code, again.json()["reason"]) == (200, "Family.")
    answer = decide(town.client(), bakery, "confirmed")
    assert (answer.status_code, answer.json()["code"]) == (409, "finding_decided")
    entries = town.client().get("/v1/audit-log").json()["data"]
    assert [(each["target"], each["role"]) for each in entries if each["action"] == "finding.decide"] == [
        (bakery["id"], "manager")
    ]
    assert [event["data"]["status"] for event in published(town, "finding.decided")] == ["dismissed"]


def test_a_shop_that_knows_a_contact_is_told_no_id(town: ApiTown) -> None:
    member = town.client().post("/v1/members", json={"email": "ann@example.com"}).json()["id"]
    till = town.till()
    for number in range(6):
        send(till, "/v1/purchases", f"mail-{number}", shop="bakery", email="ann@example.com", amount_minor=1_000)
    look_at_all(town.alliance)
    (for_all,), (for_shop,) = listed(town.client()), listed(manager(town))
    assert (for_all["member"], for_shop["member"]) == (member, None)


def test_held_points_cannot_be_spent_and_come_back_to_the_point(town: ApiTown) -> None:
    purchase(town.till("cafe"), "before", shop="cafe", amount_minor=200)
    town.clock.forward(DAY)
    finding = fast_card_finding(town)
    path = f"/v1/findings/{finding['id']}"
    before = points_of(town)
    held = manager(town).post(f"{path}/hold").json()
    assert (held["points_held"], held["points_standing"]) == (300, "held")
    assert points_of(town) == before - 300
    again = town.client().post(f"{path}/hold")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_hold")
    # No till captures or releases it.
    hold = published(town, "points.held")[0]["data"]["id"]
    for step in ("capture", "release"):
        assert send(town.till(), f"/v1/holds/{hold}/{step}", step, points=10)["status"] == 404
    assert decide(town.client(), finding).json()["points_standing"] == "free"
    assert points_of(town) == before
    (freed,) = published(town, "points.freed")
    assert (freed["data"]["points_released"], freed["data"]["hold"]) == (300, hold)
    with town.session() as session:
        assert audit_book(town.alliance.book, session).ok


def test_confirmed_it_holds_until_its_days_are_over_and_takes_nothing_away(town: ApiTown) -> None:
    finding = fast_card_finding(town)
    before = points_of(town)
    town.client().post(f"/v1/findings/{finding['id']}/hold")
    assert decide(town.client(), finding, "confirmed", "He said so.").json()["points_standing"] == "held"
    assert points_of(town) == before - 300
    town.clock.forward(14 * DAY)
    Worker(town.alliances, job_kinds()).run_due()
    assert points_of(town) == before
    assert town.client().get(f"/v1/findings/{finding['id']}").json()["points_standing"] == "free"


def test_what_was_spent_before_is_not_there_to_hold(town: ApiTown) -> None:
    finding = fast_card_finding(town)
    purchase(town.till("cafe"), "spend", shop="cafe", amount_minor=300, points="all")
    answer = town.client().post(f"/v1/findings/{finding['id']}/hold").json()
    assert (answer["points_held"], answer["points_standing"]) == (None, "none_left")
    assert decide(town.client(), finding, "confirmed").json()["points_standing"] == "none_left"


def test_what_refunds_and_voids_took_back_is_not_held_out_of_other_points(town: ApiTown) -> None:
    """Six sales of 50 points; two are refunded, one in half: 175 are left of them, and 1,000 others stay."""
    purchase(town.till("cafe"), "others", shop="cafe", amount_minor=20_000)
    town.clock.forward(DAY)
    bought = fast_card(town)
    look_at_all(town.alliance)
    (finding,) = [each for each in listed(town.client()) if each["pattern"] == "card_velocity"]
    till = town.till()
    send(till, "/v1/refunds", "whole", purchase=bought[0])
    send(till, "/v1/refunds", "half", purchase=bought[1], amount_minor=500)
    newest = till.get("/v1/purchases", params={"shop": "bakery", "limit": 1}).json()["data"][0]["id"]
    assert newest == bought[-1]
    send(till, "/v1/refunds", "last", purchase=newest)
    before = points_of(town)
    held = manager(town).post(f"/v1/findings/{finding['id']}/hold").json()
    assert (held["points_held"], held["points_standing"]) == (175, "held")
    assert points_of(town) == before - 175


def test_where_all_went_back_nothing_is_held(town: ApiTown) -> None:
    purchase(town.till("cafe"), "others", shop="cafe", amount_minor=20_000)
    town.clock.forward(DAY)
    bought = fast_card(town)
    look_at_all(town.alliance)
    (finding,) = [each for each in listed(town.client()) if each["pattern"] == "card_velocity"]
    for number, id_ in enumerate(bought):
        send(town.till(), "/v1/refunds", f"all-{number}", purchase=id_)
    before = points_of(town)
    answer = town.client().post(f"/v1/findings/{finding['id']}/hold").json()
    assert (answer["points_held"], answer["points_standing"]) == (None, "none_left")
    assert points_of(town) == before


@pytest.mark.parametrize("cut", ["save_hold", "_release", "save_no_hold"])
def test_what_a_crash_cuts_short_is_done_once_by_the_next_look(
    town: ApiTown, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    finding = fast_card_finding(town)
    before = points_of(town)
    path = f"/v1/findings/{finding['id']}"
    with monkeypatch.context() as patched:

        def crash(*_: object) -> None:
            raise RuntimeError("the process died")

        if cut != "save_hold":
            town.client().post(f"{path}/hold")
        patched.setattr(hold_points, cut, crash)
        assert (
            town.client().post(f"{path}/hold") if cut == "save_hold" else decide(town.client(), finding)
        ).status_code == 500
    town.clock.forward(MINUTE)
    look_at_all(town.alliance)
    read = town.client().get(path).json()
    assert (read["points_held"], read["points_standing"]) == (300, "held" if cut == "save_hold" else "free")
    assert decide(town.client(), finding).status_code == 200
    assert points_of(town) == before


def test_dismissed_while_its_hold_is_placed_it_holds_nothing(town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = fast_card_finding(town)
    before = points_of(town)
    original = hold_points.save_hold

    def dismissed_first(*args: Any) -> None:
        with town.database.engine.begin() as connection:
            connection.execute(update(findings).values(status="dismissed", decided_at=1, decided_by="x", reason="y"))
        original(*args)

    monkeypatch.setattr(hold_points, "save_hold", dismissed_first)
    answer = town.client().post(f"/v1/findings/{finding['id']}/hold").json()
    assert answer["points_standing"] == "free"
    assert points_of(town) == before


def test_a_merged_members_points_are_held_where_they_are_now(town: ApiTown) -> None:
    finding = fast_card_finding(town)
    assert send(town.client(), "/v1/members/ann/merge", "m", into="bob")["status"] != 404
    held = town.client().post(f"/v1/findings/{finding['id']}/hold").json()
    assert held["points_held"] == 300
    assert points_of(town, "bob") == 0
    decide(town.client(), finding)
    assert points_of(town, "bob") == 300


def test_of_an_erased_member_nothing_is_held_and_no_reason_is_kept(town: ApiTown) -> None:
    first = fast_card_finding(town)
    decide(town.client(), first, "confirmed", "Ann Smith told me so.")
    second = fast_card_finding(town)
    assert town.client().post("/v1/members/ann/erase").status_code == 204
    assert town.client().get(f"/v1/findings/{first['id']}").json()["reason"] == ""
    held = town.client().post(f"/v1/findings/{second['id']}/hold").json()
    assert held["points_standing"] == "none_left"


def test_nobody_decides_about_their_own_card(town: ApiTown) -> None:
    runs_it = person(town, Role.MANAGER, "bakery", "mona@example.org")
    member = town.client().post("/v1/members", json={"email": "mona@example.org"}).json()["id"]
    for number in range(5):
        town.clock.forward(DAY)
        purchase(town.till(), f"mona-{number}", member=member, amount_minor=1_000)
        look_at_all(town.alliance)
    mona = runs_it.log_in()
    (finding,) = listed(mona)
    assert (finding["pattern"], finding["figures"]) == ("staff_card", {"purchases": 5, "days": 4, "points": 250})
    answer = decide(mona, finding)
    assert (answer.status_code, answer.json()["code"]) == (403, "second_person_needed")
    assert decide(town.client(), finding).status_code == 200


def test_a_cashier_who_gives_back_what_was_sold(town: ApiTown) -> None:
    device = Device(town)
    device.connect(till_code(town, "bakery"))
    device.begin()
    karla = cashier(town, "bakery", "Karla")
    shift = device.sign_in(karla).json()["id"]
    sold = [device.sell(shift, member=f"{'ann' if number % 2 else 'bob'}").json()["id"] for number in range(10)]
    refunds = [device.refund(shift, purchase=each).json()["id"] for each in sold[:8]]
    look_at_all(town.alliance)
    finding = next(each for each in listed(town.client()) if each["pattern"] == "refund_ratio")
    assert (finding["cashier"], finding["till"], finding["member"]) == (karla, device.id, None)
    assert finding["evidence"] == refunds
    assert finding["figures"] == {"refunds": 8, "purchases": 10, "percent": 80}


def test_a_loop_of_earning_spending_and_giving_back(town: ApiTown) -> None:
    for number in range(2):
        bought = purchase(town.till(), f"earn-{number}", amount_minor=10_000)["id"]
        purchase(town.till("cafe"), f"burn-{number}", shop="cafe", amount_minor=10_000, points="all")
        send(town.till(), "/v1/refunds", f"back-{number}", purchase=bought)
    look_at_all(town.alliance)
    (finding,) = listed(town.client())
    assert (finding["pattern"], finding["shop"], finding["figures"]["loops"]) == ("earn_burn", "bakery", 2)


def test_one_card_at_two_ends_of_the_country(town: ApiTown) -> None:
    for shop, latitude in (("bakery", 48.1), ("cafe", 53.5)):
        place = {"latitude": latitude, "longitude": 11.5}
        etag = town.client().get(f"/v1/shops/{shop}").headers["ETag"]
        changed = town.client().patch(f"/v1/shops/{shop}", json={"place": place}, headers={"If-Match": etag})
        assert changed.status_code == 200, changed.text
    purchase(town.till(), "south", amount_minor=1_000)
    town.clock.forward(30 * MINUTE)
    purchase(town.till("cafe"), "north", shop="cafe", amount_minor=1_000)
    look_at_all(town.alliance)
    (finding,) = listed(town.client())
    assert (finding["pattern"], finding["shop"]) == ("far_apart", None)
    assert finding["figures"] == {"kilometres": 600, "minutes": 30}


def test_what_was_sold_long_before_the_first_look_is_left_alone(town: ApiTown) -> None:
    fast_card(town)
    town.clock.forward(2 * DAY)
    purchase(town.till(), "today", amount_minor=1_000)
    look_at_all(town.alliance)
    assert listed(town.client()) == []


def test_settings_are_agreed_on_by_two_people_and_count_from_the_next_look(town: ApiTown) -> None:
    owner, finance = person(town, Role.OWNER).log_in(), person(town, Role.FINANCE).log_in()

    def change(settings: dict[str, Any]) -> None:
        (velocity,) = [each for each in settings["patterns"] if each["pattern"] == "card_velocity"]
        velocity["holds_points"] = True
        velocity["thresholds"][0]["value"] = 3

    settings, etag = changed_settings(owner, change)
    answer = owner.put("/v1/settings/findings", json=settings, headers={"If-Match": etag})
    assert (answer.status_code, answer.json()["code"]) == (409, "approval_awaited")
    (waiting,) = owner.get("/v1/approvals", params={"status": "pending"}).json()["data"]
    assert waiting["payload"] == {
        "version": 0,
        "card_velocity.holds_points": "0 → 1",
        "card_velocity.purchases": "6 → 3",
    }
    assert finance.post(f"/v1/approvals/{waiting['id']}/approve").json()["status"] == "done"
    done = owner.put("/v1/settings/findings", json=settings, headers={"If-Match": etag})
    assert (done.status_code, done.json(), done.headers["ETag"]) == (200, settings, '"1"')
    before = points_of(town)
    fast_card(town, sales=3)
    look_at_all(town.alliance)
    (finding,) = listed(town.client())
    assert (finding["points_held"], finding["points_standing"]) == (150, "held")
    assert points_of(town) == before
    assert owner.put("/v1/settings/findings", json=settings, headers={"If-Match": etag}).status_code == 412


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("patterns", 0, "pattern"), "nonsense", "invalid"),
        (("patterns", 0, "thresholds", 0, "value"), 1_001, "invalid"),
        (("patterns", 0, "thresholds", 0, "name"), "nonsense", "invalid"),
        (("patterns", 0, "thresholds"), [], "invalid"),
        (("patterns",), [], "invalid"),
        (("hold_days",), 0, "invalid"),
    ],
)
def test_settings_that_mean_nothing_are_refused(
    town: ApiTown, path: tuple[str | int, ...], value: object, code: str
) -> None:
    def change(settings: dict[str, Any]) -> None:
        inner: Any = settings
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    settings, etag = changed_settings(town.client(), change)
    answer = town.client().put("/v1/settings/findings", json=settings, headers={"If-Match": etag})
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
