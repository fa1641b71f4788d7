"""The hash chain: each batch is sealed with SHA-256 over the seal before it and every row it wrote.

A row's line is its columns as PostgreSQL's COPY text format writes them, so that what is hashed is, on
PostgreSQL, the very text that is sent to be stored. Whoever keeps yesterday's seal can tell tomorrow that no
move of yesterday was changed, added or removed, no account renamed, and no limit lifted.

Postings and moves come first, then in lines that begin with a word: the accounts that were opened (their names;
balances follow from the moves), when holds lapse, why legs were left out, and rows that changed (`sealed_rows.py`).
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

import orjson

from settlement.ledger.copy_format import ESCAPES, NULL, copy_text
from settlement.ledger.decision import Decision, PostingRow
from settlement.ledger.moves import Move

GENESIS = sha256(b"settlement").digest()
"""The seal before the first batch."""

ACCOUNT_LINE = "%d\t%d\t%d\t%s\t%d\t%d\t%d\t%d\n"
OpenedAccount = tuple[int, int, str, int, int, int, int]
"""A row of `accounts` behind its alliance: id, kind, owner, issuer, last day, terms, balance."""
_COMMA_TO_TAB = bytes.maketrans(b",", b"\t")


class BatchLines(NamedTuple):
    """What is sealed of a batch; postings and moves are stored in the same form."""

    postings: bytes
    moves: bytes
    others: bytes


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
    """All lines of a decision."""
    others = opening_lines(decision.opened)
    if decision.holds:
        # Those of earlier batches are resolved by this one, which its postings say.
        first = decision.postings[0].id
        others += hold_lines([hold[:2] for hold in decision.holds if hold[0] >= first])
    if decision.omissions:
        others += omission_lines(decision.omissions)
    return BatchLines(posting_lines(decision.postings), move_lines(decision.moves), others)


def opening_lines(opened: Iterable[OpenedAccount]) -> bytes:
    """One line for each account that is opened: what makes it the one it is, without its balance."""
    return "".join(
        [
            f"account\t{id_}\t{kind}\t{copy_text(owner)}\t{issuer}\t{expires_on}\t{terms_id}\n"
            for id_, kind, owner, issuer, expires_on, terms_id, _ in opened
        ]
    ).encode()


def hold_lines(holds: Iterable[tuple[int, int]]) -> bytes:
    """One line for each hold that is placed: its posting, and when it lapses."""
    return "".join([f"hold\t{posting_id}\t{lapses_at}\n" for posting_id, lapses_at in holds]).encode()


def omission_lines(omissions: Iterable[tuple[int, str]]) -> bytes:
    """One line for each posting that went without a leg, with the reason."""
    return "".join([f"omission\t{posting_id}\t{copy_text(refusal)}\n" for posting_id, refusal in omissions]).encode()


def sealed_row_lines(rows: Iterable[tuple[int, str, str]]) -> bytes:
    """One line for each version of a row that may change: its number in the batch, its table, its content."""
    return "".join([f"row\t{line}\t{table}\t{copy_text(content)}\n" for line, table, content in rows]).encode()


def account_lines(accounts: Iterable[tuple[int, int, int, str, int, int, int, int]]) -> bytes:
    """One line an account with its balance, as COPY takes it."""
    return "".join(
        [
            ACCOUNT_LINE % (alliance_id, id_, kind, copy_text(owner), issuer, expires_on, terms_id, balance)
            for alliance_id, id_, kind, owner, issuer, expires_on, terms_id, balance in accounts
        ]
    ).encode()


def seal(previous: bytes, lines: BatchLines) -> bytes:
    """The seal of a batch: SHA-256 of the previous seal and all of its lines."""
    digest = sha256(previous)
    digest.update(lines.postings)
    digest.update(lines.moves)
    digest.update(lines.others)
    return digest.digest()
