"""Which payment a line is: by the end-to-end id, by a reference in its text, by the file that it stands for. Pure.

A line is matched only where it fits to the minor unit: all that was asked, all that is missing of it, all that came
going back. One that names several payments whose sum it is, or a file of ours, is split into a line for each, when they
are paid and when they come back; so is the sum of all that a file of returns announced, or the only one of an amount
among these. All else stays in the queue, for somebody to say what it was; nothing is ever guessed
from a name or an amount alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from settlement.rails.bank.facts import BankLine, BankMatch, BankPayment, BankStanding, MatchMethod
from settlement.rails.bank.identifiers import references_in
from settlement.rails.port import Direction

AUTOMATIC = "matching"
"""Who matched a line that nobody had to look at."""


@dataclass(slots=True)
class MatchingOutcome:
    """What became of a queue: lines to add in place of the ones that were split, and what each line was."""

    parts: list[BankLine] = field(default_factory=list)
    matches: list[BankMatch] = field(default_factory=list)


class LineShare(NamedTuple):
    """How much of a line is one payment: `minor` has the line's sign."""

    payment: BankPayment
    minor: int


def forward_shares(payments: Iterable[BankPayment]) -> list[LineShare]:
    """All that was asked of these."""
    return [LineShare(payment, payment.item.signed) for payment in payments]


def backward_shares(payments: Iterable[BankPayment]) -> list[LineShare]:
    """All that has come of those that were paid, going back."""
    signs = {Direction.COLLECT: -1, Direction.PAY: 1}
    return [
        LineShare(payment, signs[payment.item.direction] * payment.moved_minor)
        for payment in payments
        if payment.standing is BankStanding.PAID
    ]


def named_in(line: BankLine) -> list[str]:
    """References of ours that a line names: in the field for it, else in its text."""
    return references_in(line.end_to_end) or references_in(line.text)


class Matching:
    """One pass over a queue. `known` are facts by reference, `batches` references by the id of a file or its part,
    `announced` references of what the bank said comes back."""

    def __init__(
        self,
        known: Mapping[str, BankPayment],
        batches: Mapping[str, Sequence[str]],
        now: int,
        announced: Sequence[str] = (),
    ) -> None:
        self._known, self._announced = dict(known), announced
        self._batches = batches
        self._now = now
        self._outcome = MatchingOutcome()

    def run(self, queue: Iterable[BankLine]) -> MatchingOutcome:
        """Match what can be matched, again and again: a payment may come after its return in one file."""
        waiting = list(queue)
        while True:
            left = [line for line in waiting if not self._settle(line)]
            left = self._cancelled(left)
            if len(left) == len(waiting):
                return self._outcome
            waiting = left

    def _settle(self, line: BankLine) -> bool:
        named = [self._known[reference] for reference in named_in(line) if reference in self._known]
        if not named:
            return self._settle_batch(line)
        how = MatchMethod.END_TO_END if references_in(line.end_to_end) else MatchMethod.REFERENCE
        if len(named) == 1:
            return self._match(line, named[0], how)
        sent = [payment for payment in named if payment.standing is BankStanding.SENT]
        return any(
            len(shares) == len(named) and _sum(shares) == line.minor and self._split(line, shares)
            for shares in (forward_shares(sent), backward_shares(named))
        )

    def _settle_batch(self, line: BankLine) -> bool:
        """A line that stands for a file of ours, or a part of one, without the payments that a bank had refused; or for
        all of it that was paid, coming back; or for all or the only one of what the bank said comes back."""
        batch = [self._known[reference] for reference in self._batches.get(line.batch, ()) if reference in self._known]
        sent = [payment for payment in batch if payment.standing is BankStanding.SENT]
        refused = [payment for payment in batch if payment.standing is BankStanding.FAILED and not payment.lines]
        forward, refused_too = forward_shares(sent), forward_shares([*sent, *refused])
        returning = backward_shares(self._known[reference] for reference in self._announced)
        alike = [share for share in returning if share.minor == line.minor]
        announced = alike if len(alike) == 1 else returning
        for shares in (forward, refused_too, backward_shares(batch), announced):
            if shares and _sum(shares) == line.minor:
                if len(shares) == 1:
                    return self._match(line, shares[0].payment, MatchMethod.REFERENCE)
                return self._split(line, shares)
        return False

    def _match(self, line: BankLine, known: BankPayment, how: MatchMethod) -> bool:
        if known.misfit(line):
            return False
        self._take(line, known, how)
        return True

    def _split(self, line: BankLine, shares: Sequence[LineShare]) -> bool:
        parts, matches = split(line, shares, self._now, AUTOMATIC, MatchMethod.PART)
        self._outcome.parts += parts
        self._outcome.matches.append(matches[0])
        for part, share in zip(parts, shares, strict=True):
            # A payment that was refused and is in the bank's sum all the same waits for its way back.
            if not share.payment.misfit(part):
                self._take(part, share.payment, MatchMethod.PART)
        return True

    def _take(self, line: BankLine, known: BankPayment, how: MatchMethod) -> None:
        reference = known.item.reference
        current = self._known[reference]
        self._known[reference] = replace(current, lines=(*current.lines, line))
        self._outcome.matches.append(BankMatch(line.id, known.item.key, how, AUTOMATIC, "", self._now))

    def _cancelled(self, queue: list[BankLine]) -> list[BankLine]:
        """The queue without pairs that moved a refused payment there and back."""
        waiting: dict[str, BankLine] = {}
        gone: set[str] = set()
        matched = {match.line_id for match in self._outcome.matches}
        for line in (*queue, *(part for part in self._outcome.parts if part.id not in matched)):
            named = [self._known[reference] for reference in named_in(line) if reference in self._known]
            if len(named) != 1:
                continue
            payment = named[0]
            other = waiting.setdefault(payment.item.key, line)
            if payment.cancels(other, line):
                self._take(other, payment, MatchMethod.END_TO_END)
                self._take(line, payment, MatchMethod.END_TO_END)
                gone |= {other.id, line.id}
        return [line for line in queue if line.id not in gone]


def split(
    line: BankLine, shares: Sequence[LineShare], now: int, actor: str, how: MatchMethod
) -> tuple[list[BankLine], list[BankMatch]]:
    """A line for each payment in place of one for all; charges stay with the first. Its own match comes first.

    What the shares leave over of the line is a line of its own, the last one, without a match.
    """
    parts = [
        _part(line, number, share.minor, share.payment.item.reference) for number, share in enumerate(shares, start=1)
    ]
    left = line.minor - _sum(shares)
    matches = [BankMatch(line.id, "", MatchMethod.SPLIT, actor, "", now)]
    matches += [
        BankMatch(part.id, share.payment.item.key, how, actor, "", now)
        for part, share in zip(parts, shares, strict=True)
    ]
    return [*parts, _part(line, len(parts) + 1, left, "")] if left else parts, matches


def _part(line: BankLine, number: int, minor: int, reference: str) -> BankLine:
    fee_minor = line.fee_minor if number == 1 else 0
    return line._replace(id=f"{line.id}-{number}", minor=minor, fee_minor=fee_minor, end_to_end=reference)


def _sum(shares: Iterable[LineShare]) -> int:
    return sum(share.minor for share in shares)
