"""What a closed window leads to: whom to collect how much from, whom to pay how much.

Plans are made from what participants owe and are owed at that moment, less what is on its way already, under the
book's lock. So planning again plans nothing twice, and what was carried over, failed or came back is in it.
"""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from settlement.amounts import Minor, apportion
from settlement.clearing.money import CASH_ACCOUNT
from settlement.clearing.windows import money_balances
from settlement.ledger.accounts import OPERATOR, POOL, AccountKind, AccountName
from settlement.ledger.moves import Transfer
from settlement.payments.change import Change, Desk, changing
from settlement.payments.drive import DAY
from settlement.payments.money import fees_of
from settlement.payments.notices import NoticeKind
from settlement.payments.states import LIVE, ON_ITS_WAY, Route, State
from settlement.payments.store import (
    DEPOSIT,
    PaymentRecord,
    account_at,
    payment_rules,
    payments_where,
    planned,
    profiles,
)
from settlement.rails.port import Direction

ENDED = (State.FAILED, State.RETURNED)
"""States in which an attempt is over and the money where it was."""


class Standing(NamedTuple):
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
        paid = (one.planned_at for one in self.of_window if one.state in (State.PAID, State.RETURNED))
        since = max(paid, default=0)
        return [one for one in self.of_window if one.live or one.planned_at >= since or one.changed_at > since]

    @property
    def returned_at(self) -> int:
        """When one of its collections came back last, microseconds since 1970 UTC."""
        return max((one.changed_at for one in self.of_window if one.state == State.RETURNED), default=0)

    @property
    def tries(self) -> int:
        """Attempts that are over and left the debt unpaid. Each that came back is one, so that who has all debits sent
        back is not debited for ever."""
        failed = [one for one in self.of_debt if one.state != State.RETURNED]
        returned = [one for one in self.of_window if one.state == State.RETURNED]
        return sum(one.attempt - (one.state in (*ON_ITS_WAY, State.PAID)) for one in failed) + len(returned)

    @property
    def is_trying(self) -> bool:
        """Whether one of its collections may still succeed."""
        return any(one.live for one in self.of_window)

    @property
    def last_ended_at(self) -> int:
        """When the last attempt ended without success, microseconds since 1970 UTC."""
        return max((one.changed_at for one in self.of_window if one.state in ENDED), default=0)


def standings(change: Change, window_id: int) -> dict[str, Standing]:
    """Where everybody's payments for nets stand, seen from one window."""
    incoming: dict[str, int] = defaultdict(int)
    outgoing: dict[str, int] = defaultdict(int)
    of_window: dict[str, list[PaymentRecord]] = defaultdict(list)
    refused_at: dict[str, int] = defaultdict(int)
    desk = change.desk
    for one in payments_where(
        desk.book,
        desk.session,
        "purpose = ? AND (state = ANY(?) OR (window_id = ? AND rail <> ?))",
        int(AccountKind.SETTLEMENT),
        sorted(state.value for state in LIVE),
        window_id,
        DEPOSIT,
    ):
        if one.live and one.route != Route.PAY:
            incoming[one.participant] += one.minor
        if one.live and one.route == Route.DIRECT:
            outgoing[one.counterparty] += one.minor
        if one.route == Route.PAY and one.state == State.PLANNED:
            outgoing[one.participant] += one.minor
        if one.route == Route.COLLECT and one.window_id == window_id:
            of_window[one.participant].append(one)
        if one.route == Route.PAY and one.window_id == window_id and one.state in ENDED:
            refused_at[one.participant] = max(refused_at[one.participant], one.changed_at)
    return {
        who: Standing(incoming[who], outgoing[who], tuple(of_window[who]), refused_at[who])
        for who in change.config.by_ref
        if who != POOL
    }


def rail_of(change: Change, who: str) -> str:
    """The rail that a participant uses; the alliance's where it chose none, or its deposit."""
    chosen = change.profile(who).rail
    return change.rules.rail if chosen in ("", DEPOSIT) else chosen


def plan_collections(desk: Desk, window_id: int) -> list[str]:
    """Plan what is to be collected now, and draw from deposits; returns what may be sent, old plans too.

    An amount below the rail's least is carried forward. A collection that failed is tried again as soon as the rules
    let it.
    """
    unusable = _unusable(desk)
    with changing(desk) as change:
        for who in change.config.by_ref:
            _take_over(change, who)
        for who, standing in standings(change, window_id).items():
            expected = max(0, standing.incoming_minor - change.defaulted(who))
            due = -change.owed(who) - expected
            if due <= 0:
                continue
            profile, rules = change.profile(who), change.rules
            if profile.rail == DEPOSIT or (who in unusable and rules.deposit_without_mandate):
                due -= _draw(change, window_id, who, due)
                if due:
                    facts: dict[str, str | int] = {"minor": due, "window": window_id}
                    change.tell_once(f"deposit_short:{window_id}:{who}", NoticeKind.DEPOSIT_SHORT, who, facts)
            rail = rail_of(change, who)
            waits = change.now < standing.last_ended_at + rules.retry_days * DAY
            if due >= _least(desk, rail) and standing.tries < rules.attempts_max and not waits:
                _plan_collection(change, window_id, who, rail, due, standing)
    ready = payments_where(
        desk.book, desk.session, "route = ? AND state = ANY(?)", Route.COLLECT.value, [State.PLANNED.value]
    )
    return [one.id for one in ready]


def plan_payouts(desk: Desk, window_id: int) -> list[str]:
    """Plan what is to be paid now, as far as cash reaches; returns what may be sent, old plans too.

    Where it does not reach for all, each creditor at a rail gets the same part of what it is owed. Deposits, capital
    and what backs the pool's points are not touched; the guarantee fund bridges what is not collected yet, if the
    rules say so.
    """
    available = {name: rail.available_minor(desk.book.settings.currency) for name, rail in desk.rails.items()}
    with changing(desk) as change:
        waiting = _planned_out(desk)
        left = spendable(change) - sum(waiting.values())
        for rail, owed in sorted(_owed_by_rail(change, window_id).items()):
            at_rail = change.till.free(rail) - waiting[rail]
            told = available.get(rail)
            budget = max(0, min(left, at_rail, at_rail if told is None else told))
            for who, share in _shares(owed, budget).items():
                minor = share - share % _step(desk, rail)
                if minor >= _least(desk, rail):
                    new = planned(desk.book, desk.ids(change.now), window_id, Route.PAY, rail, who, minor)
                    change.plan(new)
                    left -= minor
    ready = payments_where(desk.book, desk.session, "route = ? AND state = ?", Route.PAY.value, State.PLANNED.value)
    return [one.id for one in ready]


def spendable(change: Change) -> Minor:
    """Cash at all rails that creditors may be paid out of: without what is on its way, and what is kept for others.

    What rails cost is the operator's to bear: it eats into the capital, before it eats into what creditors wait for.
    """
    till, config = change.till, change.config
    rails = {*change.desk.rails, *change.rails_used(), CASH_ACCOUNT.owner}
    capital, deposits, fund = (
        sum(till.balance(AccountName(kind, who, one.id)) for who, one in config.by_ref.items())
        for kind in (AccountKind.CAPITAL, AccountKind.DEPOSIT, AccountKind.FUND)
    )
    fees = -sum(till.balance(fees_of(rail)) for rail in rails)
    kept = deposits + max(0, capital - fees) + (0 if change.rules.pay_from_fund else fund)
    return Minor(sum(till.free(rail) for rail in rails) - kept - max(0, change.owed(POOL)))


def is_open(change: Change, who: str) -> bool:
    """Whether something of a participant's net is still to be moved.

    What is too little waits for the next window; what a suspended shop is owed stays, and what the operator is owed is
    the alliance's already.
    """
    owed = change.owed(who)
    if owed > 0 and (who == OPERATOR or change.is_held(who)):
        return False
    return abs(owed) >= _least(change.desk, rail_of(change, who))


def _plan_collection(change: Change, window_id: int, who: str, rail: str, due: int, standing: Standing) -> None:
    """Plan a collection; one that failed for no more than is due is planned again, under a new key."""
    desk = change.desk
    for one in standing.of_window:
        if one.state == State.FAILED and one.minor <= due and one.rail == rail:
            change.step(one, State.PLANNED, why="to be tried again")
            due -= one.minor
    due -= due % _step(desk, rail)
    if due >= _least(desk, rail):
        change.plan(planned(desk.book, desk.ids(change.now), window_id, Route.COLLECT, rail, who, due))


def _draw(change: Change, window_id: int, who: str, due: int) -> int:
    """Pay what a participant owes out of its deposit as far as that goes; returns how much that was."""
    minor = min(due, change.till.balance(change.account(who, AccountKind.DEPOSIT)))
    if minor > 0:
        desk = change.desk
        new = change.plan(planned(desk.book, desk.ids(change.now), window_id, Route.COLLECT, DEPOSIT, who, minor))
        change.step(change.step(new, State.RESERVED), State.PAID, why="drawn from the deposit")
    return max(0, minor)


def _take_over(change: Change, who: str) -> None:
    """What a participant that was bought out owes is owed by whoever bought it out."""
    heir = change.profile(who).debts_of
    owed = -change.owed(who)
    if heir and owed > 0:
        change.till.move(change.account(heir), change.account(who), owed)
        legs: list[Transfer] = change.till.take_legs()
        content: dict[str, str | int] = {"participant": who, "by": heir, "minor": owed}
        change.post(f"takeover:{who}:{change.number}", content, legs)


def _unusable(desk: Desk) -> set[str]:
    """Debtors that can't be collected from at the rail that they use."""
    book, session = desk.book, desk.session
    rules, chosen = payment_rules(book, session), profiles(book, session)
    found = set()
    for who, minor in money_balances(book, session, book.config(session), AccountKind.SETTLEMENT).items():
        if minor >= 0 or who == POOL:
            continue
        rail = chosen[who].rail if who in chosen else ""
        rail = rules.rail if rail in ("", DEPOSIT) else rail
        account = account_at(book, session, who, rail)
        if rail not in desk.rails or desk.rails[rail].problem(account, Direction.COLLECT):
            found.add(who)
    return found


def _owed_by_rail(change: Change, window_id: int) -> dict[str, dict[str, int]]:
    """What creditors are owed and may be paid, by rail."""
    owed: dict[str, dict[str, int]] = defaultdict(dict)
    for who, standing in standings(change, window_id).items():
        minor = change.owed(who) - standing.outgoing_minor
        rail = rail_of(change, who)
        waits = change.is_held(who) or change.now < standing.refused_at + change.rules.retry_days * DAY
        if minor >= _least(change.desk, rail) and not waits and rail in change.desk.rails:
            owed[rail][who] = minor
    return owed


def _shares(owed: Mapping[str, int], budget: int) -> dict[str, Minor]:
    """Everybody's due where it is covered, else the same part of it for each, rounded by largest remainder."""
    total = sum(owed.values())
    if total <= budget:
        return {who: Minor(minor) for who, minor in owed.items()}
    return apportion(Minor(budget), {who: Fraction(budget * minor, total) for who, minor in owed.items()})


def _planned_out(desk: Desk) -> dict[str, int]:
    """What is planned to go out over each rail and not yet reserved."""
    waiting: dict[str, int] = defaultdict(int)
    for one in payments_where(desk.book, desk.session, "route = ? AND state = ?", Route.PAY.value, State.PLANNED.value):
        waiting[one.rail] += one.minor
    return waiting


def _least(desk: Desk, rail: str) -> int:
    """The least amount of a rail; what is not plugged in here moves nothing yet, and says so when it is sent."""
    return desk.rails[rail].least_minor(desk.book.settings.currency) if rail in desk.rails else 1


def _step(desk: Desk, rail: str) -> int:
    """What every amount at a rail must be a multiple of; the rest is carried forward."""
    return desk.rails[rail].step_minor(desk.book.settings.currency) if rail in desk.rails else 1
