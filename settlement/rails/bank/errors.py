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

from settlement.errors import SettlementError


class BankError(SettlementError):
    """Base of these errors. `code` is stable, the text may change."""

    code = "bank_error"


class BankSettingsInvalid(BankError):
    """A setting of the alliance's own account that is missing or can't be used."""

    code = "bank_settings_invalid"

    def __init__(self, field: str, problem: str) -> None:
        self.field, self.problem = field, problem
        super().__init__(f"{field}: {problem}")


class BankFileNotFound(BankError):
    """No bank file of that number in this alliance."""

    code = "bank_file_not_found"

    def __init__(self, file_id: int) -> None:
        self.file_id = file_id
        super().__init__(f"no bank file {file_id} in this alliance; list them to see which there are")


class NothingToExport(BankError):
    """An open file that has no payment in it, or none that was not given up meanwhile."""

    code = "nothing_to_export"

    def __init__(self, file_id: int) -> None:
        self.file_id = file_id
        super().__init__(f"bank file {file_id} has no payment in it; there is nothing to send to the bank")


class BankFileUnreadable(BankError):
    """A file from a bank that can't be read. `where` is a line or a path in it. Nothing of it was imported."""

    code = "bank_file_unreadable"

    def __init__(self, file: str, where: str, problem: str) -> None:
        self.file, self.where, self.problem = file, where, problem
        place = f"{file}: {where}" if where else file
        super().__init__(f"{place}: {problem}; nothing of this file was imported")


class ForeignStatement(BankError):
    """A statement of an account, or in a currency, that is not the rail's. Nothing of it was imported."""

    code = "foreign_statement"

    def __init__(self, file: str, where: str, found: str, expected: str) -> None:
        self.file, self.where, self.found, self.expected = file, where, found, expected
        super().__init__(
            f"{file}: {where}: is of {found}, and this rail's account is {expected}; "
            f"import it with the settings of that account. Nothing of this file was imported"
        )


class BankLineNotFound(BankError):
    """No line of that id in this alliance."""

    code = "bank_line_not_found"

    def __init__(self, line_id: str) -> None:
        self.line_id = line_id
        super().__init__(f"no bank line {line_id!r} in this alliance; list the lines to see their ids")


class BankLineSettled(BankError):
    """A line that was matched, split or set aside before. That stands."""

    code = "bank_line_settled"

    def __init__(self, line_id: str, how: str) -> None:
        self.line_id, self.how = line_id, how
        super().__init__(f"bank line {line_id!r} is dealt with already ({how}), and that stands")


class AttemptNotFound(BankError):
    """No payment of that key or reference in any bank file."""

    code = "attempt_not_found"

    def __init__(self, named: str) -> None:
        self.named = named
        super().__init__(f"no payment with the key or reference {named!r} in any bank file of this alliance")


class AttemptSettled(BankError):
    """A payment that can't be given up, since it was paid, came back or failed before."""

    code = "attempt_settled"

    def __init__(self, key: str, standing: str) -> None:
        self.key, self.standing = key, standing
        super().__init__(f"payment {key!r} can't be given up: it is {standing} already")


class LineDoesNotFit(BankError):
    """A line that can't be this payment, nor its return."""

    code = "line_does_not_fit"

    def __init__(self, line_id: str, key: str, why: str) -> None:
        self.line_id, self.key, self.why = line_id, key, why
        super().__init__(f"bank line {line_id!r} can't be matched with payment {key!r}: {why}")
