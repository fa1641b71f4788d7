"""The report on one run, for a shop owner: the verdict, four charts, and the tables behind them."""

from collections.abc import Sequence
from fractions import Fraction
from html import escape

from coalition.lab.money import PLATFORM, SUBSIDY
from coalition.lab.numbers import ZERO, places
from coalition.lab.report import plain
from coalition.lab.report.charts import Series, as_percent, bar_chart, both, flow_chart, line_chart
from coalition.lab.report.labels import label
from coalition.lab.report.page import bullets, page, section, table, tiles
from coalition.lab.runner import Result, Sample
from coalition.lab.scheme import Row
from coalition.lab.words import FLAGS, Words

BARS = 40
ROWS = 60
HOLDERS = 4
PEOPLE = 30
QUARTERS = (
    Words("first quarter", "最先加入的1/4"),
    Words("second quarter", "第二个1/4"),
    Words("third quarter", "第三个1/4"),
    Words("last quarter", "最后加入的1/4"),
)
OTHERS = Words("platform, shops", "平台与商户")
SUBSIDIES = Words("subsidy", "补贴")
EVENT = Words("events", "事件")


def report(result: Result, lang: str = "en") -> str:
    """The whole page. `lang` (en or zh) is shown first."""
    model = result.scenario.model
    title = plain.title(result.scenario)
    body = _verdict(result) + _beside(result) + _charts(result) + _words(result)
    return page(title, model.about, body + _people(result) + _rows(result) + _params(result), lang)


def _verdict(result: Result) -> str:
    verdict = result.verdict
    total = verdict.total
    later = total.later_entrants / total.total if total.total else None
    figures = [
        (Words("got back what was promised", "兑现承诺的参与者"), plain.percent(verdict.kept.share)),
        (
            Words("of outstanding promises covered", "未兑现承诺的覆盖率"),
            plain.percent(verdict.figures.coverage),
        ),
        (Words("of all payments came from later entrants", "支付资金来自后加入者"), plain.percent(later)),
        (Words("still wait for what was promised", "仍在等待兑现的人数"), str(verdict.growth_stops.waiting)),
    ]
    flags = bullets((FLAGS[flag] for flag in verdict.flags), "flags") if verdict.flags else ""
    good = "" if verdict.flags else " good"
    return (
        f'<section class="headline{good}"><p class="big">{both(plain.headline(result))}</p>'
        f"{tiles(figures)}{flags}</section>"
    )


def _beside(result: Result) -> str:
    head = [Words("", ""), Words("This scheme", "本方案"), Words("Fixed-rate coalition", "固定比率联盟")]
    rows = [[both(name), escape(mine), escape(yard)] for name, mine, yard in plain.beside(result)]
    note = Words(
        "The same purchases, run once as the scheme is sold and once with points at one fixed rate.",
        "同样的消费，一次按该方案运行，一次按固定比率积分运行。",
    )
    return section(Words("Beside an honest coalition", "与诚实的联盟并列"), table(head, rows, "beside"), note=note)


def _charts(result: Result) -> str:
    samples = result.samples
    price = section(
        Words("Price of a point", "积分价格"),
        line_chart(
            [
                _series(Words("this scheme", "本方案"), "scheme", [(s, s.figures.price) for s in samples]),
                _series(Words("fixed rate", "固定比率"), "fair", [(s, Fraction(1)) for s in samples]),
            ],
            EVENT,
        ),
        note=Words("In units of money; 1 at the start.", "以货币单位计，起始为1。"),
    )
    has_price = any(sample.figures.price is not None for sample in samples)
    pool = section(
        Words("Money there, and what is promised", "现有资金与承诺"),
        line_chart(
            [
                _series(Words("promised", "承诺"), "scheme", [(s, s.figures.outstanding) for s in samples]),
                _series(Words("there", "现有"), "fair", [(s, s.figures.there) for s in samples]),
            ],
            EVENT,
        ),
        note=Words("The gap is what only later purchases could fill.", "差额只能靠后来的消费填补。"),
    )
    kept = section(
        Words("Who got what was promised", "兑现承诺的比例"),
        line_chart(
            [
                _series(Words("this scheme", "本方案"), "scheme", [(s, _kept(s)) for s in samples]),
                _series(Words("fixed rate", "固定比率"), "fair", [(s, Fraction(1)) for s in samples]),
            ],
            EVENT,
            as_percent,
        ),
        note=Words("As a share of participants.", "占参与者的比例。"),
    )
    return f'<div class="charts">{price if has_price else kept}{pool}{_profit(result)}{_flows(result)}</div>'


def _kept(sample: Sample) -> Fraction | None:
    return Fraction(sample.kept, sample.participants) if sample.participants else None


def _series(name: Words, style: str, points: Sequence[tuple[Sample, Fraction | None]]) -> Series:
    return Series(name, style, [(s.event + 1, None if y is None else float(y)) for s, y in points])


def _profit(result: Result) -> str:
    nets = [result.verdict.net_today[who] for who in result.promised]
    size = max(1, -(-len(nets) // BARS))
    bars = [float(sum(nets[at : at + size], ZERO) / len(nets[at : at + size])) for at in range(0, len(nets), size)]
    note = Words(
        "If everybody took out today what they can: paid out, less what of their purchases went into the "
        "scheme; in the order of joining" + (f", mean of {size} each." if size > 1 else "."),
        "若所有人今天都提取：所得减去其消费进入方案的部分；按加入顺序"
        + (f"，每{size}人取平均。" if size > 1 else "。"),
    )
    chart = bar_chart(bars, Words("participants, first to last", "参与者（先→后）"), len(nets))
    return section(Words("Who is in profit", "谁在盈利"), chart, note=note)


def _flows(result: Result) -> str:
    order = {who: index for index, who in enumerate(result.promised)}
    quarter = max(1, -(-len(order) // len(QUARTERS)))
    flows: dict[tuple[int, int], float] = {}

    def group(who: str) -> int:
        if who == SUBSIDY:
            return len(QUARTERS) + 1
        return order[who] // quarter if who in order else len(QUARTERS)

    for (payer, receiver), amount in result.verdict.flows.items():
        pair = (group(payer), group(receiver))
        flows[pair] = flows.get(pair, 0.0) + float(amount)
    names = [*QUARTERS, OTHERS, SUBSIDIES]
    note = Words(
        "All payments so far, by when people joined. Left pays right.",
        "迄今全部支付，按加入先后分组；左侧付给右侧。",
    )
    chart = flow_chart(names, len(QUARTERS), flows) if flows else f"<p>{both(Words('No payments.', '尚无支付。'))}</p>"
    return section(Words("Who pays whom", "谁付给谁"), chart, note=note)


def _words(result: Result) -> str:
    return section(Words("The verdict in plain words", "结论"), bullets(plain.sentences(result)))


def _people(result: Result) -> str:
    ranked = sorted(result.verdict.net_today.items(), key=lambda item: (-item[1], item[0]))
    half = PEOPLE // 2
    chosen = ranked if len(ranked) <= PEOPLE else [*ranked[:half], *ranked[-half:]]
    head = [
        Words("Who", "谁"),
        Words("Went in", "投入"),
        Words("Got", "得到"),
        Words("from margin", "来自让利"),
        Words("from later entrants", "来自后加入者"),
        Words("from subsidy", "来自补贴"),
        Words("Net if all leave today", "今天全部退出时的净额"),
    ]
    rows = []
    for who, net in chosen:
        got = result.verdict.sources[who]
        figures = [got.total, got.purchases_margin, got.later_entrants, got.subsidy]
        cells = [
            _who(who),
            places(result.verdict.contributed[who]),
            *(places(figure) for figure in figures),
        ]
        style = "plus" if net > 0 else "minus" if net < 0 else ""
        rows.append([*cells, f'<td class="{style}">{places(net)}</td>'])
    note = None
    if len(chosen) < len(ranked):
        note = Words(
            f"The {half} who gained most and the {half} who lost most, of {len(ranked)}.",
            f"共{len(ranked)}方，列出净得最多与净付最多的各{half}方。",
        )
    title = Words("Where everybody's money came from", "每个人的钱从哪里来")
    return section(title, table(head, rows), "long", note)


def _rows(result: Result) -> str:
    rows = result.rows[:ROWS]
    # What the holders' column says of everybody needs no columns of its own.
    said = {key for row in rows for held in _holders(row).values() for key in held}
    keys = list(dict.fromkeys(key for row in rows for key, value in row.items() if _plain(key, value)))
    keys = [key for key in keys if key not in said]
    head = [Words("#", "#"), Words("event", "事件"), Words("who", "谁"), *(label(key) for key in keys)]
    details = any(row.get("holders") or row["paid"] for row in rows)
    if details:
        head.append(Words("holders; paid", "持有；支付"))
    lines = []
    for row in rows:
        cells = [str(row["event"]), both(label(str(row["do"]))), escape(str(row.get("who", "")))]
        cells += [_text(row[key]) if key in row else "" for key in keys]
        lines.append([*cells, f'<td class="wide">{_details(row)}</td>'] if details else cells)
    note = None
    if len(result.rows) > ROWS:
        note = Words(
            f"The first {ROWS} of {len(result.rows)} events; the JSON file has all of them.",
            f"共{len(result.rows)}个事件，此处列出前{ROWS}个；完整列表见JSON文件。",
        )
    return section(Words("Event by event", "逐个事件"), table(head, lines, "details" if details else ""), "long", note)


def _plain(key: str, value: object) -> bool:
    return key not in ("event", "do", "who") and isinstance(value, Fraction | bool | str)


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return both(Words("yes", "是")) if value else both(Words("no", "否"))
    return places(value) if isinstance(value, Fraction) else both(label(str(value)))


def _who(name: str) -> str:
    """A participant; the scheme's own parties have names in both languages."""
    return both(label(name)) if name in (PLATFORM, SUBSIDY) else escape(name)


def _holders(row: Row) -> dict[str, dict[str, object]]:
    holders = row.get("holders")
    return holders if isinstance(holders, dict) else {}


def _details(row: Row) -> str:
    lines: list[str] = []
    holders = _holders(row)
    for who, held in list(holders.items())[:HOLDERS]:
        figures = ", ".join(f"{both(label(key))} {_text(value)}" for key, value in held.items() if value)
        lines.append(f"{escape(who)}: {figures or '–'}")
    if len(holders) > HOLDERS:
        lines.append("…")
    paid = row["paid"]
    if isinstance(paid, dict) and paid:
        lines.append("→ " + ", ".join(f"{_who(who)} {places(amount)}" for who, amount in paid.items()))
    return "<br>".join(lines)


def _params(result: Result) -> str:
    notes = {spec.name: spec.note for spec in result.scenario.model.specs}
    rows = [
        [escape(name), escape(value), f'<td class="wide">{escape(notes[name])}</td>']
        for name, value in result.params.text.items()
    ]
    head = [Words("Parameter", "参数"), Words("Value", "取值"), Words("Meaning", "含义")]
    inside = table(head, rows)
    title = both(Words("Parameters of this run", "本次运行的参数"))
    return f"<section class='long'><details><summary>{title}</summary>{inside}</details></section>"
