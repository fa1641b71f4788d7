"""From tallies to what each participant owes or is owed, exactly."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

from settlement.amounts import BPS
from settlement.ledger.accounts import OPERATOR, POOL
from settlement.ledger.tallies import Tally, TallyKey
from settlement.terms import Breakage, Funding, Terms


def exact_positions(
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
        for participant, point_bps in sums.items():
            exact[participant] += point_bps * rate
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
