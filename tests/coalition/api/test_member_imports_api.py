"""Imports over HTTP: each row by itself, once, its balance released in parts on their days."""

from contextlib import closing
from cProfile import Profile
from fractions import Fraction
from functools import partial
from types import CodeType
from typing import Any

import pytest
from sqlalchemy import event

from coalition.members.releases import release_due
from settlement.audit import audit_book
from tests.support.books import make_terms
from tests.support.clock import DAY
from tests.support.wallets import People

ROW = {
    "ref": "card-1",
    "phone": "0151 23456789",
    "name": "Ann",
    "shop": "bakery",
    "parts": [{"points": 100, "release_on": "2024-05-01"}, {"points": 50, "release_on": "2024-06-01"}],
}


def load(people: People, *rows: dict[str, object]) -> dict[str, object]:
    answer = people.operator.post("/v1/member-imports", json={"rows": list(rows)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_parts_are_issued_on_their_days(people: People) -> None:
    (row,) = load(people, ROW)["data"]
    wallet = people.wallet(row["member"])
    assert (wallet["points"], wallet["pending_points"]) == (100, 50)
    assert wallet["pending"] == [{"issuer": "bakery", "points": 50, "release_on": "2024-06-01"}]
    people.town.clock.forward(17 * DAY)
    assert [release_due(people.town.alliance) for _ in range(2)] == [1, 0]
    wallet = people.wallet(row["member"])
    assert (wallet["points"], wallet["pending_points"]) == (150, 0)
    assert [expiry["expires_on"] for expiry in wallet["expiries"]] == ["2025-05-31", "2025-06-30"]


@pytest.mark.parametrize(("points_per_unit", "points"), [(1_000, 500), (40, 20), (3, 1), (1, 0)])
def test_a_part_keeps_its_value_when_the_rate_changes(people: People, points_per_unit: int, points: int) -> None:
    (row,) = load(people, ROW)["data"]
    alliance = people.town.alliance
    alliance.book.add_terms(
        make_terms(effective_at=people.town.clock() + DAY, points_per_unit=Fraction(points_per_unit))
    )
    assert people.wallet(row["member"])["pending_points"] == 50
    people.town.clock.forward(17 * DAY)
    assert people.wallet(row["member"])["pending_points"] == points
    assert [release_due(alliance) for _ in range(2)] == [1, 0]
    wallet = people.wallet(row["member"])
    assert (wallet["points"], wallet["pending_points"]) == (100 + points, 0)
    assert wallet["worth_minor"] == 100 + points * 100 // points_per_unit
    with closing(alliance.database.session()) as session:
        assert audit_book(alliance.book, session).ok


def test_a_row_happens_once(people: People) -> None:
    first, again = load(people, ROW)["data"][0], load(people, ROW)["data"][0]
    assert (first["status"], again["status"], again["member"]) == ("imported", "already", first["member"])
    other = load(people, {**ROW, "parts": []})["data"][0]
    assert (other["status"], other["code"]) == ("failed", "row_invalid")
    assert people.points(first["member"]) == 100


def test_a_bad_row_stops_no_other(people: People) -> None:
    bad = [
        {**ROW, "ref": "r1", "phone": "12"},
        {**ROW, "ref": "r2", "shop": "nowhere"},
        {**ROW, "ref": "r3", "shop": None},
        {**ROW, "ref": "r4", "expires_on": "2024-05-31"},
        {"ref": "r5"},
    ]
    answer = load(people, *bad, ROW)
    assert (answer["imported"], answer["failed"]) == (1, 5)
    assert [row["code"] for row in answer["data"]] == ["contact_invalid", *["row_invalid"] * 3, "contact_needed", None]


@pytest.mark.parametrize("day", [1_798_675_200, "1798675200", 20_270_101, "20270101", "2027-W01-1", "1969-12-31"])
def test_a_day_is_written_as_a_day(people: People, day: object) -> None:
    part = {"points": 1, "release_on": day}
    answer = people.operator.post("/v1/member-imports", json={"rows": [{**ROW, "parts": [part]}]})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "rows.0.parts.0.release_on")


def test_who_is_there_gets_the_balance(people: People) -> None:
    member = people.enrol(phone="+4915123456789")
    (row,) = load(people, ROW)["data"]
    assert (row["member"], row["new"]) == (member, False)
    assert people.points(member) == 100


def test_what_the_book_refuses_is_tried_again(people: People) -> None:
    shop = people.operator.get("/v1/shops/bakery")
    assert shop.status_code == 200, shop.text
    from settlement.ledger import ExposureLimit, Participant

    people.town.alliance.book.add_participants([Participant(0, "bakery", limit=ExposureLimit(0))])
    (row,) = load(people, ROW)["data"]
    assert people.points(row["member"]) == 0
    first, _ = people.operator.get("/v1/member-imports/card-1").json()["data"]
    assert (first["released_at"], first["refusal"]) == (None, "limit_reached")
    people.town.alliance.book.add_participants([Participant(0, "bakery")])
    assert release_due(people.town.alliance) == 1
    first, second = people.operator.get("/v1/member-imports/card-1").json()["data"]
    assert first["released_at"] is not None
    assert second["released_at"] is None
    assert people.points(row["member"]) == 100


CSV = """ref,phone,email,shop,points,release_on
card-1,0151 23456789,,bakery,100,2024-05-01
card-1,0151 23456789,,bakery,50,2024-06-01
card-2,,ben@example.com,,,
card-3,12,,bakery,1,2024-05-01
card-4,,c@example.com,bakery,many,2024-05-01
card-5,,d@example.com,bakery,1,2024-05-01
card-5,,d@example.com,cafe,1,2024-05-01
"""


def test_a_csv_is_the_same(people: People) -> None:
    headers = {"Content-Type": "text/csv"}
    answer = people.operator.post("/v1/member-imports/csv", content=CSV.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["data"]
    assert [(row["ref"], row["status"], row["code"]) for row in rows] == [
        ("card-1", "imported", None),
        ("card-2", "imported", None),
        ("card-3", "failed", "contact_invalid"),
        ("card-4", "failed", "row_invalid"),
        ("card-5", "failed", "row_invalid"),
    ]
    assert people.wallet(rows[0]["member"])["points"] == 100
    again = people.operator.post("/v1/member-imports/csv", content=CSV.encode(), headers=headers).json()
    assert [row["status"] for row in again["data"]] == ["already", "already", "failed", "failed", "failed"]


def send_csv(people: People, content: bytes) -> dict[str, Any]:
    answer = people.operator.post("/v1/member-imports/csv", content=content, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_row_without_points_enrols_the_member(people: People) -> None:
    answer = send_csv(people, b"ref,phone,shop,points,release_on\ncard-1,0151 23456789,bakery,0,\n")
    assert answer["data"][0]["status"] == "imported"
    nothing = [{"points": 0, "release_on": "2024-05-01"}]
    assert load(people, {**ROW, "ref": "card-2", "phone": "0151 23456788", "parts": nothing})["failed"] == 0
    assert people.points(answer["data"][0]["member"]) == 0


def test_points_that_are_over_are_refused_in_their_row_and_a_row_that_is_in_stays_in(people: People) -> None:
    over = {**ROW, "parts": [{"points": 1, "release_on": "2024-05-01"}], "expires_on": "2024-05-10"}
    (row,) = load(people, over)["data"]
    assert (row["status"], row["code"]) == ("failed", "row_invalid")
    assert "`expires_on`" in row["detail"]
    good = {**over, "ref": "card-2", "expires_on": "2024-05-20"}
    assert load(people, good)["data"][0]["status"] == "imported"
    people.town.clock.forward(30 * DAY)
    assert load(people, good)["data"][0]["status"] == "already"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_what_excel_writes_is_read_and_the_answer_says_how(people: People, encoding: str) -> None:
    rows = (
        "ref;email;name;birthday;shop;points;release_on\r\nc1;jo@example.com;Jörg;31/12/1980;bakery;100;01/05/2024\r\n"
    )
    answer = send_csv(people, rows.encode(encoding))
    assert answer["data"][0]["status"] == "imported", answer
    assert answer["read_as"][-2:] == ["columns separated by ';'", "the day first in dates"]
    member = people.operator.get(f"/v1/members/{answer['data'][0]['member']}").json()
    assert (member["name"], member["birthday"]) == ("Jörg", "1980-12-31")
    assert people.points(member["id"]) == 100


def test_a_date_that_can_be_read_in_two_ways_is_refused_in_its_row(people: People) -> None:
    rows = b"ref,email,birthday\nc1,a@example.com,31/12/1980\nc2,b@example.com,12/31/1980\n"
    assert [row["status"] for row in send_csv(people, rows)["data"]] == ["failed", "failed"]


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "ref,phone\n1,2,3\n", 'ref\n"\n', "", "ref\n\0\n", "\ud800"])
def test_what_is_no_such_csv_is_answered(people: People, content: str) -> None:
    answer = people.operator.post(
        "/v1/member-imports/csv",
        content=content.encode(errors="surrogatepass"),
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code in (200, 422)
    assert answer.status_code == 422 or all(row["status"] == "failed" for row in answer.json()["data"])


def test_erasing_forgets_what_was_promised(people: People) -> None:
    (row,) = load(people, ROW)["data"]
    people.app.post(f"/v1/members/{row['member']}/erase")
    people.town.clock.forward(30 * DAY)
    assert release_due(people.town.alliance) == 0


def test_a_merge_takes_what_was_promised_along(people: People) -> None:
    (row,) = load(people, ROW)["data"]
    ben = people.enrol(email="ben@example.com")
    people.operator.post(f"/v1/members/{row['member']}/merge", json={"into": ben})
    assert people.wallet(ben)["pending_points"] == 50


def test_many_parts_are_released_with_few_connections(people: People) -> None:
    rows = [{"ref": f"card-{number}", "phone": f"0151 2345{number:04}"} for number in range(200)]
    part = {"shop": "bakery", "parts": [{"points": 2, "release_on": "2024-06-01"}]}
    assert load(people, *(row | part for row in rows))["imported"] == 200
    people.town.clock.forward(17 * DAY)
    profile = Profile()
    assert profile.runcall(release_due, people.town.alliance) == 200
    connected = [
        entry.callcount
        for entry in profile.getstats()
        if isinstance(entry.code, CodeType) and entry.code.co_qualname == "Database.session"
    ]
    # The rate of the day is looked up for a batch, not for each part of it.
    assert sum(connected) < 10


def test_rows_of_a_person_are_a_person(people: People) -> None:
    phone, email = ({"ref": "r1", "phone": ROW["phone"]}, {"ref": "r2", "email": "ben@example.com"})
    points = {"shop": "bakery", "parts": [{"points": 7, "release_on": "2024-05-01"}]}
    both = {**phone, **email}
    ann, ben, again, neither = load(
        people, phone | points, email | points, {**phone, "ref": "r3"} | points, {**both, "ref": "r4"}
    )["data"]
    assert (ann["new"], ben["new"], again["new"]) == (True, True, False)
    assert ann["member"] == again["member"] != ben["member"]
    assert (neither["status"], neither["code"]) == ("failed", "contacts_differ")
    assert [people.points(row["member"]) for row in (ann, ben)] == [14, 7]


def test_a_ref_that_comes_again_in_the_same_import_is_that_row_or_is_refused(people: People) -> None:
    ann, again, other = load(people, ROW, ROW, {**ROW, "name": "Anna"})["data"]
    assert [row["status"] for row in (ann, again, other)] == ["imported", "already", "failed"]
    assert (again["member"], other["code"]) == (ann["member"], "row_invalid")
    assert people.points(ann["member"]) == 100


def test_many_rows_take_as_many_statements_as_few(people: People) -> None:
    part = {"points": 2, "release_on": "2024-05-01"}
    taken: list[int] = []
    for first, count in ((0, 10), (10, 90)):
        numbers = range(first, first + count)
        rows = [
            {"ref": f"card-{number}", "phone": f"0151 2345{number:04}", "shop": "bakery", "parts": [part]}
            for number in numbers
        ]
        statements: list[str] = []
        note = partial(_note, statements)
        event.listen(people.town.database.engine, "before_cursor_execute", note)
        assert load(people, *rows)["imported"] == count
        event.remove(people.town.database.engine, "before_cursor_execute", note)
        taken.append(len(statements))
    # Settings are read anew from time to time: a few more or less. A statement a row would be 80 more.
    assert abs(taken[1] - taken[0]) < 20, taken


def _note(statements: list[str], *call: Any) -> None:
    statements.append(call[2])
