"""The journal as one CSV, UTF-8 with a byte order mark, the same columns in every language:

date           when it was recorded, YYYY-MM-DD in the alliance's time zone
entry          id of the posting; the lines of one entry balance
account        code in the alliance's own chart
account_name   its name there
debit, credit  decimals; one of the two is empty
currency       ISO 4217
text           what happened, in the reader's language
reference      the posting's key

With balances, rows without an entry state each account at the period's beginning and end.
"""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO

from coalition.journal.chart import Chart, Code, codes_of
from coalition.journal.entry_text import account_text, entry_text
from coalition.locale.formats import Lang
from coalition.locale.messages import translate
from settlement import date_text, decimal_text, guard_cell
from settlement.clearing import Journal, JournalEntry, JournalLine, MoneyAccount
from settlement.ledger import Book, BookSettings

COLUMNS = ("date", "entry", "account", "account_name", "debit", "credit", "currency", "text", "reference")

Row = tuple[str, ...]


def as_csv(book: Book, journal: Journal, chart: Chart, period: tuple[str, str], lang: Lang, *, balances: bool) -> bytes:
    """Write a journal; `period` are its first and last day (YYYY-MM-DD). Raises AccountsUnmapped."""
    codes, settings = codes_of(journal, chart), book.settings
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    if balances:
        for account, minor in journal.opening.items():
            text = translate("Opening balance: {account}", lang, account=account_text(account, lang))
            writer.writerow(_balance(settings, codes[account], account, minor, period[0], text))
    for entry in journal.entries:
        writer.writerows(_lines(book, codes, entry, lang))
    if balances:
        for account, minor in journal.closing.items():
            text = translate("Closing balance: {account}", lang, account=account_text(account, lang))
            writer.writerow(_balance(settings, codes[account], account, minor, period[1], text))
    return file.getvalue().encode("utf-8-sig")


def _lines(book: Book, codes: Mapping[MoneyAccount, Code], entry: JournalEntry, lang: Lang) -> Iterable[Row]:
    date = date_text(book.calendar.local_date(entry.at))
    for line in entry.lines:
        text = entry_text(entry, line, book.calendar, lang)
        yield _row(book.settings, date, str(entry.posting_id), codes[line.account], line, text, entry.key)


def _balance(settings: BookSettings, code: Code, account: MoneyAccount, minor: int, date: str, text: str) -> Row:
    return _row(settings, date, "", code, JournalLine(account, -minor), text, "")


def _row(
    settings: BookSettings, date: str, entry: str, code: Code, line: JournalLine, text: str, reference: str
) -> Row:
    amount = decimal_text(abs(line.debit_minor), settings.minor_digits)
    debit, credit = (amount, "") if line.debit_minor > 0 else ("", amount)
    return (
        date,
        entry,
        guard_cell(code.code),
        guard_cell(code.name),
        debit,
        credit,
        settings.currency,
        guard_cell(text),
        guard_cell(reference),
    )
