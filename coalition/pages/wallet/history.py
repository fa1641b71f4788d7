"""What happened to a member's points, day by day."""

from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from coalition.locale.formats import date_text, local_time
from coalition.merchants.list_shops import shop_faces
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.pages.wallet.lines import RECEIVED, HistoryLine
from coalition.pages.wallet.new_gifts import look_at_gifts
from coalition.pages.wallet.own_history import own_history

AT_ONCE = 50
router = PageRouter("/wallet/history")


@dataclass(frozen=True, slots=True)
class HistoryPage(Page):
    """Lines by day, the newest first. `before` leads on to older ones, None at the end."""

    days: list[tuple[str, list[HistoryLine]]]
    names: dict[str, str]
    logos: dict[str, str]
    before: int | None


@router.get("")
def all_lines(own: AsMember, before: Annotated[int | None, Query(ge=1, le=2**53)] = None) -> HTMLResponse:
    """A page of the history."""
    alliance, timezone = own.alliance, own.visit.timezone
    events, lines = own_history(own, AT_ONCE, before)
    if before is None and any(line.what in RECEIVED for line in lines):
        with alliance.database.engine.begin() as connection:
            look_at_gifts(connection, own)
    days = groupby(lines, key=lambda line: local_time(line.at, timezone).date())
    faces = shop_faces(alliance, own.visit.lang)
    page = HistoryPage(
        days=[(date_text(day, own.visit.lang), list(of_day)) for day, of_day in days],
        names=faces.names,
        logos=faces.logos,
        before=events[-1].seq if len(events) == AT_ONCE else None,
    )
    return show(own.visit, page)
