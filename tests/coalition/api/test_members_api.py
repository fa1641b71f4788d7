"""Members over HTTP: enrolled once, found by contact, changed by version, merged, erased; the book stays whole."""

import pytest

from coalition.access.caller import Role
from coalition.members.member import MemberState
from coalition.members.member_cache import member_cache
from coalition.members.merge_member import forward_all
from coalition.members.set_member_state import set_state
from tests.support.push_service import Subscriber
from tests.support.wallets import People

ANN = {"phone": "+4915123456789", "email": "Ann@Example.com", "name": "Ann", "birthday": "1990-05-17"}
ALSO_ANN = {"phone": "0151 23456789"}
BEN = {"email": "ben@example.com"}


def test_one_call_enrols_and_the_next_finds_the_same_member(people: People) -> None:
    first = people.app.post("/v1/members", json={**ANN, "consents": {"marketing": True}})
    again = people.app.post("/v1/members", json=ALSO_ANN)
    assert (first.status_code, first.json()["new"]) == (201, True)
    assert (again.status_code, again.json()["new"], again.json()["id"]) == (200, False, first.json()["id"])
    member = again.json()["member"]
    assert (member["phone"], member["email"], member["birthday"]) == ("+4915123456789", "ann@example.com", "1990-05-17")
    assert [(consent["purpose"], consent["given"]) for consent in member["consents"]] == [("marketing", True)]


def test_a_till_learns_no_more_than_the_id_of_whom_it_enrolled(people: People) -> None:
    answers = [people.town.till().post("/v1/members", json=body).json() for body in (ANN, ALSO_ANN)]
    member = answers[0]["id"]
    assert answers == [{"id": member, "new": new, "member": None} for new in (True, False)]
    assert people.town.till("cafe").post("/v1/members", json=ANN).json()["id"] is None
    assert people.town.till().get(f"/v1/members/{member}").status_code == 403


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "contact_needed"),
        ({"phone": "12"}, "contact_invalid"),
        ({"email": "ann@"}, "contact_invalid"),
        ({**BEN, "birthday": "2999-01-01"}, "birthday_invalid"),
        ({**BEN, "name": "A\0nn"}, "invalid"),
        ({**BEN, "language": "?"}, "invalid"),
        ({**BEN, "birthday": "0001-01-01"}, "invalid"),
        ({**BEN, "points": 5}, "invalid"),
    ],
)
def test_what_can_not_be_is_named(people: People, fields: dict[str, object], code: str) -> None:
    answer = people.app.post("/v1/members", json=fields)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_contacts_of_two_members_are_no_ones(people: People) -> None:
    people.enrol(phone=ANN["phone"])
    people.enrol(**BEN)
    answer = people.app.post("/v1/members", json={**ALSO_ANN, **BEN})
    assert (answer.status_code, answer.json()["code"]) == (409, "contacts_differ")


def test_a_second_contact_given_at_a_till_is_not_added(people: People) -> None:
    member = people.enrol(phone=ANN["phone"])
    people.town.till().post("/v1/members", json={**ALSO_ANN, **BEN})
    assert people.app.get(f"/v1/members/{member}").json()["email"] is None


def test_a_change_names_the_version_that_was_read(people: People) -> None:
    member = people.enrol(**ANN)
    path = f"/v1/members/{member}"
    tag = people.app.get(path).headers["ETag"]
    assert people.app.patch(path, json={"name": "Anna"}).status_code == 428
    changed = people.app.patch(path, json={"name": "Anna", "phone": None}, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["name"], changed.json()["phone"]) == (200, "Anna", None)
    assert changed.json()["birthday"] == "1990-05-17"
    stale = people.app.patch(path, json={"name": "Anne"}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    last = people.app.patch(path, json={"email": None}, headers={"If-Match": changed.headers["ETag"]})
    assert (last.status_code, last.json()["code"]) == (422, "contact_needed")


def test_a_contact_is_one_members_at_a_time(people: People) -> None:
    ann, ben = people.enrol(**ANN), people.enrol(**BEN)
    tag = people.app.get(f"/v1/members/{ben}").headers["ETag"]
    taken = people.app.patch(f"/v1/members/{ben}", json=ALSO_ANN, headers={"If-Match": tag})
    assert (taken.status_code, taken.json()["code"]) == (409, "contact_taken")
    assert [member["id"] for member in people.app.post("/v1/members/search", json={**ALSO_ANN, **BEN}).json()] == [
        ann,
        ben,
    ]


def test_members_are_listed_a_page_at_a_time(people: People) -> None:
    ids = {people.enrol(email=f"m{number}@example.com") for number in range(5)}
    seen: list[str] = []
    cursor = ""
    while True:
        page = people.operator.get(f"/v1/members?limit=2{cursor}").json()
        seen += [member["id"] for member in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen))
    assert ids <= set(seen)


@pytest.mark.parametrize("name", ["nobody", "mem_0"])
def test_nobody_earns_for_who_is_not_there(people: People, name: str) -> None:
    answer = people.buy(name)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_frozen_member_neither_earns_nor_spends_until_they_are_let_go(people: People) -> None:
    member = people.enrol(**ANN)
    first = people.buy(member, key="k")
    people.operator.post(f"/v1/members/{member}/freeze")
    refused = people.buy(member, points="all")
    assert (refused.status_code, refused.json()["code"]) == (409, "member_frozen")
    replayed = people.buy(member, key="k")
    assert (replayed.status_code, replayed.json()["id"]) == (201, first.json()["id"])
    assert people.app.post(f"/v1/members/{member}/short-codes").status_code == 409
    assert people.wallet(member)["frozen"] is True
    people.operator.post(f"/v1/members/{member}/unfreeze")
    assert people.buy(member, points="all", shop="cafe").json()["points_spent"] == 500


def test_another_process_hears_of_a_freeze(people: People) -> None:
    member = people.enrol(**ANN)
    people.buy(member)
    with people.town.database.engine.begin() as connection:
        set_state(connection, people.town.alliance.id, member, MemberState.FROZEN, people.town.clock())
    member_cache(people.town.alliance).refresh()
    assert people.buy(member).status_code == 409


def test_a_wallet_shows_every_lot_and_every_last_day(people: People) -> None:
    member = people.enrol(**ANN)
    people.buy(member, shop="bakery")
    people.town.clock.forward(40 * 24 * 3600 * 1_000_000)
    people.buy(member, shop="cafe", amount_minor=2_000)
    wallet = people.wallet(member)
    assert (wallet["points"], wallet["worth_minor"], wallet["currency"]) == (600, 600, "EUR")
    assert [(lot["issuer"], lot["points"]) for lot in wallet["lots"]] == [("bakery", 500), ("cafe", 100)]
    assert [(expiry["expires_on"], expiry["points"]) for expiry in wallet["expiries"]] == [
        ("2025-05-31", 500),
        ("2025-06-30", 100),
    ]


def test_a_merged_id_answers_for_the_other_who_has_all(people: People) -> None:
    ann, double = people.enrol(phone=ANN["phone"]), people.enrol(email=ANN["email"], name="Ann")
    people.buy(ann)
    people.buy(double, shop="cafe")
    merged = people.operator.post(f"/v1/members/{double}/merge", json={"into": ann})
    assert merged.status_code == 200
    assert (merged.json()["id"], merged.json()["name"], merged.json()["merged_ids"]) == (ann, "Ann", [double])
    assert merged.json()["email"] == "ann@example.com"
    again = people.operator.post(f"/v1/members/{double}/merge", json={"into": ann})
    assert (again.status_code, again.json()) == (200, merged.json())
    assert people.points(double) == people.points(ann) == 1_000
    assert people.app.get(f"/v1/members/{double}").json()["id"] == ann
    spent = people.buy(double, points="all")
    assert spent.json()["points_spent"] == 1_000


def test_what_comes_to_a_merged_id_later_is_forwarded(people: People) -> None:
    ann, double = people.enrol(phone=ANN["phone"]), people.enrol(**BEN)
    people.buy(double)
    standing = member_cache(people.town.alliance).look_up(double)
    people.operator.post(f"/v1/members/{double}/merge", json={"into": ann})
    member_cache(people.town.alliance)._kept[double] = standing  # as a till has it that did not hear yet
    people.buy(double)
    assert people.wallet(ann)["points"] == 1_000
    member_cache(people.town.alliance).refresh()
    assert people.buy(ann, points="all").json()["points_spent"] == 500
    assert forward_all(people.town.alliance) == 1
    assert forward_all(people.town.alliance) == 0
    assert people.buy(ann, points="all").json()["points_spent"] > 500


def test_a_chain_of_merges_ends_at_the_last(people: People) -> None:
    a, b, c = (people.enrol(email=f"{name}@example.com") for name in "abc")
    people.buy(a)
    people.operator.post(f"/v1/members/{a}/merge", json={"into": b})
    people.operator.post(f"/v1/members/{b}/merge", json={"into": c})
    assert people.wallet(a)["member"] == c
    assert people.points(c) == 500
    back = people.operator.post(f"/v1/members/{c}/merge", json={"into": a})
    assert (back.status_code, back.json()["id"]) == (200, c)
    same = people.operator.post(f"/v1/members/{c}/merge", json={"into": c})
    assert (same.status_code, same.json()["code"]) == (422, "same_member")


def test_a_merge_frees_no_one(people: People) -> None:
    ann, double = people.enrol(phone=ANN["phone"]), people.enrol(**BEN)
    people.operator.post(f"/v1/members/{double}/freeze")
    assert people.operator.post(f"/v1/members/{double}/merge", json={"into": ann}).json()["state"] == "frozen"


def test_erasing_takes_the_person_and_leaves_the_moves(people: People) -> None:
    member = people.enrol(**ANN)
    people.buy(member)
    assert people.app.post(f"/v1/members/{member}/erase").status_code == 204
    assert people.app.post(f"/v1/members/{member}/erase").status_code == 204
    assert people.app.get(f"/v1/members/{member}").status_code == 404
    assert people.buy(member, points="all").status_code == 404
    with people.town.database.engine.connect() as connection:
        for table in ("members", "member_contacts", "member_consents", "postings"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert not [row for row in rows if "ann@example.com" in str(row) or "15123456789" in str(row)], table
    again = people.enrol(**ANN)
    assert again != member
    assert people.points(again) == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/v1/members/{}/freeze"),
        ("post", "/v1/members/{}/unfreeze"),
        ("get", "/v1/members"),
    ],
)
def test_freezing_and_listing_are_the_alliances(people: People, method: str, path: str) -> None:
    member = people.enrol(**ANN)
    for client in (people.app, people.town.till(), people.town.client(Role.FINANCE)):
        assert getattr(client, method)(path.format(member)).status_code == 403


def test_settings_are_replaced_by_version(people: People) -> None:
    path = "/v1/settings/members"
    first = people.operator.get(path)
    assert first.json() == {
        "region": "DE",
        "confirm_above_minor": 10_000,
        "gift_days": 14,
        "expiry_notice_days": 30,
        "sms_notices": False,
    }
    wanted = {"region": "FR", "confirm_above_minor": None, "gift_days": 3, "expiry_notice_days": 7, "sms_notices": True}
    for tag, status in ((first.headers["ETag"], 200), (first.headers["ETag"], 412), ('"1"', 200)):
        assert people.operator.put(path, json=wanted, headers={"If-Match": tag}).status_code == status
    assert people.operator.get(path).json() == wanted
    assert people.enrol(phone="06 12 34 56 78")
    assert people.operator.put(path, json=wanted).status_code == 428


def test_a_history_tells_what_happened_to_whom_it_stands_for(people: People) -> None:
    ann, double = people.enrol(phone=ANN["phone"]), people.enrol(**BEN)
    people.buy(ann)
    people.buy(double, shop="cafe")
    people.give(ann, 100, to=double)
    people.operator.post(f"/v1/members/{double}/merge", json={"into": ann})
    path = f"/v1/wallets/{ann}/history?limit=3"
    first = people.app.get(path).json()
    rest = people.app.get(f"{path}0&cursor={first['next_cursor']}").json()
    types = [event["type"] for event in first["data"] + rest["data"]]
    assert types[0] == "points.forwarded"
    assert sorted(types) == [
        "gift.created",
        "member.enrolled",
        "member.enrolled",
        "member.merged",
        "points.forwarded",
        "purchase.created",
        "purchase.created",
    ]


def test_an_export_has_all_that_is_known(people: People) -> None:
    ann = people.enrol(**ANN, consents={"marketing": True})
    people.share(ann)
    people.buy(ann)
    people.give(ann, 100, email="new@example.com")
    place = Subscriber("https://93.184.216.34/send/1", "").subscription
    browser = people.app.post(f"/v1/members/{ann}/push-subscriptions", json=place).json()["id"]
    answer = people.app.get(f"/v1/members/{ann}/export")
    assert answer.status_code == 200, answer.text
    export = answer.json()
    assert (export["member"]["email"], export["wallet"]["points"]) == ("ann@example.com", 400)
    assert [consent["purpose"] for consent in export["consents"]] == ["marketing"]
    assert [each["id"] for each in export["push_subscriptions"]] == [browser]
    assert [gift["state"] for gift in export["gifts"]] == ["waiting"]
    assert {event["type"] for event in export["history"]} == {
        "member.enrolled",
        "household.joined",
        "purchase.created",
        "gift.created",
    }
