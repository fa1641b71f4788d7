"""What a closed window leads to: whom to collect how much from, whom to pay how much.

Plans are made from what participants owe and are owed at that moment, less what is on its way already, under the
book's lock. So planning again plans nothing twice, and what was carried over, failed or came back is in it.
"""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from settlement.amounts import Minor, apportion
from settlement.clearing.money_book import CASH_ACCOUNT
from settlement.clearing.windows import money_balances
from settlement.ledger.accounts import OPERATOR, POOL, AccountKind, AccountName
from settlement.ledger.moves import Transfer
from settlement.payments.cash_ledger import fees_of
from settlement.payments.context import PaymentContext
from settlement.payments.drive import DAY
from settlement.payments.notices import NoticeKind
from settlement.payments.states import LIVE, ON_ITS_WAY, PaymentRoute, PaymentState
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
from settlement.rails.port import Direction

ENDED = (PaymentState.FAILED, PaymentState.RETURNED)
"""States in which an attempt is over and the money where it was."""


class PaymentStanding(NamedTuple):
    """What a participant's payments for its nets amount to."""

    incoming_minor: int
    """On its way from it, to the house or to others."""
    outgoing_minor: int
    """On its way to it and not yet taken off what it is owed."""
    of_window: tuple[PaymentRecord, ...]
    """Its collections of the window in question."""
    refused_at: int
    """When a payment to it for that window failed or came back last, microseconds since 1970 UTC."""

    @property
    def of_debt(self) -> list[PaymentRecord]:
        """Those of its collections that are for what it owes now: not those that were over when a later one was planned
        that was paid, since that one was for all that was owed then."""
        paid = (
            payment.planned_at
            for payment in self.of_window
            if payment.state in (PaymentState.PAID, PaymentState.RETURNED)
        )
        since = max(paid, default=0)
        return [
            payment
            for payment in self.of_window
            if payment.live or payment.planned_at >= since or payment.changed_at > since
        ]

    @property
    def returned_at(self) -> int:
        """When one of its collections came back last, microseconds since 1970 UTC."""
        return max(
            (payment.changed_at for payment in self.of_window if payment.state == PaymentState.RETURNED), default=0
        )

    @property
    def tries(self) -> int:
        """Attempts that are over and left the debt unpaid. Each that came back is one, so that who has all debits sent
        back is not debited for ever."""
        failed = [payment for payment in self.of_debt if payment.state != PaymentState.RETURNED]
        returned = [payment for payment in self.of_window if payment.state == PaymentState.RETURNED]
        return sum(payment.attempt - (payment.state in (*ON_ITS_WAY, PaymentState.PAID)) for payment in failed) + len(
            returned
        )

    @property
    def is_trying(self) -> bool:
        """Whether one of its collections may still succeed."""
        return any(payment.live for payment in self.of_window)

    @property
    def last_ended_at(self) -> int:
        """When the last attempt ended without success, microseconds since 1970 UTC."""
        return max((payment.changed_at for payment in self.of_window if payment.state in ENDED), default=0)


def standing_by_participant(unit: UnitOfWork, window_id: int) -> dict[str, PaymentStanding]:
    """Where everybody's payments for nets stand, seen from one window."""
    incoming: dict[str, int] = defaultdict(int)
    outgoing: dict[str, int] = defaultdict(int)
    of_window: dict[str, list[PaymentRecord]] = defaultdict(list)
    refused_at: dict[str, int] = defaultdict(int)
    context = unit.context
    for payment in payments_where(
        context.book,
        context.session,
        "purpose = ? AND (state = ANY(?) OR (window_id = ? AND rail <> ?))",
        int(AccountKind.SETTLEMENT),
        sorted(state.value for state in LIVE),
        window_id,
        DEPOSIT,
    ):
        if payment.live and payment.route != PaymentRoute.PAY:
            incoming[payment.participant] += payment.minor
        if payment.live and payment.route == PaymentRoute.DIRECT:
            outgoing[payment.counterparty] += payment.minor
        if payment.route == PaymentRoute.PAY and payment.state == PaymentState.PLANNED:
            outgoing[payment.participant] += payment.minor
        if payment.route == PaymentRoute.COLLECT and payment.window_id == window_id:
            of_window[payment.participant].append(payment)
        if payment.route == PaymentRoute.PAY and payment.window_id == window_id and payment.state in ENDED:
            refused_at[payment.participant] = max(refused_at[payment.participant], payment.changed_at)
    return {
        participant: PaymentStanding(
            incoming[participant], outgoing[participant], tuple(of_window[participant]), refused_at[participant]
        )
        for participant in unit.config.by_ref
        if participant != POOL
    }


def rail_of(unit: UnitOfWork, participant: str) -> str:
    """The rail that a participant uses; the alliance's where it chose none, or its deposit."""
    chosen = unit.profile(participant).rail
    return unit.rules.rail if chosen in ("", DEPOSIT) else chosen


def plan_collections(context: PaymentContext, window_id: int) -> list[str]:
    """Plan what is to be collected now, and draw from deposits; returns what may be sent, old plans too.

    An amount below the rail's least is carried forward. A collection that failed is tried again as soon as the rules
    let it.
    """
    unusable = _unusable(context)
    with open_unit_of_work(context) as unit:
        for participant in unit.config.by_ref:
            _take_over(unit, participant)
        for participant, standing in standing_by_participant(unit, window_id).items():
            expected = max(0, standing.incoming_minor - unit.defaulted(participant))
            due = -unit.owed(participant) - expected
            if due <= 0:
                continue
            profile, rules = unit.profile(participant), unit.rules
            if profile.rail == DEPOSIT or (participant in unusable and rules.deposit_without_mandate):
                due -= _draw(unit, window_id, participant, due)
                if due:
                    facts: dict[str, str | int] = {"minor": due, "window": window_id}
                    unit.notify_once(
                        f"deposit_short:{window_id}:{participant}", NoticeKind.DEPOSIT_SHORT, participant, facts
                    )
            rail = rail_of(unit, participant)
            waits = unit.now < standing.last_ended_at + rules.retry_days * DAY
            if due >= _least(context, rail) and standing.tries < rules.attempts_max and not waits:
                _plan_collection(unit, window_id, participant, rail, due, standing)
    ready = payments_where(
        context.book,
        context.session,
        "route = ? AND state = ANY(?)",
        PaymentRoute.COLLECT.value,
        [PaymentState.PLANNED.value],
    )
    return [payment.id for payment in ready]


def plan_payouts(context: PaymentContext, window_id: int) -> list[str]:
    """Plan what is to be paid now, as far as cash reaches; returns what may be sent, old plans too.

    Where it does not reach for all, each creditor at a rail gets the same part of what it is owed. Deposits, capital
    and what backs the pool's points are not touched; the guarantee fund bridges what is not collected yet, if the
    rules say so.
    """
    available = {name: rail.available_minor(context.book.settings.currency) for name, rail in context.rails.items()}
    with open_unit_of_work(context) as unit:
        waiting = _planned_out(context)
        left = spendable_cash(unit) - sum(waiting.values())
        for rail, owed in sorted(_owed_by_rail(unit, window_id).items()):
            at_rail = unit.cash_ledger.free(rail) - waiting[rail]
            reported = available.get(rail)
            budget = max(0, min(left, at_rail, at_rail if reported is None else reported))
            for participant, share in _shares(owed, budget).items():
                minor = share - share % _step(context, rail)
                if minor >= _least(context, rail):
                    new = planned_payment(
                        context.book, context.new_id(unit.now), window_id, PaymentRoute.PAY, rail, participant, minor
                    )
                    unit.add(new)
                    left -= minor
    ready = payments_where(
        context.book, context.session, "route = ? AND state = ?", PaymentRoute.PAY.value, PaymentState.PLANNED.value
    )
    return [payment.id for payment in ready]


def spendable_cash(unit: UnitOfWork) -> Minor:
    """Cash at all rails that creditors may be paid out of: without what is on its way, and what is kept for others.

    What rails cost is the operator's to bear: it eats into the capital, before it eats into what creditors wait for.
    """
    cash_ledger, config = unit.cash_ledger, unit.config
    rails = {*unit.context.rails, *unit.rails_used(), CASH_ACCOUNT.owner}
    capital, deposits, fund = (
        sum(
            cash_ledger.balance(AccountName(kind, participant, stored.id))
            for participant, stored in config.by_ref.items()
        )
        for kind in (AccountKind.CAPITAL, AccountKind.DEPOSIT, AccountKind.FUND)
    )
    fees = -sum(cash_ledger.balance(fees_of(rail)) for rail in rails)
    kept = deposits + max(0, capital - fees) + (0 if unit.rules.pay_from_fund else fund)
    return Minor(sum(cash_ledger.free(rail) for rail in rails) - kept - max(0, unit.owed(POOL)))


def is_net_open(unit: UnitOfWork, participant: str) -> bool:
    """Whether something of a participant's net is still to be moved.

    What is too little waits for the next window; what a suspended shop is owed stays, and what the operator is owed is
    the alliance's already.
    """
    owed = unit.owed(participant)
    if owed > 0 and (participant == OPERATOR or unit.is_suspended(participant)):
        return False
    return abs(owed) >= _least(unit.context, rail_of(unit, participant))


def _plan_collection(
    unit: UnitOfWork, window_id: int, participant: str, rail: str, due: int, standing: PaymentStanding
) -> None:
    """Plan a collection; one that failed for no more than is due is planned again, under a new key."""
    context = unit.context
    for payment in standing.of_window:
        if payment.state == PaymentState.FAILED and payment.minor <= due and payment.rail == rail:
            unit.step(payment, PaymentState.PLANNED, why="to be tried again")
            due -= payment.minor
    due -= due % _step(context, rail)
    if due >= _least(context, rail):
        unit.add(
            planned_payment(
                context.book, context.new_id(unit.now), window_id, PaymentRoute.COLLECT, rail, participant, due
            )
        )


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
        unit.step(unit.step(new, PaymentState.RESERVED), PaymentState.PAID, why="drawn from the deposit")
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


def _owed_by_rail(unit: UnitOfWork, window_id: int) -> dict[str, dict[str, int]]:
    """What creditors are owed and may be paid, by rail."""
    owed: dict[str, dict[str, int]] = defaultdict(dict)
    for participant, standing in standing_by_participant(unit, window_id).items():
        minor = unit.owed(participant) - standing.outgoing_minor
        rail = rail_of(unit, participant)
        waits = unit.is_suspended(participant) or unit.now < standing.refused_at + unit.rules.retry_days * DAY
        if minor >= _least(unit.context, rail) and not waits and rail in unit.context.rails:
            owed[rail][participant] = minor
    return owed


def _shares(owed: Mapping[str, int], budget: int) -> dict[str, Minor]:
    """Everybody's due where it is covered, else the same part of it for each, rounded by largest remainder."""
    total = sum(owed.values())
    if total <= budget:
        return {participant: Minor(minor) for participant, minor in owed.items()}
    return apportion(
        Minor(budget), {participant: Fraction(budget * minor, total) for participant, minor in owed.items()}
    )


def _planned_out(context: PaymentContext) -> dict[str, int]:
    """What is planned to go out over each rail and not yet reserved."""
    waiting: dict[str, int] = defaultdict(int)
    for payment in payments_where(
        context.book, context.session, "route = ? AND state = ?", PaymentRoute.PAY.value, PaymentState.PLANNED.value
    ):
        waiting[payment.rail] += payment.minor
    return waiting


def _least(context: PaymentContext, rail: str) -> int:
    """The least amount of a rail; what is not plugged in here moves nothing yet, and says so when it is sent."""
    return context.rails[rail].least_minor(context.book.settings.currency) if rail in context.rails else 1


def _step(context: PaymentContext, rail: str) -> int:
    """What every amount at a rail must be a multiple of; the rest is carried forward."""
    return context.rails[rail].step_minor(context.book.settings.currency) if rail in context.rails else 1
