"""Write the proof of a day's backing: what others check with `check_backing.py`, without this software."""

import gzip
from collections.abc import Iterator
from datetime import date

from settlement import day_number
from settlement.audit import ProofSpan, proof_head, proof_part, proof_span
from settlement.ledger import Book


def prove_backing(book: Book, day: date, since: date | None = None) -> bytes:
    """The proof as of the end of a day, from the book's first batch on, or from the end of the day `since` on; gzipped.

    The same days give the same bytes once the last of them is over.
    """
    return b"".join(_parts(book, day, span_of(book, day, since)))


def span_of(book: Book, day: date, since: date | None) -> ProofSpan:
    """The batches that a proof has."""
    begin = None if since is None else book.calendar.end_of_day(day_number(since))
    return proof_span(book, begin, book.calendar.end_of_day(day_number(day)))


def next_part(book: Book, day: date, span: ProofSpan, after: int) -> tuple[bytes, int]:
    """The part of a proof behind the batch `after`, gzipped by itself, and its last batch: all parts in order are the
    file. The first one, behind the last batch that is not in it, begins with what holds at the end of the day.
    """
    head = proof_head(book, day.isoformat(), span) if after < span.first else b""
    lines, last = proof_part(book, span, after)
    return gzip.compress(head + lines, mtime=0), last


def _parts(book: Book, day: date, span: ProofSpan) -> Iterator[bytes]:
    at = span.first - 1
    while True:
        part, at = next_part(book, day, span, at)
        yield part
        if at >= span.last:
            return
