"""Figures over a whole book: points outstanding, earned, spent, expired; who sends customers to whom; limits."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection, text

from settlement.amounts import BPS
from settlement.ledger.accounts import OPERATOR, POOL, AccountKind
from settlement.ledger.book import Book
from settlement.ledger.load import load_shops
from settlement.ledger.loaded import ExposureLimit
from settlement.ledger.moves import REDEEM, MoveKind
from settlement.ledger.session import Session
from settlement.ledger.tallies import TALLY_COLUMNS

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


class ExposureLevel(StrEnum):
    """How near a shop is to its limit."""

    WITHIN = "within"
    ALERT = "alert"
    """At or above its alert level: the alliance should talk to it."""
    RESERVE = "reserve"
    """At or above its reserve level: what it is owed at a close is added to its deposit."""
    STOPPED = "stopped"
    """At its limit: it can't issue."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a shop has at risk against its limit, in minor units; `limit_minor` is None where it has none.

    `returnable_minor` is what was collected from it and can still come back: as much its deposit should hold.
    """

    shop: str
    exposure_minor: int
    deposit_minor: int
    returnable_minor: int
    limit_minor: int | None
    level: ExposureLevel

    @property
    def deposit_short_minor(self) -> int:
        """What the deposit lacks to cover all that can still come back."""
        return max(0, self.returnable_minor - self.deposit_minor)


def exposures(book: Book, session: Session) -> list[Exposure]:
    """Each shop's exposure, the nearest to its limit first; those without a limit last."""
    config = book.config(session)
    loaded = book.load(session, book.header(session))
    refs = sorted(ref for ref in config.by_ref if ref not in (OPERATOR, POOL))
    load_shops(session, loaded, config, refs)
    returnable = _returnable(book, session)
    rows = []
    for ref in refs:
        shop = loaded.shops[ref]
        limit, exposure = loaded.limit_minor(shop), loaded.exposure_minor(shop)
        deposit = shop.balance(AccountKind.DEPOSIT)
        level = _level(exposure, limit, shop.limit)
        rows.append(Exposure(ref, exposure, deposit, returnable.get(ref, 0), limit, level))
    return sorted(rows, key=lambda row: (_headroom(row), row.shop))


def _returnable(book: Book, session: Session) -> dict[str, int]:
    """What was collected and can still come back, by participant, in minor units."""
    rows = session.rows(
        "SELECT participant, CAST(SUM(minor) AS BIGINT) FROM payments WHERE alliance_id = ? AND route = 'collect' "
        "AND state = 'paid' AND returnable_until > ? GROUP BY participant",
        book.alliance_id,
        book.clock(),
    )
    return {participant: int(minor) for participant, minor in rows}


def _level(exposure_minor: int, limit_minor: int | None, limit: ExposureLimit | None) -> ExposureLevel:
    if limit_minor is None or limit is None:
        return ExposureLevel.WITHIN
    if exposure_minor >= limit_minor:
        return ExposureLevel.STOPPED if exposure_minor else ExposureLevel.WITHIN
    if exposure_minor * BPS >= limit_minor * limit.reserve_bps:
        return ExposureLevel.RESERVE
    return ExposureLevel.ALERT if exposure_minor * BPS >= limit_minor * limit.alert_bps else ExposureLevel.WITHIN


def _headroom(exposure: Exposure) -> Fraction:
    """Part of the limit that is free; more than the whole where there is no limit."""
    if exposure.limit_minor is None:
        return Fraction(2)
    return (
        Fraction(exposure.limit_minor - exposure.exposure_minor, exposure.limit_minor)
        if exposure.limit_minor
        else Fraction(0)
    )


def outstanding_points(book: Book, session: Session) -> dict[str, int]:
    """Points that members hold, by issuing shop; zeros left out."""
    rows = session.rows(
        "SELECT p.ref, CAST(SUM(o.points) AS BIGINT) FROM outstanding AS o "
        "JOIN participants AS p ON p.alliance_id = o.alliance_id AND p.id = o.shop "
        "WHERE o.alliance_id = ? GROUP BY p.ref HAVING SUM(o.points) <> 0 ORDER BY p.ref",
        book.alliance_id,
    )
    return dict(rows)


class Vintage(NamedTuple):
    """Points of an issuer that members hold and that are good until the end of `expires_on` (yyyymmdd)."""

    issuer: str
    expires_on: int
    terms_id: int
    points: int


def points_by_expiry(book: Book, connection: Connection) -> list[Vintage]:
    """Points outstanding by issuer and last day, those of holds included; in that order."""
    rows = connection.execute(
        text(
            "SELECT p.ref, a.expires_on, a.terms_id, CAST(SUM(a.balance) AS BIGINT) FROM accounts AS a "
            "JOIN participants AS p ON p.alliance_id = a.alliance_id AND p.id = a.issuer "
            f"WHERE a.alliance_id = :alliance_id AND a.kind IN ({AccountKind.LOT:d}, {AccountKind.HELD:d}) "
            "AND a.balance > 0 "
            "GROUP BY p.ref, a.expires_on, a.terms_id ORDER BY p.ref, a.expires_on, a.terms_id"
        ),
        {"alliance_id": book.alliance_id},
    )
    return [Vintage(*row) for row in rows]


class Turnover(NamedTuple):
    """A shop's points over some windows: `issued`, what became of its own, and others' points that it took."""

    shop: str
    issued: int
    redeemed_own: int
    redeemed_here: int
    redeemed_elsewhere: int
    expired: int
    adjusted: int


def turnovers(book: Book, connection: Connection, since: int, until: int) -> list[Turnover]:
    """Each shop's points of the windows that open from `since` to before `until`, by shop."""
    sums = ", ".join(f"CAST(SUM(t.{column}) AS BIGINT)" for column in TALLY_COLUMNS)
    rows = connection.execute(
        text(
            f"SELECT p.ref, {sums} FROM tallies AS t "
            "JOIN participants AS p ON p.alliance_id = t.alliance_id AND p.id = t.shop "
            "WHERE t.alliance_id = :alliance_id AND t.window_id >= :since AND t.window_id < :until "
            "GROUP BY p.ref ORDER BY p.ref"
        ),
        {"alliance_id": book.alliance_id, "since": since, "until": until},
    )
    return [Turnover(*row) for row in rows]


def points_moved(book: Book, session: Session, kind: MoveKind) -> int:
    """All points ever issued, redeemed or expired, less what was taken back."""
    columns = " + ".join(column for column in TALLY_COLUMNS if column in _TALLIED[kind])
    rows = session.rows(
        f"SELECT CAST(COALESCE(SUM({columns}), 0) AS BIGINT) FROM tallies WHERE alliance_id = ?", book.alliance_id
    )
    return int(rows[0][0])


def flows_between(book: Book, connection: Connection, most: int, of: str | None = None) -> list[FlowBetween]:
    """The largest flows between two different shops over all time, the largest first; those of one shop if given."""
    rows = connection.execute(
        text(
            "SELECT i.ref, s.ref, CAST(f.points AS BIGINT) FROM ("
            "SELECT issuer, shop, SUM(CASE WHEN kind > 0 THEN amount ELSE -amount END) AS points FROM moves "
            f"WHERE alliance_id = :alliance_id AND kind IN ({REDEEM:d}, {-REDEEM:d}) AND issuer <> shop "
            "GROUP BY issuer, shop) AS f "
            "JOIN participants AS i ON i.alliance_id = :alliance_id AND i.id = f.issuer "
            "JOIN participants AS s ON s.alliance_id = :alliance_id AND s.id = f.shop "
            "WHERE CAST(:of AS TEXT) IS NULL OR i.ref = :of OR s.ref = :of "
            "ORDER BY f.points DESC, i.ref, s.ref LIMIT :most"
        ),
        {"alliance_id": book.alliance_id, "most": most, "of": of},
    )
    return [FlowBetween(*row) for row in rows]
