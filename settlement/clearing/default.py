"""The waterfall: how the loss is allocated when a shop does not pay what it owes at the close of a window.

The order is fixed: what the defaulter left (its deposit, its share of the guarantee fund), the operator's
slice, the other members' shares of the fund, and last a capped cut of the creditors of that window. So the
window itself stands: no sale is undone, no net is computed anew. Amounts are minor units of zero or more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from settlement.amounts import BPS, Minor, apportion
from settlement.clearing.netting import HOUSE
from settlement.errors import RecoveryTooLarge, WaterfallInvalid, WaterfallUnbalanced
from settlement.sentences import Phrase


class LossSource(StrEnum):
    """Where the money for a shortfall comes from, in the order in which it is taken."""

    DEPOSIT = "deposit"
    OWN_FUND = "own_fund"
    OPERATOR = "operator"
    MUTUAL_FUND = "mutual_fund"
    CREDITOR_CUT = "creditor_cut"
    UNCOVERED = "uncovered"


@dataclass(frozen=True, slots=True)
class Creditor:
    """What a shop is to receive in the window, and how many of the defaulter's points it redeemed in it."""

    net_minor: int
    redeemed_points: int


@dataclass(frozen=True, slots=True)
class Draw:
    """Minor units (more than zero) taken from a source, and whose money it was."""

    source: LossSource
    participant: str
    minor: Minor


@dataclass(frozen=True, slots=True)
class Repayment:
    """Minor units (more than zero) given back to whom a draw took them from."""

    source: LossSource
    participant: str
    minor: Minor


@dataclass(frozen=True, slots=True)
class DefaultPlan:
    """How a loss is allocated: draws and cuts in the order of sources, within a source by participant id.

    `uncovered_minor` is what is allocated to nobody yet: the house owes it to the creditors and does not have it.
    Raises WaterfallUnbalanced unless draws, cuts and that sum to the shortfall.
    """

    shortfall_minor: int
    draws: tuple[Draw, ...]
    cuts: tuple[Draw, ...]
    uncovered_minor: int

    def __post_init__(self) -> None:
        planned = sum(draw.minor for draw in self.draws + self.cuts) + self.uncovered_minor
        if planned != self.shortfall_minor:
            raise WaterfallUnbalanced(self.shortfall_minor, planned)


def waterfall(
    shortfall_minor: int,
    deposit_minor: int,
    own_fund_minor: int,
    operator_slice_minor: int,
    fund_shares: Mapping[str, int],
    creditors: Mapping[str, Creditor],
    cut_cap_bps: int,
    *,
    defaulter: str = "defaulter",
    operator: str = "operator",
) -> DefaultPlan:
    """Allocate a shortfall, source by source, each only for what those before it could not.

    `fund_shares` are the other members' shares of the fund, drawn pro rata. `creditors` are cut in proportion
    to their `redeemed_points`, each by at most `cut_cap_bps` of its net, rounded down; who redeemed none of
    the defaulter's points is not cut. Every split is rounded by largest remainder, ties by id as text.
    `defaulter` and `operator` are their ids, for `Draw.participant`. Raises WaterfallInvalid.
    """
    sources: dict[LossSource, Mapping[str, int]] = {
        LossSource.DEPOSIT: {defaulter: deposit_minor},
        LossSource.OWN_FUND: {defaulter: own_fund_minor},
        LossSource.OPERATOR: {operator: operator_slice_minor},
        LossSource.MUTUAL_FUND: fund_shares,
    }
    _check_amounts(shortfall_minor, sources)
    _check_creditors(creditors, cut_cap_bps)
    if defaulter in fund_shares or defaulter in creditors:
        raise WaterfallInvalid("defaulter", defaulter, Phrase("neither a fund share of others nor a creditor"))
    left = shortfall_minor
    draws: list[Draw] = []
    for source, owners in sources.items():
        drawn = min(left, sum(owners.values()))
        draws += (Draw(source, participant, minor) for participant, minor in _split(drawn, owners).items())
        left -= drawn
    cuts = [
        Draw(LossSource.CREDITOR_CUT, participant, minor)
        for participant, minor in _cuts(left, creditors, cut_cap_bps).items()
    ]
    left -= sum(cut.minor for cut in cuts)
    return DefaultPlan(shortfall_minor, tuple(draws), tuple(cuts), left)


def allocate_recovery(plan: DefaultPlan, late_payment_minor: int, house: str = HOUSE) -> list[Repayment]:
    """Allocate a late payment to those who bore the shortfall, in reverse order.

    First the house gets what was uncovered, since it owes that to the creditors as part of their nets. Then
    creditors get back their cuts, then come the mutual fund, the operator, the defaulter's share of the fund
    and its deposit. Each source is made whole before the next; within one, all share pro rata to what they
    bore, by largest remainder. For a second late payment pass what is `remaining_plan` of the plan.
    Raises WaterfallInvalid, RecoveryTooLarge.
    """
    if late_payment_minor < 0:
        raise WaterfallInvalid("late_payment_minor", late_payment_minor, Phrase("zero or more"))
    if late_payment_minor > plan.shortfall_minor:
        raise RecoveryTooLarge(late_payment_minor, plan.shortfall_minor)
    draws_by_source: dict[LossSource, dict[str, int]] = defaultdict(dict)
    draws_by_source[LossSource.UNCOVERED][house] = plan.uncovered_minor
    for draw in plan.draws + plan.cuts:
        draws_by_source[draw.source][draw.participant] = draw.minor
    left = late_payment_minor
    repayments: list[Repayment] = []
    for source in reversed(LossSource):
        back = min(left, sum(draws_by_source[source].values()))
        repayments += (
            Repayment(source, participant, minor)
            for participant, minor in _split(back, draws_by_source[source]).items()
        )
        left -= back
    return repayments


def remaining_plan(plan: DefaultPlan, repayments: Iterable[Repayment]) -> DefaultPlan:
    """What is left of a plan after all repayments so far. Raises WaterfallUnbalanced if they exceed it."""
    back: dict[tuple[LossSource, str], int] = defaultdict(int)
    for repayment in repayments:
        back[repayment.source, repayment.participant] += repayment.minor
    bridged = sum(minor for (source, _), minor in back.items() if source is LossSource.UNCOVERED)
    return DefaultPlan(
        plan.shortfall_minor - sum(back.values()),
        _less(plan.draws, back),
        _less(plan.cuts, back),
        max(0, plan.uncovered_minor - bridged),
    )


def _less(draws: Iterable[Draw], back: Mapping[tuple[LossSource, str], int]) -> tuple[Draw, ...]:
    """Draws less what was given back of them; none that is given back in full."""
    open_minor = ((draw, draw.minor - back.get((draw.source, draw.participant), 0)) for draw in draws)
    return tuple(Draw(draw.source, draw.participant, Minor(minor)) for draw, minor in open_minor if minor > 0)


def _split(minor: int, weights: Mapping[str, int]) -> dict[str, Minor]:
    """Split an amount in proportion to weights, by largest remainder; in order of id, without zeros."""
    whole = sum(weights.values())
    exact = {participant: Fraction(minor * weight, whole) for participant, weight in weights.items()} if minor else {}
    return {participant: part for participant, part in sorted(apportion(Minor(minor), exact).items()) if part}


def _cuts(loss_minor: int, creditors: Mapping[str, Creditor], cap_bps: int) -> dict[str, Minor]:
    """Fill the creditors' caps like vessels: what a full one cannot take goes to the others, by weight.

    Filling one raises the others' exact shares, so whoever is full stays full. Those that are left at the end
    have exact shares below whole caps, so rounding a share up does not exceed a cap.
    """
    caps = {participant: Minor(creditor.net_minor * cap_bps // BPS) for participant, creditor in creditors.items()}
    weights = {
        participant: creditor.redeemed_points for participant, creditor in creditors.items() if creditor.redeemed_points
    }
    left = loss_minor
    cuts: dict[str, Minor] = {}
    while left and weights:
        whole = sum(weights.values())
        full = {
            participant: caps[participant]
            for participant, weight in weights.items()
            if left * weight >= caps[participant] * whole
        }
        if not full:
            cuts |= _split(left, weights)
            break
        cuts |= full
        left -= sum(full.values())
        weights = {participant: weight for participant, weight in weights.items() if participant not in full}
    return {participant: minor for participant, minor in sorted(cuts.items()) if minor}


def _check_amounts(shortfall_minor: int, sources: Mapping[LossSource, Mapping[str, int]]) -> None:
    if shortfall_minor < 0:
        raise WaterfallInvalid("shortfall_minor", shortfall_minor, Phrase("zero or more"))
    for source, owners in sources.items():
        for participant, minor in owners.items():
            if minor < 0:
                raise WaterfallInvalid(f"{source} of {participant}", minor, Phrase("zero or more"))


def _check_creditors(creditors: Mapping[str, Creditor], cut_cap_bps: int) -> None:
    if not 0 <= cut_cap_bps <= BPS:
        raise WaterfallInvalid("cut_cap_bps", cut_cap_bps, Phrase("{least} to {most}", least=0, most=BPS))
    for participant, creditor in creditors.items():
        if creditor.net_minor < 0:
            raise WaterfallInvalid(f"net_minor of {participant}", creditor.net_minor, Phrase("zero or more"))
        if creditor.redeemed_points < 0:
            raise WaterfallInvalid(
                f"redeemed_points of {participant}", creditor.redeemed_points, Phrase("zero or more")
            )
