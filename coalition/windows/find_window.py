"""An alliance's settlement windows: the open one, those that wait to be closed, and the closed ones."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from coalition.alliance import Alliance
from coalition.ids import window_id
from coalition.locale.formats import instant
from settlement import InstantOutOfRange, WindowNotFound
from settlement.clearing import ClosedWindow, closed_window, closed_windows, nets_so_far, windows_due


class WindowStatus(StrEnum):
    """How far a window is."""

    OPEN = "open"
    """Postings still settle in it."""
    DUE = "due"
    """It is over, and waits to be closed."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SettlementWindow:
    """A window. Its instants are microseconds since 1970 UTC; at `closes_at` it is over.

    Amounts are in minor units by shop, above zero if the shop is owed. `carried_over` and `kept_in_deposit` are known
    once the window is closed.
    """

    opens_at: int
    closes_at: int
    status: WindowStatus
    nets: Mapping[str, int]
    carried_over: Mapping[str, int]
    kept_in_deposit: Mapping[str, int]

    @property
    def collected_minor(self) -> int:
        """The sum of what shops owe."""
        return -sum(net for net in self.nets.values() if net < 0)


def list_windows(alliance: Alliance, first: int | None = None, last: int | None = None) -> list[SettlementWindow]:
    """The open window, and all others in which something was posted, newest first.

    Those from `first` to `last` alone, by the instants at which they open, where these are given.
    """
    with closing(alliance.database.session()) as session:
        now = alliance.clock()
        not_closed = {*windows_due(alliance.book, session, now), alliance.calendar.window(now)[0]}
        windows = [
            _not_closed(alliance, opens_at, nets_so_far(alliance.book, session, opens_at))
            for opens_at in not_closed
            if (first is None or first <= opens_at) and (last is None or opens_at <= last)
        ]
        windows += [_closed(window) for window in closed_windows(alliance.book, session, first, last)]
    return sorted(windows, key=lambda window: window.opens_at, reverse=True)


def find_window(alliance: Alliance, opens_at: int) -> SettlementWindow:
    """The window that opens at an instant, closed or not."""
    with closing(alliance.database.session()) as session:
        try:
            return _closed(closed_window(alliance.book, session, opens_at))
        except WindowNotFound:
            return _not_closed(alliance, opens_at, nets_so_far(alliance.book, session, opens_at))


def parse_window_id(alliance: Alliance, id_: str) -> int | None:
    """The instant at which the window with this public id opens; None if no window opens then."""
    try:
        opens_at = instant(datetime.strptime(id_, "win_%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
        is_window = window_id(opens_at) == id_ and alliance.calendar.window(opens_at)[0] == opens_at
    except (ValueError, InstantOutOfRange):
        return None
    return opens_at if is_window else None


def _not_closed(alliance: Alliance, opens_at: int, nets: Mapping[str, int]) -> SettlementWindow:
    closes_at = alliance.calendar.window(opens_at)[1]
    status = WindowStatus.OPEN if alliance.clock() < closes_at else WindowStatus.DUE
    return SettlementWindow(opens_at, closes_at, status, nets, {}, {})


def _closed(window: ClosedWindow) -> SettlementWindow:
    return SettlementWindow(
        window.opens_at, window.closes_at, WindowStatus.CLOSED, window.nets, window.carried_over, window.kept
    )
