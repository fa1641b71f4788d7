"""A participant that does not pay: when that is a default, and what it starts."""

from settlement.clearing.money_book import default_posting, plan_default
from settlement.ledger.accounts import POOL
from settlement.payments.context import PaymentContext
from settlement.payments.drive import DAY
from settlement.payments.losses import DefaultRecord, plan_text
from settlement.payments.notices import NoticeKind
from settlement.payments.standing import PaymentStanding, rail_of, standing_by_participant
from settlement.payments.states import PaymentState
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work


def take_defaults(context: PaymentContext, window_id: int) -> list[DefaultRecord]:
    """Start the waterfall for everybody who was to pay for this window and did not: at the latest after the days of
    grace, sooner where all attempts failed. A debit that comes back after it was paid has days of grace of its own.
    Money that comes later goes to those who bore it.
    """
    with open_unit_of_work(context) as unit:
        late = [
            participant
            for participant, standing in standing_by_participant(unit, window_id).items()
            if _is_default(unit, participant, standing)
        ]
    # A default changes what the next one finds: one transaction each.
    taken = (_take(context, window_id, participant) for participant in late)
    return [default for default in taken if default is not None]


def _is_default(unit: UnitOfWork, participant: str, standing: PaymentStanding) -> bool:
    if participant == POOL or not standing.of_window or _shortfall(unit, participant) == 0:
        return False
    rules = unit.rules
    if unit.now < standing.returned_at + rules.grace_days * DAY:
        return False
    # What came back is owed since it came back, whenever it was planned.
    since = [
        payment.changed_at if payment.state == PaymentState.RETURNED else payment.planned_at
        for payment in standing.of_debt
        if payment.state not in (PaymentState.PAID, PaymentState.CANCELLED)
    ]
    overdue = any(unit.now >= at + rules.grace_days * DAY for at in since)
    return overdue or (standing.tries >= rules.attempts_max and not standing.is_trying)


def _shortfall(unit: UnitOfWork, participant: str) -> int:
    """What a participant owes; nothing where it is too little to be collected, and waits for the next window."""
    rail = rail_of(unit, participant)
    rails = unit.context.rails
    least = rails[rail].least_minor(unit.context.book.settings.currency) if rail in rails else 1
    owed = -unit.owed(participant)
    return owed if owed >= least else 0


def _take(context: PaymentContext, window_id: int, participant: str) -> DefaultRecord | None:
    """Post a default; None where what was owed has come in meanwhile."""
    with open_unit_of_work(context) as unit:
        if not _is_default(unit, participant, standing_by_participant(unit, window_id)[participant]):
            return None
        plan = plan_default(context.book, context.session, participant, window_id, unit.rules.cut_cap_bps)
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
