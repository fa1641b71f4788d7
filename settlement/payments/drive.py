"""Reserve, commit, call, record: how payments get to their rails, and how what became of them gets into the book.

Whoever works on a payment claims it first, under the book's lock: its claim number goes up and a lease runs. No
transaction is open while a rail is called. What the rail said is written down only if the claim is still the last
one; who was too slow is forgotten, since the next one has looked at the rail itself.
"""

import json
from collections.abc import Callable, Iterable, Sequence

from settlement.ledger.accounts import AccountKind
from settlement.payments.change import Change, Desk, changing
from settlement.payments.states import ON_ITS_WAY, Route, State, steps
from settlement.payments.store import DEPOSIT, PaymentRecord, account_at, attempt_of, payments_where
from settlement.rails.port import Direction, Observation, Status

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LEASE = 15 * MINUTE
"""How long a runner may take over one call before another looks after its payments."""
BOUNCES = 30 * DAY
"""How long a payment out is looked at, once a day, after it was paid."""
DISPUTES = 120 * DAY
"""How long a return is looked at, once a day: a dispute about it may be won."""
BATCH = 100
"""Payments in one call to a rail."""

Progress = Callable[[str, int, int], None]
"""Hears what is being done, how many are done, and of how many."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def send(desk: Desk, ids: Sequence[str], progress: Progress = silent, stage: str = "send") -> int:
    """Send these payments where they are planned; returns how many were sent.

    A payment out is sent only as far as the cash at its rail reaches. One whose account can't be used waits, and
    its history says why.
    """
    sent = 0
    ready = _usable(desk, ids)
    for batch in _batches(ready):
        with changing(desk) as change:
            found = payments_where(desk.book, desk.session, "id = ANY(?)", [one.id for one in batch])
            claimed = [_reserve(change, one) for one in found if _is_due(change, one)]
        for rail, records in _by_rail(claimed):
            answers = desk.rail(rail).instruct([attempt_of(desk.book, one) for one in records])
            record(desk, records, answers)
            sent += len(records)
            progress(stage, sent, len(ready))
    return sent


def look(desk: Desk, records: Sequence[PaymentRecord], progress: Progress = silent) -> int:
    """Ask the rails what became of these, and write it down; returns how many were asked for.

    One that was reserved and is unknown to its rail was never sent: it is sent now, under the same key.
    """
    done = 0
    for batch in _batches(records):
        claimed = claim(desk, [one.id for one in batch])
        for rail, mine in _by_rail(claimed):
            attempts = [attempt_of(desk.book, one) for one in mine]
            seen = list(desk.rail(rail).observe(attempts))
            unsent = [
                at
                for at, (one, answer) in enumerate(zip(mine, seen, strict=True))
                if one.state == State.RESERVED and answer.status is Status.UNKNOWN
            ]
            if unsent:
                answers = desk.rail(rail).instruct([attempts[at] for at in unsent])
                for at, answer in zip(unsent, answers, strict=True):
                    seen[at] = answer
            record(desk, mine, seen)
        done += len(batch)
        progress("look", done, len(records))
    return done


def look_at_keys(desk: Desk, keys: Iterable[str]) -> int:
    """Look at the payments of these attempts now, since somebody hinted that they have news.

    Keys that are not of this book, or of an earlier attempt, are nobody's news.
    """
    wanted = set(keys)
    found = payments_where(desk.book, desk.session, "id = ANY(?)", sorted({key.partition("-")[0] for key in wanted}))
    return look(desk, [one for one in found if one.key in wanted and one.route != Route.DIRECT])


def to_look_at(desk: Desk) -> list[PaymentRecord]:
    """Payments that may have news: those on their way, and once a day what has arrived and may still change.

    That is a collection until it can't come back any more, with one last look after that; a payment out as long as
    banks take to send one back; and a return as long as a dispute about it may be won.
    """
    now = desk.book.clock()
    return payments_where(
        desk.book,
        desk.session,
        "route <> ? AND rail <> ? AND lease_until <= ? AND (state = ANY(?) OR (looked_at <= ? AND ("
        "(state = ? AND (returnable_until >= looked_at OR (route = ? AND changed_at >= ?))) "
        "OR (state = ? AND changed_at >= ?))))",
        Route.DIRECT.value,
        DEPOSIT,
        now,
        sorted(state.value for state in ON_ITS_WAY),
        now - DAY,
        State.PAID.value,
        Route.PAY.value,
        now - BOUNCES,
        State.RETURNED.value,
        now - DISPUTES,
    )


def claim(desk: Desk, ids: Sequence[str]) -> list[PaymentRecord]:
    """Take these to work on, but those that somebody else holds; at rails that are plugged in here."""
    with changing(desk) as change:
        return [
            change.save(_held(change, one))
            for one in payments_where(desk.book, desk.session, "id = ANY(?)", list(ids))
            if one.lease_until <= change.now and one.rail in desk.rails and one.attempt
        ]


def record(desk: Desk, claimed: Sequence[PaymentRecord], answers: Sequence[Observation]) -> None:
    """Write down what a rail said of payments that are claimed, and let go of them."""
    answered = {one.id: (one.claim, seen) for one, seen in zip(claimed, answers, strict=True)}
    with changing(desk) as change:
        for one in payments_where(desk.book, desk.session, "id = ANY(?)", sorted(answered)):
            number, seen = answered[one.id]
            if one.claim == number:
                _record(change, one._replace(lease_until=0, looked_at=change.now), seen)


def _record(change: Change, one: PaymentRecord, seen: Observation) -> None:
    through = steps(State(one.state), seen.status)
    for state in through:
        one = change.step(one, state, seen)
    if not through:
        change.learn(one, seen)


def _held(change: Change, one: PaymentRecord) -> PaymentRecord:
    return one._replace(claim=one.claim + 1, lease_until=change.now + LEASE)


def _usable(desk: Desk, ids: Sequence[str]) -> list[PaymentRecord]:
    """Those whose accounts their rails can use, with the accounts' details; the others' history says why not."""
    ready = []
    for one in payments_where(desk.book, desk.session, "id = ANY(?)", list(ids)):
        account = account_at(desk.book, desk.session, one.participant, one.rail)
        why = desk.rail(one.rail).problem(account, Direction(one.route)) if one.rail in desk.rails else "no such rail"
        if not why:
            ready.append(one)
        elif one.reference != why:
            # The reference of a payment that was never sent is free to say what it waits for.
            with changing(desk) as change:
                change.note(one._replace(reference=why), why, "account_not_usable")
    return ready


def _is_due(change: Change, one: PaymentRecord) -> bool:
    """Whether it is still to be sent, and covered. What is no longer owed is cancelled, and planned anew if need be."""
    if one.state != State.PLANNED or one.lease_until > change.now:
        return False
    claim_minor = change.till.balance(change.account(one.participant, one.purpose))
    if one.route == Route.COLLECT:
        owed = change.defaulted(one.participant) - claim_minor
        covered = True
    else:
        owed = claim_minor
        covered = change.till.free(one.rail) >= one.minor and not change.is_held(one.participant)
    if one.purpose == AccountKind.SETTLEMENT or one.route == Route.PAY:
        if owed < one.minor:
            change.step(one, State.CANCELLED, why="no longer owed")
        covered = covered and owed >= one.minor
    return covered


def _reserve(change: Change, one: PaymentRecord) -> PaymentRecord:
    account = account_at(change.desk.book, change.desk.session, one.participant, one.rail)
    one = one._replace(details=json.dumps(dict(account.details), sort_keys=True))
    one = change.step(one, State.RESERVED)
    return change.save(_held(change, one))


def _batches(records: Sequence[PaymentRecord]) -> Iterable[Sequence[PaymentRecord]]:
    for at in range(0, len(records), BATCH):
        yield records[at : at + BATCH]


def _by_rail(records: Sequence[PaymentRecord]) -> list[tuple[str, list[PaymentRecord]]]:
    by_rail: dict[str, list[PaymentRecord]] = {}
    for one in records:
        by_rail.setdefault(one.rail, []).append(one)
    return sorted(by_rail.items())
