"""From moves to what each participant owes or is owed, exactly.

A Tally counts a shop's points of one window and one set of terms. The poster keeps tallies as it posts; a
close can also count them anew from the moves. Both go through
`count`, so they only differ if a write was lost.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from settlement.accounts import OPERATOR, POOL
from settlement.amounts import BPS
from settlement.moves import COMPENSATE, EXPIRE, ISSUE, REDEEM
from settlement.terms import Breakage, Funding, Terms


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


def count(tallies: Mapping[tuple[int, int], Tally], sums: Iterable[tuple[int, int, int, int, int]]) -> None:
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
        elif kind < 0:
            count(tallies, [(-kind, terms_id, issuer, shop, -points)])


def positions(
    tallies: Iterable[tuple[TallyKey, Tally]],
    terms_by_id: Mapping[int, Terms],
    refs: Mapping[int, str],
) -> dict[str, Fraction]:
    """Exact positions in minor units by participant; positive receives. They sum to zero.

    The rules are the replay contract's: see the table in settlement/README.md.
    """
    # Per terms everything is whole points times a whole number of basis points, so one division at the end
    # keeps the sum exact and fast.
    exact: dict[str, Fraction] = defaultdict(Fraction)
    by_terms: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (shop, terms_id), tally in tallies:
        _position(by_terms[terms_id], refs[shop], tally, terms_by_id[terms_id])
    for terms_id, sums in by_terms.items():
        rate = terms_by_id[terms_id].minor_per_point / BPS
        for who, point_bps in sums.items():
            exact[who] += point_bps * rate
    return dict(exact)


def _position(sums: dict[str, int], shop: str, tally: Tally, terms: Terms) -> None:
    """Add one tally, in points times basis points."""
    issued, own, here, elsewhere, expired, adjusted = tally
    if terms.funding is Funding.ON_REDEMPTION:
        taken, paid = here, elsewhere
    else:
        taken, paid = here + own, issued
        sums[POOL] += (issued - taken - expired) * BPS
        sums[shop if terms.breakage_to is Breakage.ISSUER else OPERATOR] += expired * BPS
    fees = taken * terms.redeem_fee_bps + issued * terms.issue_fee_bps
    sums[shop] += (taken - paid + adjusted) * BPS - fees
    sums[OPERATOR] += fees
