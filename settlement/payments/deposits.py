"""Deposits, shares of the guarantee fund and the operator's capital: paid in over a rail like a net, and paid back."""

from settlement.errors import MoneyShort
from settlement.ledger.accounts import AccountKind
from settlement.payments.context import PaymentContext
from settlement.payments.standing import greatest_minor, least_minor, rail_of
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import (
    PaymentRecord,
    id_of_request,
    payment_requested,
    payments_where,
    planned_payment,
    rail_account,
)
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work
from settlement.sentences import N_, Phrase

HOLDINGS = {
    AccountKind.DEPOSIT: N_("the deposit of {participant}"),
    AccountKind.FUND: N_("the guarantee fund share of {participant}"),
    AccountKind.CAPITAL: N_("the capital of {participant}"),
}


def plan_deposit(
    context: PaymentContext,
    participant: str,
    minor: int,
    to: AccountKind = AccountKind.DEPOSIT,
    rail: str = "",
    asked_as: str = "",
) -> list[PaymentRecord]:
    """Plan to collect `minor` units from a participant for its DEPOSIT, its share of the FUND, or the CAPITAL.

    It goes over the participant's rail unless another is named, in parts where that collects no more at once, and is
    sent like any other. Asked for under the same key again, these are the payments that are there. Raises
    ParticipantUnknown.
    """
    with open_unit_of_work(context) as unit:
        unit.account(participant, to)
        existing = _parts_requested(context, asked_as) if asked_as else []
        if existing:
            return existing
        rail = rail or rail_of(unit, participant)
        greatest = greatest_minor(context, rail, rail_account(context.book, context.session, participant, rail))
        return [
            _planned_once(unit, PaymentRoute.COLLECT, participant, part, to, rail, _part_key(asked_as, number))
            for number, part in enumerate(_parts(minor, greatest, least_minor(context, rail)), start=1)
        ]


def plan_withdrawal(
    context: PaymentContext,
    participant: str,
    minor: int,
    out_of: AccountKind = AccountKind.DEPOSIT,
    rail: str = "",
    asked_as: str = "",
) -> PaymentRecord:
    """Plan to pay a participant `minor` units out of its DEPOSIT, its share of the FUND, or the CAPITAL.

    As `plan_deposit`; raises MoneyShort too, where that does not hold so much beside what is planned already.
    """
    with open_unit_of_work(context) as unit:
        balance = unit.cash_ledger.balance(unit.account(participant, out_of))
        again = payment_requested(context.book, context.session, asked_as) if asked_as else None
        planned_already = 0 if again else _planned_out(unit, participant, out_of)
        if again is None and balance - planned_already < minor:
            raise MoneyShort(Phrase(HOLDINGS[out_of], participant=participant), balance - planned_already, minor)
        return _planned_once(unit, PaymentRoute.PAY, participant, minor, out_of, rail, asked_as)


def _parts(minor: int, greatest: int | None, least: int) -> list[int]:
    """An amount in parts of no more than the greatest; the last two share what is left, where it is below the least."""
    parts = []
    while greatest is not None and minor > greatest:
        part = min(greatest, max(minor - least, 1))
        parts.append(part)
        minor -= part
    return [*parts, minor]


def _part_key(asked_as: str, number: int) -> str:
    """What a part of a request was asked for under, counted from 1."""
    return asked_as if number == 1 or not asked_as else f"{asked_as} part {number}"


def _parts_requested(context: PaymentContext, asked_as: str) -> list[PaymentRecord]:
    """The payments that were asked for under a key before."""
    parts: list[PaymentRecord] = []
    while (part := payment_requested(context.book, context.session, _part_key(asked_as, len(parts) + 1))) is not None:
        parts.append(part)
    return parts


def _planned_once(
    unit: UnitOfWork, route: PaymentRoute, participant: str, minor: int, account: AccountKind, rail: str, asked_as: str
) -> PaymentRecord:
    context = unit.context
    existing = payment_requested(context.book, context.session, asked_as) if asked_as else None
    if existing is not None:
        return existing
    id_ = id_of_request(unit.now, asked_as) if asked_as else context.new_id(unit.now)
    rail = rail or rail_of(unit, participant)
    return unit.add(planned_payment(context.book, id_, 0, route, rail, participant, minor, purpose=account))


def _planned_out(unit: UnitOfWork, participant: str, out_of: AccountKind) -> int:
    """What is planned to be paid out of an account and still in it, in minor units."""
    condition = "participant = ? AND route = ? AND purpose = ? AND state = ?"
    payments = payments_where(
        unit.context.book,
        unit.context.session,
        condition,
        participant,
        PaymentRoute.PAY.value,
        int(out_of),
        PaymentState.PLANNED.value,
    )
    return sum(payment.minor for payment in payments)
