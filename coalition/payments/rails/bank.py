"""Payments by files for a bank, where COALITION_BANK names the file that states the alliance's account."""

from coalition.alliance import Alliance
from coalition.payments.bank_settings import read_bank
from coalition.payments.rails import rails_at
from coalition.settings import read_settings
from settlement.ledger import Book
from settlement.rails import Rail
from settlement.rails.bank import BankRail, BankSettings


def open_rail(book: Book) -> Rail | None:
    """The bank's rail. Raises FileUnreadable and BankSettingsFileInvalid."""
    path = read_settings().bank
    return None if path is None else BankRail(book, read_bank(path, book.settings))


def bank_settings_of(alliance: Alliance) -> BankSettings | None:
    """The alliance's own account at its bank; None where it has none. Raises what opening its rails raises."""
    return next((rail.settings for rail in rails_at(alliance).values() if isinstance(rail, BankRail)), None)
