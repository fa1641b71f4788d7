"""Shops that pay each other: the fewest payments there are, confirmed by both sides.

The clearing house moves no money here and holds none. The payer says that it paid, the payee that it has received;
when both have, their nets are settled. A side can say that something is wrong, which is shown until both confirm.
"""

from enum import StrEnum

from settlement.calendar import next_day
from settlement.clearing.netting import settle_directly
from settlement.errors import PaymentRefused
from settlement.ledger.accounts import POOL
from settlement.payments.collection_codes import DIRECT
from settlement.payments.context import PaymentContext
from settlement.payments.drive import DAY
from settlement.payments.notices import NoticeKind
from settlement.payments.plan import set_off
from settlement.payments.standing import standing_by_participant
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import PaymentRecord, payment_by_id, planned_payment
from settlement.payments.unit_of_work import open_unit_of_work
from settlement.rails.by_hand import MarkKind, first_mark, marks_of, next_mark
from settlement.rails.by_hand_tables import payment_marks
from settlement.rails.port import Observation, RailStatus
from settlement.sentences import Phrase


class DirectConfirmation(StrEnum):
    """What a side of a direct payment says."""

    PAID = "paid"
    RECEIVED = "received"
    DISPUTED = "disputed"


def plan_direct(context: PaymentContext, window_id: int) -> list[PaymentRecord]:
    """Plan payments from shop to shop that settle all open nets, with the fewest payments that are found.

    Planning again plans nothing twice. Raises PaymentRefused where some of them were paid to the house already, and
    where the pool has a net, which only the house can pay.
    """
    with open_unit_of_work(context) as unit:
        for participant in unit.config.by_ref:
            set_off(unit, participant)
        standing_of = standing_by_participant(unit, window_id)
        nets = {
            participant: unit.owed(participant) + transfer.incoming_minor - transfer.outgoing_minor
            for participant, transfer in standing_of.items()
        }
        if unit.owed(POOL):
            raise PaymentRefused("plan", Phrase("the pool has a net; settle this window through the house"))
        if sum(nets.values()):
            raise PaymentRefused(
                "plan", Phrase("the house paid or was paid some of these nets; settle this window through it")
            )
        days = unit.rules.direct_days
        due_on = context.book.calendar.local_date(unit.now + days * DAY)
        made = []
        for transfer in settle_directly(nets).payments:
            new = planned_payment(
                context.book, context.new_id(unit.now), window_id, PaymentRoute.DIRECT, DIRECT, transfer.payer,
                transfer.minor, counterparty=transfer.payee, due_on=due_on,
                decided_by=context.book.calendar.start_of_day(next_day(due_on)),
            )  # fmt: skip
            unit.notify(NoticeKind.DUE, new)
            made.append(unit.add(new))
            context.session.insert(payment_marks, [first_mark(context.book, new.key, DIRECT, new.minor, 1)])
    return made


def confirm_direct(
    context: PaymentContext,
    payment_id: str,
    side: str,
    confirmation: DirectConfirmation,
    evidence: str,
    document_sha256: str = "",
    minor: int | None = None,
) -> PaymentRecord:
    """What a side of a direct payment says, with what proves it; returns the payment as it stands then.

    It is paid when both sides name the same amount: `minor` units, or all that was asked. Once its payer is in default
    it is called off, and what is paid after that goes to those who bore it.

    Raises PaymentNotFound, and PaymentRefused for anybody else's payment, without evidence, or where it is over.
    """
    with open_unit_of_work(context) as unit:
        payment = payment_by_id(context.book, context.session, payment_id)
        _check(payment, side, confirmation, evidence)
        marks = marks_of(context.book, context.session, [payment.key])[payment.key]
        kind = MarkKind.DISPUTED if confirmation is DirectConfirmation.DISPUTED else MarkKind.PAID
        mark = next_mark(context.book, marks, kind, side, evidence, document_sha256, minor)
        context.session.insert(payment_marks, [mark])
        if confirmation is DirectConfirmation.DISPUTED:
            unit.notify(NoticeKind.DISPUTED, payment, evidence)
            return unit.note(payment, f"{side}: {evidence}", "disputed")
        named = {earlier.actor: earlier.minor for earlier in (*marks, mark) if earlier.mark == MarkKind.PAID}
        seen = Observation(RailStatus.UNKNOWN, unit.now, payment.reference, confirmation.value, f"{side}: {evidence}")
        if confirmation is DirectConfirmation.PAID and payment.state == PaymentState.PLANNED:
            payment = unit.step(payment, PaymentState.SENT, seen)
        if named.get(payment.participant) == named.get(payment.counterparty):
            return unit.step(payment, PaymentState.PAID, seen, moved_minor=mark.minor)
        return (
            payment
            if payment.state == PaymentState.SENT and confirmation is DirectConfirmation.PAID
            else unit.note(payment, seen.why, confirmation.value)
        )


def is_disputed(context: PaymentContext, payment: PaymentRecord) -> bool:
    """Whether a side of a direct payment says that something is wrong, and they have not agreed since."""
    marks = marks_of(context.book, context.session, [payment.key]).get(payment.key, [])
    return payment.live and any(mark.mark == MarkKind.DISPUTED for mark in marks)


def cancel_payment(context: PaymentContext, payment_id: str, why: str) -> PaymentRecord:
    """Take back a planned payment that nobody says was made. Raises PaymentNotFound and PaymentRefused."""
    with open_unit_of_work(context) as unit:
        return unit.step(payment_by_id(context.book, context.session, payment_id), PaymentState.CANCELLED, why=why)


def _check(payment: PaymentRecord, side: str, confirmation: DirectConfirmation, evidence: str) -> None:
    if payment.route != PaymentRoute.DIRECT:
        raise PaymentRefused(payment.id, Phrase("it goes over {rail}, not from shop to shop", rail=payment.rail))
    sides = {
        DirectConfirmation.PAID: (payment.participant,),
        DirectConfirmation.RECEIVED: (payment.counterparty,),
        DirectConfirmation.DISPUTED: (payment.participant, payment.counterparty),
    }
    if side not in sides[confirmation]:
        raise PaymentRefused(
            payment.id,
            Phrase(
                "only {sides} can say {confirmation:code}, not {side}",
                sides=sides[confirmation],
                confirmation=confirmation.value,
                side=side,
            ),
        )
    if not evidence.strip():
        raise PaymentRefused(payment.id, Phrase("it needs evidence: a transfer's reference, a receipt's number"))
    if not payment.live and payment.state != PaymentState.FAILED:
        raise PaymentRefused(payment.id, Phrase("it is {state:code} already", state=payment.state))
