"""The summary for a treasurer after a replay: who owes, who receives, which shops exchange points, is it sound."""

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from coalition.locale.formats import Lang, moment_text, money_text, points_text
from coalition.locale.messages import N_, translate, translate_count
from coalition.replay.replay import ReplayResult
from settlement import Funding, Minor, Terms
from settlement.audit import Audit, audit_book
from settlement.clearing import FlowBetween, flows_between
from settlement.ledger import OPERATOR, POOL, Book

TOP = 8
"""How many shops and flows are named."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the summary shows. Nets over all windows in minor units, positive receives."""

    result: ReplayResult
    terms: Terms
    nets: dict[str, int]
    flows: list[FlowBetween]
    audit: Audit


def summarise(result: ReplayResult) -> Summary:
    """Gather the figures and audit the book."""
    book = result.book
    nets: dict[str, int] = defaultdict(int)
    for window in result.windows:
        for participant, minor in window.nets.items():
            nets[participant] += minor
    with closing(book.database.session()) as session, book.database.engine.connect() as connection:
        return Summary(
            result=result,
            terms=book.config(session).terms[-1],
            nets=dict(nets),
            flows=flows_between(book, connection, TOP),
            audit=audit_book(book, session),
        )


def show(console: Console, summary: Summary, lang: Lang) -> None:
    """Print the summary, on a console that does not take names for markup."""
    result, book = summary.result, summary.result.book
    console.print()
    if result.windows:
        start, end = (
            moment_text(at, book.calendar.zone_at(window.opens_at), lang)
            for window, at in (
                (result.windows[0], result.windows[0].opens_at),
                (result.windows[-1], result.windows[-1].closes_at),
            )
        )
        title = translate_count(
            "{alliance}: one window from {start} to {end}",
            "{alliance}: {count} windows from {start} to {end}",
            len(result.windows),
            lang,
            alliance=book.settings.name,
            start=start,
            end=end,
        )
        console.print(title, style="bold")
    shops = {shop: minor for shop, minor in summary.nets.items() if shop not in (OPERATOR, POOL)}
    owing = sorted((minor, shop) for shop, minor in shops.items() if minor < 0)
    receiving = sorted((-minor, shop) for shop, minor in shops.items() if minor > 0)
    side_by_side = Table.grid(padding=(0, 3))
    side_by_side.add_row(
        translate("Owe most, all windows", lang), translate("Receive most, all windows", lang), style="bold"
    )
    side_by_side.add_row(
        _nets([(shop, minor) for minor, shop in owing], book, lang),
        _nets([(shop, -minor) for minor, shop in receiving], book, lang),
    )
    console.print(side_by_side)
    console.print(translate("Top flows: earned at one shop, spent at another", lang), style="bold")
    console.print(_flows(summary, lang))
    console.print(_totals(summary, lang))


def _table(*columns: str) -> Table:
    table = Table()
    for at, column in enumerate(columns):
        table.add_column(column, justify="left" if at == 0 else "right")
    return table


def _money(minor: int, book: Book, lang: Lang) -> str:
    return f"{money_text(Minor(minor), book.settings.minor_digits, lang)} {book.settings.currency}"


def _nets(rows: list[tuple[str, int]], book: Book, lang: Lang) -> Table:
    table = _table(translate("Shop", lang), translate("Net", lang))
    for shop, minor in rows[:TOP]:
        table.add_row(shop, _money(minor, book, lang))
    if len(rows) > TOP:
        rest = sum(minor for _, minor in rows[TOP:])
        more = translate("… and {count} more", lang, count=len(rows) - TOP)
        table.add_row(more, _money(rest, book, lang), style="dim")
    return table


def _flows(summary: Summary, lang: Lang) -> Table:
    columns = (N_("Earned at"), N_("Spent at"), N_("Points"), N_("Worth"))
    table = _table(*(translate(column, lang) for column in columns))
    table.columns[1].justify = "left"
    for flow in summary.flows:
        worth = _money(_worth(flow.points, summary.terms), summary.result.book, lang)
        table.add_row(flow.issuer, flow.shop, points_text(flow.points, lang), worth)
    return table


def _totals(summary: Summary, lang: Lang) -> Table:
    result = summary.result
    table = Table(show_header=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_row(translate("Points earned", lang), points_text(result.earned, lang))
    table.add_row(translate("Points spent", lang), points_text(result.spent, lang))
    table.add_row(translate("Points expired", lang), points_text(result.expired, lang))
    outstanding = sum(result.outstanding.values())
    worth = _money(_worth(outstanding, summary.terms), result.book, lang)
    table.add_row(translate("Points outstanding", lang), f"{points_text(outstanding, lang)} = {worth}")
    table.add_row(translate("Backing", lang), _backing(summary, lang))
    table.add_row(translate("Fees to the operator", lang), _money(summary.nets.get(OPERATOR, 0), result.book, lang))
    table.add_row(translate("Audit", lang), _verdict(summary.audit, lang))
    return table


def _backing(summary: Summary, lang: Lang) -> str:
    result = summary.result
    if summary.terms.funding is Funding.ON_ISSUE:
        return translate(
            "the pool holds {money}, members hold points worth {value}",
            lang,
            money=_money(summary.nets.get(POOL, 0), result.book, lang),
            value=_money(_worth(sum(result.outstanding.values()), summary.terms), result.book, lang),
        )
    if not result.outstanding:
        return translate("no points are outstanding", lang)
    shop, points = max(result.outstanding.items(), key=lambda item: (item[1], item[0]))
    return translate(
        "each shop backs its own points; the largest: {shop} with {money}",
        lang,
        shop=shop,
        money=_money(_worth(points, summary.terms), result.book, lang),
    )


def _worth(points: int, terms: Terms) -> int:
    """Whole minor units, rounded down: a figure for the eye; nets are computed exactly."""
    return int(points * terms.minor_per_point)


def _verdict(audit: Audit, lang: Lang) -> Text:
    if audit.ok:
        facts = points_text(sum(check.examined for check in audit.checks), lang)
        sentence = N_("sound: {checks} checks over {facts} facts")
        return Text(translate(sentence, lang, checks=len(audit.checks), facts=facts), "green")
    names = ", ".join(check.name for check in audit.checks if not check.ok)
    return Text(translate("NOT SOUND: {names}", lang, names=names), "red")
