"""Read who sends customers to whom over some windows, from the totals that are counted as postings come in."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing
from threading import Lock
from typing import TypeVar

from coalition.alliance import Alliance
from coalition.reports.count_postings import count_postings
from coalition.reports.flow_map import FlowMap, PairSum, flow_map
from settlement.ledger import Session

Kept = TypeVar("Kept")
KEPT = 4
"""Periods of which a process keeps what it read."""
WindowSpan = tuple[int | None, int | None]
"""The first and the last window, by the instants at which they open; None for all before, or all until now."""


class FlowMaps:
    """Maps of an alliance, each kept until something is posted; what closed windows had is kept for good."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._maps: OrderedDict[WindowSpan, tuple[int, FlowMap]] = OrderedDict()
        self._closed: OrderedDict[WindowSpan, list[PairSum]] = OrderedDict()
        self._lock = Lock()

    def of(self, period: WindowSpan) -> FlowMap:
        """The map of a period, of all that is posted now."""
        with closing(self._alliance.database.session()) as session:
            # Read first: whatever is in windows that were closed by then is counted next.
            closed_until = self._alliance.book.header(session).closed_until
        counted = count_postings(self._alliance)
        with self._lock:
            kept = self._maps.get(period)
            if kept is None or kept[0] != counted:
                kept = (counted, self._read(period, closed_until))
            _keep(self._maps, period, kept)
        return kept[1]

    def _read(self, period: WindowSpan, closed_until: int) -> FlowMap:
        alliance, (first, last) = self._alliance, period
        closed = (first, min(closed_until - 1, last if last is not None else closed_until))
        still_open = (max(closed_until, first if first is not None else closed_until), last)
        with closing(alliance.database.session()) as session:
            sums = self._closed.get(closed) or _sums(session, alliance.id, closed)
            _keep(self._closed, closed, sums)
            sums = sums + _sums(session, alliance.id, still_open)
            shops = alliance.book.config(session).by_id
        return flow_map(sums, alliance.minor_per_point, lambda id_: shops[id_].ref)


def _keep(kept: OrderedDict[WindowSpan, Kept], period: WindowSpan, value: Kept) -> None:
    kept[period] = value
    kept.move_to_end(period)
    while len(kept) > KEPT:
        kept.popitem(last=False)


def read_flow_map(
    alliance: Alliance, first_window: int | None = None, last_window: int | None = None, shop: str | None = None
) -> FlowMap:
    """Who sent customers to whom in these windows and those between them; with `shop`, from and to that one alone.

    What a till sends later is in the window in which it settles, as on statements.
    """
    make: Callable[[Alliance], FlowMaps] = FlowMaps
    read = alliance.part(make).of((first_window, last_window))
    return read if shop is None else read.of_shop(shop)


def _sums(session: Session, alliance_id: int, period: WindowSpan) -> list[PairSum]:
    conditions = [
        (f"AND window_id {sign} ?", window)
        for sign, window in zip((">=", "<="), period, strict=True)
        if window is not None
    ]
    return session.rows(
        "SELECT issuer, shop, terms_id, CAST(SUM(points) AS BIGINT) FROM pair_points "
        f"WHERE alliance_id = ? {' '.join(sql for sql, _ in conditions)} GROUP BY issuer, shop, terms_id",
        alliance_id,
        *(window for _, window in conditions),
    )
