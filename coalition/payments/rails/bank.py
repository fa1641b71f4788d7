"""Payments by files for a bank, where COALITION_BANK names the file that states the alliance's account."""

from coalition.payments.bank_settings import read_bank
from coalition.settings import read_settings
from settlement.ledger import Book
from settlement.rails import Rail
from settlement.rails.bank import BankRail


def open_rail(book: Book) -> Rail | None:
    """The bank's rail. Raises FileUnreadable and BankSettingsFileInvalid."""
    path = read_settings().bank
    return None if path is None else BankRail(book, read_bank(path, book.settings))
