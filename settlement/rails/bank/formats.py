"""The forms of files for the bank: what of an account each says, what it can't take, and how it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from settlement.ledger.moves import LEG_MAX
from settlement.rails.bank import ach, bacs, csv_files, sepa
from settlement.rails.bank.facts import BankFileItem
from settlement.rails.bank.settings import BankSettings, FileKind
from settlement.rails.port import Direction, RailAccount


class AccountCheck(Protocol):
    """Says why an account can't be in a file of that direction; empty where it can."""

    def __call__(self, settings: BankSettings, account: RailAccount, direction: Direction, /) -> str: ...


@dataclass(frozen=True, slots=True)
class FileOrder:
    """A file to be written. `is_used` says whether a debit was made under an item's mandate before."""

    settings: BankSettings
    kind: FileKind
    items: Sequence[BankFileItem]
    message_id: str
    now: int
    today: date
    is_used: Callable[[BankFileItem], bool]


@dataclass(frozen=True, slots=True)
class FileForm:
    """What a form of files says of an account, and the most that one payment in it may be, in minor units."""

    details: Sequence[str]
    account_problem: AccountCheck
    minor_max: int


_SEPA = FileForm(sepa.DETAILS, sepa.account_problem, sepa.SEPA_MINOR_MAX)
_TABLE = FileForm(csv_files.DETAILS, csv_files.account_problem, LEG_MAX)
_ACH = FileForm(ach.DETAILS, ach.account_problem, ach.MINOR_MAX)
_BACS = FileForm(bacs.DETAILS, bacs.account_problem, bacs.MINOR_MAX)


def form_of(kind: FileKind) -> FileForm:
    """The form of a kind of file."""
    return _SEPA if kind.is_sepa else _ACH if kind.is_ach else _BACS if kind.is_bacs else _TABLE


def written_file(order: FileOrder) -> bytes:
    """The bytes of a file. Raises BookCorrupt where a message does not follow its schema."""
    settings, kind, items = order.settings, order.kind, order.items
    if kind.is_sepa:
        return sepa.sepa_file(settings, kind, items, order.message_id, order.now, order.today, order.is_used)
    if kind.is_ach:
        return ach.ach_file(settings, kind, items, order.now, order.today)
    if kind.is_bacs:
        return bacs.bacs_file(settings, kind, items, order.message_id, order.today)
    return csv_files.csv_file(settings, kind, items)
