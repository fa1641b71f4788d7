"""Set how a participant pays and is paid. If money would go to another account, a second person has to approve."""

from collections.abc import Mapping
from dataclasses import dataclass

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from coalition.approvals.approvals import Approvals
from coalition.errors import CoalitionError, Invalid
from coalition.locale.messages import N_
from coalition.payments.context import payment_context
from coalition.payments.set_rules import RailNotOffered
from coalition.versions import version_of
from settlement.payments import (
    DEPOSIT_RAIL,
    PaymentContext,
    PaymentRoute,
    change_payment_profile,
    payment_rules,
    payments_where,
    rail_account,
    set_rail_account,
)
from settlement.rails import RailAccount

SET_ACCOUNT = "set_payment_account"
MANDATE = "mandate_"
"""Details with this prefix are for collections: they do not say where money goes."""
NEW, OLD = "new.", "old."
"""Prefixes of details in a request for approval; no detail has a dot in its name."""


class AccountDetailsInvalid(CoalitionError, like=Invalid):
    """Details of an account that can't be used as they are written."""

    detail = N_("The account of {participant:name} can't be set: {why}.")
    concerns = "details"
    participant: str
    why: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A change: the chosen rail (empty for the alliance's), and the details of the account there; None keeps them."""

    participant: str
    choice: str
    details: Mapping[str, str] | None


def rail_used(context: PaymentContext, choice: str) -> str:
    """The rail that a participant with this choice uses."""
    return payment_rules(context.book, context.session).rail if choice in ("", DEPOSIT_RAIL) else choice


def account_version(choice: str, details: Mapping[str, str]) -> int:
    """Of a rail that was chosen and an account there: what a change was made from."""
    return version_of(choice or None, sorted(details.items()))


def takes_two(context: PaymentContext, request: NewAccount) -> bool:
    """Whether a second person has to approve, because money would go to another account than before.

    True for any change of an existing account, and for a first account if the participant was paid before.
    """
    if request.details is None:
        return False
    rail = rail_used(context, request.choice)
    before, after = (
        _payee(rail_account(context.book, context.session, request.participant, rail).details),
        _payee(request.details),
    )
    if before == after:
        return False
    out = "participant = ? AND route = ?"
    return bool(before) or bool(
        payments_where(context.book, context.session, out, request.participant, PaymentRoute.PAY.value)
    )


def set_payment_account(context: PaymentContext, request: NewAccount) -> None:
    """Set rail and account of a participant, from its next payment on."""
    if request.details is not None:
        set_rail_account(
            context.book, context.session, request.participant, rail_used(context, request.choice), request.details
        )
    change_payment_profile(context.book, context.session, request.participant, rail=request.choice)


def request_account(
    context: PaymentContext, approvals: Approvals, caller: Caller, request: NewAccount, key: str
) -> Approval | None:
    """Set rail and account of a participant, or ask for another person's approval where money would go elsewhere.

    Returns the request, which the same `key` finds again; None where the account is set. Raises RailNotOffered,
    AccountDetailsInvalid, PersonNeeded and RequestReused.
    """
    if request.choice not in ("", DEPOSIT_RAIL, *context.rails):
        raise RailNotOffered(rail_choices(context))
    if request.details is not None:
        _check_details(context, request.participant, rail_used(context, request.choice), request.details)
    # The log has whether the details were changed, not what they are.
    logged: dict[str, str | bool | None] = {
        "rail": request.choice or None,
        "details_changed": request.details is not None,
    }
    action, approval = "payment_account.set", None
    if takes_two(context, request):
        approval = approvals.request(caller, SET_ACCOUNT, payload_of(context, request), key)
        action, logged["approval"] = "payment_account.request", approval.id
    else:
        set_payment_account(context, request)
    record_separately(context.book.database, caller, action, request.participant, logged)
    return approval


def _check_details(context: PaymentContext, participant: str, rail: str, details: Mapping[str, str]) -> None:
    """Raise AccountDetailsInvalid for details that the rail can't use, and RailNotOffered where it is not here."""
    if rail not in context.rails:
        raise RailNotOffered(rail_choices(context))
    problem = context.rails[rail].details_problem(RailAccount(participant, details))
    if problem:
        raise AccountDetailsInvalid(participant, problem)


def rail_choices(context: PaymentContext) -> list[str]:
    """The rails that a participant can choose from."""
    return [*sorted(context.rails), DEPOSIT_RAIL]


def payload_of(context: PaymentContext, request: NewAccount) -> Payload:
    """The change as data, for the person who approves it: the rail, the new account and the present one."""
    used = rail_used(context, request.choice)
    before = rail_account(context.book, context.session, request.participant, used).details
    return {
        "shop": request.participant,
        "rail": request.choice or None,
        "used": used,
        **{f"{OLD}{name}": value for name, value in before.items()},
        **{f"{NEW}{name}": value for name, value in (request.details or {}).items()},
    }


def execute_account(alliances: Alliances, approval: Approval) -> Outcome:
    """Set an approved account, unless the account was changed since the request."""
    payload = approval.payload
    details = _named(payload, NEW)
    request = NewAccount(str(payload["shop"]), str(payload["rail"] or ""), details)
    alliance: Alliance = alliances.get(approval.alliance_id)
    with payment_context(alliance, approval.requested_by) as context:
        current = rail_account(context.book, context.session, request.participant, str(payload["used"])).details
        if current not in (_named(payload, OLD), details) or rail_used(context, request.choice) != payload["used"]:
            return Outcome(done=False, result={"code": "changed_meanwhile", "shop": request.participant})
        set_payment_account(context, request)
    return Outcome(done=True, result={"shop": request.participant})


def _payee(details: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in details.items() if not name.startswith(MANDATE)}


def _named(payload: Payload, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): str(value) for name, value in payload.items() if name.startswith(prefix)}
