"""A shop's points of one window and one set of terms, counted move by move.

The poster keeps tallies as it posts; a close can also count them anew from the moves. Both go through `count_moves`, so
they only differ if a write was lost.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from settlement.ledger.moves import COMPENSATE, EXPIRE, ISSUE, REDEEM, REPAY

CIRCULATION = {ISSUE: 1, -ISSUE: -1, REDEEM: -1, -REDEEM: 1, EXPIRE: -1, -EXPIRE: 1, REPAY: -1, -REPAY: 1}
"""What a move of each kind does to the points outstanding."""
BILLED = (ISSUE, -ISSUE, REPAY, -REPAY)
"""Kinds of moves that change what the issuer is billed for under on_issue."""


class TallyKey(NamedTuple):
    """Whose points, under which terms."""

    shop: int
    terms_id: int


ISSUED, REDEEMED_OWN, REDEEMED_HERE, REDEEMED_ELSEWHERE, EXPIRED, ADJUSTED = range(6)
TALLY_COLUMNS = ("issued", "redeemed_own", "redeemed_here", "redeemed_elsewhere", "expired", "adjusted")
"""issued: by the shop. redeemed_own: its points at itself. redeemed_here: others' points at it.
redeemed_elsewhere: its points at others. expired: its points. adjusted: compensation got, less paid."""

Tally = list[int]
"""Points by TALLY_COLUMNS; signed, since a refund takes back."""


def new_tallies() -> defaultdict[tuple[int, int], Tally]:
    """An empty set of tallies by (shop, terms)."""
    return defaultdict(lambda: [0, 0, 0, 0, 0, 0])


def count_moves(tallies: Mapping[tuple[int, int], Tally], sums: Iterable[tuple[int, int, int, int, int]]) -> None:
    """Add moves, or sums of like moves, to the tallies: each as (kind, terms, issuer, shop, points)."""
    for kind, terms_id, issuer, shop, points in sums:
        if kind == ISSUE:
            tallies[issuer, terms_id][ISSUED] += points
        elif kind == REDEEM:
            if issuer == shop:
                tallies[shop, terms_id][REDEEMED_OWN] += points
            else:
                tallies[shop, terms_id][REDEEMED_HERE] += points
                tallies[issuer, terms_id][REDEEMED_ELSEWHERE] += points
        elif kind == EXPIRE:
            tallies[issuer, terms_id][EXPIRED] += points
        elif kind == COMPENSATE:
            tallies[issuer, terms_id][ADJUSTED] -= points
            tallies[shop, terms_id][ADJUSTED] += points
        elif kind == REPAY:
            # The issuer need not stand for these points any more: it pays the shop that was owed.
            tallies[issuer, terms_id][ISSUED] -= points
            tallies[issuer, terms_id][ADJUSTED] -= points
            tallies[shop, terms_id][ADJUSTED] += points
        elif kind < 0:
            count_moves(tallies, [(-kind, terms_id, issuer, shop, -points)])
