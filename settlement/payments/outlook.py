"""What the next run would do for each participant, and why not where it would do nothing."""

from enum import StrEnum
from typing import NamedTuple

from settlement.ledger.accounts import POOL, AccountKind
from settlement.payments.context import PaymentContext
from settlement.payments.plan import PaymentStanding, rail_of, standing_by_participant
from settlement.payments.run import last_window
from settlement.payments.store import DEPOSIT, rail_account
from settlement.payments.unit_of_work import UnitOfWork
from settlement.rails.port import Direction


class NextAction(StrEnum):
    """What comes next for a participant."""

    COLLECT = "collect"
    DRAW = "draw"
    """From its deposit, as far as that goes; the rest is collected."""
    PAY = "pay"
    ON_ITS_WAY = "on_its_way"
    CARRY = "carry"
    """Too little for its rail; it waits for the next window."""
    HOLD = "hold"
    """Suspended: what it is owed stays."""
    WAIT = "wait"
    """Its account can't be used."""


class PaymentOutlook(NamedTuple):
    """A participant with an open net, in minor units: above zero it is owed, below it owes."""

    participant: str
    net_minor: int
    on_its_way_minor: int
    rail: str
    action: NextAction
    why: str


def payment_outlooks(context: PaymentContext) -> list[PaymentOutlook]:
    """Everybody with an open net, in order of name; writes nothing. Raises WindowNotFound."""
    window_id = last_window(context)
    with context.session.transaction():
        unit = UnitOfWork(context, context.book.lock(context.session))
        standing_of = {
            participant: standing
            for participant, standing in standing_by_participant(unit, window_id).items()
            if participant != POOL
        }
        open_nets = {
            participant: (unit.owed(participant), rail_of(unit, participant), standing)
            for participant, standing in sorted(standing_of.items())
        }
        held = {participant for participant in open_nets if unit.is_suspended(participant)}
        drawn = {participant for participant in open_nets if unit.profile(participant).rail == DEPOSIT}
        deposits = {
            participant: unit.cash_ledger.balance(unit.account(participant, AccountKind.DEPOSIT))
            for participant in open_nets
        }
        draws_without_mandate = unit.rules.deposit_without_mandate
    rows = []
    for participant, (net, rail, standing) in open_nets.items():
        # Rails are asked outside of the transaction.
        why = _problem(context, participant, rail, net)
        draws = bool(deposits[participant]) and (participant in drawn or (bool(why) and draws_without_mandate))
        row = _outlook(context, participant, net, rail, standing, why, held=participant in held, draws=draws)
        if net or row.on_its_way_minor:
            rows.append(row)
    return rows


def _problem(context: PaymentContext, participant: str, rail: str, net: int) -> str:
    account = rail_account(context.book, context.session, participant, rail)
    return context.problem(rail, account, Direction.COLLECT if net < 0 else Direction.PAY)


def _outlook(
    context: PaymentContext,
    participant: str,
    net: int,
    rail: str,
    standing: PaymentStanding,
    why: str,
    *,
    held: bool,
    draws: bool,
) -> PaymentOutlook:
    moving = standing.outgoing_minor if net > 0 else -standing.incoming_minor
    left = abs(net) - abs(moving)
    least = context.rails[rail].least_minor(context.book.settings.currency) if rail in context.rails else 1
    if left <= 0:
        action = NextAction.ON_ITS_WAY
    elif net > 0 and held:
        action = NextAction.HOLD
    elif net < 0 and draws:
        action = NextAction.DRAW
    elif left < least:
        action = NextAction.CARRY
    elif why:
        action = NextAction.WAIT
    else:
        action = NextAction.PAY if net > 0 else NextAction.COLLECT
    return PaymentOutlook(participant, net, moving, rail, action, why)
