"""Importing members in the console: what a file has and what will happen, and what became of each row."""

import base64
from secrets import token_hex

from coalition.access.caller import Role
from tests.pages.page_town import PageTown
from tests.pages.test_console import OF_ROLE, check_figures, visitor
from tests.pages.visitor import Visitor
from tests.support.tasks import do_tasks

OWNER = OF_ROLE[Role.OWNER]
FILE = """ref;phone;name;shop;points;release_on
old-1;+49 151 70000001;Ida Import;bakery;300;2026-01-01
old-1;+49 151 70000001;Ida Import;bakery;200;2026-12-01
old-2;+49 151 70000002;Ivo Import;nowhere;50;2026-01-01
old-3;+49 151 70000003;Ina Import;bakery;many;2026-01-01
"""


def upload(visit: Visitor, content: bytes) -> int:
    """Choose a file, and look at it."""
    answer = visit.http.post(
        "/console/members/import/preview", data={"csrf": visit.csrf}, files={"file": ("old.csv", content)}
    )
    visit.path, visit.status, visit.html = str(answer.url), answer.status_code, answer.text
    return visit.status


def problems(visit: Visitor) -> list[str]:
    """The rows that stay out."""
    return [each.attributes["data-problem"] for each in visit.page.all("li") if "data-problem" in each.attributes]


def test_a_file_is_looked_at_and_then_imported_once(town: PageTown) -> None:
    olga, api = visitor(town, OWNER), town.api.client()
    olga.open("/console/members")
    olga.click("Import members")
    before = len(api.get("/v1/members", params={"limit": 100}).json()["data"])
    assert upload(olga, FILE.encode()) == 200
    check_figures(olga)
    assert "1 row can be imported. It brings 500 points." in olga.words
    assert "columns separated by" in olga.words
    (row,) = [each for each in olga.page.all("tr") if "data-row" in each.attributes]
    assert (row.attributes["data-row"], row.figure()) == ("old-1", 500)
    assert problems(olga) == ["old-2", "old-3"]
    assert len(api.get("/v1/members", params={"limit": 100}).json()["data"]) == before, "nothing has happened yet"
    fields = {each.attributes["name"]: each.attributes["value"] for each in olga.page.all("input", type="hidden")}
    form = {"content": fields["content"], "key": fields["key"]}
    assert olga.send("/console/members/import", **form) == 200
    at_work = olga.path
    assert "0 of 3 done" in olga.words or "waits for its turn" in olga.words
    assert olga.send("/console/members/import", **form) == 200
    assert olga.path == at_work, "the form again is the same import"
    do_tasks(town.api)
    olga.open("/console/tasks")
    olga.click("Import of members")
    assert "1 row was imported." in olga.words
    assert problems(olga) == ["old-2", "old-3"]
    assert api.get("/v1/member-imports/old-1").json()["data"][0]["points"] == 300
    olga.send("/console/members/import", content=form["content"], key=token_hex(16))
    do_tasks(town.api)
    olga.open(olga.path)
    assert "0 rows were imported. 1 was in already." in olga.words


def test_what_is_no_file_of_members(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    assert upload(olga, b" ") == 422
    assert upload(olga, b"\x00\xff\x00 nonsense") == 200
    assert problems(olga) == [""], "says what is wrong with the file"
    assert olga.send("/console/members/import", content="no base64!", key=token_hex(16)) == 422


def test_many_points_take_a_second_person(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    rows = "ref,phone,shop,points,release_on\nold-9,+4915170000009,bakery,900000,2026-01-01\n"
    content = base64.b64encode(rows.encode()).decode()
    assert olga.send("/console/members/import", content=content, key=token_hex(16)) in (202, 403, 409)
    assert "alert" in [each.attributes.get("role") for each in olga.page.all("p")]
    assert "old-9" in olga.words, "what was read is still there"
    assert town.api.client().get("/v1/member-imports/old-9").status_code == 404


def test_a_number_that_nobody_can_have_is_seen_before_the_import(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    file = FILE.splitlines()[0] + "\nbad-1;12;Nil;bakery;5;2026-01-01\nbad-2;;Nobody;bakery;5;2026-01-01\n"
    assert upload(olga, file.encode()) == 200
    assert problems(olga) == ["bad-1", "bad-2"]
    assert [each.text for each in olga.page.all("span", class_="line-title") if "bad-" in each.text] == [
        "Line 2: bad-1",
        "Line 3: bad-2",
    ]
    assert "can't be used" in olga.words


def test_a_row_says_all_that_is_wrong_by_its_columns_and_comes_back_as_a_file(town: PageTown) -> None:
    olga, header = visitor(town, OWNER), FILE.splitlines()[0]
    good, without = "fine-1;+49 151 70000055;Fine;bakery;5;2026-01-01", ";+49 151 70000056;No ref;bakery;5;2026-01-01"
    bad = ("bad-3;12;Nil;nowhere;5;2026-01-01", without, "bad-4;;X;bakery;many;soon")
    assert upload(olga, "\n".join([header, good, *bad]).encode()) == 200
    assert problems(olga) == ["bad-3", "", "bad-4"]
    for words in ("Column shop: there is no shop", "Column phone:", "Line 4 Column ref: it is missing"):
        assert words in olga.words, words
    assert "Column points: “many” is no whole number" in olga.words
    assert olga.words.count("release_on: “soon” is no date") == 1
    content = olga.page.all("input", type="hidden", name="content")[0].attributes["value"]
    answer = olga.http.post("/console/members/import/to-mend", data={"csrf": olga.csrf, "content": content})
    assert answer.headers["content-type"].startswith("text/csv")
    lines = [line.replace(",", ";") for line in answer.text.removeprefix("\ufeff").splitlines()]
    assert lines == [header, *bad]
    assert upload(olga, answer.content) == 200
    assert problems(olga) == ["bad-3", "", "bad-4"], "the file is one that is read again"
