"""What an accountant's own program says of the journal: hledger reads every entry, and checks every balance."""

import subprocess
from functools import cache

from coalition.journal.as_hledger import as_hledger
from coalition.journal.chart import built_in_chart
from settlement import date_text
from settlement.clearing import journal_of
from settlement.ledger import Book, Session
from tests.support.debian import program


def check_in_hledger(book: Book, session: Session) -> None:
    """The export for accountants, from the beginning to now, balances and ends at the balances that it states.

    An AssertionError says what hledger found.
    """
    now = book.clock()
    period = ("1970-01-01", date_text(book.calendar.local_date(now)))
    journal = journal_of(book, session, 0, now + 1)
    written = as_hledger(book, journal, built_in_chart("en"), period, "en", balances=True)
    assert ask_hledger(written, "check", "--strict") == ""


def ask_hledger(written: bytes, *question: str) -> str:
    """What hledger answers about a journal. An AssertionError says what it found wrong."""
    asked = subprocess.run([_hledger(), "--file=-", *question], input=written, capture_output=True, check=False)
    assert asked.returncode == 0, asked.stderr.decode()
    return asked.stdout.decode()


@cache
def _hledger() -> str:
    return program(("/usr/bin/hledger", "/usr/local/bin/hledger"), ("hledger",))
