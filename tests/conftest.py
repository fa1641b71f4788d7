"""Fixtures for all tests: both databases, real ones, and a clock that stands still until a test moves it."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from coalition.locale.catalogue import compile_all
from coalition.schema import metadata
from settlement.ledger import Book, Database, Session
from tests.support.books import make_book
from tests.support.clock import Clock, instant
from tests.support.postgres import PostgresServer, locked, memory_directory

settings.register_profile("default", deadline=None, print_blob=True)
settings.load_profile("default")

# Hundreds of commands and servers are started: where no bytecode is kept, each compiles all that it imports anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

TEMPLATE = "template_book"
PAGES = Path(__file__).with_name("pages")
_numbers = count(1)
_SERVER = pytest.StashKey[PostgresServer]()
_FIRST_PROCESS = pytest.StashKey[int]()


# One PostgreSQL serves the whole session. Its place is chosen by the process that starts the session, whichever
# worker first needs the server starts it there, and the first process stops it when all workers are done.


def pytest_configure(config: pytest.Config) -> None:
    if is_first(config):
        compile_all()
        config.stash[_SERVER] = PostgresServer(memory_directory())
        config.stash[_FIRST_PROCESS] = os.getpid()
    else:
        config.stash[_SERVER] = PostgresServer(Path(config.workerinput["postgres_root"]))
        config.stash[_FIRST_PROCESS] = config.workerinput["first_process"]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    node.workerinput["postgres_root"] = str(node.config.stash[_SERVER].root)
    node.workerinput["first_process"] = node.config.stash[_FIRST_PROCESS]


def pytest_collection_finish() -> None:
    # Modules and tests stay, hundreds of megabytes of them: to look through them for rubbish, time and again, took a
    # tenth of the run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 5)


def pytest_unconfigure(config: pytest.Config) -> None:
    if is_first(config):
        config.stash[_SERVER].remove()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Pages last: a browser leaves an event loop running in its process, beside which no other test can run one.
    items.sort(key=lambda item: item.path.is_relative_to(PAGES))


def is_first(config: pytest.Config) -> bool:
    """Whether this is the process that starts the workers, or the only one."""
    return not hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> PostgresServer:
    """The session's PostgreSQL, with a template database that has the tables."""
    server = pytestconfig.stash[_SERVER]
    with locked(server.root / "lock"):
        if not server.running:
            server.remove_when_gone(pytestconfig.stash[_FIRST_PROCESS])
            server.start()
            server.execute(f"CREATE DATABASE {TEMPLATE}")
            create_tables(server.url(TEMPLATE))
    return server


def create_tables(url: str) -> None:
    """Make every table of the project in an empty database."""
    database = Database(url)
    metadata.create_all(database.engine)
    database.close()


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder in memory, where a commit does not wait for a disk."""
    folder = memory_directory()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(memory: Path) -> Path:
    """A SQLite file with the tables in it: to copy one takes a hundredth of the time that making it takes."""
    path = memory / "template.db"
    create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, memory: Path) -> Iterator[str]:
    """A SQLite database of the test's own, with the tables in it."""
    folder = memory / f"book-{next(_numbers)}"
    folder.mkdir()
    yield f"sqlite:///{shutil.copy(sqlite_template, folder / 'book.db')}"
    shutil.rmtree(folder)


@pytest.fixture
def postgres_url(postgres: PostgresServer, worker_id: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with the tables in it."""
    name = f"book_{worker_id}_{next(_numbers)}"
    # Its default writes each block of the template to the log as well, which takes twice the time.
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield postgres.url(name)
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Each of the two databases in turn."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A connection to the test's database."""
    session = database.session()
    yield session
    session.close()


@pytest.fixture
def clock() -> Clock:
    """A Wednesday noon in Berlin."""
    return Clock(instant("2024-05-15T12:00", "Europe/Berlin"))


@pytest.fixture
def book(database: Database, clock: Clock) -> Callable[..., Book]:
    """Makes books in the test's database: `book()`, or with settings, terms or shops of one's own."""
    return partial(make_book, database, clock)
