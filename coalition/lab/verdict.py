"""The verdict: whose money paid whom, who got what was promised, and what happens when it stops.

Every figure is exact; the words that go with it are in `plain`.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from coalition.lab.errors import EventRefused
from coalition.lab.money import Sources
from coalition.lab.numbers import ZERO
from coalition.lab.scheme import Figures, ScenarioEvent, Scheme


@dataclass(frozen=True)
class PromisesKept:
    """Promises kept. `later_purchases` counts purchases of anybody between one's last own and the day."""

    participants: int
    kept: int
    later_purchases: tuple[int, ...]

    @property
    def share(self) -> Fraction | None:
        """Participants who ever got back what was promised ÷ participants."""
        return Fraction(self.kept, self.participants) if self.participants else None

    def summary(self) -> tuple[int, Fraction, int] | None:
        """Fewest, median and most later purchases; None if nobody got it."""
        later = self.later_purchases
        return (min(later), Fraction(median(later)), max(later)) if later else None


@dataclass(frozen=True)
class RunDay:
    """One day on which `share` of the holders want out. `short` is what they were owed and did not get."""

    share: Fraction
    sellers: int
    paid: Fraction
    promised: Fraction
    refused: int
    before: Figures
    after: Figures

    @property
    def short(self) -> Fraction:
        """Promised to the sellers that day, less what the day paid them."""
        return max(self.promised - self.paid, ZERO)


@dataclass(frozen=True)
class GrowthStops:
    """No purchase comes any more: everybody who holds anything takes out what they can.

    `waiting` are participants whose promise is still open, `owed` what they are owed, `money` what is there.
    """

    waiting: int
    owed: Fraction
    held: Fraction
    paid: Fraction
    kept: int


@dataclass(frozen=True)
class Verdict:
    """All that the lab has to say on one run. Money in units of money.

    `net` is what somebody was paid less what of their purchases went into the scheme; `net_today` is the same
    if everybody took out what they can at the end of the run.
    """

    sources: Mapping[str, Sources]
    contributed: Mapping[str, Fraction]
    net: Mapping[str, Fraction]
    net_today: Mapping[str, Fraction]
    total: Sources
    kept: PromisesKept
    figures: Figures
    growth_stops: GrowthStops
    run: RunDay
    flags: tuple[str, ...]
    turnover: Fraction
    paid_in: Fraction
    flows: Mapping[tuple[str, str], Fraction] = field(repr=False)

    def sources_of(self, participant: str) -> Sources:
        """Where somebody's money came from; nothing for whoever was never paid."""
        return self.sources.get(participant, Sources())


def judge(scheme: Scheme, run_share: Fraction) -> Verdict:
    """The verdict on a finished run. Neither the run nor its figures are changed by the what-ifs."""
    money = scheme.money
    gone, sellers, _ = _day_of_exits(scheme, Fraction(1))
    people = list(dict.fromkeys((*scheme.promises.of, *money.received, *money.contributed)))
    received = [money.received[participant] for participant in people if participant in money.received]
    total = Sources(
        sum((got.purchases_margin for got in received), ZERO),
        sum((got.later_entrants for got in received), ZERO),
        sum((got.subsidy for got in received), ZERO),
    )
    return Verdict(
        sources={participant: money.received.get(participant, Sources()) for participant in people},
        contributed={participant: money.contributed.get(participant, ZERO) for participant in people},
        net={participant: money.net(participant) for participant in people},
        net_today={participant: gone.money.net(participant) for participant in people},
        total=total,
        kept=_kept(scheme),
        figures=scheme.figures(),
        growth_stops=_growth_stops(scheme, gone, sellers),
        run=_run_day(scheme, run_share),
        flags=tuple(scheme.flags()),
        turnover=money.sales(),
        paid_in=money.paid_in,
        flows=money.flows,
    )


def _kept(scheme: Scheme) -> PromisesKept:
    promises = scheme.promises.of.values()
    later = sorted(after for promise in promises for after in promise.kept_after)
    return PromisesKept(len(promises), len(scheme.promises.kept()), tuple(later))


def _day_of_exits(scheme: Scheme, share: Fraction) -> tuple[Scheme, list[str], int]:
    """A copy of the run after that share of holders has sold; who wanted to, and how many were refused."""
    after = copy.deepcopy(scheme)
    refused = 0
    wanted = after.run_on(share)
    for index, keys in enumerate(wanted):
        try:
            after.step(ScenarioEvent(index, keys["do"], keys))
        except EventRefused:
            # Somebody forced out earlier that day has nothing left to sell.
            refused += 1
    return after, [keys["who"] for keys in wanted], refused


def _got(scheme: Scheme, participants: list[str]) -> Fraction:
    return sum((scheme.money.received[name].total for name in participants if name in scheme.money.received), ZERO)


def _growth_stops(scheme: Scheme, after: Scheme, sellers: list[str]) -> GrowthStops:
    open_promises = [promise for promise in scheme.promises.of.values() if promise.open]
    return GrowthStops(
        waiting=len(open_promises),
        owed=sum((promise.open for promise in open_promises), ZERO),
        held=scheme.figures().held,
        paid=_got(after, sellers) - _got(scheme, sellers),
        kept=len(after.promises.kept()) - len(scheme.promises.kept()),
    )


def _run_day(scheme: Scheme, share: Fraction) -> RunDay:
    after, sellers, refused = _day_of_exits(scheme, share)
    promised = sum(
        (scheme.promises.of[participant].open for participant in sellers if participant in scheme.promises.of), ZERO
    )
    return RunDay(
        share=share,
        sellers=len(sellers),
        paid=_got(after, sellers) - _got(scheme, sellers),
        promised=promised,
        refused=refused,
        before=scheme.figures(),
        after=after.figures(),
    )
