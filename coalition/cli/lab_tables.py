"""What the commands print: a readable summary that ends with the verdict, and the list of models."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from coalition.lab.numbers import Exact, places
from coalition.lab.parties import Party
from coalition.lab.report import plain
from coalition.lab.report.answers import answers
from coalition.lab.report.growth_report import growth_words
from coalition.lab.report.labels import label, party_label, preset_label
from coalition.lab.runner import Result
from coalition.lab.scenario import Scenario
from coalition.lab.scheme import Scheme
from coalition.lab.simulation.outcome import Simulation
from coalition.lab.vendor_figures import Comparison
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang, points_text
from coalition.locale.messages import N_, translate, translate_count
from settlement import Phrase

TOP = 8


def summary(result: Result, lang: Lang) -> RenderableType:
    """The four answers, the run beside the fixed-rate coalition, who gains and who loses, and the verdict."""
    scenario = result.scenario
    count = result.events
    name = phrase_text(plain.title(scenario), lang)
    title = translate_count(
        "{name}: {count} event", "{name}: {count} events", count, lang, name=name, count=points_text(count, lang)
    )
    parts: list[RenderableType] = [
        Text(title, style="bold"),
        Text(translate(scenario.model.about, lang), style="dim"),
        "",
        _answers(result, lang),
        "",
        _beside(result, lang),
    ]
    ranked = sorted(result.verdict.net_today.items(), key=lambda item: (-item[1], item[0]))
    gained = [(party, net) for party, net in ranked if net > 0]
    lost = [(party, net) for party, net in reversed(ranked) if net < 0]
    for heading, people in (
        (N_("Who gains most if all leave today"), gained),
        (N_("Who loses most if all leave today"), lost),
    ):
        if people:
            parts += ["", _people(result, heading, people[:TOP], lang)]
    return Group(*parts, "", _verdict(result, lang))


def _answers(result: Result, lang: Lang) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for _ in range(3):
        # Chinese has no spaces to break a line at: it would be cut off.
        table.add_column(overflow="fold")
    for answer in answers(result):
        details = "\n".join(phrase_text(text, lang) for text in answer.details)
        table.add_row(
            Text(phrase_text(answer.question, lang), style="bold"),
            Text(phrase_text(answer.figure, lang), style="bold cyan", justify="right"),
            Text(details),
        )
    return table


def _beside(result: Result, lang: Lang) -> Table:
    table = _figures(lang, "", N_("this scheme"), N_("fixed-rate coalition"), title=N_("Side by side"))
    for name, mine, yard in plain.beside(result):
        table.add_row(phrase_text(name, lang), phrase_text(mine, lang), phrase_text(yard, lang))
    return table


def _people(result: Result, heading: str, people: Sequence[tuple[Party, Exact]], lang: Lang) -> Table:
    columns = ("", N_("Paid in"), N_("Received"), N_("from later entrants"), N_("Net if all leave today"))
    title = Phrase(N_("{heading}, in {currency}"), heading=Phrase(heading), currency=result.scenario.currency)
    table = _figures(lang, N_("Who"), *columns, title=title)
    for party, net in people:
        side = result.verdict.of(party)
        table.add_row(
            _name(party.name, lang),
            translate(label(party.kind), lang),
            places(side.paid),
            places(side.received.total),
            places(side.received.later_entrants),
            Text(places(net), style="green" if net > 0 else "red"),
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
        presets.add_row(
            preset.name,
            translate(preset_label(preset.name), lang)
            + ": "
            + phrase_text(preset.note, lang)
            + (f" ({values})" if values else ""),
        )
    return Group(
        Text(model.name, style="bold cyan"),
        Padding(Text(translate(model.about, lang)), (0, 0, 1, 2)),
        Padding(presets, (0, 0, 1, 2)),
        Padding(params, (0, 0, 1, 2)),
        Padding(events, (0, 0, 2, 2)),
    )


def vendor_table(name: str, scenario: Scenario, comparisons: Sequence[Comparison], lang: Lang) -> RenderableType:
    """The figures that a vendor names, each beside the lab's."""
    title = scenario.title.get(lang) or scenario.title.get("en", "")
    heading = translate("{name}: {title}", lang, name=name, title=title) if title else name
    table = _figures(lang, "", N_("the vendor says"), N_("the lab gets"), title=escape(heading))
    for compared in comparisons:
        says = compared.figure.says.get(lang) or compared.figure.says.get("en", "")
        style = "green" if compared.equal else "red"
        table.add_row(escape(says), escape(compared.figure.value), Text(compared.lab, style=style))
    return table


def growth_summary(scenario: Scenario, simulation: Simulation, lang: Lang) -> RenderableType:
    """Medians by quarter of the way, and what they show in words."""
    months = len(simulation.entrants)
    columns = (N_("price"), N_("coverage"), N_("got back"), N_("got back, 5 % … 95 % of runs"))
    table = _figures(lang, N_("month"), *columns)
    for month in sorted({round(months * part / 6) or 1 for part in range(1, 7)}):
        price, coverage, back = (simulation.quantiles[name][month - 1] for name in ("price", "coverage", "got_back"))
        spread = f"{back[0] * 100:.3g} … {back[-1] * 100:.3g}%"
        cells = [f"{price[2]:.4g}", f"{coverage[2] * 100:.3g}%", f"{back[2] * 100:.3g}%", spread]
        table.add_row(str(month), *(cell.replace("nan", "–") for cell in cells))
    lines = [Text(f"• {phrase_text(sentence, lang)}") for sentence in growth_words(scenario, simulation)]
    return Group(table, "", Panel(Group(*lines), title=translate("What the runs show", lang), title_align="left"))


def _name(participant: str, lang: Lang) -> str:
    """A participant; the scheme's own parties have names in each language."""
    known = party_label(participant)
    return translate(known, lang) if known else escape(participant)


def _figures(lang: Lang, first: str, *others: str, title: str = "") -> Table:
    """A table of figures under marked names: the first column names the rows."""
    heading = phrase_text(title, lang) or None
    table = Table(*(phrase_text(name, lang) for name in (first, *others)), title=heading, title_justify="left")
    for column in table.columns[1:]:
        column.justify, column.overflow = "right", "fold"
    return table


def _names(lang: Lang, first: str, *others: str) -> Table:
    """A plain table whose first column, the names to be typed, is never broken."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(translate(first, lang), no_wrap=True, style="bold")
    for other in others:
        table.add_column(translate(other, lang), overflow="fold")
    return table
