"""What the commands print: a readable summary that ends with the verdict, and the list of models."""

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from coalition.lab.numbers import places
from coalition.lab.report import plain
from coalition.lab.report.growth_report import growth_words
from coalition.lab.runner import Result
from coalition.lab.scenario import Scenario
from coalition.lab.scheme import Scheme
from coalition.lab.simulation.outcome import FIGURES, Simulation
from coalition.lab.verdict import Verdict

TOP = 8


def summary(result: Result) -> RenderableType:
    """The run beside the fixed-rate coalition, who won most and lost most, and the verdict in words."""
    model = result.scenario.model
    title = f"{model.name} {result.scenario.preset}".strip()
    return Group(
        Text(f"{title}: {len(result.rows)} events", style="bold"),
        Text(model.about.en, style="dim"),
        "",
        _beside(result),
        "",
        _winners(result.verdict),
        "",
        _verdict(result),
    )


def _beside(result: Result) -> Table:
    table = Table("", "this scheme", "fixed-rate coalition", title="Side by side", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, mine, yard in plain.beside(result):
        table.add_row(name.en, mine, yard)
    return table


def _winners(verdict: Verdict) -> Table:
    ranked = sorted(verdict.net_today.items(), key=lambda item: (-item[1], item[0]))
    shown_ones = ranked if len(ranked) <= 2 * TOP else [*ranked[:TOP], *ranked[-TOP:]]
    table = Table(
        "who", "went in", "got", "later entrants'", "net if all leave", title="Who pays", title_justify="left"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for index, (who, net) in enumerate(shown_ones):
        if index == TOP and len(shown_ones) < len(ranked):
            table.add_section()
        got = verdict.sources[who]
        table.add_row(
            escape(who),
            places(verdict.contributed[who]),
            places(got.total),
            places(got.later_entrants),
            Text(places(net), style="green" if net > 0 else "red" if net < 0 else ""),
        )
    return table


def _verdict(result: Result) -> Panel:
    lines = [Text(plain.headline(result).en, style="bold")]
    lines += [Text(f"• {words.en}") for words in plain.sentences(result)]
    return Panel(
        Group(*lines),
        title="Verdict",
        title_align="left",
        border_style="red" if result.verdict.flags else "green",
    )


def model_list(model: type[Scheme]) -> RenderableType:
    """One model with its presets, parameters and events."""
    params = _names("parameter", "default", "allowed", "meaning")
    for spec in model.specs:
        params.add_row(spec.name, spec.default, spec.allowed(), spec.note)
    events = _names("event", "needs", "may have", "meaning")
    for kind in model.kinds:
        needs = ", ".join(key.replace("|", " or ") for key in kind.needs)
        events.add_row(kind.do, needs, ", ".join(kind.may), kind.note)
    presets = _names("preset", "what it is")
    for preset in model.presets:
        values = ", ".join(f"{name} {value}" for name, value in preset.params.items())
        presets.add_row(preset.name, preset.note + (f" ({values})" if values else ""))
    return Group(
        Text(model.name, style="bold cyan"),
        Padding(Text(model.about.en), (0, 0, 1, 2)),
        Padding(presets, (0, 0, 1, 2)),
        Padding(params, (0, 0, 1, 2)),
        Padding(events, (0, 0, 2, 2)),
    )


def growth_summary(scenario: Scenario, simulation: Simulation) -> RenderableType:
    """Medians by quarter of the way, and what they show in words."""
    months = len(simulation.entrants)
    table = Table("month", "price", "coverage", "got back", "got back, 5 % … 95 % of runs")
    for column in table.columns:
        column.justify = "right"
    for month in sorted({round(months * part / 6) or 1 for part in range(1, 7)}):
        price, coverage, back = (simulation.quantiles[name][month - 1] for name in FIGURES)
        spread = f"{back[0] * 100:.3g} … {back[-1] * 100:.3g}%"
        cells = [f"{price[2]:.4g}", f"{coverage[2] * 100:.3g}%", f"{back[2] * 100:.3g}%", spread]
        table.add_row(str(month), *(cell.replace("nan", "–") for cell in cells))
    lines = [Text(f"• {words.en}") for words in growth_words(scenario, simulation)]
    return Group(table, "", Panel(Group(*lines), title="What the runs show", title_align="left"))


def _names(first: str, *others: str) -> Table:
    """A plain table whose first column, the names to be typed, is never broken."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(first, no_wrap=True, style="bold")
    for other in others:
        table.add_column(other)
    return table
