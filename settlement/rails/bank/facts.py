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
    def forward(self) -> BankLine | None:
        """The line by which it was paid."""
        return next((line for line in self.lines if line.minor == self.item.signed), None)

    @property
    def back(self) -> BankLine | None:
        """The line by which it came back."""
        return next((line for line in self.lines if line.minor == -self.item.signed), None)

    @property
    def standing(self) -> BankStanding:
        """Where it stands. A verdict is final: what moved in spite of it has moved back."""
        if self.verdict is not None:
            return BankStanding.FAILED
        if self.back is not None:
            return BankStanding.RETURNED
        if self.forward is not None:
            return BankStanding.PAID
        return BankStanding.IN_OPEN_FILE if self.item.exported_at is None else BankStanding.SENT

    def misfit(self, line: BankLine) -> str:
        """Why a line can't be this payment nor its return; empty where it can."""
        if self.standing is BankStanding.IN_OPEN_FILE:
            return Phrase("it is in a file that was not exported yet")
        if self.standing is BankStanding.FAILED:
            return Phrase("it has failed, so what came is not this attempt")
        if line.minor == self.item.signed:
            return "" if self.standing is BankStanding.SENT else Phrase("it was paid before")
        if line.minor == -self.item.signed:
            return (
                ""
                if self.standing is BankStanding.PAID
                else Phrase("it can't come back, since it is {standing:code}", standing=self.standing.value)
            )
        return Phrase(
            "the line is {line:money}, and the payment {payment:money}", line=line.minor, payment=self.item.signed
        )

    def cancels(self, first: BankLine, second: BankLine) -> bool:
        """Whether two lines are this failed payment moved in spite of it, and moved back."""
        return (
            self.standing is BankStanding.FAILED
            and not self.lines
            and first.minor == -second.minor
            and abs(first.minor) == self.item.minor
        )
