"""Set how a participant pays and is paid: at once, or by two people where money would go elsewhere afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass

from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from coalition.payments.desk import desk_of
from settlement.payments import (
    DEPOSIT_RAIL,
    Desk,
    Route,
    account_at,
    change_profile,
    payment_rules,
    payments_where,
    set_account,
)

SET_ACCOUNT = "set_payment_account"
MANDATE = "mandate_"
"""Details that begin so are for collections: they say nothing of where money goes."""
NEW, OLD = "new.", "old."
"""What the names of details begin with in a request: no detail has a dot in its name."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """The chosen rail (empty for the alliance's), and the details of the account there; None leaves them."""

    participant: str
    choice: str
    details: Mapping[str, str] | None


def rail_used(desk: Desk, choice: str) -> str:
    """The rail that a participant uses who chose this."""
    return payment_rules(desk.book, desk.session).rail if choice in ("", DEPOSIT_RAIL) else choice


def takes_two(desk: Desk, asked: NewAccount) -> bool:
    """Whether credits would go to another account than before: any change of one that is there, and a first one where
    the participant was paid before."""
    if asked.details is None:
        return False
    rail = rail_used(desk, asked.choice)
    before, after = _payee(account_at(desk.book, desk.session, asked.participant, rail).details), _payee(asked.details)
    if before == after:
        return False
    out = "participant = ? AND route = ?"
    return bool(before) or bool(payments_where(desk.book, desk.session, out, asked.participant, Route.PAY.value))


def set_payment_account(desk: Desk, asked: NewAccount) -> None:
    """Let a participant pay and be paid so from the next payment on."""
    if asked.details is not None:
        set_account(desk.book, desk.session, asked.participant, rail_used(desk, asked.choice), asked.details)
    change_profile(desk.book, desk.session, asked.participant, rail=asked.choice)


def payload_of(desk: Desk, asked: NewAccount) -> Payload:
    """A change as data, for whoever approves it: the rail, the account as it is to be, and as it is now."""
    used = rail_used(desk, asked.choice)
    before = account_at(desk.book, desk.session, asked.participant, used).details
    return {
        "shop": asked.participant,
        "rail": asked.choice or None,
        "used": used,
        **{f"{OLD}{name}": value for name, value in before.items()},
        **{f"{NEW}{name}": value for name, value in (asked.details or {}).items()},
    }


def execute_account(alliances: Alliances, approval: Approval) -> Outcome:
    """Set the account that was approved, unless another one was set since it was asked for."""
    payload = approval.payload
    details = _named(payload, NEW)
    asked = NewAccount(str(payload["shop"]), str(payload["rail"] or ""), details)
    alliance: Alliance = alliances.get(approval.alliance_id)
    with desk_of(alliance, approval.requested_by) as desk:
        there = account_at(desk.book, desk.session, asked.participant, str(payload["used"])).details
        if there not in (_named(payload, OLD), details) or rail_used(desk, asked.choice) != payload["used"]:
            return Outcome(done=False, result={"code": "changed_meanwhile", "shop": asked.participant})
        set_payment_account(desk, asked)
    return Outcome(done=True, result={"shop": asked.participant})


def _payee(details: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in details.items() if not name.startswith(MANDATE)}


def _named(payload: Payload, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): str(value) for name, value in payload.items() if name.startswith(prefix)}
