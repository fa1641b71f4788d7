"""What a batch changed, as values: what is written, sealed and answered."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from settlement.errors import SettlementError
from settlement.ledger.moves import Answer, Move
from settlement.ledger.tallies import Tally


class PostingRow(NamedTuple):
    """One stored posting, in the order of the table's columns."""

    alliance_id: int
    id: int
    key: str
    content: str
    occurred_at: int
    recorded_at: int
    window_id: int
    late_for: int | None
    refers_to: int | None
    refusal: str | None
    reference: str | None


class Decision(NamedTuple):
    """What a batch changed: rows to write, and an answer (or the error) for each of its postings."""

    outcomes: Sequence[Answer | SettlementError]
    postings: Sequence[PostingRow]
    moves: Sequence[Move]
    opened: Sequence[tuple[int, int, str, int, int, int, int]]
    balances: Mapping[int, int]
    tallies: Mapping[tuple[int, int, int], Tally]
    outstanding: Sequence[tuple[int, int, int, int]]
    holds: Sequence[tuple[int, int, int | None]]
    omissions: Sequence[tuple[int, str]]
    next_posting: int
    next_account: int
