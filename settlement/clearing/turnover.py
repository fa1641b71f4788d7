"""Each shop's points of some days: issued, redeemed, expired. From the tallies of whole windows, and the moves of the
days at either end, so that no report reads a year of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from settlement.clearing.windows import between
from settlement.ledger.book import Book
from settlement.ledger.config import Config
from settlement.ledger.tallies import TALLY_COLUMNS, count_moves, new_tallies


class Turnover(NamedTuple):
    """A shop's points over some time: `issued`, what became of its own, and others' points that it took."""

    shop: str
    issued: int
    redeemed_own: int
    redeemed_here: int
    redeemed_elsewhere: int
    expired: int
    adjusted: int


def turnovers(
    book: Book, connection: Connection, config: Config, since: int | None = None, until: int | None = None
) -> list[Turnover]:
    """Each shop's points of what happened from `since` to before `until` (microseconds since 1970 UTC), by shop.

    Not by windows: of a week that lies in two years each has its own days. What a till sent later counts when it
    happened. It is read from the tallies, but for the windows in which the time begins and ends.
    """
    totals: dict[int, list[int]] = defaultdict(lambda: [0] * len(TALLY_COLUMNS))
    for (shop, _), tally in _tallies(book, connection, since, until).items():
        totals[shop] = [total + points for total, points in zip(totals[shop], tally, strict=True)]
    return sorted(Turnover(config.by_id[shop].ref, *points) for shop, points in totals.items())


def _tallies(
    book: Book, connection: Connection, since: int | None, until: int | None
) -> Mapping[tuple[int, int], Sequence[int]]:
    """Points by shop and terms, in the order of TALLY_COLUMNS."""
    whole, edges = _windows_within(book, since, until)
    total = new_tallies()
    _add(total, _whole_windows(book, connection, whole))
    for sign, begins, ends in edges:
        _add(total, _on_time(book, connection, begins, ends), sign)
    # What came late lies in another window than that of its time.
    _add(total, _late(book, connection, "window_id", *whole), -1)
    _add(total, _late(book, connection, "occurred_at", since, until))
    return {key: tally for key, tally in total.items() if any(tally)}


def _windows_within(
    book: Book, since: int | None, until: int | None
) -> tuple[tuple[int | None, int | None], list[tuple[int, int, int]]]:
    """Between which instants whole windows are taken, and (sign, since, until) of what is added or taken off beside
    them: in the windows in which the time begins and ends, whichever part of each is the shorter.
    """
    calendar, edges = book.calendar, list[tuple[int, int, int]]()
    if since is not None and until is not None and until <= calendar.window(since)[1]:
        return (since, since), [(1, since, until)]
    first, end = since, until
    if since is not None:
        opens_at, closes_at = calendar.window(since)
        if since - opens_at < closes_at - since:
            first = opens_at
            edges.append((-1, opens_at, since))
        else:
            first = closes_at
            edges.append((1, since, closes_at))
    if until is not None:
        opens_at, closes_at = calendar.window(until)
        if until - opens_at > closes_at - until:
            end = closes_at
            edges.append((-1, until, closes_at))
        else:
            end = opens_at
            edges.append((1, opens_at, until))
    return (first, end), [edge for edge in edges if edge[1] < edge[2]]


def _add(
    total: Mapping[tuple[int, int], list[int]], tallies: Mapping[tuple[int, int], Sequence[int]], sign: int = 1
) -> None:
    for key, tally in tallies.items():
        total[key][:] = [points + sign * more for points, more in zip(total[key], tally, strict=True)]


def _whole_windows(
    book: Book, connection: Connection, between_: tuple[int | None, int | None]
) -> dict[tuple[int, int], Sequence[int]]:
    """What the tallies have of the windows that open between two instants, half open."""
    first, end = between_
    sums = ", ".join(f"CAST(SUM({column}) AS BIGINT)" for column in TALLY_COLUMNS)
    bounds = between("window_id", first, None if end is None else end - 1)
    rows = connection.execute(
        text(f"SELECT shop, terms_id, {sums} FROM tallies WHERE alliance_id = :alliance_id {bounds} GROUP BY 1, 2"),
        {"alliance_id": book.alliance_id},
    )
    return {(shop, terms_id): tally for shop, terms_id, *tally in rows}


def _on_time(book: Book, connection: Connection, since: int, until: int) -> Mapping[tuple[int, int], Sequence[int]]:
    """What happened in a part of one window and was posted in it."""
    window = {"window": book.calendar.window(since)[0]}
    ids = connection.execute(
        text(
            "SELECT MIN(posting_id), MAX(posting_id) FROM moves "
            "WHERE alliance_id = :alliance_id AND window_id = :window"
        ),
        {"alliance_id": book.alliance_id} | window,
    ).one()
    if ids[0] is None:
        return {}
    # Its postings lie together: they are read in their order, and the moves of those that are in time looked up.
    return _tallied(
        connection,
        "postings AS p CROSS JOIN moves AS m WHERE p.alliance_id = :alliance_id AND p.id BETWEEN :least AND :most "
        "AND p.late_for IS NULL AND p.occurred_at >= :since AND p.occurred_at < :until "
        "AND m.alliance_id = p.alliance_id AND m.window_id = :window AND m.posting_id = p.id",
        {"alliance_id": book.alliance_id, **window, "least": ids[0], "most": ids[1], "since": since, "until": until},
    )


def _late(
    book: Book, connection: Connection, column: str, first: int | None, end: int | None
) -> Mapping[tuple[int, int], Sequence[int]]:
    """What was posted in a later window than that of its time, where this column of its posting lies between these."""
    bounds = between(f"p.{column}", first, None if end is None else end - 1)
    return _tallied(
        connection,
        "postings AS p JOIN moves AS m ON m.alliance_id = p.alliance_id AND m.window_id = p.window_id "
        f"AND m.posting_id = p.id WHERE p.alliance_id = :alliance_id AND p.late_for IS NOT NULL {bounds}",
        {"alliance_id": book.alliance_id},
    )


def _tallied(
    connection: Connection, moved: str, values: Mapping[str, object]
) -> Mapping[tuple[int, int], Sequence[int]]:
    rows = connection.execute(
        text(
            f"SELECT m.kind, m.terms_id, m.issuer, m.shop, CAST(SUM(m.amount) AS BIGINT) FROM {moved} "
            "GROUP BY m.kind, m.terms_id, m.issuer, m.shop"
        ),
        dict(values),
    )
    tallies = new_tallies()
    count_moves(tallies, (tuple(row) for row in rows))
    return tallies
