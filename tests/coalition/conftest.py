"""Fixtures for what people run and read."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.reference.year import FUNDINGS
from tests.support.command import Command, Ran, command_in, finish, start
from tests.support.postgres import PostgresServer

_numbers = count(1)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Runs `coalition` with these arguments in an empty folder."""
    return command_in(tmp_path, monkeypatch, capsysbinary)


@pytest.fixture
def new_sqlite_url(memory: Path) -> str:
    """A SQLite database that is not there yet."""
    return f"sqlite:///{memory / f'new-{next(_numbers)}.db'}"


@pytest.fixture
def new_postgres_url(postgres: PostgresServer, worker_id: str) -> Iterator[str]:
    """A PostgreSQL database without a table in it."""
    name = f"new_{worker_id}_{next(_numbers)}"
    postgres.execute(f"CREATE DATABASE {name}")
    yield postgres.url(name)
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn, without a table in it."""
    return request.getfixturevalue("new_sqlite_url" if request.param == "sqlite" else "new_postgres_url")


@pytest.fixture(scope="session")
def demos(memory: Path) -> tuple[str, dict[str, Ran]]:
    """The demo of the real year, run once under each funding into one database: its URL, and what was printed.

    Paid on issue it is shown in Chinese. Both run at once, as two people might start them.
    """
    url = f"sqlite:///{memory / 'demo.db'}"
    languages = dict(zip(FUNDINGS, ("en", "zh"), strict=True))
    running = {
        funding: start("demo", "--funding", funding, "--lang", lang, "--database-url", url, folder=memory)
        for funding, lang in languages.items()
    }
    return url, {funding: finish(process) for funding, process in running.items()}
