"""The wallet's first page: what the member has, what expires next, what happened last."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import HTMLResponse

from coalition.households.store import open_invitations
from coalition.legal.legal_text import LegalVersion
from coalition.members.store import resolve_merged
from coalition.merchants.list_shops import shop_faces
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.pages.wallet.lines import HistoryLine
from coalition.pages.wallet.new_gifts import new_gifts
from coalition.pages.wallet.new_terms import new_terms
from coalition.pages.wallet.own_history import own_history
from coalition.pages.wallet.unread import unread_notices
from coalition.paycodes.confirm import Confirmation, open_confirmations
from coalition.purchases.stamp_lines import CardHeld
from coalition.wallets.wallet import MemberWallet, wallet_of

LOOKED_AT, LINES = 20, 3
router = PageRouter("/wallet")


@dataclass(frozen=True, slots=True)
class WalletHome(Page):
    """What a member has, as of an instant; the last lines of the history; what waits for them.

    `gifts` are those that came within a day, and that they have not looked at.
    `is_invited` says that somebody would share a household with them; `notices` are how many they have not read.
    `terms` are new, or come, since they agreed to others.
    `cards` are those that they have stamps on, each with what it gives and how far it is, in words.
    A point is worth `rate` minor units at the most. `answered` is what they have just said to a till, and `since` the
    newest event of theirs by then.
    """

    wallet: MemberWallet
    cards: list[tuple[CardHeld, str, str]]
    rate: Fraction
    as_of: int
    lines: list[HistoryLine]
    gifts: list[HistoryLine]
    names: dict[str, str]
    logos: dict[str, str]
    questions: list[Confirmation]
    notices: int
    terms: LegalVersion | None
    is_invited: bool
    answered: str
    since: int


@router.get("")
def home(own: AsMember, answered: Annotated[Literal["", "yes", "no", "late"], Query()] = "") -> HTMLResponse:
    """The member's wallet."""
    alliance = own.alliance
    rate = alliance.point_worth_at_most()
    events, lines = own_history(own, LOOKED_AT)
    with alliance.database.engine.connect() as connection:
        wallet = wallet_of(alliance, connection, own.member)
        me = resolve_merged(connection, alliance.id, own.member)
        is_invited = bool(open_invitations(connection, alliance.id, me.id, alliance.clock()))
        notices = unread_notices(connection, own)
        gifts = new_gifts(connection, own, lines)
        terms = new_terms(connection, own)
    faces = shop_faces(alliance, own.visit.lang)
    page = WalletHome(
        wallet=wallet,
        cards=[(card, own.visit.reason(card.sentence), own.visit.reason(card.words)) for card in wallet.cards],
        rate=rate,
        as_of=alliance.clock(),
        lines=lines[:LINES],
        gifts=gifts,
        names=faces.names,
        logos=faces.logos,
        questions=open_confirmations(alliance, own.member),
        notices=len(notices),
        terms=terms,
        is_invited=is_invited,
        answered=answered,
        since=events[0].seq if events else 0,
    )
    return show(own.visit, page)
