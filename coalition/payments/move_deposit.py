"""Pay money into or out of a participant's deposit, its share of the guarantee fund, or its capital."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum

from coalition.access.caller import Caller
from coalition.access.errors import RequestReused
from coalition.access.log import record_separately
from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from coalition.approvals.approvals import Approvals
from coalition.payments.context import payment_context
from settlement import DatabaseUnusable, ParticipantUnknown, SettlementError
from settlement.ledger import POOL, AccountKind
from settlement.payments import (
    PaymentContext,
    PaymentRecord,
    PaymentRoute,
    PaymentState,
    confirm_by_hand,
    is_repeated_confirmation,
    payment_by_id,
    plan_deposit,
    plan_withdrawal,
    send_payments,
)
from settlement.rails import MarkKind

PAY_IN, PAY_BACK = "deposit", "withdraw_deposit"
PAY_IN_ALONE_MINOR_MAX = 99_999
"""What one person may record or request alone, in minor units, unless the alliance sets another limit."""
BY_HAND = "by_hand"


class DepositAccount(StrEnum):
    """The participant's account that the money goes into or comes out of."""

    DEPOSIT = "deposit"
    FUND = "fund"
    CAPITAL = "capital"


KINDS = {
    DepositAccount.DEPOSIT: AccountKind.DEPOSIT,
    DepositAccount.FUND: AccountKind.FUND,
    DepositAccount.CAPITAL: AccountKind.CAPITAL,
}


@dataclass(frozen=True, slots=True)
class Deposit:
    """`minor` units into or out of a participant's account.

    `evidence` proves that the money came by hand; without it the money goes over the participant's rail.
    """

    participant: str
    account: DepositAccount
    minor: int
    evidence: str = ""

    @property
    def payload(self) -> Payload:
        """The deposit as data."""
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
        DepositAccount(str(payload["account"])),
        int(payload["amount_minor"] or 0),
        str(payload["evidence"]),
    )


def pay_in(alliance: Alliance, deposit: Deposit, people: Sequence[str], key: str) -> list[PaymentRecord]:
    """Collect a deposit over the participant's rail, in parts where that collects no more at once; or record that it
    came by hand, confirmed by these people.

    The same key finds the same payments and continues them after a crash. Raises ParticipantUnknown, and RequestReused
    if the key belongs to another payment.
    """
    with payment_context(alliance, people[0]) as context:
        rail = BY_HAND if deposit.evidence else ""
        records = plan_deposit(context, deposit.participant, deposit.minor, KINDS[deposit.account], rail, key)
        _check_same(records, deposit, PaymentRoute.COLLECT)
        records = [_sent(context, record) for record in records]
        return [_confirmed(context, record, people, deposit.evidence) for record in records]


def pay_back(alliance: Alliance, deposit: Deposit, actor: str, key: str) -> PaymentRecord:
    """Pay a participant money out of its account, over its rail. A payment by hand is then to be confirmed.

    The key works as in `pay_in`. Raises the same errors, and MoneyShort.
    """
    with payment_context(alliance, actor) as context:
        record = plan_withdrawal(context, deposit.participant, deposit.minor, KINDS[deposit.account], asked_as=key)
        _check_same([record], deposit, PaymentRoute.PAY)
        return _sent(context, record)


def request_pay_in(
    alliance: Alliance, approvals: Approvals, caller: Caller, deposit: Deposit, key: str
) -> list[PaymentRecord] | Approval:
    """Pay in at once what one person may handle alone; for more, ask for another person's approval.

    The same `key` finds the same payments or request. Raises what `pay_in` does, and PersonNeeded.
    """
    check_participant(alliance, deposit.participant)
    waiting = approvals.ask_above_limits(caller, PAY_IN, deposit.minor, deposit.minor, deposit.payload, key)
    if waiting is not None:
        return waiting
    try:
        payments = pay_in(alliance, deposit, [caller.id], key)
    except DatabaseUnusable:
        raise
    except SettlementError:
        approvals.release(caller, key)
        raise
    record_separately(alliance.database, caller, "deposit.create", payments[0].id, deposit.payload)
    return payments


def request_pay_back(alliance: Alliance, approvals: Approvals, caller: Caller, deposit: Deposit, key: str) -> Approval:
    """Ask for a withdrawal, which always takes two people.

    The same `key` finds the same request. Raises ParticipantUnknown, PersonNeeded and RequestReused.
    """
    check_participant(alliance, deposit.participant)
    return approvals.request(caller, PAY_BACK, deposit.payload, key)


def check_participant(alliance: Alliance, ref: str) -> None:
    """Raise ParticipantUnknown for what is neither a shop nor the operator."""
    with closing(alliance.database.session()) as session:
        if ref == POOL or ref not in alliance.book.config(session).by_ref:
            raise ParticipantUnknown(ref)


def execute_pay_in(alliances: Alliances, approval: Approval) -> Outcome:
    """Do an approved deposit, confirmed by the two people who agreed on it."""
    people = [approval.requested_by, approval.decided_by or approval.requested_by]
    return _outcome(
        lambda: pay_in(alliances.get(approval.alliance_id), deposit_of(approval.payload), people, approval.request_key)[
            0
        ]
    )


def execute_pay_back(alliances: Alliances, approval: Approval) -> Outcome:
    """Do an approved withdrawal."""
    return _outcome(
        lambda: pay_back(
            alliances.get(approval.alliance_id),
            deposit_of(approval.payload),
            approval.requested_by,
            approval.request_key,
        )
    )


def _sent(context: PaymentContext, record: PaymentRecord) -> PaymentRecord:
    if record.state != PaymentState.PLANNED:
        return record
    send_payments(context, [record.id])
    return payment_by_id(context.book, context.session, record.id)


def _confirmed(context: PaymentContext, record: PaymentRecord, people: Sequence[str], evidence: str) -> PaymentRecord:
    """A payment that came by hand, as these people say; any other as it is."""
    for person in people if evidence else ():
        if record.state == PaymentState.SENT and not is_repeated_confirmation(
            context, record, MarkKind.PAID, person, evidence
        ):
            record, _ = confirm_by_hand(replace(context, actor=person), record.id, MarkKind.PAID, evidence)
    return record


def _check_same(parts: Sequence[PaymentRecord], deposit: Deposit, route: PaymentRoute) -> None:
    """Raise RequestReused where payments under a key are not those of a deposit."""
    record = parts[0]
    asked = {
        "shop": (record.participant, deposit.participant),
        "account": (record.purpose, KINDS[deposit.account]),
        "amount_minor": (sum(part.minor for part in parts), deposit.minor),
        "route": (record.route, route),
    }
    for field, (actual, wanted) in asked.items():
        if actual != wanted:
            raise RequestReused(field)


def _outcome(act: Callable[[], PaymentRecord]) -> Outcome:
    try:
        record = act()
    except DatabaseUnusable:
        raise
    except SettlementError as error:
        return Outcome(done=False, result={"code": error.code, "detail": error.sentence})
    return Outcome(done=True, result={"payment": record.id, "state": record.state})
