"""Errors of bank files: named facts that carry their values.

SettlementError
└── BankError
    ├── BankSettingsInvalid    a setting of the alliance's account at its bank that can't be used
    ├── BankFileNotFound       no file of that number
    ├── NothingToExport        a file without a payment in it
    ├── BankFileUnreadable     a file from a bank that can't be read; it says where
    ├── ForeignStatement       a statement of another account or currency
    ├── BankLineNotFound       no line of that id
    ├── BankLineSettled        a line that was matched before
    ├── AttemptNotFound        no payment of that key or reference in any file
    ├── AttemptSettled         a payment that can't be given up any more
    └── LineDoesNotFit         a line that can't be this payment
"""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from settlement.errors import SettlementError
from settlement.sentences import N_, Phrase


class BankError(SettlementError):
    """Base of these errors."""


class BankSettingsInvalid(BankError):
    """A setting of the alliance's own account that is missing or can't be used."""

    code = "bank_settings_invalid"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = N_("Invalid bank settings")
    remedy = N_("Whoever runs the server corrects the bank's settings.")
    detail = N_("{field}: {problem}.")
    field: str
    problem: str


def check_keys(field: str, stated: Iterable[str], known: Sequence[str]) -> None:
    """Raise BankSettingsInvalid where a table of settings has a key that is not known."""
    for key in stated:
        if key not in known:
            problem = Phrase("{key:code} is an unknown key; the keys are {known}", key=key, known=", ".join(known))
            raise BankSettingsInvalid(field, problem)


class BankFileNotFound(BankError):
    """No bank file of that number in this alliance."""

    code = "bank_file_not_found"
    status = HTTPStatus.NOT_FOUND
    title = N_("Bank file not found")
    remedy = N_("Choose one of the files that are listed.")
    detail = N_("No bank file {file_id} in this alliance. List them to see which exist.")
    file_id: int


class NothingToExport(BankError):
    """An open file that has no payment in it, or none that was not given up meanwhile."""

    code = "nothing_to_export"
    status = HTTPStatus.CONFLICT
    title = N_("Nothing to export")
    remedy = N_("Nothing: the file has no payment in it.")
    detail = N_("Bank file {file_id} has no payment in it. There is nothing to send to the bank.")
    file_id: int


class BankFileUnreadable(BankError):
    """A file from a bank that can't be read, and where in it. Nothing of it was imported."""

    code = "bank_file_unreadable"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Bank file unreadable")
    remedy = N_("Ask the bank for camt.053, camt.054 or pain.002, and send it as it came.")
    detail = N_("{file} ({where}): {problem}. Nothing of this file was imported.")
    file: str
    where: str
    problem: str


class ForeignStatement(BankError):
    """A statement of an account, or in a currency, that is not the rail's. Nothing of it was imported."""

    code = "foreign_statement"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Statement of another account")
    remedy = N_("Send a statement of the alliance's own account.")
    detail = N_(
        "{file} ({where}): this is {stated}, but this rail's account is {expected}. Import it with the settings "
        "of that account. Nothing of this file was imported."
    )
    file: str
    where: str
    stated: str
    expected: str


class BankLineNotFound(BankError):
    """No line of that id in this alliance."""

    code = "bank_line_not_found"
    status = HTTPStatus.NOT_FOUND
    title = N_("Bank line not found")
    remedy = N_("Choose one of the lines that wait.")
    detail = N_("No bank line {line_id:name} in this alliance. List the lines to see their ids.")
    line_id: str


class BankLineSettled(BankError):
    """A line that was matched, split or set aside before. That stands."""

    code = "bank_line_settled"
    status = HTTPStatus.CONFLICT
    title = N_("Bank line already settled")
    remedy = N_("Nothing: it was settled before.")
    detail = N_("Bank line {line_id:name} was settled before ({how:code} by {by}), and stays so.")
    line_id: str
    how: str
    by: str


class AttemptNotFound(BankError):
    """No payment of that key or reference in any bank file."""

    code = "attempt_not_found"
    status = HTTPStatus.NOT_FOUND
    title = N_("Payment not in any bank file")
    remedy = N_("Name a payment by its key or reference, as a bank file has it.")
    detail = N_("No payment with the key or reference {named:name} in any bank file of this alliance.")
    named: str


class AttemptSettled(BankError):
    """A payment that can't be given up, since it was paid, came back or failed before."""

    code = "attempt_settled"
    status = HTTPStatus.CONFLICT
    title = N_("Payment can't be given up")
    remedy = N_("Nothing: it was paid, came back or failed before.")
    detail = N_("Payment {key:name} can't be given up: it is {standing:code} already.")
    key: str
    standing: str


class LineDoesNotFit(BankError):
    """A line that can't be matched with these payments as it was said."""

    code = "line_does_not_fit"
    status = HTTPStatus.CONFLICT
    title = N_("Line does not fit the payment")
    remedy = N_("Name payments that add up to the line, or say how much of it each of them is.")
    detail = N_("Bank line {line_id:name} can't be matched with payment {keys:name}: {why}.")
    line_id: str
    keys: Sequence[str]
    why: str
