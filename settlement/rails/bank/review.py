"""What people decide: which payment a line was, that it was none of ours, that a payment is given up."""

from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from settlement.ledger.book import Book
from settlement.rails.bank.errors import (
    AttemptNotFound,
    AttemptSettled,
    BankLineNotFound,
    BankLineSettled,
    LineDoesNotFit,
)
from settlement.rails.bank.facts import How, Known, Line, Match, Standing, Verdict
from settlement.rails.bank.identifiers import compact
from settlement.rails.bank.intake import settle_queue
from settlement.rails.bank.matching import named_in, split
from settlement.rails.bank.settings import BankSettings
from settlement.rails.bank.store import Store

CANDIDATES = 5
"""How many payments are shown that a line could be."""


class Candidate(NamedTuple):
    """A payment that a waiting line could be. `misfit` says why it was not matched by itself; empty where it fits."""

    key: str
    reference: str
    participant: str
    minor: int
    misfit: str


class Waiting(NamedTuple):
    """A line that waits for somebody, with the payments that it could be, the likeliest first."""

    line: Line
    candidates: tuple[Candidate, ...]


def waiting_lines(book: Book, settings: BankSettings) -> list[Waiting]:
    """The queue, oldest first."""
    with closing(book.database.session()) as session:
        store = Store(book, settings.name, session)
        return [Waiting(line, _candidates(store, line)) for line in store.queue()]


def all_lines(book: Book, settings: BankSettings, first: int, last: int) -> list[tuple[Line, Match | None]]:
    """Lines booked from a day to another (yyyymmdd, both included), oldest first, with what they were."""
    with closing(book.database.session()) as session:
        return Store(book, settings.name, session).booked_lines(first, last)


def match_by_hand(book: Book, settings: BankSettings, line_id: str, named: Sequence[str], who: str, note: str) -> None:
    """Say which payment a waiting line was; or which several, whose sum it must be. `named` are keys or references.

    Raises BankLineNotFound, BankLineSettled, AttemptNotFound and LineDoesNotFit.
    """
    with closing(book.database.session()) as session, session.transaction():
        book.lock(session)
        store, now = Store(book, settings.name, session), book.clock()
        line = _waiting(store, line_id)
        payments = [_payment(store, one) for one in dict.fromkeys(named)]
        if len(payments) == 1:
            misfit = payments[0].misfit(line)
            if misfit:
                raise LineDoesNotFit(line_id, [payments[0].item.key], misfit)
            store.add_matches([Match(line_id, payments[0].item.key, How.HAND, who, note, now)])
        else:
            _check_sum(line, payments)
            parts, matches = split(line, payments, now, who, How.HAND)
            store.add_lines(parts, now)
            store.add_matches([match._replace(note=note) for match in matches])
        # What this line was may tell what another one is: its return, say.
        settle_queue(store, now)


def set_aside(book: Book, settings: BankSettings, line_id: str, who: str, note: str) -> None:
    """Say that a waiting line is no payment of ours: a fee of the bank, a deposit. Raises as `match_by_hand`."""
    with closing(book.database.session()) as session, session.transaction():
        book.lock(session)
        store = Store(book, settings.name, session)
        line = _waiting(store, line_id)
        store.add_matches([Match(line.id, "", How.HAND, who, note, book.clock())])


def give_up(book: Book, settings: BankSettings, named: str, who: str, why: str) -> None:
    """Say that a payment has failed: nobody will pay it, or the bank was told not to carry it out.

    While its file is open it is left out of it. Raises AttemptNotFound and AttemptSettled.
    """
    with closing(book.database.session()) as session, session.transaction():
        book.lock(session)
        store = Store(book, settings.name, session)
        known = _payment(store, named)
        if known.standing not in (Standing.IN_OPEN_FILE, Standing.SENT):
            raise AttemptSettled(known.item.key, known.standing.value)
        store.add_verdicts([Verdict(known.item.key, book.clock(), "by_hand", f"{why} ({who})")])


def _waiting(store: Store, line_id: str) -> Line:
    found = store.line(line_id)
    if found is None:
        raise BankLineNotFound(line_id)
    line, match = found
    if match is not None:
        raise BankLineSettled(line_id, match.how.value, match.who)
    return line


def _payment(store: Store, named: str) -> Known:
    by_key = store.known([named])
    by_reference = store.known_by_reference([compact(named)])
    for known in (*by_key.values(), *by_reference.values()):
        return known
    raise AttemptNotFound(named)


def _check_sum(line: Line, payments: Sequence[Known]) -> None:
    for one in payments:
        if one.standing is not Standing.SENT:
            raise LineDoesNotFit(line.id, [one.item.key], f"it is {one.standing.value}")
    total = sum(one.item.signed for one in payments)
    if total != line.minor:
        keys = [one.item.key for one in payments]
        raise LineDoesNotFit(line.id, keys, f"the line is of {line.minor} minor units, and they are {total} together")


def _candidates(store: Store, line: Line) -> tuple[Candidate, ...]:
    named = list(store.known_by_reference(named_in(line)).values())
    fitting = [one for one in store.known_of_amount(abs(line.minor)) if not one.misfit(line)]
    fitting.sort(key=lambda one: not _is_of(one, line))
    by_key = {one.item.key: one for one in (*named, *fitting)}
    return tuple(
        Candidate(one.item.key, one.item.reference, one.item.participant, one.item.signed, one.misfit(line))
        for one in list(by_key.values())[:CANDIDATES]
    )


def _is_of(known: Known, line: Line) -> bool:
    """Whether a line names the participant of a payment: by account, or by name."""
    said = compact(f"{line.counterparty} {line.text}")
    details = known.item.details
    names = (details.get("iban", ""), details.get("account", ""), details.get("name", ""), known.item.participant)
    return any(compact(name) in said for name in names if name)
