"""The rails that an alliance's payments can go over: each module here adds one, and so does a plugin's `rails`.

A module offers `open_rail(book)`: the rail of an alliance's book where this process is set up for it, else None.
`by_hand.py` is there for everybody, `bank.py` and `stripe.py` where the settings name an account.
"""

from collections.abc import Mapping
from importlib import import_module
from threading import RLock

from coalition.alliance import Alliance
from coalition.discovery import declared
from settlement.ledger import Book
from settlement.rails import Rail


class OpenRails:
    """The rails of one book. A rail that has a `close` is closed with them."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._lock = RLock()
        self._open: dict[str, Rail | None] = {}
        self._by_name: Mapping[str, Rail] | None = None

    @property
    def by_name(self) -> Mapping[str, Rail]:
        """All rails that this process is set up for. Raises what opening one of them raises."""
        with self._lock:
            if self._by_name is None:
                rails = [self.opened_by(module.__name__) for module in declared("rails", "open_rail")]
                self._by_name = {rail.name: rail for rail in rails if rail is not None}
            return self._by_name

    def opened_by(self, module: str) -> Rail | None:
        """The rail of one module, by its name in Python; None where this process is not set up for it."""
        with self._lock:
            if module not in self._open:
                self._open[module] = import_module(module).open_rail(self._book)
            return self._open[module]

    def close(self) -> None:
        """Close the connections that rails keep open."""
        for rail in self._open.values():
            if rail is not None and hasattr(rail, "close"):
                rail.close()


def rails_at(alliance: Alliance) -> Mapping[str, Rail]:
    """The rails of an alliance by name, kept with it.

    Raises FileUnreadable, BankSettingsFileInvalid, BookNotFound and DigitsTooFew.
    """
    return open_rails(alliance).by_name


def open_rails(alliance: Alliance) -> OpenRails:
    """The rails that are kept with an alliance."""
    return alliance.part(_open)


def _open(alliance: Alliance) -> OpenRails:
    return OpenRails(alliance.book)
