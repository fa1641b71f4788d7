"""A participant that does not pay: when that is a default, and what it starts."""

from settlement.clearing.money import default_posting, plan_default
from settlement.ledger.accounts import POOL
from settlement.payments.change import Change, Desk, changing
from settlement.payments.drive import DAY
from settlement.payments.losses import DefaultRecord, plan_text
from settlement.payments.notices import NoticeKind
from settlement.payments.plan import Standing, rail_of, standings
from settlement.payments.states import State


def take_defaults(desk: Desk, window_id: int) -> list[DefaultRecord]:
    """Start the waterfall for everybody who was to pay for this window and did not: at the latest after the days of
    grace, sooner where all attempts failed. A debit that comes back after it was paid has days of grace of its own.
    Money that comes later goes to those who bore it.
    """
    with changing(desk) as change:
        late = [who for who, standing in standings(change, window_id).items() if _is_default(change, who, standing)]
    # A default changes what the next one finds: one transaction each.
    taken = (_take(desk, window_id, who) for who in late)
    return [default for default in taken if default is not None]


def _is_default(change: Change, who: str, standing: Standing) -> bool:
    if who == POOL or not standing.of_window or _shortfall(change, who) == 0:
        return False
    rules = change.rules
    if change.now < standing.returned_at + rules.grace_days * DAY:
        return False
    # What came back is owed since it came back, whenever it was planned.
    since = [
        one.changed_at if one.state == State.RETURNED else one.planned_at
        for one in standing.of_debt
        if one.state not in (State.PAID, State.CANCELLED)
    ]
    overdue = any(change.now >= at + rules.grace_days * DAY for at in since)
    return overdue or (standing.tries >= rules.attempts_max and not standing.is_trying)


def _shortfall(change: Change, who: str) -> int:
    """What a participant owes; nothing where it is too little to be collected, and waits for the next window."""
    rail = rail_of(change, who)
    rails = change.desk.rails
    least = rails[rail].least_minor(change.desk.book.settings.currency) if rail in rails else 1
    owed = -change.owed(who)
    return owed if owed >= least else 0


def _take(desk: Desk, window_id: int, who: str) -> DefaultRecord | None:
    """Post a default; None where what was owed has come in meanwhile."""
    with changing(desk) as change:
        if not _is_default(change, who, standings(change, window_id)[who]):
            return None
        plan = plan_default(desk.book, desk.session, who, window_id, change.rules.cut_cap_bps)
        sql = "SELECT COALESCE(MAX(number), 0) + 1 FROM payment_defaults WHERE alliance_id = ?"
        number = int(desk.session.rows(sql, desk.book.alliance_id)[0][0])
        record = DefaultRecord(
            desk.book.alliance_id, number, who, window_id, change.now, plan_text(plan), "[]", plan.shortfall_minor
        )
        key = f"default:{window_id}:{who}:{number}"
        posting = default_posting(change.config, plan, who, window_id, change.now, key)
        change.post_all(posting)
        change.keep_default(record)
        facts = {"minor": plan.shortfall_minor, "uncovered_minor": plan.uncovered_minor, "window": window_id}
        change.tell_of(f"default:{number}", NoticeKind.DEFAULT, who, facts)
    return record
