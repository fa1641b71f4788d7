"""A stranger's questions are answered in a few clicks of the console."""

import re

from tests.pages.page_town import PageTown
from tests.pages.test_console import FINANCE, visitor


def test_from_the_calendar_to_the_moves_of_a_purchase_in_four_clicks(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    fina.open("/console/windows")
    fina.click("€1.50")
    assert "Together €0.00" in fina.words
    fina.click("Bäckerei Sommer")
    fina.click("小四川饭馆")
    fina.click("Purchase")
    assert fina.clicks == 4
    assert "Redeemed Points of: Bäckerei Sommer · Shop: 小四川饭馆 124 = €1.24" in fina.words


def test_what_does_a_shop_owe_and_why(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    fina.open("/console")
    fina.click("Windows")
    fina.click("€1.50")
    fina.click("Bäckerei Sommer")
    assert "Bäckerei Sommer pays €1.24" in fina.words
    assert "Own points redeemed at other shops −€1.24" in fina.words
    assert "小四川饭馆" in fina.words
    assert fina.clicks <= 3


def test_is_every_point_backed(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    fina.open("/console")
    fina.click("What stands behind them")
    assert fina.clicks <= 3
    assert re.search(r"Is every point backed\? (Yes\.|Not entirely\.|By the shops' word\.)", fina.words)
