"""Carry cash between the box by hand and another rail: paid in at the bank, or fetched from there."""

from dataclasses import dataclass

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from coalition.approvals.approvals import Approvals
from coalition.payments.context import payment_context
from settlement import DatabaseUnusable, SettlementError
from settlement.payments import move_cash

CARRY_CASH = "carry_cash"
CARRY_ALONE_MINOR_MAX = 99_999
"""What one person may carry alone, in minor units, unless the alliance sets another limit."""


@dataclass(frozen=True, slots=True)
class CashCarried:
    """`minor` units that were carried from one rail's box to another's, and the evidence."""

    out_of: str
    to: str
    minor: int
    why: str

    @property
    def payload(self) -> Payload:
        """The same as data."""
        return {"from": self.out_of, "to": self.to, "amount_minor": self.minor, "why": self.why}


def request_carry(
    alliance: Alliance, approvals: Approvals, caller: Caller, carried: CashCarried, key: str
) -> Approval | None:
    """Record cash that was carried, or ask for another person's approval of what is above the limit.

    Returns the request; None where it is recorded. The same `key` records it once. Raises RailUnknown, PaymentRefused,
    MoneyShort, PersonNeeded and RequestReused.
    """
    waiting = approvals.ask_above_limits(caller, CARRY_CASH, carried.minor, carried.minor, carried.payload, key)
    if waiting is not None:
        return waiting
    try:
        is_new = _record(alliance, caller.id, carried, key)
    except DatabaseUnusable:
        raise
    except SettlementError:
        approvals.release(caller, key)
        raise
    if is_new:
        record_separately(alliance.database, caller, "cash.carry", carried.to, carried.payload)
    return None


def execute_carry(alliances: Alliances, approval: Approval) -> Outcome:
    """Record what was approved. It happens once, however often this is called."""
    payload = approval.payload
    carried = CashCarried(
        str(payload["from"]), str(payload["to"]), int(payload["amount_minor"] or 0), str(payload["why"])
    )
    try:
        _record(alliances.get(approval.alliance_id), approval.requested_by, carried, approval.request_key)
    except DatabaseUnusable:
        raise
    except SettlementError as error:
        return Outcome(done=False, result={"code": error.code, "detail": error.sentence})
    return Outcome(done=True, result=carried.payload)


def _record(alliance: Alliance, actor: str, carried: CashCarried, key: str) -> bool:
    with payment_context(alliance, actor) as context:
        return move_cash(context, carried.out_of, carried.to, carried.minor, carried.why, key)
