"""Export the money book of a period for accountants: as a table, or as a file for plain text accounting."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date

from coalition.journal.as_csv import as_csv
from coalition.journal.as_hledger import as_hledger
from coalition.journal.chart import Chart
from coalition.journal.journal_form import JournalForm
from coalition.locale.formats import Lang
from settlement import day_number
from settlement.clearing import journal_of
from settlement.ledger import Book

WRITERS = {JournalForm.CSV: as_csv, JournalForm.HLEDGER: as_hledger}
ENDINGS = {JournalForm.CSV: "csv", JournalForm.HLEDGER: "journal"}


@dataclass(frozen=True, slots=True)
class JournalFile:
    """A journal as it was written: a name for the file, what is in it, and how many entries that is."""

    name: str
    content: bytes
    entries: int


def export_journal(
    book: Book,
    first: date,
    last: date,
    chart: Chart,
    lang: Lang,
    *,
    form: JournalForm = JournalForm.CSV,
    balances: bool = False,
) -> JournalFile:
    """The journal from the first to the last day, both included, in the reader's language.

    Raises AccountsUnmapped, and BookCorrupt where an entry does not balance or the ends do not tie.
    """
    calendar = book.calendar
    with closing(book.database.session()) as session:
        since, until = calendar.start_of_day(day_number(first)), calendar.end_of_day(day_number(last))
        journal = journal_of(book, session, since, until)
    period = first.isoformat(), last.isoformat()
    content = WRITERS[form](book, journal, chart, period, lang, balances=balances)
    return JournalFile(f"journal-{period[0]}-{period[1]}.{ENDINGS[form]}", content, len(journal.entries))
