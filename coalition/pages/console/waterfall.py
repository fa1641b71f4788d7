"""A default as a picture: what was not paid, and who covers how much of it, in the order of the waterfall."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from coalition.ids import window_id
from coalition.locale.messages import N_
from coalition.pages.console.charts import BarPart, stacked
from coalition.pages.console.staff_visit import StaffVisit
from settlement.clearing import LossSource
from settlement.payments import DefaultRecord

SOURCES = {
    LossSource.DEPOSIT: N_("Its deposit"),
    LossSource.OWN_FUND: N_("Its share of the guarantee fund"),
    LossSource.OPERATOR: N_("Risk capital"),
    LossSource.MUTUAL_FUND: N_("Guarantee fund"),
    LossSource.CREDITOR_CUT: N_("Cut of a creditor"),
    LossSource.UNCOVERED: N_("Covered by nobody"),
}
"""Who covers a loss, in this order."""
PURSES = {
    LossSource.DEPOSIT: "own",
    LossSource.OWN_FUND: "own",
    LossSource.OPERATOR: "operator",
    LossSource.MUTUAL_FUND: "others",
    LossSource.CREDITOR_CUT: "others",
    LossSource.UNCOVERED: "nobody",
}
"""Whose money a source is, as the picture colours it."""


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """What a source covers of a loss, and how much of that was paid back since. `place` is where it lies in a bar of
    100; `shares` are the amounts by the name of whose money it was.
    """

    name: str
    purse: str
    minor: int
    repaid_minor: int
    place: BarPart
    shares: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class DefaultShares:
    """A default, and who covers how much of it, in the order of the waterfall."""

    record: DefaultRecord
    name: str
    window: str
    steps: list[WaterfallStep]

    @property
    def repaid_minor(self) -> int:
        """What was paid back since."""
        return self.record.waterfall.shortfall_minor - self.record.open_minor


def default_shares(staff: StaffVisit, record: DefaultRecord, names: dict[str, str]) -> DefaultShares:
    """A default in words, with the places of its picture."""
    plan = record.waterfall
    shares = defaultdict[LossSource, list[tuple[str, int]]](list)
    for draw in (*plan.draws, *plan.cuts):
        shares[draw.source].append((names.get(draw.participant, draw.participant), draw.minor))
    if plan.uncovered_minor:
        shares[LossSource.UNCOVERED].append(("", plan.uncovered_minor))
    repaid = Counter[LossSource]()
    for repayment in record.repayments:
        repaid[repayment.source] += repayment.minor
    sources = [source for source in LossSource if source in shares]
    places = stacked([(source, sum(minor for _, minor in shares[source])) for source in sources])
    steps = [
        WaterfallStep(
            staff.visit.say(SOURCES[source]), PURSES[source], place.value, repaid[source], place, shares[source]
        )
        for source, place in zip(sources, places, strict=True)
    ]
    name = names.get(record.participant, record.participant)
    return DefaultShares(record, name, window_id(record.window_id), steps)
