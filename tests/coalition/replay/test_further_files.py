"""Further files on a book that is kept: they go on where the last one ended, overlap with it, or are refused whole."""

from contextlib import closing
from pathlib import Path

import pytest

from coalition.app import open_database
from settlement.ledger import Book
from tests.coalition.replay.test_replay import everything, expected, written
from tests.support.books import check_book
from tests.support.clock import Clock
from tests.support.command import Command, Ran, check_complaint
from tests.support.town import alliance_toml, posted, purchases_csv, write_town

# January's last week goes on in February: the window of 29 January to 4 February has purchases of both.
JANUARY = (
    "2024-01-30T10:00,ann,bakery,10.00,",
    "2024-01-31T11:00,ann,cafe,5.00,all",
    "2024-01-31T11:00,ann,cafe,5.00,all",
    "2024-01-31T12:00,bob,cafe,7.00,",
)
FEBRUARY = (
    "2024-02-01T09:00,ann,bakery,5.00,3",
    "2024-02-02T09:00,bob,bakery,2.00,all",
    "2024-02-28T09:00,ann,cafe,2.00,",
)
MAY = ("2024-05-02T09:00,ann,bakery,2.00,all", "2024-05-02T10:00,bob,diner,9.00,all")
RULES = alliance_toml(expiry_months="1", redeem_fee_bps="100")


def replay(command: Command, folder: Path, url: str, *rows: str, options: tuple[str, ...] = ()) -> Ran:
    return command(*write_town(folder, purchases_csv(*rows), RULES), "--database-url", url, *options)


def check_as_one_file(folder: Path, url: str, *rows: str) -> None:
    """What the last file gave is what one file of all these rows gives."""
    last = written(folder)
    write_town(folder, purchases_csv(*rows), RULES)
    assert last == expected(folder)
    with closing(open_database(url)) as database:
        check_book(Book.open(database, "Old Town", Clock(0)))


@pytest.mark.parametrize(
    "files",
    [
        (JANUARY, FEBRUARY, MAY),
        (JANUARY, MAY),
        (JANUARY[:2], JANUARY[2:], FEBRUARY),
        (JANUARY[:3], JANUARY[1:] + FEBRUARY[:1], FEBRUARY + MAY),
        (JANUARY + FEBRUARY, JANUARY, FEBRUARY, JANUARY + FEBRUARY + MAY),
        (JANUARY[:3], JANUARY[2:]),
    ],
    ids=["monthly", "a gap", "cut in a day", "overlapping", "repeated", "cut between two alike"],
)
def test_files_that_follow_or_overlap_give_what_one_file_gives(
    command: Command, tmp_path: Path, new_url: str, files: tuple[tuple[str, ...], ...]
) -> None:
    rows: dict[str, int] = {}
    for file in files:
        ran = replay(command, tmp_path, new_url, *file)
        assert (ran.code, ran.err) == (0, "")
        assert "The last window stays open" in ran.out
        for row in file:
            rows[row] = max(rows.get(row, 0), file.count(row))
    check_as_one_file(tmp_path, new_url, *(row for row in sorted(rows) for _ in range(rows[row])))


def test_a_file_that_was_replayed_says_so_and_changes_nothing(command: Command, tmp_path: Path, new_url: str) -> None:
    assert replay(command, tmp_path, new_url, *JANUARY, *FEBRUARY).code == 0
    before = everything(new_url)
    ran = replay(command, tmp_path, new_url, *JANUARY)
    assert "4 of them were replayed before" in ran.out
    assert everything(new_url) == before


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        ((*JANUARY, "2024-01-31T12:00,eve,cafe,1.00,", *FEBRUARY[1:]), 6, "it is new, but lies before the end"),
        (("2024-01-15T12:00,eve,cafe,1.00,",), 2, "it is new, but lies before the end"),
        ((JANUARY[0], JANUARY[3], *FEBRUARY, *MAY), 3, "the file lacks 2 of the purchases"),
        ((*JANUARY, FEBRUARY[0].replace("5.00", "5.01"), *FEBRUARY[1:]), 6, "amount_minor 500, not 501"),
        (
            (*JANUARY[:3], JANUARY[3], FEBRUARY[0], FEBRUARY[1], FEBRUARY[2].replace("cafe", "bar")),
            8,
            "shop cafe, not bar",
        ),
    ],
    ids=["one more between", "another shop's file", "some left out", "changed", "the last one changed"],
)
def test_a_file_that_differs_is_refused_whole(
    command: Command, tmp_path: Path, new_url: str, rows: tuple[str, ...], line: int, reason: str
) -> None:
    assert replay(command, tmp_path, new_url, *JANUARY, *FEBRUARY).code == 0
    before = everything(new_url)
    ran = replay(command, tmp_path, new_url, *rows)
    check_complaint(ran, "has other purchases, so nothing was posted", f"line {line}: ", reason)
    assert everything(new_url) == before


def test_a_window_that_was_closed_takes_no_further_file(command: Command, tmp_path: Path, new_sqlite_url: str) -> None:
    ran = replay(command, tmp_path, new_sqlite_url, *JANUARY, options=("--close",))
    assert "stays open" not in ran.out
    check_complaint(replay(command, tmp_path, new_sqlite_url, *FEBRUARY), "line 2: its window is closed already")
    assert replay(command, tmp_path, new_sqlite_url, *FEBRUARY[2:]).code == 0


def test_a_database_that_serves_an_alliance_is_not_replayed_into_by_mistake(
    command: Command, tmp_path: Path, new_url: str
) -> None:
    assert replay(command, tmp_path, new_url, *JANUARY).code == 0
    assert command("keys", "create", "app", "--database-url", new_url).code == 0
    before = posted(new_url)
    check_complaint(replay(command, tmp_path, new_url, *FEBRUARY), "serves Old Town", "say --yes")
    assert posted(new_url) == before
    assert replay(command, tmp_path, new_url, *FEBRUARY, options=("--yes",)).code == 0
    check_as_one_file(tmp_path, new_url, *JANUARY, *FEBRUARY)
