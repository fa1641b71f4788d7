"""Where a replay reads and writes: what is said of a place that can't be used."""

import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import Command, check_complaint, run_process
from tests.support.postgres import PostgresServer
from tests.support.town import ROWS, purchases_csv, write_town

NO_URLS = {
    "nonsense": "Database nonsense: this is not a database URL; write sqlite:///FILE or postgresql://USER@HOST/NAME",
    "book.db": "Database book.db: this is not a database URL; write sqlite:///FILE",
    "postgresql://ann:secret@host:port/town": "Database postgresql://ann:***@host:port/town: this is not a",
    "mysql://ann:secret@host/town": "Database mysql://ann:***@host/town: mysql is not supported; write sqlite:///FILE",
    "sqlite://": "Database sqlite://: a book lives in a file; name one, as in sqlite:///coalition.db",
    "sqlite:///:memory:": "Database sqlite:///:memory:: a book lives in a file",
}


def refuse(command: Command, folder: Path, url: str, *parts: str) -> None:
    """Each command that opens a database says the same of this one, and no password."""
    for arguments in (write_town(folder), ["windows"], ["audit"], ["statement", "cafe"]):
        ran = command(*arguments, "--database-url", url)
        check_complaint(ran, *parts)
        assert "secret" not in ran.err
    assert not (folder / "out.json").exists()


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_url_is_refused_with_what_one_looks_like(command: Command, tmp_path: Path, url: str) -> None:
    refuse(command, tmp_path, url, f"error: {NO_URLS[url]}")


# -- PostgreSQL -------------------------------------------------------------------------------------------------


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where somebody takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://ann:secret@127.0.0.1:1/town", "port 1 failed: Connection refused"),
        ("postgresql://ann:secret@nowhere.invalid/town", "failed to resolve host 'nowhere.invalid'"),
        ("postgresql:///town?host=/nowhere", "/nowhere/.s.PGSQL.5432"),
        ("postgresql:///town?colour=red", 'invalid connection option "colour"'),
    ],
)
def test_a_postgresql_that_cannot_be_reached_is_named_at_once(
    command: Command, tmp_path: Path, url: str, reason: str
) -> None:
    started = time.monotonic()
    refuse(command, tmp_path, url, "error: Database postgresql://", reason)
    assert time.monotonic() - started < 10


def test_a_postgresql_that_says_nothing_is_given_up(command: Command, tmp_path: Path, silent_port: int) -> None:
    url = f"postgresql://ann:secret@127.0.0.1:{silent_port}/town?connect_timeout=2"
    ran = command(*write_town(tmp_path), "--database-url", url)
    check_complaint(ran, f"error: Database postgresql://ann:***@127.0.0.1:{silent_port}/town", "timeout expired")


def test_a_database_or_role_that_is_not_there_is_named(
    command: Command, tmp_path: Path, postgres: PostgresServer
) -> None:
    refuse(command, tmp_path, postgres.url("nowhere"), 'database "nowhere" does not exist')
    refuse(command, tmp_path, postgres.url("postgres").replace("postgres@", "nobody@"), 'role "nobody" does not exist')


def test_a_role_without_rights_is_told_so(
    command: Command, tmp_path: Path, postgres: PostgresServer, new_postgres_url: str
) -> None:
    postgres.execute("DROP ROLE IF EXISTS guest")
    postgres.execute("CREATE ROLE guest LOGIN")
    url = new_postgres_url.replace("postgres@", "guest@")
    refuse(command, tmp_path, url, "permission denied for schema public", "its tables can't be made")
    assert command(*write_town(tmp_path), "--database-url", new_postgres_url).code == 0
    (tmp_path / "out.json").unlink()
    refuse(command, tmp_path, url, "permission denied for table")
    postgres.execute("DROP ROLE guest")


# -- SQLite -----------------------------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_named(command: Command, tmp_path: Path) -> None:
    refuse(
        command, tmp_path, "sqlite:///nowhere/book.db", "Database sqlite:///nowhere/book.db: unable to open database"
    )


def test_a_folder_in_place_of_a_database_is_named(command: Command, tmp_path: Path) -> None:
    refuse(command, tmp_path, f"sqlite:///{tmp_path}", f"Database sqlite:///{tmp_path}: unable to open database file")


def test_a_file_that_is_no_database_is_named_and_left_alone(command: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database\n" * 1000, encoding="utf-8")
    refuse(command, tmp_path, "sqlite:///notes.txt", "Database sqlite:///notes.txt: file is not a database")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "no database\n" * 1000


def test_another_programs_database_is_left_alone(command: Command, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE accounts (name)")
        refuse(
            command,
            tmp_path,
            "sqlite:///other.db",
            "table accounts already exists",
            "name a database of its own for coalition",
        )
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("accounts",)]


def test_a_database_of_a_newer_version_is_left_alone(command: Command, tmp_path: Path) -> None:
    url = "sqlite:///book.db"
    assert command(*write_town(tmp_path), "--database-url", url).code == 0
    (tmp_path / "out.json").unlink()
    with closing(sqlite3.connect(tmp_path / "book.db")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
        refuse(
            command,
            tmp_path,
            url,
            "this version does not know its schema",
            "'9999'",
            "it may have been made by a newer one",
        )
        # The rules, three purchases, and the close of the first window: the last one stays open.
        assert newer.execute("SELECT COUNT(*) FROM postings").fetchone() == (5,)


def test_a_database_that_may_not_be_written_is_read_and_no_more(command: Command, tmp_path: Path) -> None:
    arguments = (*write_town(tmp_path), "--database-url", "sqlite:///book.db")
    assert command(*arguments).code == 0
    (tmp_path / "book.db").chmod(0o444)
    write_town(tmp_path, purchases_csv(*ROWS, "2024-07-01T10:00,ann,cafe,3.00,"))
    check_complaint(
        run_process(*arguments, folder=tmp_path), "error: Database sqlite:///book.db: ", "readonly database"
    )
    assert run_process("windows", "--database-url", "sqlite:///book.db", folder=tmp_path).code == 0


# -- OUT.json ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("nowhere/out.json", "error: nowhere/out.json: it can't be written (there is no folder nowhere).\n"),
        (".", "error: .: it can't be written (it is a folder).\n"),
        (
            "purchases.csv/out.json",
            "error: purchases.csv/out.json: it can't be written (there is no folder purchases.csv).\n",
        ),
    ],
)
def test_a_place_that_cannot_be_written_is_named_before_anything_is_posted(
    command: Command, tmp_path: Path, place: str, complaint: str
) -> None:
    arguments = write_town(tmp_path)[:-1]
    check_complaint(command(*arguments, place, "--database-url", "sqlite:///book.db"), complaint)
    assert not (tmp_path / "book.db").exists()


def test_a_place_without_permission_is_named_before_anything_is_posted(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir(mode=0o555)
    arguments = write_town(tmp_path)[:-1]
    ran = run_process(*arguments, "kept/out.json", "--database-url", "sqlite:///book.db", folder=tmp_path)
    check_complaint(ran, "error: kept/out.json: it can't be written (permission denied).\n")
    assert not (tmp_path / "book.db").exists()


def test_a_full_disk_is_named(command: Command, tmp_path: Path) -> None:
    ran = command(*write_town(tmp_path)[:-1], "/dev/full")
    check_complaint(ran, "error: /dev/full: it can't be written (No space left on device).\n")


def test_an_earlier_result_is_replaced(command: Command, tmp_path: Path) -> None:
    (tmp_path / "out.json").write_text("an earlier and much longer result " * 1000, encoding="utf-8")
    assert command(*write_town(tmp_path)).code == 0
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["earned"] == 38
