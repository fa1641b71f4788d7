"""What the next run would do for each participant, and why not where it would do nothing."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from settlement.ledger.accounts import POOL, AccountKind
from settlement.payments.ageing import oldest_unpaid
from settlement.payments.context import PaymentContext
from settlement.payments.drive import DAY
from settlement.payments.losses import defaults_of
from settlement.payments.payouts import Obstacle, PayoutPlan, cash_for_payouts, payout_plan
from settlement.payments.plan import parts_to_collect, planned_collections, reported_cash, set_off
from settlement.payments.run import last_window
from settlement.payments.standing import PaymentStanding, is_carried, least_minor, rail_of, standing_by_participant
from settlement.payments.states import PaymentState
from settlement.payments.store import DEPOSIT, rail_account
from settlement.payments.unit_of_work import UnitOfWork
from settlement.payments.week_limits import WeekLimits, why_it_waits
from settlement.rails.port import Direction, LimitedRail, RailAccount
from settlement.sentences import N_, Phrase


class NextAction(StrEnum):
    """What comes next for a participant."""

    COLLECT = "collect"
    DRAW = "draw"
    """From its deposit, as far as that goes; the rest is collected."""
    PAY = "pay"
    """As far as the cash reaches."""
    ON_ITS_WAY = "on_its_way"
    CARRY = "carry"
    """Too little for its rail or by the rules; it waits for the next window."""
    HOLD = "hold"
    """Suspended: what it is owed stays."""
    WAIT = "wait"
    """Its account can't be used."""
    RETRY = "retry"
    """The last attempt failed; another one is made later, or none any more."""
    UNCOLLECTED = "uncollected"
    """It is paid when all is collected."""
    SHORT = "short"
    """The cash that may be paid out over its rail does not reach."""


ACTION_OF = {
    Obstacle.HELD: NextAction.HOLD,
    Obstacle.RETRY: NextAction.RETRY,
    Obstacle.TOO_LITTLE: NextAction.CARRY,
    Obstacle.CREDIT: NextAction.CARRY,
    Obstacle.UNCOLLECTED: NextAction.UNCOLLECTED,
    Obstacle.SHORT: NextAction.SHORT,
}


class PaymentOutlook(NamedTuple):
    """A participant with an open net, in minor units: above zero it is owed, below it owes; or with what it is in
    default of, in a row of its own; what it is owed is set off against that.

    `why` says why nothing is moved, or not all of it; empty where all of it is. `now_minor` is how much the next run
    moves, above zero either way. `oldest_window` is the oldest window of which it owes something still, by its opening;
    0 for who is owed.
    """

    participant: str
    net_minor: int
    on_its_way_minor: int
    rail: str
    action: NextAction
    why: str
    for_default: bool = False
    now_minor: int = 0
    oldest_window: int = 0

    @property
    def left_minor(self) -> int:
        """How much is not on its way, above zero."""
        return abs(self.net_minor - self.on_its_way_minor)

    @property
    def waiting_minor(self) -> int:
        """How much neither is on its way nor moves with the next run, above zero."""
        return max(0, self.left_minor - self.now_minor)


class RunOutlook(NamedTuple):
    """What the next run does: the cash that it pays creditors out of, and everybody with an open net, by name."""

    cash_minor: int
    rows: list[PaymentOutlook]


class _Open(NamedTuple):
    """A participant's open net, or what it is in default of, as the books have it."""

    participant: str
    net: int
    rail: str
    account: RailAccount
    standing: PaymentStanding
    deposit: int
    draws: bool
    """Whether it chose to have its debts drawn from its deposit."""
    for_default: bool = False

    @property
    def left_minor(self) -> int:
        """What it owes beyond what is on its way; below zero where it is owed."""
        return -self.net - self.standing.incoming_minor


def payment_outlooks(context: PaymentContext) -> list[PaymentOutlook]:
    """Everybody with an open net, in order of name; writes nothing. Raises WindowNotFound."""
    return run_outlook(context).rows


def run_outlook(context: PaymentContext) -> RunOutlook:
    """What the next run does, for everybody with an open net; writes nothing. Raises WindowNotFound."""
    window_id = last_window(context)
    with context.session.transaction():
        unit = _next_unit(context)
        standing_of = standing_by_participant(unit, window_id)
        opens = _open_nets(unit, standing_of) + _open_defaults(unit, window_id)
        draws_without_mandate = unit.rules.deposit_without_mandate
    # Rails are asked outside of the transaction.
    problems = [_problem(context, open_) for open_ in opens]
    reported = reported_cash(context)
    drawn = {
        open_.participant: min(open_.deposit, -open_.net)
        for open_, problem in zip(opens, problems, strict=True)
        if open_.net < 0 and open_.deposit > 0 and (open_.draws or (problem and draws_without_mandate))
    }
    with context.session.transaction():
        unit = _next_unit(context)
        cash_minor = cash_for_payouts(unit) + sum(drawn.values())
        plan = payout_plan(unit, standing_of, reported, sum(drawn.values()))
        rows = [
            _debtor(unit, open_, problem, 0 if open_.for_default else drawn.get(open_.participant, 0))
            if open_.net < 0
            else _creditor(open_, problem, plan)
            for open_, problem in zip(opens, problems, strict=True)
        ]
    late = _why_late(
        context, [open_ for open_, row in zip(opens, rows, strict=True) if row.action is NextAction.COLLECT]
    )
    oldest = _oldest_windows(context, rows)
    return RunOutlook(
        max(0, cash_minor),
        [
            _with_late(row, late.get((row.participant, row.for_default)))._replace(
                oldest_window=oldest.get((row.participant, row.for_default), 0)
            )
            for row in sorted(rows, key=lambda row: (row.participant, row.for_default))
            if row.net_minor or row.on_its_way_minor
        ],
    )


class _Late(NamedTuple):
    """Why not all is collected at once, and how much of it is."""

    why: Phrase
    now_minor: int


def _with_late(row: PaymentOutlook, late: _Late | None) -> PaymentOutlook:
    return row if late is None else row._replace(why=late.why, now_minor=late.now_minor)


def _oldest_windows(context: PaymentContext, rows: Sequence[PaymentOutlook]) -> dict[tuple[str, bool], int]:
    """The oldest window of what each owes, or is in default of."""
    owed = {row.participant: -row.net_minor for row in rows if row.net_minor < 0 and not row.for_default}
    oldest = {(name, False): at for name, at in oldest_unpaid(context.book, context.session, owed).items()}
    for record in defaults_of(context.book, context.session, only_open=True):
        oldest.setdefault((record.participant, True), record.window_id)
    return oldest


def _next_unit(context: PaymentContext) -> UnitOfWork:
    """The books as the next run finds them once it has set off defaults; never written."""
    unit = UnitOfWork(context, context.book.lock(context.session))
    for participant in unit.config.by_ref:
        set_off(unit, participant)
    return unit


def _why_late(context: PaymentContext, collected: Sequence[_Open]) -> dict[tuple[str, bool], _Late]:
    """Of whom the next run can't collect all at once, since their rails collect only so much in a week, and why: by
    taking the turns in the order in which it would."""
    collected = [open_ for open_ in collected if isinstance(context.rails.get(open_.rail), LimitedRail)]
    limits, late = WeekLimits(context), {}
    if not collected:
        return {}
    for payment in planned_collections(context):
        account = rail_account(context.book, context.session, payment.participant, payment.rail)
        if not context.problem(payment.rail, account, Direction.COLLECT):
            limits.take_turn(payment.rail, account, payment.minor)
    for open_ in collected:
        account = open_.account
        again, new = parts_to_collect(context, open_.rail, account, open_.left_minor, open_.standing)
        parts = [*(payment.minor for payment in again), *new]
        turns = [limits.take_turn(open_.rail, account, minor) for minor in parts]
        waiting = [turn for turn in turns if turn is not None and turn.at > context.book.clock()]
        if waiting:
            now = context.book.clock()
            late[open_.participant, open_.for_default] = _Late(
                why_it_waits(open_.rail, waiting[0], is_rest=len(waiting) < len(turns)),
                sum(minor for minor, turn in zip(parts, turns, strict=True) if turn is None or turn.at <= now),
            )
    return late


def _open_nets(unit: UnitOfWork, standing_of: Mapping[str, PaymentStanding]) -> list[_Open]:
    return [
        _Open(
            name,
            unit.owed(name),
            rail_of(unit, name),
            _account(unit, name),
            standing,
            unit.cash_ledger.balance(unit.account(name, AccountKind.DEPOSIT)),
            unit.profile(name).rail == DEPOSIT,
        )
        for name, standing in standing_of.items()
        if name != POOL
    ]


def _open_defaults(unit: UnitOfWork, window_id: int) -> list[_Open]:
    """What participants are in default of, which no deposit is drawn for: it was used up."""
    return [
        _Open(
            name,
            -unit.defaulted(name),
            rail_of(unit, name),
            _account(unit, name),
            standing,
            0,
            draws=False,
            for_default=True,
        )
        for name, standing in standing_by_participant(unit, window_id, for_default=True).items()
        if unit.defaulted(name)
    ]


def _account(unit: UnitOfWork, participant: str) -> RailAccount:
    return rail_account(unit.context.book, unit.context.session, participant, rail_of(unit, participant))


def _problem(context: PaymentContext, open_: _Open) -> str:
    return context.problem(open_.rail, open_.account, Direction.COLLECT if open_.net < 0 else Direction.PAY)


def _creditor(open_: _Open, problem: str, plan: PayoutPlan) -> PaymentOutlook:
    """What comes next for somebody who is owed something: a payment, or what is in its way."""
    participant = open_.participant
    moving, why, unpaid = open_.standing.outgoing_minor, problem, plan.unpaid.get(participant)
    if open_.net <= moving:
        action = NextAction.ON_ITS_WAY
    elif unpaid is not None and unpaid.obstacle is not Obstacle.SHORT:
        action, why = ACTION_OF[unpaid.obstacle], unpaid.why
    elif problem:
        action = NextAction.WAIT
    elif unpaid is not None:
        action, why = NextAction.PAY if participant in plan.payouts else NextAction.SHORT, unpaid.why
    else:
        action = NextAction.PAY
    now_minor = plan.payouts.get(participant, 0) if action is NextAction.PAY else 0
    return PaymentOutlook(participant, open_.net, moving, open_.rail, action, why, now_minor=now_minor)


def _debtor(unit: UnitOfWork, open_: _Open, problem: str, drawn_minor: int) -> PaymentOutlook:
    """What comes next for somebody who owes something: a collection, or what is in its way. So much is drawn from its
    deposit first."""
    standing, rules, why = open_.standing, unit.rules, problem
    again_at = standing.last_ended_at + rules.retry_days * DAY
    left, unsent_minor = open_.left_minor, _unsent_minor(open_) if problem else 0
    if left <= 0 and unsent_minor:
        action = NextAction.WAIT
    elif left <= 0:
        planned = [payment for payment in standing.live if payment.waiting_for]
        first = min(planned, key=lambda payment: payment.decided_by or 0, default=None)
        action, why = NextAction.ON_ITS_WAY, problem if first is None else first.waiting_for
    elif not open_.for_default and is_carried(unit, standing, left):
        action, why = NextAction.CARRY, Phrase("the rest of what it paid in part; it is carried over")
    elif drawn_minor:
        action = NextAction.DRAW
    elif left < least_minor(unit.context, open_.rail):
        action = NextAction.CARRY
    elif standing.tries >= rules.attempts_max:
        last = N_("attempts that failed: {count}; no other is made")
        of_default = N_("attempts that failed: {count}; it is asked for again with the next window")
        why = Phrase(of_default if open_.for_default else last, count=rules.attempts_max)
        action = NextAction.RETRY
    elif unit.now < again_at:
        action, why = (
            NextAction.RETRY,
            Phrase("the last attempt failed; the next is made from {at:moment} on", at=again_at),
        )
    elif problem:
        action = NextAction.WAIT
    else:
        action = NextAction.COLLECT
    return PaymentOutlook(
        open_.participant,
        open_.net,
        unsent_minor - standing.incoming_minor,
        open_.rail,
        action,
        why,
        open_.for_default,
        _collected_now(unit, open_, problem, drawn_minor) if action in (NextAction.COLLECT, NextAction.DRAW) else 0,
    )


def _unsent_minor(open_: _Open) -> int:
    """What is planned over its rail and not sent: while its account can't be used, that is not on its way."""
    planned = (payment for payment in open_.standing.live if payment.state == PaymentState.PLANNED)
    return sum(payment.minor for payment in planned if payment.rail == open_.rail)


def _collected_now(unit: UnitOfWork, open_: _Open, problem: str, drawn_minor: int) -> int:
    """What the next run draws and collects of a debt, as far as no limit of its rail keeps some of it back."""
    standing, rules = open_.standing, unit.rules
    drawn = min(drawn_minor, open_.left_minor)
    rest = open_.left_minor - drawn
    waits = standing.tries >= rules.attempts_max or unit.now < standing.last_ended_at + rules.retry_days * DAY
    if problem or waits or rest < least_minor(unit.context, open_.rail):
        return drawn
    again, new = parts_to_collect(unit.context, open_.rail, open_.account, rest, standing)
    return drawn + sum(payment.minor for payment in again) + sum(new)
