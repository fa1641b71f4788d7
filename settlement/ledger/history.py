"""Earlier postings, read back one at a time: what each stood for, what it moved, what was taken back of it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from settlement.ledger.accounts import AccountKind, AccountName
from settlement.ledger.book import Book
from settlement.ledger.figures import CountedMove
from settlement.ledger.load import stored_moves, stored_omissions
from settlement.ledger.loaded import HoldState
from settlement.ledger.moves import Move
from settlement.ledger.refusals import Refusal, decode_refusal
from settlement.ledger.session import Session


@dataclass(frozen=True, slots=True)
class StoredPosting:
    """A posting as it was stored, with its moves. Instants are microseconds since 1970 UTC."""

    id: int
    key: str
    content: Mapping[str, str | int]
    occurred_at: int
    recorded_at: int
    window_id: int
    late_for: int | None
    refers_to: int | None
    refusal: Refusal | None
    reference: str | None
    moves: Sequence[Move]
    omitted: Refusal | None


class PostingContent(NamedTuple):
    """What a posting stood for."""

    key: str
    content: Mapping[str, str | int]
    refused: bool


COLUMNS = "id, key, content, occurred_at, recorded_at, window_id, late_for, refers_to, refusal, reference"


def posting_by_id(book: Book, session: Session, posting_id: int) -> StoredPosting | None:
    """The posting of that id; None where there is none."""
    return next(iter(postings_by_id(book, session, [posting_id])), None)


def postings_by_id(book: Book, session: Session, ids: Sequence[int]) -> list[StoredPosting]:
    """The postings of these ids, oldest first; of those that are there."""
    return _postings(book, session, "id = ANY(?) ORDER BY id", list(ids))


def postings_between(book: Book, session: Session, first: int, until: int) -> list[StoredPosting]:
    """The postings of the ids from `first` to before `until`, oldest first; without those that were refused."""
    return _postings(book, session, "id >= ? AND id < ? AND refusal IS NULL ORDER BY id", first, until)


def postings_since(book: Book, session: Session, instant: int) -> tuple[int, int]:
    """The ids of what was posted from an instant (microseconds since 1970 UTC) on: the first, and before which they
    end.

    Ids follow the order in which postings were recorded, as far as clocks agree.
    """
    (row,) = session.rows("SELECT next_posting FROM books WHERE alliance_id = ?", book.alliance_id)
    first, end = 1, int(row[0])
    until = end
    while first < until:
        middle = (first + until) // 2
        nearest = session.rows(
            "SELECT id, recorded_at FROM postings WHERE alliance_id = ? AND id >= ? ORDER BY id LIMIT 1",
            book.alliance_id,
            middle,
        )
        if nearest and nearest[0][1] < instant:
            first = nearest[0][0] + 1
        else:
            until = middle
    return first, end


def postings_by_key(book: Book, session: Session, keys: Sequence[str]) -> list[StoredPosting]:
    """The postings of these keys, oldest first; of those that are there."""
    return _postings(book, session, "key = ANY(?) ORDER BY id", list(keys))


def postings_by_reference(book: Book, session: Session, references: Sequence[str]) -> list[StoredPosting]:
    """The postings of these references, oldest first; of those that are there."""
    return _postings(book, session, "reference = ANY(?) ORDER BY id", list(references))


def postings_that_refer_to(book: Book, session: Session, posting_id: int) -> list[StoredPosting]:
    """The postings that took something back of an earlier one, oldest first; refused ones took nothing."""
    return _postings(book, session, "refers_to = ? AND refusal IS NULL ORDER BY id", posting_id)


def postings_by_original(book: Book, session: Session, posting_ids: Sequence[int]) -> dict[int, list[StoredPosting]]:
    """The same of many at once, by the posting that each refers to: with none for those that nothing refers to."""
    by_original: dict[int, list[StoredPosting]] = {posting_id: [] for posting_id in posting_ids}
    if by_original:
        condition = "refers_to = ANY(?) AND refusal IS NULL ORDER BY id"
        for posting in _postings(book, session, condition, list(by_original)):
            by_original[posting.refers_to or 0].append(posting)
    return by_original


def posting_contents(book: Book, session: Session, prefix: str) -> list[PostingContent]:
    """What all postings stood for whose key begins with a prefix of letters, oldest first; without their moves."""
    rows = session.rows(
        "SELECT key, content, refusal FROM postings WHERE alliance_id = ? AND key LIKE ? ORDER BY id",
        book.alliance_id,
        f"{prefix}%",
    )
    return [PostingContent(key, json.loads(content), refusal is not None) for key, content, refusal in rows]


def hold_state(book: Book, session: Session, posting_id: int) -> HoldState | None:
    """Until when a hold stands, and what resolved it; None where the posting is no hold."""
    return hold_states(book, session, [posting_id]).get(posting_id)


def hold_states(book: Book, session: Session, posting_ids: Sequence[int]) -> dict[int, HoldState]:
    """The same of many at once, by posting; of those that are holds."""
    rows = session.rows(
        "SELECT posting_id, lapses_at, resolved_by FROM holds WHERE alliance_id = ? AND posting_id = ANY(?)",
        book.alliance_id,
        list(posting_ids),
    )
    return {posting_id: HoldState(lapses_at, resolved_by) for posting_id, lapses_at, resolved_by in rows}


def account_names(book: Book, session: Session, ids: Sequence[int]) -> dict[int, AccountName]:
    """The names of accounts by their ids."""
    rows = session.rows(
        "SELECT id, kind, owner, issuer, expires_on, terms_id FROM accounts WHERE alliance_id = ? AND id = ANY(?)",
        book.alliance_id,
        sorted(ids),
    )
    return {id_: AccountName(*name) for id_, *name in rows}


def point_changes(book: Book, session: Session, posting_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """By how many points each of these postings changed what its owners can spend, by posting and owner.

    Below zero where points were taken. Owners for whom nothing changed are left out.
    """
    windows = session.rows(
        "SELECT id, window_id FROM postings WHERE alliance_id = ? AND id = ANY(?)", book.alliance_id, list(posting_ids)
    )
    moves = stored_moves(session, book.alliance_id, dict(windows))
    accounts = {id_ for of_posting in moves.values() for move in of_posting for id_ in (move.debit, move.credit)}
    rows = session.rows(
        "SELECT id, owner FROM accounts WHERE alliance_id = ? AND id = ANY(?) AND kind = ?",
        book.alliance_id,
        sorted(accounts),
        int(AccountKind.LOT),
    )
    owners: dict[int, str] = dict(rows)
    return {id_: owner_changes(of_posting, owners) for id_, of_posting in moves.items()}


def owner_changes(moves: Iterable[CountedMove], owners: Mapping[int, str]) -> dict[str, int]:
    """By how much moves changed the points of lots, given the owner of each; without those for whom nothing changed."""
    changes: dict[str, int] = {}
    for move in moves:
        for account, amount in ((move.debit, -move.amount), (move.credit, move.amount)):
            if account in owners:
                changes[owners[account]] = changes.get(owners[account], 0) + amount
    return {owner: points for owner, points in changes.items() if points}


def _postings(book: Book, session: Session, condition: str, *values: object) -> list[StoredPosting]:
    rows = session.rows(
        f"SELECT {COLUMNS} FROM postings WHERE alliance_id = ? AND {condition}", book.alliance_id, *values
    )
    moves = stored_moves(session, book.alliance_id, {row[0]: row[5] for row in rows})
    omitted = stored_omissions(session, book.alliance_id, list(moves))
    return [
        StoredPosting(
            id_,
            key,
            json.loads(content),
            occurred_at,
            recorded_at,
            window_id,
            late_for,
            refers_to,
            None if refusal is None else decode_refusal(refusal),
            reference,
            moves[id_],
            omitted.get(id_),
        )
        for (
            id_,
            key,
            content,
            occurred_at,
            recorded_at,
            window_id,
            late_for,
            refers_to,
            refusal,
            reference,
        ) in rows
    ]
