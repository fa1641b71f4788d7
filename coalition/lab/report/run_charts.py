"""The charts of a run. One that would show nothing is left out."""

from collections.abc import Sequence

from coalition.lab.numbers import ZERO, Exact
from coalition.lab.parties import Kind
from coalition.lab.report.charts import Band, Series, bar_chart, flow_chart, line_chart
from coalition.lab.report.ledger_tables import KIND_NAMES
from coalition.lab.report.page import section
from coalition.lab.runner import Result, Sample
from coalition.locale.messages import N_
from settlement import Phrase

BARS = 40
EVENT = N_("events")
NOT_PAID_OUT = N_("not paid out")


def charts(result: Result) -> str:
    """Price, money there and promised, who is in profit, and who pays whom."""
    parts = [_price(result), _pool(result), _profit(result), _flows(result)]
    drawn = "".join(part for part in parts if part)
    return f'<div class="charts">{drawn}</div>' if drawn else ""


def _price(result: Result) -> str:
    points = [(sample, sample.figures.price) for sample in result.samples if sample.figures.price is not None]
    if len(points) < 2:
        return ""
    lines = [
        _series(N_("this scheme"), "scheme", points),
        _series(N_("fixed rate"), "fair", [(sample, Exact(1)) for sample, _ in points]),
    ]
    note = Phrase(N_("In {currency}; 1 at the start."), currency=result.scenario.currency)
    return section(N_("Price of a point"), line_chart(lines, EVENT), note=note)


def _pool(result: Result) -> str:
    samples = result.samples
    if len(samples) < 2 or not any(s.figures.held or s.figures.outstanding for s in samples):
        return ""
    lines = [
        _series(N_("owed"), "scheme", [(s, s.figures.outstanding) for s in samples]),
        _series(N_("there"), "fair", [(s, s.figures.held) for s in samples]),
    ]
    note = Phrase(
        N_("In {currency}. The gap is what only later purchases could fill."), currency=result.scenario.currency
    )
    return section(N_("Money there, and what is owed"), line_chart(lines, EVENT), note=note)


def _series(name: str, style: str, points: Sequence[tuple[Sample, Exact | None]]) -> Series:
    return Series(name, style, [(s.event + 1, None if y is None else float(y)) for s, y in points])


def _profit(result: Result) -> str:
    nets = [net for party, net in result.verdict.net_today.items() if party.kind == "member"]
    if not any(nets):
        return ""
    size = max(1, -(-len(nets) // BARS))
    bars = [float(sum(nets[at : at + size], ZERO) / len(nets[at : at + size])) for at in range(0, len(nets), size)]
    note = Phrase(
        N_("In {currency}, if everybody took out today what they can, in the order of joining; mean of {size} each.")
        if size > 1
        else N_("In {currency}, if everybody took out today what they can, in the order of joining."),
        currency=result.scenario.currency,
        size=size,
    )
    return section(
        N_("Which members are in profit"), bar_chart(bars, N_("members, first to last"), len(nets)), note=note
    )


def _flows(result: Result) -> str:
    verdict = result.verdict
    kinds: list[Kind] = list(KIND_NAMES)
    sums: dict[tuple[int, int, str], Exact] = {}
    left = {kind: verdict.kinds[kind].paid for kind in kinds}
    for (payer, to, origin), amount in verdict.flows.items():
        style = "up" if origin == "later_entrants" else "other"
        band = kinds.index(payer.kind), kinds.index(to.kind), style
        sums[band] = sums.get(band, ZERO) + amount
        left[payer.kind] -= amount
    sums |= {(kinds.index(kind), len(kinds), "kept"): amount for kind, amount in left.items() if amount}
    if not sums:
        return ""
    bands = [Band(payer, to, float(amount), style) for (payer, to, style), amount in sums.items()]
    note = Phrase(
        N_("All payments so far but the prices of goods, in {currency}. Left pays right."),
        currency=result.scenario.currency,
    )
    return section(N_("Who pays whom"), flow_chart([*KIND_NAMES.values(), NOT_PAID_OUT], bands), note=note)
