"""The console's page of bank files: a file for the bank is fetched, and what the bank says comes in by a form."""

from collections.abc import Callable
from datetime import date

import pytest

from coalition.access.caller import Role
from coalition.access.invite import add_invited_user, server_caller
from coalition.pages.console import lines
from settlement.rails import CashLine
from tests.pages.page_town import PageTown
from tests.pages.visitor import Visitor
from tests.support.camt import Entry, Paid, camt
from tests.support.settling import BAKERY_AT_BANK, put_at_bank
from tests.support.town_api import ApiTown


def treasurer(town: ApiTown) -> Visitor:
    """Somebody who moves the alliance's money, before the console."""
    with town.database.engine.begin() as connection:
        server, email = server_caller(town.alliance.id), "fina@oldtown.example"
        add_invited_user(connection, server, email, "Fina", Role.FINANCE, None, "en", town.clock())
    pages = PageTown(town, "http://localhost", {})
    return Visitor(pages, pages.staff(email))


def bring(fina: Visitor, content: bytes) -> int:
    """Choose a file of the bank, and import it."""
    files = {"file": ("may.xml", content)}
    answer = fina.http.post("/console/payments/bank/import", data={"csrf": fina.csrf}, files=files)
    fina.path, fina.status, fina.html = str(answer.url), answer.status_code, answer.text
    return fina.status


def test_a_file_goes_to_the_bank_and_another_one_comes_back(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    at_bank(500, "x-1")
    fina, api = treasurer(closed), closed.client()
    assert put_at_bank(api, "bakery", "a1", **BAKERY_AT_BANK).status_code == 200
    api.post("/v1/settlements/run")
    fina.open("/console/payments")
    fina.click("Bank files")
    (file,) = api.get("/v1/bank/files").json()
    (row,) = [each for each in fina.page.all("li") if "data-file" in each.attributes]
    assert row.figure() == file["amount_minor"]
    assert "Not fetched yet" in fina.words
    fetched = fina.http.post(f"/console/payments/bank/{file['id']}/export", data={"csrf": fina.csrf})
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    exported = api.post(f"/v1/bank/files/{file['id']}/export").json()
    assert fetched.text == exported["content"]
    fina.open("/console/payments/bank")
    assert "Fetch it again" in fina.words
    assert fina.send("/console/payments/bank/99/export") == 404


def test_what_the_bank_says_comes_in_once(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    at_bank(500, "x-1")
    fina = treasurer(closed)
    statement = camt([Entry(700, date(2024, 5, 22), "x-2", (Paid(700, text="thanks"),))])
    assert bring(fina, statement) == 200
    assert "1 new movement. " in fina.words
    assert "wait for somebody" in fina.words
    assert len(closed.client().get("/v1/bank/lines").json()) == 2
    bring(fina, statement)
    assert "Nothing has changed" in fina.words
    assert bring(fina, b"<nonsense/>") == 422
    assert "alert" in [each.attributes.get("role") for each in fina.page.all("p")]
    assert bring(fina, b"") == 422


def test_an_alliance_without_an_account_is_told(closed: ApiTown) -> None:
    fina = treasurer(closed)
    fina.open("/console/payments/bank")
    assert "This alliance has no account at a bank." in fina.words
    assert fina.send("/console/payments/bank/1/export") == 404


@pytest.mark.usefixtures("at_bank")
def test_movements_that_wait_come_a_page_at_a_time(closed: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = [CashLine(id_, closed.clock(), minor, 0, "", "thanks") for id_, minor in (("x-1", 500), ("x-2", 700))]
    monkeypatch.setattr(lines, "unmatched_lines", lambda _, rail: waiting if rail == "bank" else [])
    monkeypatch.setattr(lines, "LINES_MAX", 1)
    fina = treasurer(closed)
    seen = []
    for path in ("/console/payments/lines", "/console/payments/lines?rail=bank&page=2"):
        (section,) = fina.open(path).all("section", class_="paper stack")
        seen.append(section.figure())
    assert sorted(seen) == [500, 700]
    fina.open("/console/payments/lines?rail=bank")
    fina.click("Later")
    assert "Page 2 of 2" in fina.words
    fina.open("/console/payments/lines?rail=by_hand")
    assert "Nothing waits." in fina.words
