"""What a run of postings changed, for whoever counts along: points between shops, and what members hold."""

from typing import NamedTuple

from settlement.clearing.reports import HELD_BY_MEMBERS
from settlement.ledger.book import Book
from settlement.ledger.moves import REDEEM
from settlement.ledger.session import Session


class HeldChange(NamedTuple):
    """Points of an issuer and a last day (yyyymmdd) that members came to hold, or hold no more, at an instant."""

    occurred_at: int
    issuer: int
    expires_on: int
    terms_id: int
    points: int


def held_points_changed(book: Book, session: Session, first: int, before: int) -> list[HeldChange]:
    """By how much the postings from `first` to before `before` changed what members hold, posting by posting."""
    windows = _windows_of(book, session, first, before)
    of_sides = " UNION ALL ".join(
        f"SELECT posting_id, {side} AS account, {sign}amount AS points FROM moves WHERE alliance_id = ? "
        "AND window_id = ANY(?) AND posting_id >= ? AND posting_id < ?"
        for side, sign in (("credit", ""), ("debit", "-"))
    )
    of_side = (book.alliance_id, windows, first, before)
    rows = session.rows(
        "SELECT p.occurred_at, a.issuer, a.expires_on, a.terms_id, CAST(SUM(s.points) AS BIGINT) "
        f"FROM ({of_sides}) AS s JOIN accounts AS a ON a.alliance_id = ? AND a.id = s.account "
        "JOIN postings AS p ON p.alliance_id = ? AND p.id = s.posting_id "
        f"WHERE {HELD_BY_MEMBERS} GROUP BY p.id, p.occurred_at, a.issuer, a.expires_on, a.terms_id "
        "HAVING SUM(s.points) <> 0",
        *of_side,
        *of_side,
        book.alliance_id,
        book.alliance_id,
    )
    return [HeldChange(*row) for row in rows]


def _windows_of(book: Book, session: Session, first: int, before: int) -> list[int]:
    """The windows in which these postings lie: moves are read window by window, as they lie."""
    rows = session.rows(
        "SELECT DISTINCT window_id FROM postings WHERE alliance_id = ? AND id >= ? AND id < ?",
        book.alliance_id,
        first,
        before,
    )
    return [window_id for (window_id,) in rows]


class PairPoints(NamedTuple):
    """Points of some terms that the participant `issuer` issued and that were spent at another, `shop`, in a window;
    less refunds.
    """

    window_id: int
    issuer: int
    shop: int
    terms_id: int
    points: int


def points_between_shops(book: Book, session: Session, first: int, before: int) -> list[PairPoints]:
    """What the postings from `first` to before `before` moved between two different shops, by window and terms."""
    windows = _windows_of(book, session, first, before)
    rows = session.rows(
        "SELECT window_id, issuer, shop, terms_id, "
        "CAST(SUM(CASE WHEN kind > 0 THEN amount ELSE -amount END) AS BIGINT) FROM moves "
        "WHERE alliance_id = ? AND window_id = ANY(?) AND posting_id >= ? AND posting_id < ? "
        f"AND kind IN ({REDEEM:d}, {-REDEEM:d}) AND issuer <> shop GROUP BY window_id, issuer, shop, terms_id",
        book.alliance_id,
        windows,
        first,
        before,
    )
    return [PairPoints(*row) for row in rows]
