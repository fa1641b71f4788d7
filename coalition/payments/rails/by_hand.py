"""Payments by hand: people move the money and confirm it. Every alliance has this rail."""

from settlement.ledger import Book
from settlement.payments import by_hand_rail
from settlement.rails import Rail


def open_rail(book: Book) -> Rail:
    """The rail by hand."""
    return by_hand_rail(book)
