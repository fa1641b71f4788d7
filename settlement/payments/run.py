"""The run of a closed window as a whole: look, collect, bear what failed, pay, let go.

Each step stands by itself and is safe to be cut short anywhere: run again, it goes on where the books say it is.
Partial success is normal. What waits for a bank, for people or for cash is gone on with by the next run.
"""

from typing import NamedTuple

from settlement.errors import WindowNotFound
from settlement.ledger.accounts import OPERATOR, POOL, AccountKind
from settlement.payments.change import Desk, changing
from settlement.payments.defaults import take_defaults
from settlement.payments.direct import remind
from settlement.payments.drive import Progress, look, send, silent, to_look_at
from settlement.payments.leaving import release_deposits
from settlement.payments.losses import DefaultRecord
from settlement.payments.notices import NoticeKind, tell_notices
from settlement.payments.plan import is_open, plan_collections, plan_payouts
from settlement.payments.states import LIVE, Route, State
from settlement.payments.store import payments_where


class Run(NamedTuple):
    """What a run did. Counts are of payments."""

    window_id: int
    looked_at: int
    collecting: int
    paying: int
    defaults: tuple[DefaultRecord, ...]


def settle_window(desk: Desk, progress: Progress = silent) -> Run:
    """Settle the last closed window, with all that is still open from those before. Raises WindowNotFound.

    Older windows need no run of their own: what was not settled of them is carried over into this one.
    """
    window_id = last_window(desk)
    tell_notices(desk.book, desk.session, desk.notices)
    looked_at = look(desk, to_look_at(desk), progress)
    collecting = send(desk, plan_collections(desk, window_id), progress, "collect")
    defaults = take_defaults(desk, window_id)
    paying = send(desk, plan_payouts(desk, window_id), progress, "pay")
    paying += send(desk, release_deposits(desk, window_id), progress, "release")
    remind(desk)
    _tell_if_settled(desk, window_id)
    return Run(window_id, looked_at, collecting, paying, tuple(defaults))


def _tell_if_settled(desk: Desk, window_id: int) -> None:
    """Tell the alliance, once, that nothing of a window is open any more but what is carried over or held back."""
    with changing(desk) as change:
        condition = "purpose = ? AND (window_id = ? OR state = ANY(?))"
        live = sorted(state.value for state in LIVE)
        nets = payments_where(desk.book, desk.session, condition, int(AccountKind.SETTLEMENT), window_id, live)
        if any(one.live for one in nets) or any(is_open(change, who) for who in change.config.by_ref if who != POOL):
            return
        of_window = [one for one in nets if one.window_id == window_id and one.route != Route.COLLECT]
        paid_minor = sum(one.minor for one in of_window if one.state == State.PAID)
        facts: dict[str, str | int] = {"minor": paid_minor, "window": window_id}
        change.tell_once(f"settled:{window_id}", NoticeKind.SETTLED, OPERATOR, facts)


def last_window(desk: Desk) -> int:
    """The last closed window, by its opening. Raises WindowNotFound where none is closed yet."""
    rows = desk.session.rows("SELECT MAX(id) FROM windows WHERE alliance_id = ?", desk.book.alliance_id)
    if rows[0][0] is None:
        raise WindowNotFound(desk.book.clock())
    return int(rows[0][0])
