"""Deposits, shares of the guarantee fund and the operator's capital, paid in over a rail like a net."""

from settlement.accounts import Kind
from settlement.payments.change import Desk, changing
from settlement.payments.plan import rail_of
from settlement.payments.states import Route
from settlement.payments.store import PaymentRecord, planned


def plan_deposit(desk: Desk, who: str, minor: int, to: Kind = Kind.DEPOSIT, rail: str = "") -> PaymentRecord:
    """Plan to collect `minor` units from a participant for its DEPOSIT, its share of the FUND, or the CAPITAL.

    It goes over the participant's rail unless another is named, and is sent like any other. Raises ParticipantUnknown.
    """
    with changing(desk) as change:
        change.account(who, to)
        rail = rail or rail_of(change, who)
        new = planned(desk.book, desk.ids(change.now), 0, Route.COLLECT, rail, who, minor, purpose=to)
        return change.plan(new)
