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


class Sealed(NamedTuple):
    """A batch, as it is stored."""

    id: int
    first_posting: int
    last_posting: int
    next_account: int | None
    chain: bytes


class Chained:
    """All sealed rows of a book, read a batch at a time in the order in which they were sealed.

    Of a part of the book those behind some batch: with the postings up to one, or all from there on.
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
    """Each batch's seal is the hash of the seal before it and of the rows it wrote; no posting is missing.

    Behind a checkpoint these are the batches that are new, and of those before it a part that is read again.
    """
    since, again = auditor.since, auditor.recheck
    examined, differences = 0, []
    start, chain = Behind(), GENESIS
    if since is not None:
        start, chain = Behind(since.last_posting, since.batch_id, since.last_posting, since.next_account), since.chain
        if [batch[2:] for batch in _batches(auditor, since.batch_id - 1, since.batch_id)] != [
            (since.last_posting, since.next_account, since.chain)
        ]:
            differences.append(f"batch {since.batch_id}: it is not the one up to which the book was audited")
    if again is not None:
        batches = _batches(auditor, again.after, again.last)
        behind, before = part_behind(auditor, again.after)
        if batches:
            read = Chained(auditor, behind, batches[-1].last_posting)
            differences += _compare(read, batches, before, (again.after, behind.posting))
        examined += len(batches)
    batches = _batches(auditor, start.others_batch)
    chained = Chained(auditor) if since is None else Chained(auditor, start)
    differences += _compare(chained, batches, chain, (start.others_batch, start.posting))
    header = auditor.connection.execute(
        text("SELECT chain, next_account FROM books WHERE alliance_id = :alliance_id"),
        {"alliance_id": auditor.book.alliance_id},
    ).one()
    last_account = None if since is None else since.next_account
    if batches:
        last_account, chain = batches[-1].next_account, batches[-1].chain
    if (header.next_account, bytes(header.chain)) != (last_account, chain) or chained.left():
        differences.append("the book's seal is not that of its last batch, or rows lie outside all batches")
    return examined + len(batches), differences


def part_behind(auditor: Auditor, batch_id: int) -> tuple[Behind, bytes]:
    """Where the rows behind a batch begin, and the batch's seal; of batch 0 the beginning of the book."""
    stored = _batches(auditor, batch_id - 1, batch_id)
    others = auditor.rows(_OTHERS_BEFORE, after=batch_id)
    posting, chain = (stored[0].last_posting, stored[0].chain) if stored else (0, GENESIS)
    return Behind(posting, *others[0]) if others else Behind(posting), chain


def _batches(auditor: Auditor, after: int, last: int | None = None) -> list[Sealed]:
    """The batches behind one, up to another or to the end."""
    until = "" if last is None else "AND id <= :last"
    rows = auditor.connection.execute(
        text(
            "SELECT id, first_posting, last_posting, next_account, chain FROM batches "
            f"WHERE alliance_id = :alliance_id AND id > :after {until} ORDER BY id"
        ),
        {"alliance_id": auditor.book.alliance_id, "after": after, **({} if last is None else {"last": last})},
    )
    return [Sealed(id_, first, posting, account, bytes(chain)) for id_, first, posting, account, chain in rows]


def _compare(chained: Chained, batches: list[Sealed], chain: bytes, behind: tuple[int, int]) -> list[str]:
    """What differs in batches behind the one of this number, which ends with this posting and has this seal."""
    differences = []
    number, posting = behind
    for id_, first, last, next_account, sealed in batches:
        number += 1
        ids, lines = chained.lines(id_, last, next_account)
        if id_ != number or first != posting + 1 or ids != list(range(first, last + 1)):
            differences.append(f"batch {id_}: postings {first} to {last} are not all there")
        if seal(chain, lines) != sealed:
            differences.append(f"batch {id_} (postings {first} to {last}): its rows do not match its seal")
        chain, posting = sealed, last
    return differences


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

_REST_OF = {
    **_PART_OF,
    "postings": "id > :posting",
    "moves": "posting_id > :posting AND window_id >= :first_window",
}
"""The same of a part that goes to the end."""

_OTHERS_BEFORE = (
    "SELECT id, last_posting, next_account FROM batches WHERE alliance_id = :alliance_id AND id <= :after "
    "AND next_account IS NOT NULL ORDER BY id DESC LIMIT 1"
)


class _Part:
    """A part of a book, or all of it."""

    def __init__(self, auditor: Auditor, behind: Behind | None, last_posting: int | None) -> None:
        self._auditor = auditor
        self._params: dict[str, object] = {}
        self._conditions = _REST_OF if last_posting is None else _PART_OF
        if behind is None:
            self._conditions = {}
            return
        self._params = {**behind._asdict(), "first_window": auditor.open_since}
        if last_posting is not None:
            ((first_window, last_window),) = auditor.rows(
                "SELECT COALESCE(MIN(window_id), 0), COALESCE(MAX(window_id), 0) FROM postings "
                f"WHERE alliance_id = :alliance_id AND {_PART_OF['postings']}",
                posting=behind.posting,
                last_posting=last_posting,
            )
            self._params |= {"last_posting": last_posting, "first_window": first_window, "last_window": last_window}

    def stream(self, columns: str, table: str, order: str) -> Iterator[tuple[int, ...]]:
        """Rows of a table in an order."""
        query = f"SELECT {columns} FROM {table} WHERE alliance_id = :alliance_id"
        if not self._conditions:
            return self._auditor.stream(f"{query} ORDER BY {order}")
        condition = self._conditions[table]
        wanted = {name: value for name, value in self._params.items() if f":{name}" in condition}
        return self._auditor.stream(f"{query} AND {condition} ORDER BY {order}", **wanted)
