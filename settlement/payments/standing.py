"""Where everybody's payments stand, and what moves over the rail that each uses."""

from collections import defaultdict
from typing import NamedTuple

from settlement.ledger.accounts import POOL, AccountKind
from settlement.payments.context import PaymentContext
from settlement.payments.states import LIVE, ON_ITS_WAY, PaymentRoute, PaymentState
from settlement.payments.store import DEPOSIT, PaymentRecord, payments_where
from settlement.payments.unit_of_work import UnitOfWork
from settlement.rails.port import LimitedRail, RailAccount

ENDED = (PaymentState.FAILED, PaymentState.RETURNED)
"""States in which an attempt is over and the money where it was."""


class PaymentStanding(NamedTuple):
    """What a participant's payments amount to: those for its nets, or those for what it is in default of."""

    incoming_minor: int
    """On its way from it, to the house or to others."""
    outgoing_minor: int
    """On its way to it and not yet taken off what it is owed."""
    of_window: tuple[PaymentRecord, ...]
    """Its collections of the window in question."""
    refused_at: int
    """When a payment to it for that window failed or came back last, or a part of one, microseconds since 1970 UTC."""
    live: tuple[PaymentRecord, ...] = ()
    """Its payments of any window, to the house or to others, that may still move their money for the first time."""

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
        """When one of its collections came back last, or a part of one was missing, microseconds since 1970 UTC."""
        return max((payment.changed_at for payment in self.of_window if is_short(payment)), default=0)

    @property
    def rest_minor(self) -> int:
        """What is missing of its collections that were paid in part."""
        return sum(payment.rest_minor for payment in self.of_debt)

    @property
    def excess_minor(self) -> int:
        """What was too much in its collections: a credit for the next window."""
        return sum(payment.excess_minor for payment in self.of_window)

    @property
    def tries(self) -> int:
        """Attempts that are over and left the debt unpaid. Each that came back is one, so that who has all debits sent
        back is not debited for ever. What was planned at once is one debt in several parts, and one attempt at it."""
        failed: dict[int, int] = defaultdict(int)
        for payment in self.of_debt:
            if payment.state != PaymentState.RETURNED:
                failed[payment.planned_at] = max(failed[payment.planned_at], _tries(payment))
        returned = {payment.planned_at for payment in self.of_window if payment.state == PaymentState.RETURNED}
        return sum(failed.values()) + len(returned)

    @property
    def is_trying(self) -> bool:
        """Whether one of its collections may still succeed."""
        return any(payment.live for payment in self.of_window)

    @property
    def last_ended_at(self) -> int:
        """When the last attempt ended without full success, microseconds since 1970 UTC."""
        ended = (payment for payment in self.of_window if payment.state in ENDED or payment.rest_minor)
        return max((payment.changed_at for payment in ended), default=0)


def is_short(payment: PaymentRecord) -> bool:
    """Whether money of a payment came, and all of it or a part is missing now."""
    return payment.state == PaymentState.RETURNED or payment.rest_minor > 0


def is_carried(unit: UnitOfWork, standing: PaymentStanding, due_minor: int) -> bool:
    """Whether what a participant still owes is a rest within the alliance's tolerance: it waits for the next window."""
    return standing.rest_minor > 0 and due_minor <= unit.rules.tolerance_minor


def _tries(payment: PaymentRecord) -> int:
    """Attempts at a payment that are over and did not bring all of it."""
    is_full = payment.state == PaymentState.PAID and not payment.rest_minor
    return payment.attempt - (is_full or payment.state in ON_ITS_WAY)


def standing_by_participant(
    unit: UnitOfWork, window_id: int, *, for_default: bool = False
) -> dict[str, PaymentStanding]:
    """Where everybody's payments for nets stand, or those for what they are in default of, seen from one window."""
    incoming: dict[str, int] = defaultdict(int)
    outgoing: dict[str, int] = defaultdict(int)
    of_window: dict[str, list[PaymentRecord]] = defaultdict(list)
    refused_at: dict[str, int] = defaultdict(int)
    live: dict[str, list[PaymentRecord]] = defaultdict(list)
    context = unit.context
    for payment in payments_where(
        context.book,
        context.session,
        "purpose = ? AND for_default = ? AND (state = ANY(?) OR (window_id = ? AND rail <> ?))",
        int(AccountKind.SETTLEMENT),
        for_default,
        sorted(state.value for state in LIVE),
        window_id,
        DEPOSIT,
    ):
        if payment.live and payment.route != PaymentRoute.PAY:
            incoming[payment.participant] += payment.minor
            live[payment.participant].append(payment)
        if payment.live and payment.route == PaymentRoute.DIRECT:
            outgoing[payment.counterparty] += payment.minor
        if payment.route == PaymentRoute.PAY and payment.state == PaymentState.PLANNED:
            outgoing[payment.participant] += payment.minor
        if payment.route == PaymentRoute.COLLECT and payment.window_id == window_id:
            of_window[payment.participant].append(payment)
        is_refused = payment.state in ENDED or payment.rest_minor > 0
        if payment.route == PaymentRoute.PAY and payment.window_id == window_id and is_refused:
            refused_at[payment.participant] = max(refused_at[payment.participant], payment.changed_at)
    return {
        participant: PaymentStanding(
            incoming[participant],
            outgoing[participant],
            tuple(of_window[participant]),
            refused_at[participant],
            tuple(live[participant]),
        )
        for participant in unit.config.by_ref
        if participant != POOL
    }


def rail_of(unit: UnitOfWork, participant: str) -> str:
    """The rail that a participant uses; the alliance's where it chose none, or its deposit."""
    chosen = unit.profile(participant).rail
    return unit.rules.rail if chosen in ("", DEPOSIT) else chosen


def least_minor(context: PaymentContext, rail: str) -> int:
    """The least amount of a rail; what is not plugged in here moves nothing yet, and says so when it is sent."""
    return context.rails[rail].least_minor(context.book.settings.currency) if rail in context.rails else 1


def step_minor(context: PaymentContext, rail: str) -> int:
    """What every amount at a rail must be a multiple of; the rest is carried forward."""
    return context.rails[rail].step_minor(context.book.settings.currency) if rail in context.rails else 1


def greatest_minor(context: PaymentContext, rail: str, account: RailAccount) -> int | None:
    """The most that a rail collects from an account at once; None where any amount goes."""
    plugged_in = context.rails.get(rail)
    return plugged_in.greatest_minor(account) if isinstance(plugged_in, LimitedRail) else None
