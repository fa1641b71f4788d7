"""What every function of payments works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from settlement.errors import RailUnknown
from settlement.ledger.book import Book
from settlement.ledger.session import Session
from settlement.payments.notices import KeptNotifier, Notifier
from settlement.payments.store import NewId, new_id
from settlement.rails.port import Direction, Rail, RailAccount
from settlement.sentences import Phrase


@dataclass(frozen=True, slots=True)
class PaymentContext:
    """A book with a connection of its own, the rails that are plugged in, and who acts, as histories name them."""

    book: Book
    session: Session
    rails: Mapping[str, Rail]
    actor: str = "runner"
    notifier: Notifier = field(default_factory=KeptNotifier)
    new_id: NewId = new_id

    def rail(self, name: str) -> Rail:
        """A rail by its name. Raises RailUnknown."""
        if name not in self.rails:
            raise RailUnknown(name, sorted(self.rails))
        return self.rails[name]

    def problem(self, rail: str, account: RailAccount, direction: Direction) -> str:
        """Why this account can't be used over that rail in that direction now; empty where it can."""
        if rail not in self.rails:
            return Phrase("{rail} is not plugged in", rail=rail)
        return self.rails[rail].problem(account, direction)
