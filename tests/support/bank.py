"""A shop's and an alliance's bank accounts for tests, and a world in which the bank does as it is told."""

from datetime import date, timedelta

from settlement import Minor
from settlement.ledger import Book
from settlement.rails.bank import (
    BankImport,
    BankRail,
    BankSettings,
    FileKind,
    all_lines,
    bank_files,
    export_file,
    import_file,
    waiting_lines,
)
from settlement.rails.bank.facts import BankLine
from settlement.rails.port import Direction, PaymentAttempt, RailAccount, RailStatus
from tests.support.camt import OWN_IBAN, Entry, Paid, camt, pain_002
from tests.support.clock import Clock

SHOP_IBAN = "NL91ABNA0417164300"


def sepa_settings(**changes: object) -> BankSettings:
    """A German account that collects by direct debit."""
    plain = {
        "holder": "Altstadt Verbund e.V.",
        "account": OWN_IBAN,
        "currency": "EUR",
        "minor_digits": 2,
        "creditor_id": "DE98ZZZ09999999999",
    }
    return BankSettings(**{**plain, **changes})


def csv_settings(**changes: object) -> BankSettings:
    """An account anywhere, that pays by tables and asks shops to send their money."""
    kinds = {"pay": FileKind.PAYMENTS_CSV, "collect": FileKind.REQUESTS_CSV, "creditor_id": ""}
    return sepa_settings(**{**kinds, **changes})


def shop_account(participant: str = "bakery", **changes: str) -> RailAccount:
    """A shop's account with a mandate."""
    details = {
        "name": "Bäckerei Müller",
        "iban": SHOP_IBAN,
        "mandate_id": "M-1",
        "mandate_signed_on": "2025-11-03",
        **changes,
    }
    return RailAccount(participant, {name: value for name, value in details.items() if value})


def attempt(key: str, direction: Direction = Direction.COLLECT, minor: int = 1234, **changes: object) -> PaymentAttempt:
    """An attempt with a shop's account."""
    plain = {
        "key": key,
        "payment_id": key,
        "direction": direction,
        "account": shop_account(),
        "minor": Minor(minor),
        "currency": "EUR",
        "minor_digits": 2,
        "group": "1-1",
        "text": "Old Town 20240515",
        "due_on": 2024_05_20,
    }
    return PaymentAttempt(**{**plain, **changes})


class Bank:
    """What lies behind the rail: it takes what is exported, and reports."""

    def __init__(self, book: Book, settings: BankSettings, clock: Clock) -> None:
        self.book, self.settings, self.clock = book, settings, clock
        self.rail = BankRail(book, settings)
        self._movements = 0

    def export(self) -> list[bytes]:
        """Export all that is open."""
        open_files = [file for file in bank_files(self.book, self.settings) if file.exported_at is None]
        return [export_file(self.book, self.settings, file.id).content for file in open_files]

    def reference(self, attempt: PaymentAttempt) -> str:
        """The reference of an attempt."""
        return self.rail.observe([attempt])[0].reference

    def movement(self, minor: int, *paid: Paid, **changes: object) -> Entry:
        """A movement under a reference of the bank's own."""
        self._movements += 1
        day = date(2024, 5, 15) + timedelta(days=self._movements % 5)
        return Entry(**{"minor": minor, "booked": day, "ref": f"B{self._movements}", "paid": paid, **changes})

    def tell(self, *entries: Entry, **changes: object) -> None:
        """Import a statement of these movements."""
        self.clock.forward(1)
        import_file(self.book, self.settings, "camt.xml", camt(entries, **changes))

    def pay(self, attempt: PaymentAttempt, minor: int | None = None) -> None:
        """An attempt is carried out, and told by its end-to-end id."""
        moved = minor if minor is not None else signed(attempt)
        self.tell(self.movement(moved, Paid(moved, self.reference(attempt))))

    def send_back(self, attempt: PaymentAttempt, reason: str = "MD06") -> None:
        """An attempt comes back, as banks tell it."""
        self.tell(self.movement(-signed(attempt), Paid(-signed(attempt), self.reference(attempt), reason=reason)))

    def know_payee(self, attempt: PaymentAttempt) -> None:
        """The bank says that the account is in the name that was given."""
        report = pain_002("ANY", [(self.reference(attempt), "RCVC", "")])
        import_file(self.book, self.settings, "pain002.xml", report)

    def refuse(self, attempt: PaymentAttempt, code: str = "AC04") -> None:
        """The bank refuses an attempt before it moves."""
        self.clock.forward(1)
        report = pain_002("ANY", [(self.reference(attempt), "RJCT", code)])
        import_file(self.book, self.settings, "pain002.xml", report)


def signed(attempt: PaymentAttempt) -> int:
    """What an attempt changes the alliance's account by."""
    return attempt.minor if attempt.direction is Direction.COLLECT else -attempt.minor


def sent(bank: Bank, *orders: PaymentAttempt) -> list[str]:
    """Send these to the bank; their references."""
    bank.rail.instruct(orders)
    bank.export()
    return [bank.reference(order) for order in orders]


def take(bank: Bank, content: bytes) -> BankImport:
    """The bank's file comes in, a moment after what came before."""
    bank.clock.forward(1)
    return import_file(bank.book, bank.settings, "f.xml", content)


def statuses(bank: Bank, *orders: PaymentAttempt) -> list[RailStatus]:
    """What became of these."""
    return [seen.status for seen in bank.rail.observe(orders)]


def queue(bank: Bank) -> list[BankLine]:
    """The lines that wait for somebody."""
    return [waiting.line for waiting in waiting_lines(bank.book, bank.settings)]


def balance(bank: Bank) -> int:
    """What all lines that are not split say the account changed by."""
    lines = all_lines(bank.book, bank.settings, 0, 99991231)
    return sum(line.minor - line.fee_minor for line, match in lines if match is None or match.how.value != "split")
