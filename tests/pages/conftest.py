"""One town and one browser for the tests of a process: each test has a context of its own in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from settlement.ledger import Database
from tests.pages.browser import browsing, context_of
from tests.pages.counter_site import CounterSite
from tests.pages.page_town import PageTown, page_town
from tests.pages.year_town import YearTown, fill_year, year_town


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


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A phone in English and in daylight."""
    opened = context_of(browser, "phone", "en", "light")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page on it."""
    return context.new_page()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CounterSite]:
    """A café with a server of its own, which lets its tills make many sales offline."""
    with CounterSite(tmp_path).served() as served:
        served.allow_offline(1000)
        yield served


@pytest.fixture(scope="session")
def year(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[YearTown]:
    """The year."""
    path = tmp_path_factory.mktemp("year") / "year.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    fill_year(database)
    with year_town(database) as town:
        yield town
    database.close()
