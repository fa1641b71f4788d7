"""The hash chain seals every row."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text

from settlement.audit.auditor import Auditor, CheckResult, Reader
from settlement.ledger.chain import (
    GENESIS,
    BatchLines,
    hold_lines,
    move_lines,
    omission_lines,
    opening_lines,
    posting_lines,
    seal,
    sealed_row_lines,
)
from settlement.ledger.decision import PostingRow
from settlement.ledger.load import ACCOUNT_COLUMNS, MOVE_COLUMNS
from settlement.ledger.moves import Move

POSITION = 30


class Behind(NamedTuple):
    """Where reading begins: behind this posting; and of what is sealed beside postings, behind this batch, which ends
    with `others_posting` and before the account `next_account`.
    """

    posting: int = 0
    others_batch: int = 0
    others_posting: int = 0
    next_account: int = 0


class Chained:
    """All sealed rows of a book, read a batch at a time in the order in which they were sealed.

    Of a part of the book those behind some batch, with the postings up to one: no others are read then.
    """

    def __init__(self, auditor: Auditor, behind: Behind | None = None, last_posting: int | None = None) -> None:
        part = _Part(auditor, behind, last_posting)
        self._postings = Reader(PostingRow(*row) for row in part.stream(_POSTING_COLUMNS, "postings", "id"))  # type: ignore[arg-type]
        self._moves = Reader(Move(*row) for row in part.stream(MOVE_COLUMNS, "moves", "posting_id, line"))
        self._accounts = Reader(part.stream(ACCOUNT_COLUMNS, "accounts", "id"))
        self._holds = Reader(part.stream("posting_id, lapses_at", "holds", "posting_id"))
        self._omissions = Reader(part.stream("posting_id, refusal", "omissions", "posting_id"))
        self._rows = Reader(part.stream("batch_id, line, table_name, content", "sealed_rows", "batch_id, line"))

    def lines(self, id_: int, last: int, next_account: int | None) -> tuple[list[int], BatchLines]:
        """The next batch's postings by their ids, and all of its lines as its rows are now."""
        postings = self._postings.until(lambda row: row.id <= last)
        moves = self._moves.until(lambda move: move.posting_id <= last)
        others = b""
        # Batches from before account openings were sealed left them to the batch that was made of them all later.
        if next_account is not None:
            others = (
                opening_lines(self._accounts.until(lambda row: row[0] < next_account))  # type: ignore[arg-type]
                + hold_lines(self._holds.until(lambda row: row[0] <= last))  # type: ignore[arg-type]
                + omission_lines(self._omissions.until(lambda row: row[0] <= last))  # type: ignore[arg-type]
                + sealed_row_lines(row[1:] for row in self._rows.until(lambda row: row[0] <= id_))  # type: ignore[misc]
            )
        return [row.id for row in postings], BatchLines(posting_lines(postings), move_lines(moves), others)

    def left(self) -> bool:
        """Whether there are rows behind the last batch."""
        readers = (self._postings, self._moves, self._accounts, self._holds, self._omissions, self._rows)
        return any(reader.left() for reader in readers)


def check_chain(auditor: Auditor) -> CheckResult:
    """Each batch's seal is the hash of the seal before it and of the rows it wrote; no posting is missing."""
    batches = auditor.connection.execute(
        text(
            "SELECT id, first_posting, last_posting, next_account, chain FROM batches "
            "WHERE alliance_id = :alliance_id ORDER BY id"
        ),
        {"alliance_id": auditor.book.alliance_id},
    ).all()
    chained = Chained(auditor)
    differences = []
    chain, expected = GENESIS, 1
    for number, (id_, first, last, next_account, sealed) in enumerate(batches, start=1):
        ids, lines = chained.lines(id_, last, next_account)
        if id_ != number or first != expected or ids != list(range(first, last + 1)):
            differences.append(f"batch {id_}: postings {first} to {last} are not all there")
        chain = seal(chain, lines)
        if chain != bytes(sealed):
            differences.append(f"batch {id_} (postings {first} to {last}): its rows do not match its seal")
            chain = bytes(sealed)
        expected = last + 1
    header = auditor.connection.execute(
        text("SELECT chain, next_account FROM books WHERE alliance_id = :alliance_id"),
        {"alliance_id": auditor.book.alliance_id},
    ).one()
    last_account = batches[-1].next_account if batches else None
    if (header.next_account, bytes(header.chain)) != (last_account, chain) or chained.left():
        differences.append("the book's seal is not that of its last batch, or rows lie outside all batches")
    return len(batches), differences


CHECKS = {"hash_chain": check_chain}

_POSTING_COLUMNS = (
    "alliance_id, id, key, content, occurred_at, recorded_at, window_id, late_for, refers_to, refusal, reference"
)


_PART_OF = {
    "postings": "id > :posting AND id <= :last_posting",
    # Moves lie by window: those of other windows are not looked at.
    "moves": "posting_id > :posting AND posting_id <= :last_posting AND window_id >= :first_window "
    "AND window_id <= :last_window",
    "accounts": "id >= :next_account",
    "holds": "posting_id > :others_posting",
    "omissions": "posting_id > :others_posting",
    "sealed_rows": "batch_id > :others_batch",
}
"""Which rows of each table are read of a part of the book."""


class _Part:
    """A part of a book, or all of it."""

    def __init__(self, auditor: Auditor, behind: Behind | None, last_posting: int | None) -> None:
        self._auditor = auditor
        self._params: dict[str, object] | None = None
        if behind is not None and last_posting is not None:
            ((first_window, last_window),) = auditor.rows(
                "SELECT COALESCE(MIN(window_id), 0), COALESCE(MAX(window_id), 0) FROM postings "
                f"WHERE alliance_id = :alliance_id AND {_PART_OF['postings']}",
                posting=behind.posting,
                last_posting=last_posting,
            )
            self._params = {
                **behind._asdict(),
                "last_posting": last_posting,
                "first_window": first_window,
                "last_window": last_window,
            }

    def stream(self, columns: str, table: str, order: str) -> Iterator[tuple[int, ...]]:
        """Rows of a table in an order."""
        query = f"SELECT {columns} FROM {table} WHERE alliance_id = :alliance_id"
        if self._params is None:
            return self._auditor.stream(f"{query} ORDER BY {order}")
        wanted = {name: value for name, value in self._params.items() if f":{name}" in _PART_OF[table]}
        return self._auditor.stream(f"{query} AND {_PART_OF[table]} ORDER BY {order}", **wanted)
