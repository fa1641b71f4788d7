"""One town and one browser for the tests of a process: each test has a context of its own in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from settlement.ledger import Database
from tests.pages.browser import browsing
from tests.pages.page_town import PageTown, page_town


@pytest.fixture(scope="session")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageTown]:
    """The town, served."""
    path = tmp_path_factory.mktemp("pages") / "town.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    with page_town(database) as served:
        yield served
    database.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with browsing() as opened:
        yield opened
