"""Remind of payments that people are to make themselves: from shop to shop, or by hand to the clearing house."""

from settlement.calendar import next_day
from settlement.payments.context import PaymentContext
from settlement.payments.drive import DAY
from settlement.payments.notices import NoticeKind
from settlement.payments.states import LIVE, PaymentRoute, PaymentState
from settlement.payments.store import PaymentRecord, payment_history, payments_where
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work
from settlement.rails.by_hand import NAME as BY_HAND
from settlement.sentences import N_

REMINDER = "reminder"
PAST_ITS_DAY = N_("past its day")


def remind_of_late_payments(context: PaymentContext) -> int:
    """Remind of payments that are past their day, once a day; returns of how many. What comes by hand is reminded of
    once it was asked for."""
    with open_unit_of_work(context) as unit:
        late = [payment for payment in _open(context) if _is_late(unit, payment)]
        for payment in late:
            unit.notify(NoticeKind.REMINDER, payment)
            unit.note(payment, PAST_ITS_DAY, REMINDER)
    return len(late)


def _open(context: PaymentContext) -> list[PaymentRecord]:
    """Payments that wait for people to pay."""
    states = sorted(state.value for state in LIVE)
    condition = "state = ANY(?) AND (route = ? OR (route = ? AND rail = ? AND state = ?))"
    routes = (PaymentRoute.DIRECT.value, PaymentRoute.COLLECT.value, BY_HAND, PaymentState.SENT.value)
    return payments_where(context.book, context.session, condition, states, *routes)


def _is_late(unit: UnitOfWork, payment: PaymentRecord) -> bool:
    due = unit.context.book.calendar.start_of_day(next_day(payment.due_on))
    if unit.now < due:
        return False
    steps = payment_history(unit.context.book, unit.context.session, payment.id)
    return all(step.code != REMINDER or unit.now >= step.at + DAY for step in steps)
