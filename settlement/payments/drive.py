"""Reserve, commit, call, record: how payments get to their rails, and how what became of them gets into the book.

Whoever works on a payment leases it first, under the book's lock: its lease version goes up and the lease runs. No
transaction is open while a rail is called. The rail's answer is recorded only if the version is still the one leased;
the answer of a runner that was too slow is dropped, since the next runner has asked the rail itself.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from settlement.ledger.accounts import AccountKind
from settlement.payments.context import PaymentContext
from settlement.payments.states import MONEY_SAID, MOVED, ON_ITS_WAY, PaymentRoute, PaymentState, states_after
from settlement.payments.store import DEPOSIT, PaymentRecord, attempt_of, payments_where, rail_account
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work
from settlement.payments.week_limits import CHOSEN, WeekLimits
from settlement.rails.port import Direction, Observation, RailStatus
from settlement.sentences import Phrase

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LEASE = 15 * MINUTE
"""How long a runner may take over one call before another looks after its payments."""
BOUNCES = 30 * DAY
"""How long a payment out is looked at, once a day, after it was paid."""
DISPUTES = 120 * DAY
"""How long a return is looked at, once a day: a dispute about it may be won."""
LEARNED = 2 * DAY
"""How far back a rail is asked what it has learned: what it learned before that was looked at in the daily round."""
BATCH = 100
"""Payments in one call to a rail."""

Progress = Callable[[str, int, int], None]
"""Hears what is being done, how many are done, and of how many."""


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """Reports progress to nobody."""


class Sent(NamedTuple):
    """How many payments were sent, and how much that was."""

    payments: int
    minor: int


def send_payments(
    context: PaymentContext, ids: Sequence[str], progress: Progress = no_progress, stage: str = "send"
) -> Sent:
    """Send these payments where they are planned, in their order; returns how many were sent, and how much.

    A payment out is sent only as far as the cash at its rail reaches, by the book and by what the rail itself says.
    One whose account can't be used waits, and so does what is more than its rail collects in a week: `waiting_for` and
    its history say why.
    """
    sent = minor = 0
    ready = _usable(context, ids)
    lets_out, limits = _lets_out(context, ready), WeekLimits(context)
    for batch in _batches(ready):
        with open_unit_of_work(context) as unit:
            stored = _payments_in_order(context, [payment.id for payment in batch])
            reserved = [
                record
                for payment in stored
                if (record := _reserve_or_cancel(unit, payment, lets_out, limits)) is not None
            ]
        for rail, records in _by_rail(reserved):
            answers = context.rail(rail).instruct([attempt_of(context.book, payment) for payment in records])
            record_answers(context, records, answers)
            sent += len(records)
            minor += sum(payment.minor for payment in records)
            progress(stage, sent, len(ready))
    return Sent(sent, minor)


def look_up_payments(
    context: PaymentContext, payments: Sequence[PaymentRecord], progress: Progress = no_progress
) -> int:
    """Ask the rails what became of these, and record it; returns how many were asked for.

    One that was reserved and is unknown to its rail was never sent: it is sent now, under the same key.
    """
    done = 0
    for batch in _batches(payments):
        leased = lease_payments(context, [payment.id for payment in batch])
        for rail, records in _by_rail(leased):
            attempts = [attempt_of(context.book, payment) for payment in records]
            seen = list(context.rail(rail).observe(attempts))
            unsent = [
                at
                for at, (payment, answer) in enumerate(zip(records, seen, strict=True))
                if payment.state == PaymentState.RESERVED and answer.status is RailStatus.UNKNOWN
            ]
            if unsent:
                answers = context.rail(rail).instruct([attempts[at] for at in unsent])
                for at, answer in zip(unsent, answers, strict=True):
                    seen[at] = answer
            record_answers(context, records, seen)
        done += len(batch)
        progress("look", done, len(payments))
    return done


def look_up_attempts(context: PaymentContext, keys: Iterable[str]) -> int:
    """Look up the payments of these attempts now, since something about them may have changed.

    Keys of other books and of earlier attempts are left out.
    """
    wanted = set(keys)
    stored = payments_where(
        context.book, context.session, "id = ANY(?)", sorted({key.partition("-")[0] for key in wanted})
    )
    return look_up_payments(
        context, [payment for payment in stored if payment.key in wanted and payment.route != PaymentRoute.DIRECT]
    )


def payments_to_look_up(context: PaymentContext) -> list[PaymentRecord]:
    """Payments that may have changed: those on their way, and once a day what has arrived and may still come back.

    That is a collection until it can't come back any more, with one last look after that; a payment out as long as
    banks take to send one back; a return as long as a dispute about it may be won, and one that a movement was matched
    to by hand for as long, since its rail may move it too. What its rail has learned
    something of since it was looked at is looked at again, however long ago that was.
    """
    now = context.book.clock()
    learned = {
        (name, key): at for name, rail in context.rails.items() for key, at in rail.learned_since(now - LEARNED).items()
    }
    since_by_id = {key.partition("-")[0]: at for (_, key), at in sorted(learned.items(), key=lambda item: item[1])}
    due = payments_where(
        context.book,
        context.session,
        "route <> ? AND rail <> ? AND lease_until <= ? AND (state = ANY(?) OR (looked_at <= ? AND ("
        "(state = ? AND (returnable_until >= looked_at OR (route = ? AND changed_at >= ?) "
        "OR (matched_minor <> 0 AND changed_at >= ?))) "
        "OR (state = ? AND changed_at >= ?))))",
        PaymentRoute.DIRECT.value,
        DEPOSIT,
        now,
        sorted(state.value for state in ON_ITS_WAY),
        now - DAY,
        PaymentState.PAID.value,
        PaymentRoute.PAY.value,
        now - BOUNCES,
        now - DISPUTES,
        PaymentState.RETURNED.value,
        now - DISPUTES,
    )
    named = payments_where(
        context.book,
        context.session,
        "route <> ? AND lease_until <= ? AND id = ANY(?)",
        PaymentRoute.DIRECT.value,
        now,
        sorted(since_by_id),
    )
    known = {payment.id for payment in due}
    return due + [
        payment
        for payment in named
        if payment.id not in known
        and payment.looked_at <= since_by_id[payment.id]
        and (payment.rail, payment.key) in learned
    ]


def lease_payments(context: PaymentContext, ids: Sequence[str]) -> list[PaymentRecord]:
    """Lease those of these payments that nobody else has leased, at rails that are plugged in here."""
    with open_unit_of_work(context) as unit:
        return [
            unit.save(_leased(unit, payment))
            for payment in payments_where(context.book, context.session, "id = ANY(?)", list(ids))
            if payment.lease_until <= unit.now and payment.rail in context.rails and payment.attempt
        ]


def record_answers(context: PaymentContext, leased: Sequence[PaymentRecord], answers: Sequence[Observation]) -> None:
    """Record what a rail answered about leased payments, and end their leases."""
    answered = {payment.id: (payment.lease_version, seen) for payment, seen in zip(leased, answers, strict=True)}
    with open_unit_of_work(context) as unit:
        for payment in payments_where(context.book, context.session, "id = ANY(?)", sorted(answered)):
            version, seen = answered[payment.id]
            if payment.lease_version == version:
                _record(unit, payment._replace(lease_until=0, looked_at=unit.now), seen)


def _record(unit: UnitOfWork, payment: PaymentRecord, seen: Observation) -> None:
    """Record what a rail says, beside which movements may have been matched to the payment by people."""
    payment = _with_chosen(unit, payment, seen)
    moved_minor = seen.moved_of(payment.minor) + payment.matched_minor
    state, through = PaymentState(payment.state), states_after(PaymentState(payment.state), seen.status)
    if state in MOVED and seen.status in MONEY_SAID:
        if not moved_minor:
            through = (PaymentState.RETURNED,) if state is PaymentState.PAID else ()
        elif state is PaymentState.PAID and moved_minor != payment.moved_minor:
            unit.correct_moved(payment, moved_minor, seen)
            return
        else:
            through = () if state is PaymentState.PAID else (PaymentState.PAID,)
    for after in through:
        payment = unit.step(payment, after, seen, moved_minor=moved_minor if after is through[-1] else None)
    if not through:
        unit.learn(payment, seen)


def _with_chosen(unit: UnitOfWork, payment: PaymentRecord, seen: Observation) -> PaymentRecord:
    """The payment with what its owner chose at the rail, which counts for the rail's limits from now on."""
    known = json.loads(payment.details)
    if seen.chosen.items() <= known.items():
        return payment
    details = json.dumps(known | dict(seen.chosen), sort_keys=True)
    why = Phrase("its owner paid by {methods:code}", methods=list(seen.chosen.values()))
    return unit.note(payment._replace(details=details), why, CHOSEN)


def _leased(unit: UnitOfWork, payment: PaymentRecord) -> PaymentRecord:
    return payment._replace(lease_version=payment.lease_version + 1, lease_until=unit.now + LEASE)


def _usable(context: PaymentContext, ids: Sequence[str]) -> list[PaymentRecord]:
    """Those whose accounts their rails can use; the others keep what they wait for."""
    ready = []
    for payment in _payments_in_order(context, ids):
        account = rail_account(context.book, context.session, payment.participant, payment.rail)
        why = (
            context.rail(payment.rail).problem(account, Direction(payment.route))
            if payment.rail in context.rails
            else Phrase("no such rail")
        )
        if not why:
            ready.append(payment)
        elif payment.waiting_for != why:
            with open_unit_of_work(context) as unit:
                unit.note(payment._replace(waiting_for=why), why, "account_not_usable")
    return ready


def _payments_in_order(context: PaymentContext, ids: Sequence[str]) -> list[PaymentRecord]:
    rows = payments_where(context.book, context.session, "id = ANY(?)", list(ids))
    stored = {payment.id: payment for payment in rows}
    return [stored[id_] for id_ in dict.fromkeys(ids) if id_ in stored]


def _is_owed(unit: UnitOfWork, payment: PaymentRecord) -> bool:
    """Whether what it is for still stands: what is owed of nets or in default, or money in the account that it is paid
    out of."""
    if payment.purpose != AccountKind.SETTLEMENT and payment.route != PaymentRoute.PAY:
        return True
    if payment.for_default:
        return unit.defaulted(payment.participant) >= payment.minor
    balance = unit.cash_ledger.balance(unit.account(payment.participant, payment.purpose))
    return (-balance if payment.route == PaymentRoute.COLLECT else balance) >= payment.minor


def _lets_out(context: PaymentContext, payments: Sequence[PaymentRecord]) -> dict[str, int]:
    """What rails say that they let out now, of those that payments go out over and that can tell. No transaction is
    open meanwhile."""
    rails = {payment.rail for payment in payments if payment.route == PaymentRoute.PAY}
    reported = {name: context.rail(name).available_minor(context.book.settings.currency) for name in sorted(rails)}
    return {name: minor for name, minor in reported.items() if minor is not None}


def _is_covered(unit: UnitOfWork, payment: PaymentRecord, lets_out: Mapping[str, int]) -> bool:
    """Whether the cash at its rail reaches for it, and its participant is paid out; what is collected needs neither."""
    if payment.route == PaymentRoute.COLLECT:
        return True
    free = unit.cash_ledger.free(payment.rail)
    return (
        min(free, lets_out.get(payment.rail, free)) >= payment.minor and not unit.profile(payment.participant).suspended
    )


def _reserve_or_cancel(
    unit: UnitOfWork, payment: PaymentRecord, lets_out: dict[str, int], limits: WeekLimits
) -> PaymentRecord | None:
    """Reserve a planned payment that is covered, out of what its rail lets out and moves; cancel one that is no longer
    owed."""
    if payment.state != PaymentState.PLANNED or payment.lease_until > unit.now:
        return None
    if not _is_owed(unit, payment):
        unit.step(payment, PaymentState.CANCELLED, why=Phrase("no longer owed"))
        return None
    if not _is_covered(unit, payment, lets_out) or limits.keeps_back(unit, payment):
        return None
    if payment.route == PaymentRoute.PAY and payment.rail in lets_out:
        lets_out[payment.rail] -= payment.minor
    return _reserve(unit, payment)


def _reserve(unit: UnitOfWork, payment: PaymentRecord) -> PaymentRecord:
    account = rail_account(unit.context.book, unit.context.session, payment.participant, payment.rail)
    payment = payment._replace(details=json.dumps(dict(account.details), sort_keys=True))
    payment = unit.step(payment, PaymentState.RESERVED)
    return unit.save(_leased(unit, payment))


def _batches(records: Sequence[PaymentRecord]) -> Iterable[Sequence[PaymentRecord]]:
    for at in range(0, len(records), BATCH):
        yield records[at : at + BATCH]


def _by_rail(records: Sequence[PaymentRecord]) -> list[tuple[str, list[PaymentRecord]]]:
    by_rail: dict[str, list[PaymentRecord]] = {}
    for payment in records:
        by_rail.setdefault(payment.rail, []).append(payment)
    return sorted(by_rail.items())
