"""Deposits, shares of the guarantee fund and the operator's capital: paid in over a rail like a net, and paid back."""

from settlement.errors import MoneyShort
from settlement.ledger.accounts import AccountKind
from settlement.payments.change import Change, Desk, changing
from settlement.payments.plan import rail_of
from settlement.payments.states import Route, State
from settlement.payments.store import PaymentRecord, asked_id, payment_asked, payments_where, planned


def plan_deposit(
    desk: Desk, who: str, minor: int, to: AccountKind = AccountKind.DEPOSIT, rail: str = "", asked_as: str = ""
) -> PaymentRecord:
    """Plan to collect `minor` units from a participant for its DEPOSIT, its share of the FUND, or the CAPITAL.

    It goes over the participant's rail unless another is named, and is sent like any other. Asked for under the same
    key again, it is the payment that is there. Raises ParticipantUnknown.
    """
    with changing(desk) as change:
        change.account(who, to)
        return _planned_once(change, Route.COLLECT, who, minor, to, rail, asked_as)


def plan_withdrawal(
    desk: Desk, who: str, minor: int, out_of: AccountKind = AccountKind.DEPOSIT, rail: str = "", asked_as: str = ""
) -> PaymentRecord:
    """Plan to pay a participant `minor` units out of its DEPOSIT, its share of the FUND, or the CAPITAL.

    As `plan_deposit`; raises MoneyShort too, where that does not hold so much beside what is planned already.
    """
    with changing(desk) as change:
        there = change.till.balance(change.account(who, out_of))
        again = payment_asked(desk.book, desk.session, asked_as) if asked_as else None
        planned_already = 0 if again else _planned_out(change, who, out_of)
        if again is None and there - planned_already < minor:
            raise MoneyShort(f"the {out_of.name.lower()} of {who}", there - planned_already, minor)
        return _planned_once(change, Route.PAY, who, minor, out_of, rail, asked_as)


def _planned_once(
    change: Change, route: Route, who: str, minor: int, account: AccountKind, rail: str, asked_as: str
) -> PaymentRecord:
    desk = change.desk
    found = payment_asked(desk.book, desk.session, asked_as) if asked_as else None
    if found is not None:
        return found
    id_ = asked_id(change.now, asked_as) if asked_as else desk.ids(change.now)
    rail = rail or rail_of(change, who)
    return change.plan(planned(desk.book, id_, 0, route, rail, who, minor, purpose=account))


def _planned_out(change: Change, who: str, out_of: AccountKind) -> int:
    """What is planned to be paid out of an account and still in it, in minor units."""
    condition = "participant = ? AND route = ? AND purpose = ? AND state = ?"
    there = payments_where(
        change.desk.book, change.desk.session, condition, who, Route.PAY.value, int(out_of), State.PLANNED.value
    )
    return sum(one.minor for one in there)
