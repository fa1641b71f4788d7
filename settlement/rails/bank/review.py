"""What people decide: which payment a line was, that it was none of ours, that a payment is given up."""

from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from settlement.ledger.book import Book
from settlement.rails.actor import check_actor
from settlement.rails.bank.errors import (
    AttemptNotFound,
    AttemptSettled,
    BankLineNotFound,
    BankLineSettled,
    LineDoesNotFit,
)
from settlement.rails.bank.facts import BankLine, BankMatch, BankPayment, BankStanding, BankVerdict, MatchMethod
from settlement.rails.bank.identifiers import compact
from settlement.rails.bank.intake import settle_queue
from settlement.rails.bank.matching import LineShare, backward_shares, forward_shares, named_in, split
from settlement.rails.bank.settings import BankSettings
from settlement.rails.bank.store import BankStore
from settlement.sentences import Phrase

CANDIDATES = 5
"""How many payments are shown that a line could be."""


class MatchCandidate(NamedTuple):
    """A payment that a waiting line could be. `misfit` says why it was not matched by itself; empty where it fits."""

    key: str
    reference: str
    participant: str
    minor: int
    misfit: str


class WaitingLine(NamedTuple):
    """A line that waits for somebody, with the payments that it could be, the likeliest first."""

    line: BankLine
    candidates: tuple[MatchCandidate, ...]


def waiting_lines(book: Book, settings: BankSettings) -> list[WaitingLine]:
    """The queue, oldest first."""
    with closing(book.database.session()) as session:
        store = BankStore(book, settings.name, session)
        return [WaitingLine(line, _candidates(store, line)) for line in store.queue()]


def count_waiting(book: Book, settings: BankSettings) -> int:
    """How many lines wait: without looking for what each could be."""
    with closing(book.database.session()) as session:
        return BankStore(book, settings.name, session).count_queue()


def all_lines(book: Book, settings: BankSettings, first: int, last: int) -> list[tuple[BankLine, BankMatch | None]]:
    """Lines booked from a day to another (yyyymmdd, both included), oldest first, with what they were."""
    with closing(book.database.session()) as session:
        return BankStore(book, settings.name, session).booked_lines(first, last)


def match_by_hand(
    book: Book,
    settings: BankSettings,
    line_id: str,
    named: Sequence[str],
    actor: str,
    note: str,
    amounts_minor: Sequence[int] = (),
) -> None:
    """Say which payment a waiting line was, whatever its amount; or which several. `named` are keys or references.

    Of several the line is the sum of what was asked, or of what came and goes back; or `amounts_minor` says how much of
    the line each of them is, one for each, more than zero. What they leave over of the line waits as a line of its own.

    Raises ActorMissing, BankLineNotFound, BankLineSettled, AttemptNotFound and LineDoesNotFit.
    """
    check_actor(actor)
    with closing(book.database.session()) as session, session.transaction():
        book.lock(session)
        store, now = BankStore(book, settings.name, session), book.clock()
        line = _waiting(store, line_id)
        payments = [_payment(store, name) for name in dict.fromkeys(named)]
        for payment in payments:
            if payment.obstacle():
                raise LineDoesNotFit(line_id, [payment.item.key], payment.obstacle())
        shares = _shares(line, payments, amounts_minor)
        if len(shares) == 1 and shares[0].minor == line.minor:
            store.add_matches([BankMatch(line_id, payments[0].item.key, MatchMethod.HAND, actor, note, now)])
        else:
            parts, matches = split(line, shares, now, actor, MatchMethod.HAND)
            store.add_lines(parts, now)
            store.add_matches([match._replace(note=note) for match in matches])
        # What this line was may tell what another one is: its return, say.
        settle_queue(store, now)


def set_line_aside(book: Book, settings: BankSettings, line_id: str, actor: str, note: str) -> None:
    """Say that a waiting line is no payment of ours: a fee of the bank, a deposit. Raises as `match_by_hand`."""
    check_actor(actor)
    with closing(book.database.session()) as session, session.transaction():
        book.lock(session)
        store = BankStore(book, settings.name, session)
        line = _waiting(store, line_id)
        store.add_matches([BankMatch(line.id, "", MatchMethod.HAND, actor, note, book.clock())])


def give_up_payment(book: Book, settings: BankSettings, named: str, actor: str, why: str) -> None:
    """Say that a payment has failed: nobody will pay it, or the bank was told not to carry it out.

    While its file is open it is left out of it. Raises ActorMissing, AttemptNotFound and AttemptSettled.
    """
    check_actor(actor)
    with closing(book.database.session()) as session, session.transaction():
        book.lock(session)
        store = BankStore(book, settings.name, session)
        known = _payment(store, named)
        if known.standing not in (BankStanding.IN_OPEN_FILE, BankStanding.SENT):
            raise AttemptSettled(known.item.key, known.standing.value)
        reason = Phrase("{why} ({actor})", why=why, actor=actor)
        store.add_verdicts([BankVerdict(known.item.key, book.clock(), "by_hand", reason)])


def _waiting(store: BankStore, line_id: str) -> BankLine:
    stored = store.line(line_id)
    if stored is None:
        raise BankLineNotFound(line_id)
    line, match = stored
    if match is not None:
        raise BankLineSettled(line_id, match.how.value, match.actor)
    return line


def _payment(store: BankStore, named: str) -> BankPayment:
    by_key = store.known([named])
    by_reference = store.known_by_reference([compact(named)])
    for known in (*by_key.values(), *by_reference.values()):
        return known
    raise AttemptNotFound(named)


def _shares(line: BankLine, payments: Sequence[BankPayment], amounts_minor: Sequence[int]) -> list[LineShare]:
    """How much of a line each payment is. Raises LineDoesNotFit."""
    keys, sign = [payment.item.key for payment in payments], 1 if line.minor > 0 else -1
    if amounts_minor:
        if len(amounts_minor) != len(payments) or min(amounts_minor) <= 0:
            raise LineDoesNotFit(line.id, keys, Phrase("each payment needs an amount of its own, above zero"))
        if sum(amounts_minor) > abs(line.minor):
            raise _not_the_sum(line, keys, sign * sum(amounts_minor))
        return [LineShare(payment, sign * minor) for payment, minor in zip(payments, amounts_minor, strict=True)]
    if len(payments) == 1:
        return [LineShare(payments[0], line.minor)]
    asked = forward_shares(payments)
    back = backward_shares(payments)
    for shares in (asked, back):
        if len(shares) == len(payments) and sum(share.minor for share in shares) == line.minor:
            return shares
    raise _not_the_sum(line, keys, sum(share.minor for share in asked))


def _not_the_sum(line: BankLine, keys: Sequence[str], total_minor: int) -> LineDoesNotFit:
    why = Phrase("the line is {line:money}, and they are {total:money} together", line=line.minor, total=total_minor)
    return LineDoesNotFit(line.id, keys, why)


def _candidates(store: BankStore, line: BankLine) -> tuple[MatchCandidate, ...]:
    named = list(store.known_by_reference(named_in(line)).values())
    fitting = [payment for payment in store.known_of_amount(abs(line.minor)) if not payment.misfit(line)]
    fitting.sort(key=lambda payment: not _is_of(payment, line))
    by_key = {payment.item.key: payment for payment in (*named, *fitting)}
    return tuple(
        MatchCandidate(
            payment.item.key,
            payment.item.reference,
            payment.item.participant,
            payment.item.signed,
            payment.misfit(line),
        )
        for payment in list(by_key.values())[:CANDIDATES]
    )


def _is_of(known: BankPayment, line: BankLine) -> bool:
    """Whether a line names the participant of a payment: by account, or by name."""
    text = compact(f"{line.counterparty} {line.text}")
    details = known.item.details
    names = (details.get("iban", ""), details.get("account", ""), details.get("name", ""), known.item.participant)
    return any(compact(name) in text for name in names if name)
