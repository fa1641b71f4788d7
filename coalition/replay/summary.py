"""The summary a treasurer wants after a replay: who owes, who gets, who sends customers to whom, is it sound."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from coalition.locale.formats import Lang, moment_text, money_text, points_text
from coalition.replay.replay import ReplayResult
from settlement import Funding, Minor, Terms
from settlement.audit import Audit, audit_book
from settlement.clearing import FlowBetween, flows_between
from settlement.ledger import OPERATOR, POOL, Book

TOP = 8
"""How many shops and flows are named."""

WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "title": "{alliance}: {windows} windows from {start} to {end}",
        "owe": "Owe most, all windows",
        "get": "Get most, all windows",
        "shop": "Shop",
        "net": "Net",
        "flows": "Top flows: earned at one shop, spent at another",
        "from": "Earned at",
        "to": "Spent at",
        "points": "Points",
        "worth": "Worth",
        "earned": "Points earned",
        "spent": "Points spent",
        "expired": "Points expired",
        "outstanding": "Points outstanding",
        "backing": "Backing",
        "pool": "the pool holds {money}, members hold points worth {value}",
        "issuers": "each shop backs its own points; the largest: {shop} with {money}",
        "no_issuers": "no points are outstanding",
        "operator": "Fees to the operator",
        "audit": "Audit",
        "sound": "sound: {checks} checks over {facts} facts",
        "broken": "NOT SOUND: {names}",
        "more": "… and {count} more",
    },
    "zh": {
        "title": "{alliance}：{start} 至 {end}，共 {windows} 个结算周期",
        "owe": "应付最多（全部周期合计）",
        "get": "应收最多（全部周期合计）",
        "shop": "商户",
        "net": "净额",
        "flows": "最大流向：在一家店得分，到另一家店消费",
        "from": "得分商户",
        "to": "消费商户",
        "points": "积分",
        "worth": "价值",
        "earned": "发放积分",
        "spent": "使用积分",
        "expired": "过期积分",
        "outstanding": "未使用积分",
        "backing": "资金保障",
        "pool": "资金池持有 {money}，会员持有的积分价值 {value}",
        "issuers": "各商户为自己发放的积分负责；最大的是 {shop}，{money}",
        "no_issuers": "没有未使用的积分",
        "operator": "运营方手续费",
        "audit": "审计",
        "sound": "通过：{checks} 项检查，核对 {facts} 条数据",
        "broken": "未通过：{names}",
        "more": "……另有 {count} 项",
    },
}


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
        for who, minor in window.nets.items():
            nets[who] += minor
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
    words, result, book = WORDS[lang], summary.result, summary.result.book
    console.print()
    if result.windows:
        start, end = (
            moment_text(at, book.settings.timezone, lang)
            for at in (result.windows[0].opens_at, result.windows[-1].closes_at)
        )
        title = words["title"].format(alliance=book.settings.name, windows=len(result.windows), start=start, end=end)
        console.print(title, style="bold")
    shops = {who: minor for who, minor in summary.nets.items() if who not in (OPERATOR, POOL)}
    owing = sorted((minor, who) for who, minor in shops.items() if minor < 0)
    getting = sorted((-minor, who) for who, minor in shops.items() if minor > 0)
    side_by_side = Table.grid(padding=(0, 3))
    side_by_side.add_row(words["owe"], words["get"], style="bold")
    side_by_side.add_row(
        _nets([(who, minor) for minor, who in owing], book, lang),
        _nets([(who, -minor) for minor, who in getting], book, lang),
    )
    console.print(side_by_side)
    console.print(words["flows"], style="bold")
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
    words = WORDS[lang]
    table = _table(words["shop"], words["net"])
    for who, minor in rows[:TOP]:
        table.add_row(who, _money(minor, book, lang))
    if len(rows) > TOP:
        rest = sum(minor for _, minor in rows[TOP:])
        table.add_row(words["more"].format(count=len(rows) - TOP), _money(rest, book, lang), style="dim")
    return table


def _flows(summary: Summary, lang: Lang) -> Table:
    words = WORDS[lang]
    table = _table(words["from"], words["to"], words["points"], words["worth"])
    table.columns[1].justify = "left"
    for flow in summary.flows:
        worth = _money(_worth(flow.points, summary.terms), summary.result.book, lang)
        table.add_row(flow.issuer, flow.shop, points_text(flow.points, lang), worth)
    return table


def _totals(summary: Summary, lang: Lang) -> Table:
    words, result = WORDS[lang], summary.result
    table = Table(show_header=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_row(words["earned"], points_text(result.earned, lang))
    table.add_row(words["spent"], points_text(result.spent, lang))
    table.add_row(words["expired"], points_text(result.expired, lang))
    outstanding = sum(result.outstanding.values())
    worth = _money(_worth(outstanding, summary.terms), result.book, lang)
    table.add_row(words["outstanding"], f"{points_text(outstanding, lang)} = {worth}")
    table.add_row(words["backing"], _backing(summary, lang))
    table.add_row(words["operator"], _money(summary.nets.get(OPERATOR, 0), result.book, lang))
    table.add_row(words["audit"], _verdict(summary.audit, lang))
    return table


def _backing(summary: Summary, lang: Lang) -> str:
    words, result = WORDS[lang], summary.result
    if summary.terms.funding is Funding.ON_ISSUE:
        return words["pool"].format(
            money=_money(summary.nets.get(POOL, 0), result.book, lang),
            value=_money(_worth(sum(result.outstanding.values()), summary.terms), result.book, lang),
        )
    if not result.outstanding:
        return words["no_issuers"]
    shop, points = max(result.outstanding.items(), key=lambda item: (item[1], item[0]))
    return words["issuers"].format(shop=shop, money=_money(_worth(points, summary.terms), result.book, lang))


def _worth(points: int, terms: Terms) -> int:
    """Whole minor units, rounded down: a figure for the eye; nets are computed exactly."""
    return int(points * terms.minor_per_point)


def _verdict(found: Audit, lang: Lang) -> Text:
    words = WORDS[lang]
    if found.ok:
        facts = sum(check.examined for check in found.checks)
        return Text(words["sound"].format(checks=len(found.checks), facts=points_text(facts, lang)), "green")
    return Text(words["broken"].format(names=", ".join(c.name for c in found.checks if not c.ok)), "red")
