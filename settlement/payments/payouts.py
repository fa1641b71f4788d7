"""Who is paid how much now, and for everybody else who is owed something: why not.

The plan of payouts and the outlook both take it from here, so what a run does is what was said before.
"""

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from settlement.amounts import Minor, apportion
from settlement.clearing.money_book import CASH_ACCOUNT
from settlement.ledger.accounts import OPERATOR, POOL, AccountKind, AccountName
from settlement.payments.cash_ledger import fees_of
from settlement.payments.context import PaymentContext
from settlement.payments.drive import DAY
from settlement.payments.standing import PaymentStanding, is_carried, least_minor, rail_of, step_minor
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import payments_where
from settlement.payments.unit_of_work import UnitOfWork
from settlement.sentences import Phrase


class Obstacle(StrEnum):
    """Why a creditor is not paid now."""

    HELD = "held"
    """Suspended."""
    RETRY = "retry"
    """A payment failed or came back; the next is made some days later."""
    TOO_LITTLE = "too_little"
    """Below the least of its rail, or of the alliance's rules."""
    CREDIT = "credit"
    """It paid too much: that is taken off what it owes for the next window."""
    UNCOLLECTED = "uncollected"
    """The alliance pays when all is collected."""
    SHORT = "short"
    """The cash does not reach."""


class Unpaid(NamedTuple):
    """A creditor that is not paid now, or not in full: what is in the way, and how it is in figures."""

    obstacle: Obstacle
    why: Phrase


class PayoutPlan(NamedTuple):
    """What each creditor is paid now, in minor units, and what is in the way of the rest."""

    payouts: Mapping[str, int]
    unpaid: Mapping[str, Unpaid]


def payout_plan(
    unit: UnitOfWork,
    standing_of: Mapping[str, PaymentStanding],
    reported: Mapping[str, int | None],
    drawn_minor: int = 0,
) -> PayoutPlan:
    """Payouts as far as cash reaches; where it does not reach for all at a rail, each gets the same part.

    `reported` is what each rail itself says that it can pay out, None where it can't tell. `drawn_minor` is what is
    going to be drawn from deposits before. Deposits, capital and what backs the pool's points are not touched; the
    guarantee fund bridges what is not collected yet, if the rules say so.
    """
    planned = _planned_out(unit.context)
    left = cash_for_payouts(unit) + drawn_minor
    owed, unpaid = _payable(unit, standing_of)
    uncollected = uncollected_minor(unit, standing_of) - drawn_minor if unit.rules.pay_when_collected else 0
    payouts: dict[str, int] = {}
    for rail, due in sorted(owed.items()):
        if uncollected > 0:
            why = Phrase("owed and not collected yet: {minor:money}", minor=uncollected)
            unpaid.update({participant: Unpaid(Obstacle.UNCOLLECTED, why) for participant in due})
            continue
        at_rail = unit.cash_ledger.free(rail) - planned[rail]
        lets_out = reported.get(rail)
        budget = max(0, min(left, at_rail, at_rail if lets_out is None else lets_out))
        why = _shortage(unit, rail, budget, left, at_rail, planned)
        for participant, share in _shares(due, budget).items():
            minor = share - share % step_minor(unit.context, rail)
            if minor < due[participant]:
                unpaid[participant] = Unpaid(Obstacle.SHORT, why)
            if minor >= _least_payout(unit, participant, rail):
                payouts[participant] = minor
                left -= minor
    return PayoutPlan(payouts, unpaid)


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


def cash_for_payouts(unit: UnitOfWork) -> int:
    """What new payouts may take: the cash for creditors, less what is planned to go out already."""
    return spendable_cash(unit) - sum(_planned_out(unit.context).values())


def uncollected_minor(unit: UnitOfWork, standing_of: Mapping[str, PaymentStanding]) -> int:
    """What is still to come from those who owe: not what is in default, nor too little to be collected, nor carried."""
    total = 0
    for participant, standing in standing_of.items():
        due = -unit.owed(participant)
        least = least_minor(unit.context, rail_of(unit, participant))
        if participant != POOL and due >= least and not is_carried(unit, standing, due):
            total += due
    return total


def is_net_open(unit: UnitOfWork, participant: str, standing: PaymentStanding) -> bool:
    """Whether something of a participant's net is still to be moved.

    What is too little waits for the next window, and so do rests and credits that are carried; what a suspended shop is
    owed stays, and what the operator is owed is the alliance's already.
    """
    owed, rail = int(unit.owed(participant)), rail_of(unit, participant)
    owed -= min(max(0, owed), _credit(unit, participant, standing))
    if owed < 0 and is_carried(unit, standing, -owed):
        return False
    if owed > 0 and (participant == OPERATOR or unit.profile(participant).suspended):
        return False
    least = _least_payout(unit, participant, rail) if owed > 0 else least_minor(unit.context, rail)
    return abs(owed) >= least


def _payable(
    unit: UnitOfWork, standing_of: Mapping[str, PaymentStanding]
) -> tuple[dict[str, dict[str, int]], dict[str, Unpaid]]:
    """What creditors are owed and may be paid, by rail; and why the others may not."""
    owed: dict[str, dict[str, int]] = defaultdict(dict)
    unpaid: dict[str, Unpaid] = {}
    for participant, standing in standing_of.items():
        minor, rail = int(unit.owed(participant)) - standing.outgoing_minor, rail_of(unit, participant)
        credit = _credit(unit, participant, standing)
        least, again_at = _least_payout(unit, participant, rail), standing.refused_at + unit.rules.retry_days * DAY
        if minor <= 0 or participant == POOL:
            continue
        if unit.profile(participant).suspended:
            unpaid[participant] = Unpaid(Obstacle.HELD, Phrase("its payouts are held back"))
        elif minor <= credit:
            unpaid[participant] = Unpaid(
                Obstacle.CREDIT,
                Phrase("it paid {minor:money} too much; that is taken off its next window", minor=credit),
            )
        elif unit.now < again_at:
            unpaid[participant] = Unpaid(
                Obstacle.RETRY, Phrase("the last payment failed; the next is made from {at:moment} on", at=again_at)
            )
        elif minor - credit < least:
            unpaid[participant] = Unpaid(
                Obstacle.TOO_LITTLE, Phrase("a payout is of at least {least:money}; it is carried over", least=least)
            )
        elif rail in unit.context.rails:
            owed[rail][participant] = minor - credit
    return owed, unpaid


def _credit(unit: UnitOfWork, participant: str, standing: PaymentStanding) -> int:
    """What of a participant's net stands there because it paid too much; a shop that leaves is paid that as well."""
    return standing.excess_minor if unit.profile(participant).leaving_since is None else 0


def _least_payout(unit: UnitOfWork, participant: str, rail: str) -> int:
    """The least that a participant is paid; a shop that leaves gets whatever it is owed."""
    is_leaving = unit.profile(participant).leaving_since is not None
    return max(least_minor(unit.context, rail), 0 if is_leaving else unit.rules.payout_min_minor)


def _shares(owed: Mapping[str, int], budget: int) -> dict[str, Minor]:
    """Everybody's due where it is covered, else the same part of it for each, rounded by largest remainder."""
    total = sum(owed.values())
    if total <= budget:
        return {participant: Minor(minor) for participant, minor in owed.items()}
    return apportion(
        Minor(budget), {participant: Fraction(budget * minor, total) for participant, minor in owed.items()}
    )


def _shortage(unit: UnitOfWork, rail: str, budget: int, left: int, at_rail: int, planned: Mapping[str, int]) -> Phrase:
    """Why no more than the budget can be paid over a rail."""
    if planned[rail] and at_rail == budget:
        return Phrase(
            "the cash at {rail} is {cash:money}, of which {planned:money} is planned to go out already",
            cash=at_rail + planned[rail],
            rail=rail,
            planned=planned[rail],
        )
    if at_rail < left:
        elsewhere = sorted(name for name in unit.rails_used() if name != rail and unit.cash_ledger.free(name) > 0)
        if elsewhere:
            return Phrase(
                "the cash at {rail} is {cash:money}; the rest lies at {others}",
                cash=max(0, at_rail),
                rail=rail,
                others=elsewhere,
            )
    if budget < min(left, at_rail):
        return Phrase("what {rail} lets out now: {cash:money}", rail=rail, cash=budget)
    return Phrase("cash to pay creditors out of: {cash:money}", cash=max(0, budget))


def _planned_out(context: PaymentContext) -> dict[str, int]:
    """What is planned to go out over each rail and not yet reserved."""
    waiting: dict[str, int] = defaultdict(int)
    for payment in payments_where(
        context.book, context.session, "route = ? AND state = ?", PaymentRoute.PAY.value, PaymentState.PLANNED.value
    ):
        waiting[payment.rail] += payment.minor
    return waiting
