"""`coalition settle` on a small town's book: from the plan to the last cent, by hand and from shop to shop."""

import re
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support.command import COLUMNS, Command, check_complaint
from tests.support.town import write_town

URL = ("--database-url", "sqlite:///book.db")
SETTLE = ("settle",)


@pytest.fixture
def town(command: Command, tmp_path: Path) -> Path:
    """A closed book in which the bakery owes the café 17 cents."""
    assert command(*write_town(tmp_path), *URL, "--close").code == 0
    return tmp_path


def ids(text: str) -> list[str]:
    """Payments' ids in a table, whole."""
    return re.findall(r"│ ([0-9a-z]{20}) ", text)


def words(text: str) -> str:
    """What tables say, on one line."""
    return " ".join(re.sub(r"[┏┓┳┡┩╇┃│└┘┴┌┐┬━─┼├┤]", " ", text).split())


def by_hand(command: Command, id_: str, *arguments: str) -> str:
    """Confirm a payment."""
    ran = command(*SETTLE, "confirm", id_, *arguments, *URL)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_a_rail_of_the_book_that_is_not_set_up_here_makes_matching_fail(command: Command, town: Path) -> None:
    with closing(sqlite3.connect(town / "book.db")) as database, database:
        database.execute("INSERT INTO cash_lines VALUES (1, 'bank', 'l1', 0, 1000, 0, '', 'by somebody')")
    for _ in range(2):
        ran = command(*SETTLE, "match", *URL)
        assert ran.code == 1
        assert "Not set up here, so nobody asked what it says now: bank" in " ".join(ran.out.split())
        assert "Every movement is matched" not in ran.out


@pytest.mark.usefixtures("town")
def test_a_window_is_planned_sent_confirmed_and_closed_to_the_cent(command: Command) -> None:
    assert "bakery by_hand -0.17 0.00 collect" in words(command(*SETTLE, "plan", *URL).out)
    ran = command(*SETTLE, "run", *URL)
    assert words(ran.out) == (
        "Sent now: collections 1, payments 0. Of this window: collected 0.00 EUR, paid 0.00 EUR, open 1."
    )
    (due,) = ids(command(*SETTLE, "status", *URL).out)
    assert "paid" in by_hand(command, due, "paid", "--by", "ann", "--evidence", "receipt 17")
    command(*SETTLE, "run", *URL)
    out = next(id_ for id_ in ids(command(*SETTLE, "status", *URL).out) if id_ != due)
    by_hand(command, out, "paid", "--by", "ann", "--evidence", "handed over")
    assert "Nothing is open." in command(*SETTLE, "plan", *URL).out
    assert "Every movement is matched" in command(*SETTLE, "match", *URL).out
    assert command("audit", *URL).code == 0


@pytest.mark.usefixtures("town")
def test_shops_pay_each_other_and_both_confirm(command: Command) -> None:
    with closing(sqlite3.connect("book.db")) as database, database:
        details = '{"collection_code": "wxp://f2f0x"}'
        database.execute("INSERT INTO payment_accounts VALUES (1, 'cafe', 'by_hand', ?)", (details,))
    printed = command(*SETTLE, "plan", "--direct", *URL).out
    (id_,) = ids(printed)
    assert f"{id_}: bakery pays cafe by wxp://f2f0x" in printed
    assert "bakery → direct 0.17 planned" in words(command(*SETTLE, "status", *URL).out)
    assert "sent" in by_hand(command, id_, "paid", "--by", "bakery", "--evidence", "transfer 4711")
    assert "disputed" in by_hand(command, id_, "disputed", "--by", "cafe", "--evidence", "nothing came")
    assert "disputed" in words(command(*SETTLE, "status", *URL).out)
    assert "paid" in by_hand(command, id_, "received", "--by", "cafe", "--evidence", "statement 3")
    check_complaint(
        command(*SETTLE, "confirm", id_, "failed", "--by", "cafe", "--evidence", "x", *URL), "from shop to shop"
    )


def test_a_document_is_kept_by_its_hash_and_one_that_is_not_there_is_named(command: Command, town: Path) -> None:
    command(*SETTLE, "run", *URL)
    (due,) = ids(command(*SETTLE, "status", *URL).out)
    confirm = ("confirm", due, "paid", "--by", "ann", "--evidence", "receipt", "--document")
    check_complaint(command(*SETTLE, *confirm, "none.pdf", *URL), "none.pdf: it can't be read")
    (town / "receipt.pdf").write_bytes(b"paid")
    assert command(*SETTLE, *confirm, "receipt.pdf", *URL).code == 0
    with closing(sqlite3.connect(town / "book.db")) as database:
        kept = database.execute("SELECT document_sha256 FROM payment_marks WHERE mark = 'paid'").fetchall()
    assert kept == [(sha256(b"paid").hexdigest(),)]


def test_from_the_limit_on_it_says_that_another_person_is_wanted(command: Command, town: Path) -> None:
    with closing(sqlite3.connect(town / "book.db")) as database:
        database.execute("INSERT INTO payment_rules VALUES (1, ?)", ('{"two_people_from_minor": 17}',))
        database.commit()
    command(*SETTLE, "run", *URL)
    (due,) = ids(command(*SETTLE, "status", *URL).out)
    receipt = ("paid", "--evidence", "receipt", "--by")
    for nobody in ("", "  "):
        check_complaint(command(*SETTLE, "confirm", due, *receipt, nobody, *URL))
    assert "One more person has to confirm this." in words(by_hand(command, due, *receipt, "ann"))
    check_complaint(command(*SETTLE, "confirm", due, *receipt, "ann", *URL), "another person has to agree")
    assert "paid" in words(by_hand(command, due, *receipt, "ben"))


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["confirm", "nope", "paid", "--by", "ann", "--evidence", "x"], "No payment 'nope' in this book."),
        (["match", "by_hand"], "name the rail, a movement"),
        (["match", "pigeon", "x", "--book-as", "interest", "--why", "y"], "No unmatched movement 'x' at 'pigeon'."),
    ],
)
def test_what_can_not_be_done_is_said_with_what_to_do(command: Command, arguments: list[str], complaint: str) -> None:
    check_complaint(command(*SETTLE, *arguments, *URL), complaint)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_table_fits_the_terminal_in_both_languages(command: Command, lang: str) -> None:
    printed = command(*SETTLE, "plan", *URL, "--lang", lang).out
    printed += command(*SETTLE, "run", *URL, "--lang", lang).out
    printed += command(*SETTLE, "status", "--all", *URL, "--lang", lang).out
    printed += command(*SETTLE, "match", *URL, "--lang", lang).out
    assert max(cell_len(line) for line in printed.splitlines()) <= COLUMNS
    assert ("商户" in printed) == (lang == "zh")
    assert ("Shop" in printed) == (lang == "en")


def test_without_a_closed_window_it_says_so(command: Command, tmp_path: Path) -> None:
    assert command(*write_town(tmp_path, "at,member,merchant,amount,spend\n"), *URL).code in (0, 1)
    ran = command(*SETTLE, "run", *URL)
    assert ran.code == 1
    assert "Traceback" not in ran.err
