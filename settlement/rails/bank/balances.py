"""Which statements are missing: each opens with what one before it closed with.

Statements overlap (days and their week), and a day may have several; so a statement needs no neighbour of its own, only
some earlier one that closed with what it opens with.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from settlement.ledger.book import Book
from settlement.rails.bank.reported import StatementSpan
from settlement.rails.bank.settings import BankSettings
from settlement.rails.bank.store import BankStore


class MissingStatement(NamedTuple):
    """Movements that no statement told: between the end of one and the beginning of another, days as yyyymmdd. The
    account changed by `change_minor` there.
    """

    closed_on: int
    opened_on: int
    change_minor: int


def missing_statements(spans: Sequence[StatementSpan]) -> list[MissingStatement]:
    """What is missing between statements, in order of time."""
    closed: dict[int, list[StatementSpan]] = defaultdict(list)
    opened: dict[int, list[StatementSpan]] = defaultdict(list)
    for span in spans:
        closed[span.closed_on].append(span)
        opened[span.opened_on].append(span)
    days = sorted(closed)
    missing = set()
    for span in spans:
        at = bisect_left(days, span.opened_on)
        before = closed[days[at - 1]] if at else []
        same_day = [other for other in closed.get(span.opened_on, ()) if other != span]
        shorter = [other for other in opened[span.opened_on] if other.closed_on < span.closed_on]
        is_known = any(other.closing_minor == span.opening_minor for other in (*before, *same_day)) or any(
            other.opening_minor == span.opening_minor for other in shorter
        )
        last = next((other for other in (*before, *same_day) if other.closed_on < span.closed_on), None)
        if last is not None and not is_known:
            missing.add(MissingStatement(last.closed_on, span.opened_on, span.opening_minor - last.closing_minor))
    return sorted(missing)


def gaps(book: Book, settings: BankSettings) -> list[MissingStatement]:
    """What is missing between the statements that were imported, in order of time."""
    with closing(book.database.session()) as session:
        return missing_statements(BankStore(book, settings.name, session).spans())
