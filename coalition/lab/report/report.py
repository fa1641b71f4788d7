"""The report on one run, for a shop owner: four answers, then charts, and the tables behind them."""

from html import escape

from coalition.lab.report import plain
from coalition.lab.report.answers import ShopAnswer, answers
from coalition.lab.report.charts import both
from coalition.lab.report.event_table import event_section
from coalition.lab.report.flags import FLAGS
from coalition.lab.report.ledger_tables import (
    debts_section,
    kinds_section,
    leaving_section,
    people_section,
    shops_section,
)
from coalition.lab.report.page import bullets, page, section, table
from coalition.lab.report.run_charts import charts
from coalition.lab.runner import Result
from coalition.locale.formats import Lang
from coalition.locale.messages import N_


def report(result: Result, lang: Lang = "en") -> str:
    """The whole page. `lang` (en or zh) is shown first."""
    sections = [
        _verdict(result),
        kinds_section(result),
        shops_section(result),
        debts_section(result),
        leaving_section(result),
        charts(result),
        _beside(result),
        _words(result),
        people_section(result),
        event_section(result),
        _params(result),
    ]
    return page(plain.title(result.scenario), result.scenario.model.about, "".join(sections), lang)


def _verdict(result: Result) -> str:
    verdict = result.verdict
    flags = bullets((FLAGS[flag] for flag in verdict.flags), "flags") if verdict.flags else ""
    good = "" if verdict.flags else " good"
    boxes = "".join(_answer(answer) for answer in answers(result))
    return (
        f'<section class="headline{good}"><div class="answers">{boxes}</div>'
        f'<p class="big">{both(plain.headline(result))}</p>{flags}</section>'
    )


def _answer(answer: ShopAnswer) -> str:
    details = "".join(f"<p>{both(text)}</p>" for text in answer.details)
    return f'<div class="answer"><h2>{both(answer.question)}</h2><b>{both(answer.figure)}</b>{details}</div>'


def _beside(result: Result) -> str:
    head = ["", N_("This scheme"), N_("Fixed-rate coalition")]
    rows = [[both(name), both(mine), both(yard)] for name, mine, yard in plain.beside(result)]
    note = N_("The same purchases, run once as the scheme is sold and once with points at one fixed rate.")
    return section(N_("Beside an honest coalition"), table(head, rows, "beside"), note=note)


def _words(result: Result) -> str:
    return section(N_("The verdict in plain words"), bullets(plain.sentences(result)))


def _params(result: Result) -> str:
    notes = {spec.name: spec.note for spec in result.scenario.model.specs}
    rows = [
        [escape(name), escape(value), f'<td class="wide">{both(notes[name])}</td>']
        for name, value in result.params.text.items()
    ]
    head = [N_("Parameter"), N_("Value"), N_("Meaning")]
    title = both(N_("Parameters of this run"))
    # Open, so that a print has them: a closed one is left out of it.
    return f"<section class='long'><details open><summary>{title}</summary>{table(head, rows)}</details></section>"
