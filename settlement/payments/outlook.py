"""What the next run would do for each participant, and why not where it would do nothing."""

from enum import StrEnum
from typing import NamedTuple

from settlement.ledger.accounts import POOL, AccountKind
from settlement.payments.change import Change, Desk
from settlement.payments.plan import Standing, rail_of, standings
from settlement.payments.run import last_window
from settlement.payments.store import DEPOSIT, account_at
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


class Outlook(NamedTuple):
    """A participant with an open net, in minor units: above zero it is owed, below it owes."""

    participant: str
    net_minor: int
    on_its_way_minor: int
    rail: str
    action: NextAction
    why: str


def payment_outlooks(desk: Desk) -> list[Outlook]:
    """Everybody with an open net, in order of name; writes nothing. Raises WindowNotFound."""
    window_id = last_window(desk)
    with desk.session.transaction():
        change = Change(desk, desk.book.lock(desk.session))
        there = {who: one for who, one in standings(change, window_id).items() if who != POOL}
        found = {who: (change.owed(who), rail_of(change, who), one) for who, one in sorted(there.items())}
        held = {who for who in found if change.is_held(who)}
        drawn = {who for who in found if change.profile(who).rail == DEPOSIT}
        deposits = {who: change.till.balance(change.account(who, AccountKind.DEPOSIT)) for who in found}
        draws_without_mandate = change.rules.deposit_without_mandate
    rows = []
    for who, (net, rail, standing) in found.items():
        # Rails are asked outside of the transaction.
        why = _problem(desk, who, rail, net)
        draws = bool(deposits[who]) and (who in drawn or (bool(why) and draws_without_mandate))
        row = _outlook(desk, who, net, rail, standing, why, held=who in held, draws=draws)
        if net or row.on_its_way_minor:
            rows.append(row)
    return rows


def _problem(desk: Desk, who: str, rail: str, net: int) -> str:
    if rail not in desk.rails:
        return f"{rail} is not plugged in"
    account = account_at(desk.book, desk.session, who, rail)
    return desk.rails[rail].problem(account, Direction.COLLECT if net < 0 else Direction.PAY)


def _outlook(
    desk: Desk, who: str, net: int, rail: str, standing: Standing, why: str, *, held: bool, draws: bool
) -> Outlook:
    moving = standing.outgoing_minor if net > 0 else -standing.incoming_minor
    left = abs(net) - abs(moving)
    least = desk.rails[rail].least_minor(desk.book.settings.currency) if rail in desk.rails else 1
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
    return Outlook(who, net, moving, rail, action, why)
