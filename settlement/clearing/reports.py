"""Figures over a whole book: points outstanding, earned, spent, expired; who sends customers to whom; limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection, Text, bindparam, text

from settlement.amounts import BPS
from settlement.clearing.windows import between
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
        "SELECT participant, CAST(SUM(moved_minor) AS BIGINT) FROM payments "
        "WHERE alliance_id = ? AND route = 'collect' AND state = 'paid' AND returnable_until > ? GROUP BY participant",
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


def outstanding_by_terms(book: Book, session: Session) -> dict[tuple[str, int], int]:
    """Points that members hold, by issuing shop and terms; zeros left out."""
    rows = session.rows(
        "SELECT p.ref, o.terms_id, o.points FROM outstanding AS o "
        "JOIN participants AS p ON p.alliance_id = o.alliance_id AND p.id = o.shop "
        "WHERE o.alliance_id = ? AND o.points <> 0 ORDER BY p.ref, o.terms_id",
        book.alliance_id,
    )
    return {(ref, terms_id): points for ref, terms_id, points in rows}


class WindowPoints(NamedTuple):
    """Points of some terms in the window that opens at `opens_at`: issued and redeemed, less what was taken back."""

    opens_at: int
    terms_id: int
    issued: int
    redeemed: int


def points_by_window(book: Book, session: Session, most: int, shop: str | None = None) -> list[WindowPoints]:
    """The newest windows in which something was posted, at most `most`, the oldest first.

    With `shop`, of what that shop issued and what was redeemed at it.
    """
    of_shop = "AND shop = (SELECT id FROM participants WHERE alliance_id = ? AND ref = ?)"
    condition, values = ("", []) if shop is None else (of_shop, [book.alliance_id, shop])
    rows = session.rows(
        "SELECT window_id, terms_id, CAST(SUM(issued) AS BIGINT), CAST(SUM(redeemed_own + redeemed_here) AS BIGINT) "
        f"FROM tallies WHERE alliance_id = ? {condition} AND window_id IN (SELECT DISTINCT window_id FROM tallies "
        "WHERE alliance_id = ? ORDER BY window_id DESC LIMIT ?) GROUP BY window_id, terms_id ORDER BY 1, 2",
        book.alliance_id,
        *values,
        book.alliance_id,
        most,
    )
    return [WindowPoints(*row) for row in rows]


class PotLeft(NamedTuple):
    """Points that are left in a pot, under the terms under which they were set aside."""

    shop: str
    name: str
    terms_id: int
    points: int


def pots_left(book: Book, connection: Connection, shop: str | None = None) -> list[PotLeft]:
    """What is left in the pots of all shops, or of one, by shop, name and terms; empty ones are left out."""
    rows = connection.execute(
        text(
            "SELECT p.ref, a.owner, a.terms_id, a.balance FROM accounts AS a "
            "JOIN participants AS p ON p.alliance_id = a.alliance_id AND p.id = a.issuer "
            f"WHERE a.alliance_id = :alliance_id AND a.kind = {AccountKind.POT:d} AND a.balance > 0 "
            "AND (p.ref = :shop OR :shop IS NULL) ORDER BY p.ref, a.owner, a.terms_id"
        ).bindparams(bindparam("shop", type_=Text)),
        {"alliance_id": book.alliance_id, "shop": shop},
    )
    return [PotLeft(*row) for row in rows]


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
            f"WHERE a.alliance_id = :alliance_id AND {HELD_BY_MEMBERS} AND a.balance > 0 "
            "GROUP BY p.ref, a.expires_on, a.terms_id ORDER BY p.ref, a.expires_on, a.terms_id"
        ),
        {"alliance_id": book.alliance_id},
    )
    return [Vintage(ref, expires_on, terms_id, int(points)) for ref, expires_on, terms_id, points in rows]


HELD_BY_MEMBERS = f"a.kind IN ({AccountKind.LOT:d}, {AccountKind.HELD:d})"
"""The condition of accounts `a` that are points of members, free or held."""


def _moves_within(book: Book, since: int | None, until: int | None) -> tuple[str, dict[str, object]]:
    """FROM and WHERE of the moves `m` of what happened from `since` to before `until`, with its values.

    A posting lies in the window of its time, or in a later one where that was closed already, and then it says for
    which it is late: so no other windows are read than those of the time that is asked for.
    """
    times, windows, values = ["TRUE"], ["TRUE"], _of_book(book)
    if since is not None:
        times.append("p.occurred_at >= :since")
        windows.append("{window} >= :first_window")
        values |= {"first_window": book.calendar.window(since)[0], "since": since}
    if until is not None:
        times.append("p.occurred_at < :until")
        windows.append("{window} < :until")
        values["until"] = until
    columns = "SELECT m.kind, m.terms_id, m.issuer, m.shop, m.amount FROM"
    both = "p.alliance_id = m.alliance_id AND p.id = m.posting_id"
    within, of_window = " AND ".join(times), " AND ".join(windows)
    in_time = (
        f"{columns} moves AS m JOIN postings AS p ON {both} "
        f"WHERE m.alliance_id = :alliance_id AND {of_window.format(window='m.window_id')} "
        f"AND p.late_for IS NULL AND {within}"
    )
    late = (
        f"{columns} postings AS p JOIN moves AS m ON {both} AND m.window_id = p.window_id "
        f"WHERE p.alliance_id = :alliance_id AND p.late_for IS NOT NULL "
        f"AND {of_window.format(window='p.late_for')} AND {within}"
    )
    return f"FROM ({in_time} UNION ALL {late}) AS m WHERE TRUE", values


def _of_book(book: Book) -> dict[str, object]:
    return {"alliance_id": book.alliance_id}


def tallies_between(
    book: Book, session: Session, first_window: int | None = None, last_window: int | None = None
) -> dict[tuple[int, int], Sequence[int]]:
    """Points by shop and terms, in the order of TALLY_COLUMNS, of these windows and those between them."""
    sums = ", ".join(f"CAST(SUM({column}) AS BIGINT)" for column in TALLY_COLUMNS)
    rows = session.rows(
        f"SELECT shop, terms_id, {sums} FROM tallies WHERE alliance_id = ? "
        f"{between('window_id', first_window, last_window)} GROUP BY shop, terms_id",
        book.alliance_id,
    )
    return {(shop, terms_id): tally for shop, terms_id, *tally in rows}


def points_moved(book: Book, session: Session, kind: MoveKind) -> int:
    """All points ever issued, redeemed or expired, less what was taken back."""
    columns = " + ".join(column for column in TALLY_COLUMNS if column in _TALLIED[kind])
    rows = session.rows(
        f"SELECT CAST(COALESCE(SUM({columns}), 0) AS BIGINT) FROM tallies WHERE alliance_id = ?", book.alliance_id
    )
    return int(rows[0][0])


def flows_between(
    book: Book,
    connection: Connection,
    most: int,
    of: str | None = None,
    since: int | None = None,
    until: int | None = None,
) -> list[FlowBetween]:
    """The largest flows between two different shops, the largest first; those of one shop if `of` is given.

    Of what happened from `since` to before `until` (microseconds since 1970 UTC), over all time where neither is given.
    """
    if since is None and until is None:
        moved, values = "FROM moves AS m WHERE m.alliance_id = :alliance_id", _of_book(book)
    else:
        moved, values = _moves_within(book, since, until)
    rows = connection.execute(
        text(
            "SELECT i.ref, s.ref, CAST(f.points AS BIGINT) FROM ("
            "SELECT m.issuer, m.shop, SUM(CASE WHEN m.kind > 0 THEN m.amount ELSE -m.amount END) AS points "
            f"{moved} AND m.kind IN ({REDEEM:d}, {-REDEEM:d}) AND m.issuer <> m.shop GROUP BY m.issuer, m.shop) AS f "
            "JOIN participants AS i ON i.alliance_id = :alliance_id AND i.id = f.issuer "
            "JOIN participants AS s ON s.alliance_id = :alliance_id AND s.id = f.shop "
            "WHERE CAST(:of AS TEXT) IS NULL OR i.ref = :of OR s.ref = :of "
            "ORDER BY f.points DESC, i.ref, s.ref LIMIT :most"
        ),
        {**values, "most": most, "of": of},
    )
    return [FlowBetween(*row) for row in rows]
