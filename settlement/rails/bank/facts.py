"""What is known of payments that go by bank files, and what follows from it. Pure.

Nothing here is ever changed: a payment is in a file, the file was exported, the bank refused it, lines were matched
with it. Where it stands is read from these facts, so that the same facts always give the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from settlement.rails.bank.settings import FileKind
from settlement.rails.port import Direction
from settlement.sentences import Phrase


class MatchMethod(StrEnum):
    """How a line was dealt with."""

    END_TO_END = "end_to_end"
    """By the end-to-end id that came back."""
    REFERENCE = "reference"
    """By a reference of ours in its text."""
    PART = "part"
    """As a part of a line that was split."""
    HAND = "hand"
    """By somebody, who may have set it aside as no payment of ours."""
    SPLIT = "split"
    """It stands for several payments, and lines of their own took its place."""


class BankFileItem(NamedTuple):
    """A payment in a bank file. Instants are microseconds since 1970 UTC; `exported_at` None while the file is open."""

    key: str
    file_id: int
    kind: FileKind
    reference: str
    payment_id: str
    direction: Direction
    participant: str
    details: Mapping[str, str]
    minor: int
    group: str
    text: str
    due_on: int
    taken_at: int
    exported_at: int | None

    @property
    def signed(self) -> int:
        """What the payment changes the alliance's account by."""
        return self.minor if self.direction is Direction.COLLECT else -self.minor


class BankVerdict(NamedTuple):
    """No money moved and none will: the bank refused it, somebody gave it up, its deadline passed."""

    key: str
    at: int
    code: str
    why: str


class BankPayee(NamedTuple):
    """What the payee's bank said of the name that a payment goes to, by the payment's key; codes of ISO 20022."""

    key: str
    code: str
    at: int
    text: str


class BankLine(NamedTuple):
    """One movement as the bank reported it. `minor` is without the charges `fee_minor`: the account changed by their
    difference. `batch` is the bank file, or its part, that the bank says it stands for; `code` why it came back."""

    id: str
    entry: str
    source: str
    at: int
    booked_on: int
    minor: int
    fee_minor: int
    end_to_end: str
    batch: str
    returned: bool
    code: str
    counterparty: str
    text: str


class BankMatch(NamedTuple):
    """What a line was: a payment, or where `key` is empty none of ours."""

    line_id: str
    key: str
    how: MatchMethod
    actor: str
    note: str
    at: int


class BankStanding(StrEnum):
    """Where a payment stands."""

    IN_OPEN_FILE = "in_open_file"
    SENT = "sent"
    FAILED = "failed"
    PAID = "paid"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class BankPayment:
    """All facts of one payment; `lines` are those matched with it, oldest first."""

    item: BankFileItem
    verdict: BankVerdict | None = None
    lines: tuple[BankLine, ...] = ()

    @property
    def moved_minor(self) -> int:
        """How much of it has moved by its lines in its direction, what came back taken off."""
        return sum(self._forward(line) for line in self.lines)

    @property
    def back(self) -> BankLine | None:
        """The last line by which it came back, or a part of it."""
        return next((line for line in reversed(self.lines) if self._forward(line) < 0), None)

    @property
    def standing(self) -> BankStanding:
        """Where it stands. A verdict is final, unless money moved in spite of it and did not move back."""
        if self.moved_minor:
            return BankStanding.PAID
        if self.verdict is not None:
            return BankStanding.FAILED
        if self.lines:
            return BankStanding.RETURNED
        return BankStanding.IN_OPEN_FILE if self.item.exported_at is None else BankStanding.SENT

    def obstacle(self) -> str:
        """Why nobody can say yet that a line is this payment; empty where somebody can, whatever the line's amount."""
        is_open = self.standing is BankStanding.IN_OPEN_FILE
        return Phrase("it is in a file that was not exported yet") if is_open else ""

    def misfit(self, line: BankLine) -> str:
        """Why a line is not matched with this payment by itself; empty where it is.

        It is where it fits to the minor unit: all that was asked, all that is missing, all that came going back.
        """
        standing, minor = self.standing, self._forward(line)
        if self.obstacle():
            return self.obstacle()
        if standing is BankStanding.FAILED:
            return Phrase("it has failed, so what came is not this attempt")
        if standing is BankStanding.PAID and (minor == -self.moved_minor or self._is_rest(minor)):
            return ""
        if minor == self.item.minor:
            return "" if standing is BankStanding.SENT else Phrase("it was paid before")
        if minor == -self.item.minor:
            return Phrase("it can't come back, since it is {standing:code}", standing=standing.value)
        return Phrase(
            "the line is {line:money}, and the payment {payment:money}", line=line.minor, payment=self.item.signed
        )

    def _is_rest(self, minor: int) -> bool:
        """Whether this is what is missing of it, and not a part of it told twice."""
        is_missing = 0 < minor == self.item.minor - self.moved_minor
        return is_missing and minor not in [self._forward(line) for line in self.lines]

    def _forward(self, line: BankLine) -> int:
        """A line's amount in the payment's direction."""
        return line.minor if self.item.direction is Direction.COLLECT else -line.minor

    def cancels(self, first: BankLine, second: BankLine) -> bool:
        """Whether two lines are this failed payment moved in spite of it, and moved back."""
        return (
            self.standing is BankStanding.FAILED
            and not self.lines
            and first.minor == -second.minor
            and abs(first.minor) == self.item.minor
        )
