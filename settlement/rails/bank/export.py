"""A file goes out: from its export on it is frozen, and what is in it is on its way.

The bytes are made outside the book's lock, since a message takes a second to make; under the lock it is only
checked that nothing came in meanwhile.
"""

from collections.abc import Set
from contextlib import closing
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from settlement.calendar import date_of
from settlement.ledger.book import Book
from settlement.rails.bank.errors import NothingToExport
from settlement.rails.bank.facts import BankFileItem
from settlement.rails.bank.formats import FileOrder, written_file
from settlement.rails.bank.settings import BankSettings, FileKind
from settlement.rails.bank.store import BankFile, BankStore

_MICROSECONDS = 1_000_000


class BankExport(NamedTuple):
    """A file as it goes to the bank; the same each time it is asked for. `exported_at` in microseconds since 1970."""

    file_id: int
    kind: FileKind
    message_id: str
    exported_at: int
    sha256: str
    content: bytes

    @property
    def encoding(self) -> str:
        """How its text is written: tables of Chinese banks are not in UTF-8."""
        try:
            self.content.decode()
        except UnicodeDecodeError:
            return "gb18030"
        return "utf-8"

    @property
    def file_name(self) -> str:
        """What to call it."""
        return f"{self.message_id}-{self.kind.value}.{self.kind.suffix}"


def bank_files(book: Book, settings: BankSettings) -> list[BankFile]:
    """All files of a rail, open and exported, in order."""
    with closing(book.database.session()) as session:
        return BankStore(book, settings.name, session).files()


def export_file(book: Book, settings: BankSettings, file_id: int) -> BankExport:
    """Freeze a file and give its bytes; those that it was frozen with where it was before.

    Raises BankFileNotFound and NothingToExport.
    """
    while True:
        with closing(book.database.session()) as session:
            store = BankStore(book, settings.name, session)
            file = store.file(file_id)
            if file.content is not None:
                return _exported(file)
            items = _still_wanted(store, file_id)
            if not items:
                raise NothingToExport(file_id)
            mandates = store.mandates_used(item.participant for item in items)
        now = book.clock()
        message_id = f"C{book.alliance_id}-{file_id}-{now // _MICROSECONDS:X}"
        today = date_of(book.calendar.local_date(now))
        content = written_file(
            FileOrder(settings, file.kind, items, message_id, now, today, partial(_is_used, mandates))
        )
        with closing(book.database.session()) as session, session.transaction():
            book.lock(session)
            store = BankStore(book, settings.name, session)
            if store.file(file_id).content is None and _still_wanted(store, file_id) == items:
                store.add_export(file_id, now, message_id, sha256(content).hexdigest(), content)


def _is_used(mandates: Set[tuple[str, str]], item: BankFileItem) -> bool:
    return (item.participant, item.details.get("mandate_id", "")) in mandates


def _still_wanted(store: BankStore, file_id: int) -> list[BankFileItem]:
    """Payments of a file that nobody gave up while it was open."""
    return [payment.item for payment in store.known_of_file(file_id) if payment.verdict is None]


def _exported(file: BankFile) -> BankExport:
    return BankExport(
        file.id,
        file.kind,
        file.message_id or "",
        file.exported_at or 0,
        file.sha256 or "",
        file.content or b"",
    )
