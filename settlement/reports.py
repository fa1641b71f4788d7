"""Figures over a whole book: points outstanding, earned, spent, expired, and who sends customers to whom."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from settlement.book import Book
from settlement.database import Session
from settlement.moves import REDEEM, MoveKind
from settlement.positions import TALLY_COLUMNS

_TALLIED = {
    MoveKind.ISSUE: ("issued",),
    MoveKind.REDEEM: ("redeemed_own", "redeemed_here"),
    MoveKind.EXPIRE: ("expired",),
}


class FlowBetween(NamedTuple):
    """Points of `issuer` that members spent at `shop`, less refunds."""

    issuer: str
    shop: str
    points: int


def outstanding_points(book: Book, session: Session) -> dict[str, int]:
    """Points that members hold, by issuing shop; zeros left out."""
    rows = session.rows(
        "SELECT p.ref, CAST(SUM(o.points) AS BIGINT) FROM outstanding AS o "
        "JOIN participants AS p ON p.alliance_id = o.alliance_id AND p.id = o.shop "
        "WHERE o.alliance_id = ? GROUP BY p.ref HAVING SUM(o.points) <> 0 ORDER BY p.ref",
        book.alliance_id,
    )
    return dict(rows)


def points_moved(book: Book, session: Session, kind: MoveKind) -> int:
    """All points ever issued, redeemed or expired, less what was taken back."""
    columns = " + ".join(column for column in TALLY_COLUMNS if column in _TALLIED[kind])
    rows = session.rows(
        f"SELECT CAST(COALESCE(SUM({columns}), 0) AS BIGINT) FROM tallies WHERE alliance_id = ?", book.alliance_id
    )
    return int(rows[0][0])


def flows_between(book: Book, connection: Connection, most: int) -> list[FlowBetween]:
    """The largest flows between two different shops over all time, the largest first."""
    rows = connection.execute(
        text(
            "SELECT i.ref, s.ref, CAST(f.points AS BIGINT) FROM ("
            "SELECT issuer, shop, SUM(CASE WHEN kind > 0 THEN amount ELSE -amount END) AS points FROM moves "
            f"WHERE alliance_id = :alliance_id AND kind IN ({REDEEM:d}, {-REDEEM:d}) AND issuer <> shop "
            "GROUP BY issuer, shop) AS f "
            "JOIN participants AS i ON i.alliance_id = :alliance_id AND i.id = f.issuer "
            "JOIN participants AS s ON s.alliance_id = :alliance_id AND s.id = f.shop "
            "ORDER BY f.points DESC, i.ref, s.ref LIMIT :most"
        ),
        {"alliance_id": book.alliance_id, "most": most},
    )
    return [FlowBetween(*row) for row in rows]
