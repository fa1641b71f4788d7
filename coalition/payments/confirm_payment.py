"""Confirm what became of a payment that people make: by hand, or from shop to shop."""

from dataclasses import dataclass
from enum import StrEnum

from coalition.access.caller import SHOP, STAFF, Caller
from coalition.access.errors import PersonNeeded
from coalition.access.log import record_separately
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.payments.errors import PaymentNotConfirmable
from settlement import PaymentRefused, Phrase
from settlement.payments import (
    DirectConfirmation,
    PaymentContext,
    PaymentRecord,
    PaymentRoute,
    confirm_by_hand,
    confirm_direct,
    is_repeated_confirmation,
    people_needed,
)
from settlement.rails import MarkKind

CONFIRM_PAYMENT = "confirm_payment"
CONFIRM_ALONE_MINOR_MAX = 100_000
"""The payment that one person may confirm alone, in minor units, unless the alliance sets another limit. From
`two_people_from_minor` of the payment rules on two people confirm it themselves.
"""


class ConfirmedOutcome(StrEnum):
    """What people can confirm of a payment."""

    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    RECEIVED = "received"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class PaymentConfirmation:
    """What a person confirms, and the evidence for it."""

    outcome: ConfirmedOutcome
    evidence: str
    document_sha256: str = ""
    amount_minor: int | None = None
    """How much of it; None for all."""


@dataclass(frozen=True, slots=True)
class ConfirmationResult:
    """The payment after a confirmation, how many more people have to confirm it, and whether this was a repetition."""

    payment: PaymentRecord
    people_missing: int
    replayed: bool


def confirm_payment(
    context: PaymentContext,
    approvals: Approvals,
    payment: PaymentRecord,
    caller: Caller,
    confirmation: PaymentConfirmation,
) -> ConfirmationResult:
    """Confirm a payment for the caller: a direct payment on behalf of the caller's shop, others as a person.

    It is logged who confirmed what. Raises PaymentNotConfirmable for one that others confirm, PersonNeeded if two
    people have to confirm it and the caller is a key, ApprovalAwaited where one person has confirmed as much as one
    may, and what `confirm_by_hand` and `confirm_direct` raise.
    """
    if (payment.route == PaymentRoute.DIRECT) != (caller.role in SHOP):
        raise PaymentNotConfirmable
    confirmed = _confirm(context, approvals, payment, caller, confirmation)
    if not confirmed.replayed:
        stated = {"outcome": confirmation.outcome.value, "evidence": confirmation.evidence}
        record_separately(context.book.database, caller, "payment.confirm", payment.id, stated)
    return confirmed


def _confirm(
    context: PaymentContext,
    approvals: Approvals,
    payment: PaymentRecord,
    caller: Caller,
    confirmation: PaymentConfirmation,
) -> ConfirmationResult:
    if payment.route == PaymentRoute.DIRECT:
        side = caller.shop or ""
        kind = _kind_of(confirmation.outcome)
        if is_repeated_confirmation(context, payment, kind, side, confirmation.evidence, confirmation.amount_minor):
            return ConfirmationResult(payment, 0, replayed=True)
        statement = side_of(payment, confirmation.outcome)
        after = confirm_direct(
            context,
            payment.id,
            side,
            statement,
            confirmation.evidence,
            confirmation.document_sha256,
            confirmation.amount_minor,
        )
        return ConfirmationResult(after, 0, replayed=False)
    kind = mark_of(payment, confirmation.outcome)
    people = people_needed(context, payment)
    if people > 1 and kind is not MarkKind.FAILED and caller.role not in STAFF:
        raise PersonNeeded(CONFIRM_PAYMENT)
    if is_repeated_confirmation(context, payment, kind, caller.id, confirmation.evidence, confirmation.amount_minor):
        return ConfirmationResult(payment, people_missing(payment, kind), replayed=True)
    if people == 1 and kind is not MarkKind.FAILED:
        asked: Payload = {
            "payment": payment.id,
            "outcome": kind.value,
            "amount_minor": confirmation.amount_minor or payment.minor,
            "evidence": confirmation.evidence,
        }
        minor = max(payment.minor, confirmation.amount_minor or 0)
        approvals.check_alone(caller, CONFIRM_PAYMENT, minor, minor, asked)
    after, missing = confirm_by_hand(
        context, payment.id, kind, confirmation.evidence, confirmation.document_sha256, confirmation.amount_minor
    )
    return ConfirmationResult(after, missing, replayed=False)


def people_missing(payment: PaymentRecord, kind: MarkKind) -> int:
    """How many more people have to confirm the same: none if the payment is in that state."""
    return 0 if payment.state == kind.value else 1


def mark_of(payment: PaymentRecord, outcome: ConfirmedOutcome) -> MarkKind:
    """The mark for a payment by hand. Raises PaymentRefused for what only direct payments can be."""
    if outcome not in (ConfirmedOutcome.PAID, ConfirmedOutcome.FAILED, ConfirmedOutcome.RETURNED):
        raise PaymentRefused(payment.id, Phrase("it goes by hand: confirm `paid`, `failed` or `returned`"))
    return MarkKind(outcome.value)


def side_of(payment: PaymentRecord, outcome: ConfirmedOutcome) -> DirectConfirmation:
    """What a side of a direct payment confirms. Raises PaymentRefused for what only payments by hand can be."""
    if outcome not in (ConfirmedOutcome.PAID, ConfirmedOutcome.RECEIVED, ConfirmedOutcome.DISPUTED):
        raise PaymentRefused(
            payment.id,
            Phrase("it goes from shop to shop: the payer says `paid`, the payee `received`, either `disputed`"),
        )
    return DirectConfirmation(outcome.value)


def _kind_of(outcome: ConfirmedOutcome) -> MarkKind:
    return MarkKind.DISPUTED if outcome is ConfirmedOutcome.DISPUTED else MarkKind.PAID
