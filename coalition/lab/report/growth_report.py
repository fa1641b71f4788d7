"""The report on a growth experiment: fans of the simulated runs, month by month."""

import math
from html import escape

from coalition.lab.growth import GROWTH_PARAMS
from coalition.lab.report import plain
from coalition.lab.report.charts import Series, as_percent, bar_chart, both, fan_chart, short
from coalition.lab.report.page import bullets, page, section, table, tiles
from coalition.lab.scenario import Scenario
from coalition.lab.simulation.outcome import QUANTILES, Simulation
from coalition.locale.formats import Lang
from coalition.locale.messages import N_
from settlement import Phrase

LOW, QUARTER, MEDIAN, THREE_QUARTERS, HIGH = range(len(QUANTILES))
GONE = 0.01
SMALL_PRICE = 0.1
"""A point that never costs so much has its price shown with more decimals."""
MONTH = N_("months")
MIDDLE = N_("median of all runs")
FAIR = N_("fixed-rate coalition")


def growth_words(scenario: Scenario, simulation: Simulation) -> list[str]:
    """What the experiment shows, in plain words."""
    growth = simulation.growth
    last = growth.count("months") - 1
    back, coverage = simulation.quantiles["got_back"][last], simulation.quantiles["coverage"][last]
    words: list[str] = [
        Phrase(
            N_("{runs} of {members} on average over {months}."),
            runs=plain.counted(growth.count("runs"), N_("1 run"), N_("{count} runs")),
            members=plain.counted(round(sum(simulation.entrants)), N_("1 member"), N_("{count} members")),
            months=plain.counted(last + 1, N_("1 month"), N_("{count} months")),
        ),
        Phrase(
            N_(
                "The promise is {promise}. In the median run {median} of members ever got it; "
                "in the best twentieth of runs {best} or more."
            ),
            promise=Phrase(scenario.model.promise),
            median=_percent(back[MEDIAN]),
            best=_percent(back[HIGH]),
        ),
        Phrase(
            N_(
                "At the end the money there covers {coverage} of what is promised "
                "(median; a fixed-rate coalition: 100%)."
            ),
            coverage=_percent(coverage[MEDIAN]),
        ),
    ]
    if stop := growth.count("stop_month"):
        sentence = N_("Nobody joins after month {month}: from then on nothing comes in for those who wait.")
        words.append(Phrase(sentence, month=stop))
    if run := growth.count("run_month"):
        share = _percent(growth.share("run_share"))
        words.append(Phrase(N_("In month {month}, {share} of holders sell everything."), month=run, share=share))
        if simulation.sellers_got is not None:
            sentence = N_(
                "They get {got} of what they were promised (median). Price and coverage after it are of those who stay."
            )
            words.append(Phrase(sentence, got=_percent(simulation.sellers_got[MEDIAN])))
    if gone := money_gone(simulation):
        words.append(Phrase(N_("By the end of month {month} the money is gone (median)."), month=gone))
    return words


def money_gone(simulation: Simulation) -> int | None:
    """The month, from 1, by whose end the median run has less than a hundredth of its most money; None if never."""
    held = [float(row[MEDIAN]) for row in simulation.quantiles["held"]]
    peak = max(held)
    after = held.index(peak)
    return next((month + 1 for month in range(after, len(held)) if held[month] < peak * GONE), None)


def growth_report(scenario: Scenario, simulation: Simulation, lang: Lang = "en") -> str:
    """The whole page. `lang` (en or zh) is shown first."""
    name = plain.title(scenario)
    words = growth_words(scenario, simulation)
    last = {figure: values[-1] for figure, values in simulation.quantiles.items()}
    figures = [
        (
            N_("got back what was promised (median)"),
            _percent(last["got_back"][MEDIAN]),
        ),
        (N_("in the best twentieth of runs"), _percent(last["got_back"][HIGH])),
        (N_("coverage at the end (median)"), _percent(last["coverage"][MEDIAN])),
        (N_("price at the end (median)"), _figure(last["price"][MEDIAN])),
    ]
    body = f'<section class="headline"><p class="big">{both(words[1])}</p>{tiles(figures)}</section>'
    body += _charts(simulation) + section(N_("In plain words"), bullets(words)) + _table(simulation)
    notes = {spec.name: spec.note for spec in GROWTH_PARAMS}
    settings = [
        [escape(key), escape(value), f'<td class="wide">{both(notes[key])}</td>']
        for key, value in simulation.growth.params.text.items()
    ]
    body += section(
        N_("Settings"),
        table([N_("Setting"), N_("Value"), N_("Meaning")], settings),
        note=N_("Simulation in floating point; not a book of money."),
    )
    return page(Phrase(N_("{title}: growth"), title=name), scenario.model.about, body, lang)


def _charts(simulation: Simulation) -> str:
    parts = [
        section(
            N_("Members joining each month"),
            bar_chart(simulation.entrants, MONTH, len(simulation.entrants)),
        ),
        _fan(simulation, "got_back", N_("Who got back what was promised")),
        _fan(simulation, "coverage", N_("Coverage of what is promised")),
    ]
    if not all(math.isnan(row[MEDIAN]) for row in simulation.quantiles["price"]):
        parts.append(_fan(simulation, "price", N_("Price of a point")))
    return f'<div class="charts">{"".join(parts)}</div>'


def _fan(simulation: Simulation, figure: str, title: str) -> str:
    rows = [(float(n), row) for n, row in enumerate(simulation.quantiles[figure], start=1)]
    months = [(n, row) for n, row in rows if not math.isnan(row[MEDIAN])]
    bands = [
        [(n, float(row[low]), float(row[high])) for n, row in months]
        for low, high in ((LOW, HIGH), (QUARTER, THREE_QUARTERS))
    ]
    lines = [
        Series(MIDDLE, "scheme", [(n, float(row[MEDIAN])) for n, row in months]),
        Series(FAIR, "fair", [(n, 1.0) for n, _ in months]),
    ]
    note = N_("Bands: half and nine tenths of all runs.")
    return section(title, fan_chart(bands, lines, MONTH, short if figure == "price" else as_percent), note=note)


def _table(simulation: Simulation) -> str:
    head = [
        N_("Month"),
        N_("Joining"),
        N_("Price"),
        N_("Coverage"),
        N_("Got back"),
        N_("Got back, 5 % to 95 % of runs"),
    ]
    prices, coverages, backs = (simulation.quantiles[name] for name in ("price", "coverage", "got_back"))
    decimals = 2 if any(row[MEDIAN] >= SMALL_PRICE for row in prices) else 4
    rows = []
    for month, entrants in enumerate(simulation.entrants):
        back = backs[month]
        cells = [
            _aligned(prices[month][MEDIAN], decimals),
            _aligned(coverages[month][MEDIAN] * 100, 1, "%"),
            _aligned(back[MEDIAN] * 100, 2, "%"),
            f"{_aligned(back[LOW] * 100, 2, '%')} – {_aligned(back[HIGH] * 100, 2, '%')}",
        ]
        rows.append([str(month + 1), f"{entrants:,.1f}", *cells])
    return section(N_("Month by month"), table(head, rows, "compact"), "long")


def _aligned(value: float, decimals: int, unit: str = "") -> str:
    """A figure of a column, each with as many decimals, so that they stand below each other."""
    return "–" if math.isnan(value) else f"{value:,.{decimals}f}{unit}"


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value * 100:.3g}%"


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4g}"
