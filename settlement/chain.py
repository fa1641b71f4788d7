"""The hash chain: each batch is sealed with SHA-256 over the seal before it and every row it wrote.

A row's line is its columns as PostgreSQL's COPY text format writes them, so that what is hashed is, on
PostgreSQL, the very text that is sent to be stored. Whoever keeps yesterday's seal can tell tomorrow that no
move of yesterday was changed, added or removed.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from settlement.decide import Decision, PostingRow
from settlement.moves import Move

GENESIS = sha256(b"settlement").digest()
"""The seal before the first batch."""

MOVE_LINE = "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n"
POSTING_LINE = "%d\t%d\t%s\t%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\n"
ACCOUNT_LINE = "%d\t%d\t%d\t%s\t%d\t%d\t%d\t%d\n"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Lines(NamedTuple):
    """What is sealed and stored of a batch."""

    postings: bytes
    moves: bytes


def move_lines(moves: Iterable[Move]) -> bytes:
    """One line a move: the eleven columns as decimal integers."""
    return "".join([MOVE_LINE % move for move in moves]).encode()


def posting_lines(postings: Iterable[PostingRow]) -> bytes:
    """One line a posting; NULL is \\N."""
    return "".join(
        [
            POSTING_LINE
            % (
                row.alliance_id,
                row.id,
                _text(row.key),
                _text(row.content),
                row.occurred_at,
                row.recorded_at,
                row.window_id,
                "\\N" if row.late_for is None else row.late_for,
                "\\N" if row.refers_to is None else row.refers_to,
                "\\N" if row.refusal is None else _text(row.refusal),
                "\\N" if row.reference is None else _text(row.reference),
            )
            for row in postings
        ]
    ).encode()


def lines_of(decision: Decision) -> Lines:
    """The lines of a decision's postings and moves."""
    return Lines(posting_lines(decision.postings), move_lines(decision.moves))


def account_lines(accounts: Iterable[tuple[int, int, int, str, int, int, int, int]]) -> bytes:
    """One line an account, as COPY takes it; accounts are not sealed, since they follow from the moves."""
    return "".join(
        [
            ACCOUNT_LINE % (alliance_id, id_, kind, _text(owner), issuer, expires_on, terms_id, balance)
            for alliance_id, id_, kind, owner, issuer, expires_on, terms_id, balance in accounts
        ]
    ).encode()


def seal(previous: bytes, postings: bytes, moves: bytes) -> bytes:
    """The seal of a batch: SHA-256 of the previous seal, the postings' lines and the moves' lines."""
    digest = sha256(previous)
    digest.update(postings)
    digest.update(moves)
    return digest.digest()


def _text(value: str) -> str:
    # JSON has escaped control characters already, so a backslash is all that is ever met.
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)
