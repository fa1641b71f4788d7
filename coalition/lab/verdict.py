"""The verdict: whose money paid whom, what of the promises came in money, and what happens when it stops.

Every figure is exact; the words that go with it are in `report/plain.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from coalition.lab.leaving import Leaving, first_share, leave, leave_together
from coalition.lab.money import NOBODY, Origin, PartyMoney
from coalition.lab.numbers import ONE, ZERO, Exact
from coalition.lab.outlook import Outlook, look_ahead
from coalition.lab.parties import KINDS, Kind, Party
from coalition.lab.scheme import Debt, Figures, Scheme


@dataclass(frozen=True)
class PromisesKept:
    """What came of the promises, in money and by heads. Units of money.

    `made` = `delivered` + still owed + `dropped` (given up by leaving for less). `later_purchases` counts, for each
    promise kept in full, the purchases of anybody between one's last own and the day.
    """

    participants: int
    kept: int
    later_purchases: tuple[int, ...]
    made: Exact
    delivered: Exact
    dropped: Exact

    @property
    def share(self) -> Exact | None:
        """Participants who ever got back all that was promised ÷ participants."""
        return Exact(self.kept, self.participants) if self.participants else None

    @property
    def share_of_money(self) -> Exact | None:
        """What came in money ÷ what was promised."""
        return self.delivered / self.made if self.made else None

    def summary(self) -> tuple[int, Exact, int] | None:
        """Fewest, median and most later purchases; None if nobody got it."""
        later = self.later_purchases
        return (min(later), Exact(median(later)), max(later)) if later else None


@dataclass(frozen=True)
class Waiting:
    """Participants whose promise is still open, and what they are owed together."""

    participants: int
    owed: Exact


@dataclass(frozen=True)
class Verdict:
    """All that the lab has to say on one run. Money in units of money.

    `parties` is everybody's side of the ledger, `kinds` its sums over each kind of participant, `net_today` what each
    would be better off by if everybody took out what they can at the end of the run, in the order of joining.
    `leaving` are the three ways in which all could leave, `run` a day on which some do.
    """

    parties: Mapping[Party, PartyMoney]
    kinds: Mapping[Kind, PartyMoney]
    net_today: Mapping[Party, Exact]
    kept: PromisesKept
    waiting: Waiting
    figures: Figures
    debts: tuple[Debt, ...]
    leaving: tuple[Leaving, ...]
    run_share: Exact
    run: Leaving
    outlook: Outlook
    flags: tuple[str, ...]
    turnover: Exact
    flows: Mapping[tuple[Party, Party, Origin], Exact] = field(repr=False)

    def of(self, party: Party) -> PartyMoney:
        """Somebody's side of the ledger; empty for whoever never had to do with money."""
        return self.parties.get(party, PartyMoney())

    def all_of(self, kind: Kind) -> dict[str, PartyMoney]:
        """The participants of one kind, by name."""
        return {party.name: side for party, side in self.parties.items() if party.kind == kind}


def judge(scheme: Scheme, run_share: Exact) -> Verdict:
    """The verdict on a finished run. Neither the run nor its figures are changed by the what-ifs."""
    claims = scheme.claims()
    in_order, that_day = leave(scheme, claims, "joining")
    reverse, _ = leave(scheme, claims[::-1], "reverse")
    some, _ = (in_order, that_day) if run_share == ONE else leave(scheme, first_share(claims, run_share), "joining")
    parties = scheme.money.parties()
    everybody = [party for party in dict.fromkeys((*parties, *that_day)) if party != NOBODY]
    return Verdict(
        parties=parties,
        kinds=_by_kind(parties),
        net_today={
            party: parties.get(party, PartyMoney()).net + that_day.get(party, PartyMoney()).net for party in everybody
        },
        kept=_kept(scheme),
        waiting=_waiting(scheme),
        figures=scheme.figures(),
        debts=tuple(debt for debt in scheme.debts() if debt.units),
        leaving=(in_order, reverse, leave_together(scheme)),
        run_share=run_share,
        run=some,
        outlook=look_ahead(scheme),
        flags=tuple(scheme.flags()),
        turnover=sum((goods.worth for goods in scheme.money.sold.values()), ZERO),
        flows=scheme.money.flows,
    )


def _by_kind(parties: Mapping[Party, PartyMoney]) -> dict[Kind, PartyMoney]:
    kinds = {kind: PartyMoney() for kind in KINDS}
    for party, side in parties.items():
        kinds[party.kind].add(side)
    return kinds


def _kept(scheme: Scheme) -> PromisesKept:
    promises = scheme.promises
    later = sorted(promises.kept_after.elements())
    return PromisesKept(
        len(promises.of), promises.kept, tuple(later), promises.made, promises.delivered, promises.dropped
    )


def _waiting(scheme: Scheme) -> Waiting:
    open_promises = [promise.open for promise in scheme.promises.of.values() if promise.open]
    return Waiting(len(open_promises), sum(open_promises, ZERO))
