"""The run of a closed window as a whole: look up, collect, allocate losses, pay, release deposits.

Each step stands by itself and is safe to be cut short anywhere: run again, it goes on where the books say it is.
Partial success is normal. What waits for a bank, for people or for cash is gone on with by the next run.
"""

from typing import NamedTuple

from settlement.errors import WindowNotFound
from settlement.ledger.accounts import OPERATOR, AccountKind
from settlement.payments.context import PaymentContext
from settlement.payments.defaults import take_defaults
from settlement.payments.drive import Progress, look_up_payments, no_progress, payments_to_look_up, send_payments
from settlement.payments.leaving import release_deposits
from settlement.payments.losses import DefaultRecord
from settlement.payments.notices import NoticeKind, publish_notices
from settlement.payments.payouts import is_net_open
from settlement.payments.plan import plan_collections, plan_payouts
from settlement.payments.reminders import remind_of_late_payments
from settlement.payments.standing import standing_by_participant
from settlement.payments.states import LIVE, PaymentRoute
from settlement.payments.store import payments_where
from settlement.payments.unit_of_work import open_unit_of_work


class SettlementRun(NamedTuple):
    """What a run did. Counts are of payments; deposits that were given back are among those that it pays, and what was
    drawn from deposits stands by itself."""

    window_id: int
    looked_at: int
    collecting: int
    paying: int
    defaults: tuple[DefaultRecord, ...]
    collecting_minor: int
    drawn_minor: int
    paying_minor: int


def settle_window(context: PaymentContext, progress: Progress = no_progress) -> SettlementRun:
    """Settle the last closed window, with all that is still open from those before. Raises WindowNotFound.

    Older windows need no run of their own: what was not settled of them is carried over into this one.
    """
    window_id = last_window(context)
    publish_notices(context.book, context.session, context.notifier)
    looked_at = look_up_payments(context, payments_to_look_up(context), progress)
    plan = plan_collections(context, window_id)
    collecting = send_payments(context, plan.ids, progress, "collect")
    defaults = take_defaults(context, window_id)
    paid = send_payments(context, plan_payouts(context, window_id), progress, "pay")
    released = send_payments(context, release_deposits(context, window_id), progress, "release")
    remind_of_late_payments(context)
    _tell_if_settled(context, window_id)
    return SettlementRun(
        window_id,
        looked_at,
        collecting.payments,
        paid.payments + released.payments,
        tuple(defaults),
        collecting.minor,
        plan.drawn_minor,
        paid.minor + released.minor,
    )


def _tell_if_settled(context: PaymentContext, window_id: int) -> None:
    """Tell the alliance, once, that nothing of a window is open any more but what is carried over or held back."""
    with open_unit_of_work(context) as unit:
        standing_of = standing_by_participant(unit, window_id)
        condition = "purpose = ? AND NOT for_default AND (window_id = ? OR state = ANY(?))"
        live = sorted(state.value for state in LIVE)
        nets = payments_where(context.book, context.session, condition, int(AccountKind.SETTLEMENT), window_id, live)
        if any(payment.live for payment in nets) or any(
            is_net_open(unit, participant, standing) for participant, standing in standing_of.items()
        ):
            return
        of_window = [
            payment for payment in nets if payment.window_id == window_id and payment.route != PaymentRoute.COLLECT
        ]
        paid_minor = sum(payment.moved_minor for payment in of_window)
        facts: dict[str, str | int] = {"minor": paid_minor, "window": window_id}
        unit.notify_once(f"settled:{window_id}", NoticeKind.SETTLED, OPERATOR, facts)


def last_window(context: PaymentContext) -> int:
    """The last closed window, by its opening. Raises WindowNotFound where none is closed yet."""
    rows = context.session.rows("SELECT MAX(id) FROM windows WHERE alliance_id = ?", context.book.alliance_id)
    if rows[0][0] is None:
        raise WindowNotFound(context.book.clock())
    return int(rows[0][0])
