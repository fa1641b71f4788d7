"""Which rows of a file a book has already, and whether the file goes on where the last one ended.

A row is known by what it says, and alike rows by how many there are: files may follow each other, overlap, or be the
same one again. Where a file covers time that was replayed before, both have to have the same rows. Pure but for
`replayed_purchases`.
"""

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from coalition.locale.formats import moment
from coalition.purchases.file import PurchaseRow
from settlement import Phrase
from settlement.ledger import Book, Session, posting_contents

PREFIX = "purchase:"
FIELDS = ("at", "member", "shop", "amount_minor", "asked")


KeyedRow = tuple[str, PurchaseRow]


class Replayed(NamedTuple):
    """Purchases that a book has from earlier files, by their keys in the order in which they were posted, and which of
    them it refused. Windows that open before `closed_until` (microseconds since 1970 UTC) are closed.
    """

    purchases: dict[str, tuple[str | int, ...]]
    refused: Collection[str]
    closed_until: int

    @property
    def end(self) -> int | None:
        """When the last purchase was, in microseconds since 1970 UTC; None without any."""
        return max(map(_at, self.purchases.values()), default=None)


class Overlap(NamedTuple):
    """The rows to post, which are new or were refused before, and what is wrong with the file, by line number."""

    to_post: Sequence[KeyedRow]
    problems: Sequence[tuple[int, str]]


def row_keys(rows: Iterable[PurchaseRow]) -> list[str]:
    """The key of each row in the book: its time, a hash of what it says, and which of several alike ones it is.

    The time comes first so that keys follow each other as rows do: a database adds them at one end of their index.
    """
    seen: dict[str, int] = {}
    keys = []
    for row in rows:
        digest = f"{row.at}:{sha256(repr(_fields(row)).encode()).hexdigest()[:16]}"
        seen[digest] = alike = seen.get(digest, 0) + 1
        keys.append(f"{PREFIX}{digest}:{alike}")
    return keys


def replayed_purchases(book: Book, session: Session) -> Replayed:
    """What the book has. Another replay may be under way, so what is closed is read first."""
    closed_until = book.header(session).closed_until
    stored = posting_contents(book, session, PREFIX)
    purchases = {posting.key: tuple(posting.content[field] for field in FIELDS) for posting in stored}
    return Replayed(purchases, {posting.key for posting in stored if posting.refused}, closed_until)


def compare(rows: Sequence[PurchaseRow], replayed: Replayed) -> Overlap:
    """Compare a file with what was replayed before."""
    known = replayed.purchases
    keyed = list(zip(row_keys(rows), rows, strict=True))
    to_post = [(key, row) for key, row in keyed if key not in known or key in replayed.refused]
    new = [row for key, row in keyed if key not in known]
    problems = {row.line: Phrase("its window is closed already") for row in new if row.at < replayed.closed_until}
    if new and replayed.end is not None:
        problems |= _differences(keyed, new, replayed, replayed.end)
    return Overlap(to_post, sorted(problems.items()))


def _differences(
    keyed: Sequence[KeyedRow], new: Sequence[PurchaseRow], replayed: Replayed, end: int
) -> dict[int, Phrase]:
    """What is different in the time that was replayed before and that the file covers, by line number."""
    known, rows = replayed.purchases, [row for _, row in keyed]
    lacking = _lacking(keyed, replayed)
    last_known = max((number for number, (key, _) in enumerate(keyed) if key in known), default=-1)
    if last_known >= 0 and keyed[last_known][0] == next(reversed(known)):
        # The file has what was posted last, so what follows it is later, whatever a clock change makes of its time.
        before_end = {row.line for row in rows[: last_known + 1]}
    else:
        before_end = {row.line for row in new if row.at < end or (lacking and row.at == end)}
    problems = {row.line: _why(row, lacking, end) for row in new if row.line in before_end}
    if lacking and not problems:
        first = min(lacking, key=_at)
        line = next((row.line for row in rows if row.at >= _at(first)), rows[-1].line)
        problems[line] = Phrase(
            "the file lacks {count} of the purchases that were replayed for its time, the first of {at}",
            count=len(lacking),
            at=moment(_at(first)).isoformat(),
        )
    return problems


def _lacking(keyed: Sequence[KeyedRow], replayed: Replayed) -> list[tuple[str | int, ...]]:
    """Purchases that were replayed for the time of the file and are not in it."""
    first, last = min(row.at for _, row in keyed), max(row.at for _, row in keyed)
    keys = {key for key, _ in keyed}
    return [values for key, values in replayed.purchases.items() if first < _at(values) <= last and key not in keys]


def _why(row: PurchaseRow, lacking: Sequence[tuple[str | int, ...]], end: int) -> Phrase:
    """Why a row can't be new: it is one that was changed, or it comes too late."""
    again = _fields(row)
    for first in lacking:
        differing = [at for at, (old, new) in enumerate(zip(first, again, strict=True)) if old != new]
        if len(differing) == 1:
            (at,) = differing
            return Phrase(
                "it was replayed before with {field} {first}, not {again}",
                field=FIELDS[at],
                first=_value_text(FIELDS[at], first[at]),
                again=_value_text(FIELDS[at], again[at]),
            )
    return Phrase(
        "it is new, but lies before the end of what was replayed, {end}; join files of the same time into one",
        end=moment(end).isoformat(),
    )


def _fields(row: PurchaseRow) -> tuple[str | int, ...]:
    return row.at, row.member, row.merchant, row.amount_minor, row.asked


def _at(values: Sequence[str | int]) -> int:
    return int(values[0])


def _value_text(field: str, value: object) -> str:
    return moment(value).isoformat() if field == "at" and isinstance(value, int) else str(value)
