"""The shops of the town."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from coalition.merchants.category import CATEGORY_NAMES, Category
from coalition.merchants.store import Shop
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import Visiting
from coalition.pages.wallet.names import open_shops

router = PageRouter("/wallet/shops")


@dataclass(frozen=True, slots=True)
class ShopsPage(Page):
    """Shops that take part, by name, and what each category is called."""

    shops: list[Shop]
    categories: Mapping[Category, str]


@router.get("")
def shops(visit: Visiting) -> HTMLResponse:
    """For everybody: who thinks of joining wants to know where."""
    return show(visit, ShopsPage(open_shops(visit.town), CATEGORY_NAMES))
