"""What a closed window leads to: whom to collect how much from, whom to pay how much.

Plans are made from what participants owe and are owed at that moment, less what is on its way already, under the
book's lock. So planning again plans nothing twice, and what was carried over, failed or came back is in it.
"""

from typing import NamedTuple

from settlement.clearing.windows import money_balances
from settlement.ledger.accounts import POOL, AccountKind
from settlement.ledger.moves import Transfer
from settlement.payments.context import PaymentContext
from settlement.payments.drive import DAY
from settlement.payments.notices import NoticeKind
from settlement.payments.payouts import payout_plan
from settlement.payments.standing import (
    PaymentStanding,
    greatest_minor,
    is_carried,
    least_minor,
    rail_of,
    standing_by_participant,
    step_minor,
)
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import (
    DEPOSIT,
    PaymentRecord,
    payment_profiles,
    payment_rules,
    payments_where,
    planned_payment,
    rail_account,
)
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work
from settlement.rails.port import Direction, RailAccount
from settlement.sentences import Phrase


class CollectionPlan(NamedTuple):
    """Collections that may be sent, old plans too and first, and what was drawn from deposits already."""

    ids: list[str]
    drawn_minor: int


def plan_collections(context: PaymentContext, window_id: int) -> CollectionPlan:
    """Plan what is to be collected now, and draw from deposits.

    What participants are in default of is asked for by payments of its own, beside their nets, and what they are owed
    is set off against it. An amount below the rail's least is carried forward, and so is a rest within the alliance's
    tolerance. A collection that failed is tried again as soon as the rules let it, and what is missing of one that was
    paid in part as well.
    """
    unusable, drawn_minor = _unusable(context), 0
    new: list[PaymentRecord] = []
    with open_unit_of_work(context) as unit:
        for participant in unit.config.by_ref:
            _take_over(unit, participant)
            set_off(unit, participant)
        for participant, standing in standing_by_participant(unit, window_id).items():
            incoming = standing.incoming_minor - _call_off_too_large(unit, participant, standing)
            due = -unit.owed(participant) - incoming
            if due <= 0 or is_carried(unit, standing, due):
                continue
            profile, rules = unit.profile(participant), unit.rules
            if profile.rail == DEPOSIT or (participant in unusable and rules.deposit_without_mandate):
                drawn = _draw(unit, window_id, participant, due)
                due -= drawn
                drawn_minor += drawn
                if due:
                    facts: dict[str, str | int] = {"minor": due, "window": window_id}
                    unit.notify_once(
                        f"deposit_short:{window_id}:{participant}", NoticeKind.DEPOSIT_SHORT, participant, facts
                    )
            new += _plan_collection(unit, window_id, participant, due, standing)
        for participant, standing in standing_by_participant(unit, window_id, for_default=True).items():
            incoming = standing.incoming_minor - _call_off_too_large(unit, participant, standing)
            due = unit.defaulted(participant) - incoming
            new += _plan_collection(unit, window_id, participant, due, standing, for_default=True)
    new_ids = [payment.id for payment in new]
    old_ids = [payment.id for payment in planned_collections(context) if payment.id not in new_ids]
    return CollectionPlan(old_ids + new_ids, drawn_minor)


def planned_collections(context: PaymentContext) -> list[PaymentRecord]:
    """Collections that may be sent, in the order of their turns: by when they were planned, then by when they were told
    that they have it."""
    planned = payments_where(
        context.book,
        context.session,
        "route = ? AND state = ?",
        PaymentRoute.COLLECT.value,
        PaymentState.PLANNED.value,
    )
    return sorted(planned, key=lambda payment: (payment.planned_at, payment.decided_by or 0, payment.id))


def plan_payouts(context: PaymentContext, window_id: int) -> list[str]:
    """Plan what is to be paid now, as far as cash reaches; returns what may be sent, old plans too."""
    reported = reported_cash(context)
    with open_unit_of_work(context) as unit:
        for participant, minor in payout_plan(unit, standing_by_participant(unit, window_id), reported).payouts.items():
            rail, id_ = rail_of(unit, participant), context.new_id(unit.now)
            unit.add(planned_payment(context.book, id_, window_id, PaymentRoute.PAY, rail, participant, minor))
    ready = payments_where(
        context.book, context.session, "route = ? AND state = ?", PaymentRoute.PAY.value, PaymentState.PLANNED.value
    )
    return [payment.id for payment in ready]


def reported_cash(context: PaymentContext) -> dict[str, int | None]:
    """What each rail says that it can pay out now; None where it can't tell. No transaction is open meanwhile."""
    return {name: rail.available_minor(context.book.settings.currency) for name, rail in context.rails.items()}


def _plan_collection(
    unit: UnitOfWork,
    window_id: int,
    participant: str,
    due: int,
    standing: PaymentStanding,
    *,
    for_default: bool = False,
) -> list[PaymentRecord]:
    """Plan a collection where the rules let another one be made now, in parts where its rail moves no more at once;
    returns those that are new. One that failed for no more than is due is planned again, under a new key."""
    context, rules, rail = unit.context, unit.rules, rail_of(unit, participant)
    waits = unit.now < standing.last_ended_at + rules.retry_days * DAY
    if due < least_minor(context, rail) or standing.tries >= rules.attempts_max or waits:
        return []
    again, parts = parts_to_collect(
        context, rail, rail_account(context.book, context.session, participant, rail), due, standing
    )
    for payment in again:
        unit.step(payment, PaymentState.PLANNED, why=Phrase("to be tried again"))
    return [
        unit.add(
            planned_payment(
                context.book,
                context.new_id(unit.now),
                window_id,
                PaymentRoute.COLLECT,
                rail,
                participant,
                part,
                for_default=for_default,
            )
        )
        for part in parts
    ]


def parts_to_collect(
    context: PaymentContext, rail: str, account: RailAccount, due: int, standing: PaymentStanding
) -> tuple[list[PaymentRecord], list[int]]:
    """What is due from an account, in parts of no more than its rail moves at once: payments that failed and are tried
    again, and the amounts of new ones beside them."""
    greatest = greatest_minor(context, rail, account)
    again = []
    for payment in standing.of_window:
        most = due if greatest is None else min(due, greatest)
        if payment.state == PaymentState.FAILED and payment.minor <= most and payment.rail == rail:
            again.append(payment)
            due -= payment.minor
    due -= due % step_minor(context, rail)
    return again, _parts(due, greatest, least_minor(context, rail))


def _call_off_too_large(unit: UnitOfWork, participant: str, standing: PaymentStanding) -> int:
    """Call off what was planned when more could be collected at once: before another way to pay was saved. Returns how
    much that was."""
    called_off = 0
    for payment in standing.live:
        if payment.state == PaymentState.PLANNED and payment.route == PaymentRoute.COLLECT:
            account = rail_account(unit.context.book, unit.context.session, participant, payment.rail)
            greatest = greatest_minor(unit.context, payment.rail, account)
            if greatest is not None and payment.minor > greatest:
                unit.step(payment, PaymentState.CANCELLED, why=Phrase("more than can be collected at once"))
                called_off += payment.minor
    return called_off


def _parts(due: int, greatest: int | None, least: int) -> list[int]:
    """An amount in parts of no more than the greatest, and none below the least; what is below that is left."""
    parts = []
    while due >= least:
        part = due if greatest is None else min(due, greatest)
        parts.append(part)
        due -= part
    return parts


def _draw(unit: UnitOfWork, window_id: int, participant: str, due: int) -> int:
    """Pay what a participant owes out of its deposit as far as that goes; returns how much that was."""
    minor = min(due, unit.cash_ledger.balance(unit.account(participant, AccountKind.DEPOSIT)))
    if minor > 0:
        context = unit.context
        new = unit.add(
            planned_payment(
                context.book, context.new_id(unit.now), window_id, PaymentRoute.COLLECT, DEPOSIT, participant, minor
            )
        )
        unit.step(unit.step(new, PaymentState.RESERVED), PaymentState.PAID, why=Phrase("drawn from the deposit"))
    return max(0, minor)


def _take_over(unit: UnitOfWork, participant: str) -> None:
    """What a participant that was bought out owes is owed by whoever bought it out."""
    heir = unit.profile(participant).debts_of
    owed = -unit.owed(participant)
    if heir and owed > 0:
        unit.cash_ledger.move(unit.account(heir), unit.account(participant), owed)
        legs: list[Transfer] = unit.cash_ledger.take_legs()
        content: dict[str, str | int] = {"participant": participant, "by": heir, "minor": owed}
        unit.post(f"takeover:{participant}:{unit.number}", content, legs)


def set_off(unit: UnitOfWork, participant: str) -> None:
    """Let what a participant is owed pay what it is in default of, before it is paid anything."""
    minor, account = min(unit.owed(participant), unit.defaulted(participant)), unit.account(participant)
    if minor > 0:
        id_ = f"set_off:{participant}:{unit.number}"
        unit.repay_defaults(participant, minor, lambda to, part: unit.cash_ledger.move(account, to, part), id_)
        content: dict[str, str | int] = {"participant": participant, "minor": minor}
        unit.post(id_, content, unit.cash_ledger.take_legs())


def _unusable(context: PaymentContext) -> set[str]:
    """Debtors that can't be collected from at the rail that they use."""
    book, session = context.book, context.session
    rules, chosen = payment_rules(book, session), payment_profiles(book, session)
    debtors = set()
    for participant, minor in money_balances(book, session, book.config(session), AccountKind.SETTLEMENT).items():
        if minor >= 0 or participant == POOL:
            continue
        rail = chosen[participant].rail if participant in chosen else ""
        rail = rules.rail if rail in ("", DEPOSIT) else rail
        account = rail_account(book, session, participant, rail)
        if rail not in context.rails or context.rails[rail].problem(account, Direction.COLLECT):
            debtors.add(participant)
    return debtors
