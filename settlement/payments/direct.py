"""Shops that pay each other: the fewest payments there are, confirmed by both sides.

The clearing house moves no money here and holds none. The payer says that it paid, the payee that it has received;
when both have, their nets are settled. A side can say that something is wrong, which is shown until both confirm.
"""

from enum import StrEnum

from settlement.calendar import next_day
from settlement.clearing.netting import settle_directly
from settlement.errors import PaymentRefused
from settlement.ledger.accounts import POOL
from settlement.payments.change import Change, Desk, changing
from settlement.payments.drive import DAY
from settlement.payments.notices import NoticeKind
from settlement.payments.plan import standings
from settlement.payments.states import LIVE, Route, State
from settlement.payments.store import PaymentRecord, payment, payments_where, planned
from settlement.rails.by_hand import MarkKind, first_mark, marks_of, next_mark
from settlement.rails.by_hand_tables import payment_marks
from settlement.rails.port import Observation, Status

NAME = "direct"


class Said(StrEnum):
    """What a side of a direct payment says."""

    PAID = "paid"
    RECEIVED = "received"
    DISPUTED = "disputed"


def plan_direct(desk: Desk, window_id: int) -> list[PaymentRecord]:
    """Plan payments from shop to shop that settle all open nets, with the fewest payments that are found.

    Planning again plans nothing twice. Raises PaymentRefused where some of them were paid to the house already, and
    where the pool has a net, which only the house can pay.
    """
    with changing(desk) as change:
        there = standings(change, window_id)
        nets = {who: change.owed(who) + one.incoming_minor - one.outgoing_minor for who, one in there.items()}
        if change.owed(POOL):
            raise PaymentRefused("plan", "the pool has a net; settle this window through the house")
        if sum(nets.values()):
            raise PaymentRefused("plan", "the house paid or was paid some of these nets; settle this window through it")
        days = change.rules.direct_days
        due_on = desk.book.calendar.local_date(change.now + days * DAY)
        made = []
        for one in settle_directly(nets).payments:
            new = planned(
                desk.book, desk.ids(change.now), window_id, Route.DIRECT, NAME, one.payer, one.minor,
                counterparty=one.payee, due_on=due_on,
            )  # fmt: skip
            change.tell(NoticeKind.DUE, new)
            made.append(change.plan(new))
            desk.session.insert(payment_marks, [first_mark(desk.book, new.key, NAME, new.minor, 1)])
    return made


def say(desk: Desk, payment_id: str, side: str, said: Said, evidence: str, document_sha256: str = "") -> PaymentRecord:
    """What a side of a direct payment says, with what proves it; returns the payment as it stands then.

    Raises PaymentNotFound, and PaymentRefused for anybody else's payment, without evidence, or where it is over.
    """
    with changing(desk) as change:
        one = payment(desk.book, desk.session, payment_id)
        _check(one, side, said, evidence)
        marks = marks_of(desk.book, desk.session, [one.key])[one.key]
        kind = MarkKind.DISPUTED if said is Said.DISPUTED else MarkKind.PAID
        mark = next_mark(desk.book, marks, kind, side, evidence, document_sha256)
        desk.session.insert(payment_marks, [mark])
        if said is Said.DISPUTED:
            change.tell(NoticeKind.DISPUTED, one, evidence)
            return change.note(one, f"{side}: {evidence}", "disputed")
        agreed = {earlier.who for earlier in marks if earlier.mark == MarkKind.PAID} | {side}
        seen = Observation(Status.UNKNOWN, change.now, one.reference, said.value, f"{side}: {evidence}")
        if said is Said.PAID and one.state == State.PLANNED:
            one = change.step(one, State.SENT, seen)
        if {one.participant, one.counterparty} <= agreed:
            return change.step(one, State.PAID, seen)
        return one if one.state == State.SENT and said is Said.PAID else change.note(one, seen.why, said.value)


def is_disputed(desk: Desk, one: PaymentRecord) -> bool:
    """Whether a side of a direct payment says that something is wrong, and they have not agreed since."""
    marks = marks_of(desk.book, desk.session, [one.key]).get(one.key, [])
    return one.live and any(mark.mark == MarkKind.DISPUTED for mark in marks)


def cancel(desk: Desk, payment_id: str, why: str) -> PaymentRecord:
    """Take back a planned payment that nobody says was made. Raises PaymentNotFound and PaymentRefused."""
    with changing(desk) as change:
        return change.step(payment(desk.book, desk.session, payment_id), State.CANCELLED, why=why)


def remind(desk: Desk) -> int:
    """Remind both sides of direct payments that are past their day, once a day; returns of how many."""
    with changing(desk) as change:
        late = [one for one in _open(desk) if _is_late(change, one)]
        for one in late:
            change.tell(NoticeKind.REMINDER, one)
            change.note(one._replace(looked_at=change.now), "past its day", "reminder")
    return len(late)


def _open(desk: Desk) -> list[PaymentRecord]:
    states = sorted(state.value for state in LIVE)
    return payments_where(desk.book, desk.session, "route = ? AND state = ANY(?)", Route.DIRECT.value, states)


def _is_late(change: Change, one: PaymentRecord) -> bool:
    due = change.desk.book.calendar.start_of_day(next_day(one.due_on))
    return change.now >= max(due, one.looked_at + DAY)


def _check(one: PaymentRecord, side: str, said: Said, evidence: str) -> None:
    if one.route != Route.DIRECT:
        raise PaymentRefused(one.id, f"goes over {one.rail}, not from shop to shop")
    sides = {
        Said.PAID: (one.participant,),
        Said.RECEIVED: (one.counterparty,),
        Said.DISPUTED: (one.participant, one.counterparty),
    }
    if side not in sides[said]:
        raise PaymentRefused(one.id, f"only {' or '.join(sides[said])} can say {said.value}, not {side}")
    if not evidence.strip():
        raise PaymentRefused(one.id, "needs evidence: a transfer's reference, a receipt's number")
    if not one.live:
        raise PaymentRefused(one.id, f"is {one.state} already")
