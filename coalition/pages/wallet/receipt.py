"""One thing that happened to a member's points, with all its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from fastapi import Path
from fastapi.responses import HTMLResponse

from coalition.errors import NotFound
from coalition.events.event import Event
from coalition.feed.read import find_event
from coalition.members.store import merged_ids
from coalition.merchants.list_shops import shop_faces
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.pages.wallet.lines import RECEIVED, HistoryLine
from coalition.pages.wallet.new_gifts import look_at_gifts
from coalition.pages.wallet.own_history import own_lines
from coalition.purchases.bonus_lines import bonus_lines
from coalition.purchases.event_types import PURCHASE_CREATED
from coalition.purchases.stamps_then import StampsThen, stamps_then
from settlement import Phrase
from settlement.ledger import StoredPosting

router = PageRouter("/wallet/history")


class StampsOfReceipt(NamedTuple):
    """Stamps of a card, with what it gives and how far it was in words, and the worth of what it gave, minor units."""

    gives: str
    words: str
    then: StampsThen
    worth_minor: int


@dataclass(frozen=True, slots=True)
class ReceiptPage(Page):
    """A line of the history with what there is to know of it; points with their worth in minor units.

    `bonuses` are the points of them that each bonus rule gave, `stamps` what each card got.
    """

    line: HistoryLine
    shop: str | None
    logo: str | None
    data: Mapping[str, Any]
    spent_minor: int
    earned_minor: int
    names: dict[str, str]
    bonuses: list[tuple[str, int]]
    stamps: list[StampsOfReceipt]


@router.get("/{seq}")
def receipt(own: AsMember, seq: Annotated[int, Path(ge=1, le=2**53)]) -> HTMLResponse:
    """A receipt. Raises NotFound for what is another member's, as for what is not there."""
    alliance = own.alliance
    with alliance.database.engine.connect() as connection:
        event = find_event(connection, alliance.id, seq)
        ids = [own.member, *merged_ids(connection, alliance.id, own.member)]
    rate = alliance.point_worth_at_most()
    is_own = event is not None and (event.member in ids or event.second_member in ids)
    lines = own_lines(own, [event]) if event is not None and is_own else []
    if event is None or not lines:
        raise NotFound(Phrase("receipt"), str(seq))
    if lines[0].what in RECEIVED:
        with alliance.database.engine.begin() as connection:
            look_at_gifts(connection, own)
    faces = shop_faces(alliance, own.visit.lang)
    is_sale = event.type == PURCHASE_CREATED and event.member in ids
    posted = None if event.posting_id is None or not is_sale else alliance.posting(event.posting_id)
    page = ReceiptPage(
        line=lines[0],
        shop=None if lines[0].shop is None else faces.names.get(lines[0].shop, lines[0].shop),
        logo=faces.logos.get(lines[0].shop or ""),
        data=event.data,
        spent_minor=int(int(event.data.get("points_spent", 0)) * rate),
        earned_minor=int(int(event.data.get("points_earned", 0)) * rate),
        names=faces.names,
        bonuses=_bonuses(own, posted),
        stamps=_stamps(own, event) if is_sale else [],
    )
    return show(own.visit, page)


def _bonuses(own: AsMember, purchase: StoredPosting | None) -> list[tuple[str, int]]:
    """What each bonus rule gave, whoever pays for it."""
    by_sentence: dict[str, int] = {}
    for line in [] if purchase is None else bonus_lines(own.alliance, purchase.moves):
        sentence = own.visit.reason(line.sentence)
        by_sentence[sentence] = by_sentence.get(sentence, 0) + line.points
    return list(by_sentence.items())


def _stamps(own: AsMember, event: Event) -> list[StampsOfReceipt]:
    rate = own.alliance.point_worth_at_most()
    return [
        StampsOfReceipt(
            own.visit.reason(each.line.gives), own.visit.reason(each.words or ""), each, int(each.points * rate)
        )
        for each in stamps_then(own.alliance, event, own.member)
    ]
