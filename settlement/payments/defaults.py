"""A participant that does not pay: when that is a default, of how much, and what it starts.

What a rail still calls pending is never a default, since it may take weeks; days of grace count from the rail's own
latest date. What waits for people, who may never act, is in time until its days of grace are over.

A default is asked for by payments of its own: those that had asked for the debt, and with each later window a new one.
What comes by them goes to those who bore the loss. So does what is too much in other payments, and what the
participant is owed of later windows; what asks for a later net settles that net, so that who pays what is asked of it
is in no second default.
"""

from settlement.clearing.money_book import default_posting, plan_default
from settlement.ledger.accounts import POOL, AccountKind
from settlement.payments.context import PaymentContext
from settlement.payments.direct import is_disputed
from settlement.payments.drive import DAY
from settlement.payments.losses import DefaultRecord, plan_text
from settlement.payments.notices import NoticeKind
from settlement.payments.standing import (
    PaymentStanding,
    is_carried,
    is_short,
    least_minor,
    rail_of,
    standing_by_participant,
)
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import PaymentRecord, payments_where
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work
from settlement.sentences import Phrase

OVER = (PaymentState.PAID, PaymentState.CANCELLED)
"""States of a payment that says nothing of a debt any more, unless a part is missing."""
UNKNOWN = (PaymentState.RESERVED, PaymentState.AMBIGUOUS)
"""States in which nobody knows whether the rail has the payment."""


def take_defaults(context: PaymentContext, window_id: int) -> list[DefaultRecord]:
    """Start the waterfall for everybody who was to pay and did not: at the latest after the days of grace, sooner where
    all attempts failed. A debit that comes back after it was paid has days of grace of its own, and so has what is
    missing of one. Money that comes later goes to those who bore it.
    """
    with open_unit_of_work(context) as unit:
        late = [
            participant
            for participant, standing in standing_by_participant(unit, window_id).items()
            if _overdue_minor(unit, participant, standing)
        ]
    # A default changes what the next one finds: one transaction each.
    taken = (_take(context, window_id, participant) for participant in late)
    return [default for default in taken if default is not None]


def _overdue_minor(unit: UnitOfWork, participant: str, standing: PaymentStanding) -> int:
    """How much of what a participant owes is a default now: what is not on its way in time, if its time is over."""
    payments = {payment.id: payment for payment in (*standing.of_debt, *standing.live)}.values()
    if participant == POOL or not payments or unit.now < standing.returned_at + unit.rules.grace_days * DAY:
        return 0
    in_time = [payment for payment in standing.live if _is_in_time(unit, payment)]
    owed = -unit.owed(participant) - sum(payment.minor for payment in in_time)
    if owed < least_minor(unit.context, rail_of(unit, participant)) or is_carried(unit, standing, owed):
        # Too little to be collected, or a rest within the tolerance: it waits for the next window.
        return 0
    unpaid = [payment for payment in payments if payment.state not in OVER or is_short(payment)]
    is_overdue = any(
        unit.now >= _counts_from(payment) + unit.rules.grace_days * DAY for payment in unpaid if payment not in in_time
    )
    has_failed = standing.tries >= unit.rules.attempts_max and not standing.is_trying
    return owed if is_overdue or has_failed else 0


def _is_in_time(unit: UnitOfWork, payment: PaymentRecord) -> bool:
    """Whether a payment that is still to move its money may take its time."""
    if unit.now < _counts_from(payment) + unit.rules.grace_days * DAY or payment.state in UNKNOWN:
        return True
    if payment.state != PaymentState.SENT:
        return False
    if payment.route == PaymentRoute.DIRECT:
        # The payer says that it has paid; the payee may say no.
        return not is_disputed(unit.context, payment)
    return payment.decided_by is not None


def _counts_from(payment: PaymentRecord) -> int:
    """From when on the days of grace of an unpaid payment count, microseconds since 1970 UTC."""
    if is_short(payment):
        # What came back or is missing is owed since then, whenever it was planned.
        return payment.changed_at
    if payment.decided_by is None:
        return payment.planned_at
    decided_by = payment.decided_by if payment.live else min(payment.decided_by, payment.changed_at)
    return max(payment.planned_at, decided_by)


def _take(context: PaymentContext, window_id: int, participant: str) -> DefaultRecord | None:
    """Post a default; None where what was owed has come in meanwhile."""
    with open_unit_of_work(context) as unit:
        standing = standing_by_participant(unit, window_id)[participant]
        overdue_minor = _overdue_minor(unit, participant, standing)
        if not overdue_minor:
            return None
        _call_off_direct(unit, standing)
        _ask_for_default(unit, participant)
        plan = plan_default(
            context.book, context.session, participant, window_id, unit.rules.cut_cap_bps, overdue_minor
        )
        sql = "SELECT COALESCE(MAX(number), 0) + 1 FROM payment_defaults WHERE alliance_id = ?"
        number = int(context.session.rows(sql, context.book.alliance_id)[0][0])
        record = DefaultRecord(
            context.book.alliance_id,
            number,
            participant,
            window_id,
            unit.now,
            plan_text(plan),
            "[]",
            plan.shortfall_minor,
        )
        key = f"default:{window_id}:{participant}:{number}"
        posting = default_posting(unit.config, plan, participant, window_id, unit.now, key)
        unit.post_all(posting)
        unit.keep_default(record)
        facts = {"minor": plan.shortfall_minor, "uncovered_minor": plan.uncovered_minor, "window": window_id}
        unit.notify_participant(f"default:{number}", NoticeKind.DEFAULT, participant, facts)
    return record


def _ask_for_default(unit: UnitOfWork, participant: str) -> None:
    """Let all payments that asked for a debt that is a default now ask for that: money may still come by each."""
    condition = "participant = ? AND route <> ? AND purpose = ? AND NOT for_default"
    for stored in payments_where(
        unit.context.book,
        unit.context.session,
        condition,
        participant,
        PaymentRoute.PAY.value,
        int(AccountKind.SETTLEMENT),
    ):
        payment = unit.latest(stored)
        is_settled = payment.state == PaymentState.PAID and not payment.rest_minor
        if not is_settled and not (payment.live and _is_in_time(unit, payment)):
            unit.save(payment._replace(for_default=True))


def _call_off_direct(unit: UnitOfWork, standing: PaymentStanding) -> None:
    """Call off what a participant in default was to pay others directly: the house pays them now."""
    for payment in standing.live:
        if payment.route == PaymentRoute.DIRECT and not _is_in_time(unit, payment):
            unit.step(payment, PaymentState.FAILED, why=Phrase("its payer is in default"))
