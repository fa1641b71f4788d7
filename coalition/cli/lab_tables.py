"""What the commands print: a readable summary that ends with the verdict, and the list of models."""

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from coalition.lab.numbers import places
from coalition.lab.parties import PLATFORM, SUBSIDY
from coalition.lab.report import plain
from coalition.lab.report.growth_report import growth_words
from coalition.lab.report.labels import label
from coalition.lab.runner import Result
from coalition.lab.scenario import Scenario
from coalition.lab.scheme import Scheme
from coalition.lab.simulation.outcome import FIGURES, Simulation
from coalition.lab.verdict import Verdict
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate, translate_count

TOP = 8


def summary(result: Result, lang: Lang) -> RenderableType:
    """The run beside the fixed-rate coalition, who won most and lost most, and the verdict in words."""
    model = result.scenario.model
    name = f"{model.name} {result.scenario.preset}".strip()
    count = len(result.rows)
    title = translate_count("{name}: {count} event", "{name}: {count} events", count, lang, name=name)
    return Group(
        Text(title, style="bold"),
        Text(translate(model.about, lang), style="dim"),
        "",
        _beside(result, lang),
        "",
        _winners(result.verdict, lang),
        "",
        _verdict(result, lang),
    )


def _beside(result: Result, lang: Lang) -> Table:
    table = _figures(lang, "", N_("this scheme"), N_("fixed-rate coalition"), title=N_("Side by side"))
    for name, mine, yard in plain.beside(result):
        table.add_row(translate(name, lang), mine, yard)
    return table


def _winners(verdict: Verdict, lang: Lang) -> Table:
    ranked = sorted(verdict.net_today.items(), key=lambda item: (-item[1], item[0]))
    listed = ranked if len(ranked) <= 2 * TOP else [*ranked[:TOP], *ranked[-TOP:]]
    columns = (N_("went in"), N_("got"), N_("from later entrants"), N_("net if all leave"))
    table = _figures(lang, N_("who"), *columns, title=N_("Who pays"))
    for index, (participant, net) in enumerate(listed):
        if index == TOP and len(listed) < len(ranked):
            table.add_section()
        side = verdict.of(participant)
        got = side.received
        table.add_row(
            _name(participant.name, lang),
            places(side.paid),
            places(got.total),
            places(got.later_entrants),
            Text(places(net), style="green" if net > 0 else "red" if net < 0 else ""),
        )
    return table


def _verdict(result: Result, lang: Lang) -> Panel:
    lines = [Text(phrase_text(plain.headline(result), lang), style="bold")]
    lines += [Text(f"• {phrase_text(sentence, lang)}") for sentence in plain.sentences(result)]
    return Panel(
        Group(*lines),
        title=translate("Verdict", lang),
        title_align="left",
        border_style="red" if result.verdict.flags else "green",
    )


def model_list(model: type[Scheme], lang: Lang) -> RenderableType:
    """One model with its presets, parameters and events."""
    params = _names(lang, N_("parameter"), N_("default"), N_("allowed"), N_("meaning"))
    for spec in model.specs:
        params.add_row(spec.name, spec.default, phrase_text(spec.allowed(), lang), phrase_text(spec.note, lang))
    events = _names(lang, N_("event"), N_("needs"), N_("may have"), N_("meaning"))
    for kind in model.kinds:
        needs = ", ".join(key.replace("|", translate(" or ", lang)) for key in kind.needs)
        events.add_row(kind.do, needs, ", ".join(kind.may), phrase_text(kind.note, lang))
    presets = _names(lang, N_("preset"), N_("what it is"))
    for preset in model.presets:
        values = ", ".join(f"{name} {value}" for name, value in preset.params.items())
        presets.add_row(preset.name, phrase_text(preset.note, lang) + (f" ({values})" if values else ""))
    return Group(
        Text(model.name, style="bold cyan"),
        Padding(Text(translate(model.about, lang)), (0, 0, 1, 2)),
        Padding(presets, (0, 0, 1, 2)),
        Padding(params, (0, 0, 1, 2)),
        Padding(events, (0, 0, 2, 2)),
    )


def growth_summary(scenario: Scenario, simulation: Simulation, lang: Lang) -> RenderableType:
    """Medians by quarter of the way, and what they show in words."""
    months = len(simulation.entrants)
    columns = (N_("price"), N_("coverage"), N_("got back"), N_("got back, 5 % … 95 % of runs"))
    table = _figures(lang, N_("month"), *columns)
    for month in sorted({round(months * part / 6) or 1 for part in range(1, 7)}):
        price, coverage, back = (simulation.quantiles[name][month - 1] for name in FIGURES)
        spread = f"{back[0] * 100:.3g} … {back[-1] * 100:.3g}%"
        cells = [f"{price[2]:.4g}", f"{coverage[2] * 100:.3g}%", f"{back[2] * 100:.3g}%", spread]
        table.add_row(str(month), *(cell.replace("nan", "–") for cell in cells))
    lines = [Text(f"• {phrase_text(sentence, lang)}") for sentence in growth_words(scenario, simulation)]
    return Group(table, "", Panel(Group(*lines), title=translate("What the runs show", lang), title_align="left"))


def _name(participant: str, lang: Lang) -> str:
    """A participant; the scheme's own parties have names in each language."""
    return translate(label(participant), lang) if participant in (PLATFORM.name, SUBSIDY) else escape(participant)


def _figures(lang: Lang, first: str, *others: str, title: str = "") -> Table:
    """A table of figures under marked names: the first column names the rows."""
    heading = phrase_text(title, lang) or None
    table = Table(*(phrase_text(name, lang) for name in (first, *others)), title=heading, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _names(lang: Lang, first: str, *others: str) -> Table:
    """A plain table whose first column, the names to be typed, is never broken."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(translate(first, lang), no_wrap=True, style="bold")
    for other in others:
        table.add_column(translate(other, lang))
    return table
