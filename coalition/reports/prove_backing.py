"""Write the proof of a day's backing: what others check with `check_backing.py`, without this software."""

import gzip
from contextlib import closing
from datetime import date
from io import BytesIO

from settlement import day_number
from settlement.audit import backing_proof
from settlement.ledger import Book


def prove_backing(book: Book, day: date, since: date | None = None) -> bytes:
    """The proof as of the end of a day, from the book's first batch on, or from the end of the day `since` on; gzipped.

    The same days give the same bytes once the last of them is over.
    """
    until = book.calendar.end_of_day(day_number(day))
    begin = None if since is None else book.calendar.end_of_day(day_number(since))
    made = BytesIO()
    with closing(book.database.session()) as session, gzip.GzipFile(fileobj=made, mode="wb", mtime=0) as file:
        for line in backing_proof(book, session, day.isoformat(), begin, until):
            file.write(line)
    return made.getvalue()
