"""Deposits, shares of the guarantee fund, capital: money that came or is asked for, and money that is paid back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from coalition.access.errors import RequestReused
from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from coalition.payments.desk import desk_of
from settlement import DatabaseUnusable, SettlementError
from settlement.ledger import AccountKind
from settlement.payments import (
    Desk,
    PaymentRecord,
    Route,
    State,
    confirm,
    is_said,
    payment,
    plan_deposit,
    plan_withdrawal,
    send,
)
from settlement.rails import MarkKind

PAY_IN, PAY_BACK = "deposit", "withdraw_deposit"
PAY_IN_ALONE_MINOR_MAX = 99_999
"""What one person may record or ask for alone, in minor units, where the alliance has set nothing else."""
BY_HAND = "by_hand"


class Account(StrEnum):
    """Which account of a participant's."""

    DEPOSIT = "deposit"
    FUND = "fund"
    CAPITAL = "capital"


KINDS = {Account.DEPOSIT: AccountKind.DEPOSIT, Account.FUND: AccountKind.FUND, Account.CAPITAL: AccountKind.CAPITAL}


@dataclass(frozen=True, slots=True)
class Deposit:
    """`minor` units for or out of an account of a participant's.

    `evidence` says what proves that it came by hand; where there is none, it goes over the participant's rail.
    """

    participant: str
    account: Account
    minor: int
    evidence: str = ""

    @property
    def payload(self) -> Payload:
        """The same as data."""
        return {
            "shop": self.participant,
            "account": self.account.value,
            "amount_minor": self.minor,
            "evidence": self.evidence,
        }


def deposit_of(payload: Payload) -> Deposit:
    """The deposit or withdrawal that a payload describes."""
    return Deposit(
        str(payload["shop"]),
        Account(str(payload["account"])),
        int(payload["amount_minor"] or 0),
        str(payload["evidence"]),
    )


def pay_in(alliance: Alliance, given: Deposit, people: Sequence[str], key: str) -> PaymentRecord:
    """Ask for a deposit over the participant's rail, or write down that it came by hand, as these people say.

    The same key finds the same payment, and goes on where it was cut short. Raises ParticipantUnknown, and
    RequestReused where the key stands for another payment.
    """
    with desk_of(alliance, people[0]) as desk:
        rail = BY_HAND if given.evidence else ""
        one = plan_deposit(desk, given.participant, given.minor, KINDS[given.account], rail, key)
        one = _sent(desk, _same(one, given, Route.COLLECT))
        for who in people if given.evidence else ():
            if one.state == State.SENT and not is_said(desk, one, MarkKind.PAID, who, given.evidence):
                one, _ = confirm(replace(desk, who=who), one.id, MarkKind.PAID, given.evidence)
        return one


def pay_back(alliance: Alliance, given: Deposit, who: str, key: str) -> PaymentRecord:
    """Send a participant money out of its account, over its rail; what goes by hand is then to be confirmed.

    As `pay_in`; raises MoneyShort too.
    """
    with desk_of(alliance, who) as desk:
        one = plan_withdrawal(desk, given.participant, given.minor, KINDS[given.account], asked_as=key)
        return _sent(desk, _same(one, given, Route.PAY))


def execute_pay_in(alliances: Alliances, approval: Approval) -> Outcome:
    """Do what was approved, as both of the people who agreed say it."""
    people = [approval.requested_by, approval.decided_by or approval.requested_by]
    return _outcome(
        lambda: pay_in(alliances.get(approval.alliance_id), deposit_of(approval.payload), people, approval.request_key)
    )


def execute_pay_back(alliances: Alliances, approval: Approval) -> Outcome:
    """Send back what was approved."""
    return _outcome(
        lambda: pay_back(
            alliances.get(approval.alliance_id),
            deposit_of(approval.payload),
            approval.requested_by,
            approval.request_key,
        )
    )


def _sent(desk: Desk, one: PaymentRecord) -> PaymentRecord:
    if one.state != State.PLANNED:
        return one
    send(desk, [one.id])
    return payment(desk.book, desk.session, one.id)


def _same(one: PaymentRecord, given: Deposit, route: Route) -> PaymentRecord:
    asked = {
        "shop": (one.participant, given.participant),
        "account": (one.purpose, KINDS[given.account]),
        "amount_minor": (one.minor, given.minor),
        "route": (one.route, route),
    }
    for field, (there, wanted) in asked.items():
        if there != wanted:
            raise RequestReused(field)
    return one


def _outcome(act: Callable[[], PaymentRecord]) -> Outcome:
    try:
        one = act()
    except DatabaseUnusable:
        raise
    except SettlementError as error:
        return Outcome(done=False, result={"code": error.code, "detail": str(error)})
    return Outcome(done=True, result={"payment": one.id, "state": one.state})
