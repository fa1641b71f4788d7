"""The hash chain: each batch is sealed with SHA-256 over the seal before it and every row it wrote.

A row's line is its columns as PostgreSQL's COPY text format writes them, so that what is hashed is, on
PostgreSQL, the very text that is sent to be stored. Whoever keeps yesterday's seal can tell tomorrow that no
move of yesterday was changed, added or removed.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

import orjson

from settlement.ledger.copy_format import ESCAPES, NULL, copy_text
from settlement.ledger.decide import Decision, PostingRow
from settlement.ledger.moves import Move

GENESIS = sha256(b"settlement").digest()
"""The seal before the first batch."""

ACCOUNT_LINE = "%d\t%d\t%d\t%s\t%d\t%d\t%d\t%d\n"
_COMMA_TO_TAB = bytes.maketrans(b",", b"\t")


class BatchLines(NamedTuple):
    """What is sealed and stored of a batch."""

    postings: bytes
    moves: bytes


def move_lines(moves: Iterable[Move]) -> bytes:
    """One line a move: the eleven columns as decimal integers."""
    # Written as JSON and then punctuated anew, it takes two thirds of the time of formatting line by line.
    lists = orjson.dumps([list(move) for move in moves])
    return lists[2:-2].replace(b"],[", b"\n").translate(_COMMA_TO_TAB) + b"\n" if len(lists) > 2 else b""


def posting_lines(postings: Sequence[PostingRow]) -> bytes:
    """One line a posting; NULL is \\N."""
    # There is next to never anything to escape, so all are looked at at once.
    texts = "".join([posting.key + posting.content for posting in postings])
    if any(chr(code) in texts for code in ESCAPES):
        postings = [row._replace(key=copy_text(row.key), content=copy_text(row.content)) for row in postings]
    return "".join(
        [
            f"{alliance_id}\t{id_}\t{key}\t{content}\t{occurred_at}\t{recorded_at}\t{window_id}"
            f"\t{NULL if late_for is None else late_for}\t{NULL if refers_to is None else refers_to}"
            f"\t{NULL if refusal is None else copy_text(refusal)}"
            f"\t{NULL if reference is None else copy_text(reference)}\n"
            for (
                alliance_id,
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
            ) in postings
        ]
    ).encode()


def batch_lines(decision: Decision) -> BatchLines:
    """The lines of a decision's postings and moves."""
    return BatchLines(posting_lines(decision.postings), move_lines(decision.moves))


def account_lines(accounts: Iterable[tuple[int, int, int, str, int, int, int, int]]) -> bytes:
    """One line an account, as COPY takes it; accounts are not sealed, since they follow from the moves."""
    return "".join(
        [
            ACCOUNT_LINE % (alliance_id, id_, kind, copy_text(owner), issuer, expires_on, terms_id, balance)
            for alliance_id, id_, kind, owner, issuer, expires_on, terms_id, balance in accounts
        ]
    ).encode()


def seal(previous: bytes, postings: bytes, moves: bytes) -> bytes:
    """The seal of a batch: SHA-256 of the previous seal, the postings' lines and the moves' lines."""
    digest = sha256(previous)
    digest.update(postings)
    digest.update(moves)
    return digest.digest()
