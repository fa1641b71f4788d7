"""A replay says what the contract says: on nasty scenarios, on the real year, cut short and gone on with."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from coalition.app import open_database
from coalition.demo.journey import NAMES
from coalition.locale.error_text import error_text
from coalition.programme.rules import read_alliance
from coalition.purchases.file import read_purchases
from coalition.replay.output import contract_json
from coalition.replay.replay import ReplayDiffers, ReplayRefused, ReplayResult, replay, result_of
from settlement import BookExists
from settlement.audit import audit_book
from settlement.ledger import Book, Database, ExposureLimit, Participant, Session, metadata
from tests.reference import replay as reference
from tests.reference.scenarios import scenario
from tests.reference.year import FUNDINGS, purchases, stored
from tests.support.clock import Clock
from tests.support.command import Command, Ran, check_complaint, finish, start
from tests.support.effort import EFFORT
from tests.support.town import HEADER, ROWS, alliance_toml, posted, purchases_csv, write_town

SCENARIOS = {"sqlite": range(300 * EFFORT), "postgresql": range(1_000_000, 1_000_000 + 30 * EFFORT)}
KILLS = (0.2, 0.6)
"""After which part of the purchases a replay is killed, one run after the other."""
EVERY = 16
"""One in so many members takes part in the replays that are killed."""


def run(folder: Path, database: Database, progress: Callable[[int], None] = lambda _: None) -> ReplayResult:
    """Replay the two files in a folder."""
    rules = read_alliance(folder / "alliance.toml")
    rows = read_purchases(folder / "purchases.csv", rules.book_settings.calendar, rules.minor_digits).rows
    return replay(rows, rules, database, progress)


def is_sound(result: ReplayResult, session: Session) -> bool:
    return audit_book(result.book, session).ok


def expected(folder: Path) -> dict[str, Any]:
    """What the contract asks for, by the second opinion."""
    return reference.replay(folder / "purchases.csv", folder / "alliance.toml")


def written(folder: Path) -> dict[str, Any]:
    out: dict[str, Any] = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    return out


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the book's tables."""
    with closing(Database(url)) as database, database.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }


# -- the contract -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SCENARIOS)
def test_every_scenario_gives_the_references_figures_and_a_sound_book(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    url = request.getfixturevalue("new_sqlite_url" if kind == "sqlite" else "new_postgres_url")
    differing, unsound = [], []
    with closing(open_database(url)) as database, closing(database.session()) as session:
        for seed in SCENARIOS[kind]:
            write_town(tmp_path, *scenario(seed))
            result = run(tmp_path, database)
            differing += [seed] * (contract_json(result) != expected(tmp_path))
            unsound += [seed] * (not is_sound(result, session))
    assert (differing, unsound) == ([], [])


@pytest.mark.parametrize("funding", FUNDINGS)
def test_the_real_year_gives_the_stored_figures_and_a_sound_book(
    demos: tuple[str, dict[str, Ran]], funding: str
) -> None:
    url, _ = demos
    with closing(Database(url)) as database, closing(database.session()) as session:
        result = result_of(Book.open(database, NAMES[funding], Clock(0)), session)
        assert contract_json(result) == json.loads(stored(funding).read_text(encoding="utf-8"))
        assert is_sound(result, session)


def test_the_command_writes_the_contracts_json(command: Command, tmp_path: Path) -> None:
    toml = alliance_toml(redeem_fee_bps="5000")
    assert command(*write_town(tmp_path, alliance=toml)).code == 0
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == (
        json.dumps(
            {
                "windows": [
                    {
                        "opens_at": "2024-05-12T22:00:00+00:00",
                        "closes_at": "2024-05-19T22:00:00+00:00",
                        "positions": {"bakery": -20, "cafe": 10, "operator": 10},
                    },
                    {
                        "opens_at": "2024-05-19T22:00:00+00:00",
                        "closes_at": "2024-05-26T22:00:00+00:00",
                        "positions": {"bakery": 2, "cafe": -3, "operator": 1},
                    },
                ],
                "outstanding": {"bakery": 9, "cafe": 6},
                "earned": 38,
                "spent": 23,
                "expired": 0,
            },
            indent=1,
        )
        + "\n"
    )
    assert written(tmp_path) == expected(tmp_path)


def test_no_purchases_are_no_windows(command: Command, tmp_path: Path) -> None:
    assert command(*write_town(tmp_path, f"{HEADER}\n")).code == 0
    assert written(tmp_path) == {"windows": [], "outstanding": {}, "earned": 0, "spent": 0, "expired": 0}


def test_progress_counts_up_to_all_rows(tmp_path: Path, new_sqlite_url: str) -> None:
    write_town(tmp_path)
    done: list[int] = []
    with closing(open_database(new_sqlite_url)) as database:
        run(tmp_path, database, done.append)
    assert done == sorted(done)
    assert done[-1] == len(ROWS)


# -- cut short --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def some_members(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real year of some members: a folder with both files."""
    folder = tmp_path_factory.mktemp("some members")
    with purchases().open(encoding="utf-8") as file:
        rows = [
            line.rstrip("\n") for line in file if line.split(",")[1].isdigit() and int(line.split(",")[1]) % EVERY == 0
        ]
    write_town(
        folder,
        purchases_csv(*rows),
        alliance_toml(
            currency='"USD"',
            timezone='"America/New_York"',
            funding='"on_issue"',
            expiry_months="2",
            redeem_fee_bps="100",
        ),
    )
    return folder


def kill_after(process: "subprocess.Popen[bytes]", postings: int, url: str) -> None:
    """SIGKILL as soon as the book has so many postings."""
    while process.poll() is None and posted(url) < postings:
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    ran = finish(process)
    assert ran.code == -signal.SIGKILL, ran.err


def arguments_for(folder: Path, out: Path, url: str) -> Sequence[object]:
    files = (folder / "purchases.csv", "--alliance", folder / "alliance.toml")
    return ("replay", *files, "--json", out / "out.json", "--database-url", url)


def test_a_killed_replay_goes_on_to_the_figures_of_one_that_was_not(
    command: Command, some_members: Path, tmp_path: Path, new_url: str
) -> None:
    rows = (some_members / "purchases.csv").read_text(encoding="utf-8").count("\n") - 1
    arguments = arguments_for(some_members, tmp_path, new_url)
    for part in KILLS:
        kill_after(start(*arguments, folder=tmp_path), int(part * rows), new_url)
        assert part * rows <= posted(new_url) < rows
        assert not (tmp_path / "out.json").exists()
    ran = command(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert "sound: " in ran.out
    assert written(tmp_path) == expected(some_members)
    before = everything(new_url)
    again = command(*arguments)
    assert again.out.splitlines()[2:] == ran.out.splitlines()[2:]
    assert everything(new_url) == before


def test_two_replays_of_one_file_at_once_share_the_work(some_members: Path, tmp_path: Path, new_url: str) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    running = [start(*arguments_for(some_members, folder, new_url), folder=tmp_path) for folder in folders]
    ended = [finish(process) for process in running]
    assert [(it.code, it.err) for it in ended] == [(0, "")] * 2
    assert [written(folder) for folder in folders] == [expected(some_members)] * 2


# -- gone on with otherwise -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("ann,cafe,5.00,all", "ann,cafe,5.01,all"), "it was replayed before with amount_minor 500, not 501"),
        (("ann,cafe,5.00,all", "bob,cafe,5.00,all"), "it was replayed before with member ann, not bob"),
        (("ann,cafe,5.00,all", "ann,diner,5.00,all"), "it was replayed before with shop cafe, not diner"),
        (("ann,cafe,5.00,all", "ann,cafe,5.00,7"), "it was replayed before with asked -1, not 7"),
        (
            ("2024-05-13T11:00", "2024-05-13T11:01"),
            "it was replayed before with at 2024-05-13T09:00:00+00:00, not 2024-05-13T09:01:00+00:00",
        ),
    ],
)
def test_a_file_that_was_changed_is_refused_with_the_row_and_the_field(
    command: Command, tmp_path: Path, new_sqlite_url: str, change: tuple[str, str], reason: str
) -> None:
    arguments = (*write_town(tmp_path), "--database-url", new_sqlite_url)
    assert command(*arguments).code == 0
    write_town(tmp_path, purchases_csv().replace(*change))
    ran = command(*arguments)
    check_complaint(ran, "The book of 'Old Town' in sqlite:///", "so nothing was posted", f"line 3: {reason}")
    with closing(open_database(new_sqlite_url)) as database, pytest.raises(ReplayDiffers) as error:
        run(tmp_path, database)
    assert list(error.value.problems) == [(3, reason)]


def test_a_file_that_grew_goes_on_where_it_ended(command: Command, tmp_path: Path, new_url: str) -> None:
    later = "2024-07-01T10:00,ann,cafe,3.00,all"
    arguments = (*write_town(tmp_path), "--database-url", new_url)
    assert command(*arguments).code == 0
    write_town(tmp_path, purchases_csv(*ROWS, later))
    assert command(*arguments).code == 0
    assert written(tmp_path) == expected(tmp_path)


OTHER_RULES = {
    "currency": ('"CHF"', "`currency` = EUR, not CHF"),
    "timezone": ('"Europe/Paris"', "`timezone` = Europe/Berlin, not Europe/Paris"),
    "points_per_unit": ("50", "`points_per_unit` = 100, not 50"),
    "earn_points_per_unit": ("2.5", "`earn_points_per_unit` = 2, not 5/2"),
    "expiry_months": ("6", "`expiry_months` = 12, not 6"),
    "settlement": ('"daily"', "`cutoff` = "),
    "funding": ('"on_issue"', "`funding` = on_redemption, not on_issue"),
    "redeem_fee_bps": ("1", "`redeem_fee_bps` = 0, not 1"),
    "issue_fee_bps": ("1", "`issue_fee_bps` = 0, not 1"),
    "breakage_to": ('"operator"', "`breakage_to` = issuer, not operator"),
}


@pytest.mark.parametrize("key", OTHER_RULES)
def test_a_replay_under_other_rules_is_refused_and_posts_nothing(
    command: Command, tmp_path: Path, new_sqlite_url: str, key: str
) -> None:
    arguments = (*write_town(tmp_path), "--database-url", new_sqlite_url)
    assert command(*arguments).code == 0
    before = everything(new_sqlite_url)
    value, rule = OTHER_RULES[key]
    write_town(tmp_path, purchases_csv(*ROWS, "2024-07-01T10:00,ann,cafe,3.00,"), alliance_toml(**{key: value}))
    check_complaint(
        command(*arguments),
        f"error: Alliance 'Old Town' is already in this database with {rule}",
        "Use its own settings or another name",
    )
    after = everything(new_sqlite_url)
    for table in ("postings", "moves", "windows", "batches", "terms"):
        assert after[table] == before[table]
    with closing(open_database(new_sqlite_url)) as database, pytest.raises(BookExists):
        run(tmp_path, database)


def test_a_replay_leaves_what_the_alliance_lets_its_shops_do(tmp_path: Path, new_url: str) -> None:
    write_town(tmp_path)
    with closing(open_database(new_url)) as database, closing(database.session()) as session:
        book = run(tmp_path, database).book
        cafe = book.config(session).by_ref["cafe"]
        stopped = Participant(cafe.id, "cafe", may_issue=False, may_redeem=False, limit=ExposureLimit(500))
        book.add_participants([stopped])
        run(tmp_path, database)
        assert book.config(session).by_ref["cafe"] == stopped


def test_what_the_book_refuses_is_told_with_its_line(tmp_path: Path, new_sqlite_url: str) -> None:
    write_town(tmp_path)
    with closing(open_database(new_sqlite_url)) as database:
        book = run(tmp_path, database).book
        book.add_participants([Participant(0, "cafe", may_redeem=False)])
        later = ["2024-07-01T09:00,ann,bakery,3.00,", "2024-07-01T10:00,ann,cafe,3.00,1"]
        write_town(tmp_path, purchases_csv(*ROWS, *later))
        before = posted(new_sqlite_url)
        with pytest.raises(ReplayRefused) as error:
            run(tmp_path, database)
        assert posted(new_sqlite_url) == before
        write_town(tmp_path, purchases_csv(*ROWS, *later[:1], "2024-07-01T10:00,ann,cafe,3.00,"))
        run(tmp_path, database)
        # Two sales, and what expired between them and those before.
        assert posted(new_sqlite_url) == before + 3
    ((line, refusal),) = error.value.problems
    assert (line, error_text(refusal, "en", book.settings)) == (6, "Shop 'cafe' does not take points now.")
    assert "line 6: Shop 'cafe' does not take points now" in str(error.value)
