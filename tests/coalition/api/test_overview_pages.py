"""The overview begins with the newest window that has something in it, and says which that is."""

from coalition.ids import window_id
from tests.coalition.api.test_bank_pages import treasurer
from tests.pages.page_town import PageTown
from tests.pages.visitor import Visitor
from tests.support.clock import DAY
from tests.support.town_api import ApiTown, purchase


def test_the_overview_begins_with_the_newest_window_that_has_sales(town: ApiTown) -> None:
    opens_at = town.alliance.calendar.window(town.clock())[0]
    purchase(town.till(), "p1", amount_minor=2_000)
    fina = treasurer(town)
    page = fina.open("/console")
    assert "This window:" in fina.words
    issued = page.all("b", data_figure="issued")[0].figure()
    assert issued > 0
    town.clock.forward(8 * DAY)
    pages = PageTown(town, "http://localhost", {})
    fina = Visitor(pages, pages.staff("fina@oldtown.example"))
    page = fina.open("/console")
    assert page.all("b", data_figure="issued")[0].figure() == issued
    assert "The last window with sales:" in fina.words
    assert "not closed yet" in fina.words
    assert "in this window so far" not in fina.words
    assert page.all("a", href=f"/console/windows/{window_id(opens_at)}")
