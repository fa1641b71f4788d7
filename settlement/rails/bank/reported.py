"""What a file from a bank says, whatever its format: movements, and payments that the bank refused. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from settlement.amounts import written_minor
from settlement.calendar import date_text
from settlement.ledger.moves import LEG_MAX
from settlement.sentences import Phrase

_PLACEHOLDERS = frozenset({"", "NOTPROVIDED", "NONREF", "NOTAVAILABLE", "NONE"})


class ReportedPayment(NamedTuple):
    """One payment within a movement, as a bank reports it. `minor` is without the charges `fee_minor`."""

    minor: int
    fee_minor: int = 0
    end_to_end: str = ""
    batch: str = ""
    returned: bool = False
    code: str = ""
    counterparty: str = ""
    text: str = ""


class BankEntry(NamedTuple):
    """One movement of the account, in one part or in several; `ref` is the bank's own, empty where it gave none.

    `booked_on` is yyyymmdd, `at` the instant in microseconds since 1970 UTC.
    """

    ref: str
    at: int
    booked_on: int
    parts: tuple[ReportedPayment, ...]

    @property
    def total(self) -> int:
        """What the account changed by."""
        return sum(part.minor - part.fee_minor for part in self.parts)

    @property
    def identity(self) -> str:
        """What tells this movement from another: the bank's reference of it, else all that is said of it.

        Some banks give one reference to several movements, so day and amount are part of it.
        """
        identity = self.ref
        if not identity:
            parts = "\n".join(f"{part.end_to_end}|{part.counterparty}|{part.text}" for part in self.parts)
            identity = f"content {sha256(parts.encode()).hexdigest()[:32]}"
        return f"{identity}|{self.booked_on}|{self.total}"


class RejectedPayment(NamedTuple):
    """Payments that the bank refused: one by its reference, or all of a part or of a file of ours by its id.

    `returned` is said by a file of returns, which also names what was paid before, and may cut a reference short.
    """

    reference: str
    batch: str
    code: str
    why: str
    returned: bool = False


class CheckedPayee(NamedTuple):
    """What the payee's bank says of the name that a payment of ours goes to, by its reference: `code` is that of ISO
    20022, `text` what it says beside, such as the name that it has."""

    reference: str
    code: str
    text: str


class StatementSpan(NamedTuple):
    """What was on the account before the first movement of a statement and after its last: minor units, at the end or
    the beginning of days (yyyymmdd).
    """

    opened_on: int
    opening_minor: int
    closed_on: int
    closing_minor: int


@dataclass(frozen=True, slots=True)
class BankReport:
    """All that one file says. `kind` names its format; `read_as` says how a table was written if not as ours are.

    `others` are accounts that it has statements of too, and `doubts` what its reader should know of it. `payees` are
    answers of Verification of Payee.
    """

    kind: str
    entries: tuple[BankEntry, ...] = ()
    rejected: tuple[RejectedPayment, ...] = ()
    read_as: tuple[Phrase, ...] = ()
    spans: tuple[StatementSpan, ...] = ()
    others: tuple[str, ...] = ()
    doubts: tuple[Phrase, ...] = ()
    payees: tuple[CheckedPayee, ...] = ()


def span_doubt(span: StatementSpan, entries: Iterable[BankEntry]) -> Phrase | None:
    """That the movements of a statement don't lead from its first balance to its last; None where they do."""
    total = sum(entry.total for entry in entries)
    if span.opening_minor + total == span.closing_minor:
        return None
    return Phrase(
        "the statement of {day} has movements of {total:money}, and its balances differ by {change:money}",
        day=date_text(span.closed_on),
        total=total,
        change=span.closing_minor - span.opening_minor,
    )


def minor_of(text: str, minor_digits: int) -> int | None:
    """An amount as minor units, exactly; None where it is no decimal, has more decimals, or is beyond the book."""
    minor = written_minor(text.strip(), minor_digits)
    return None if minor is None or abs(minor) > LEG_MAX else minor


def reference_or_empty(reference: str) -> str:
    """A reference, or empty where a bank only says that there is none."""
    plain = reference.strip()
    return "" if plain.upper() in _PLACEHOLDERS else plain
