"""The report on one run, for a shop owner: the verdict, four charts, and the tables behind them."""

from collections.abc import Sequence
from fractions import Fraction
from html import escape

from coalition.lab.numbers import ZERO, places
from coalition.lab.parties import PLATFORM, SUBSIDY, Party
from coalition.lab.report import plain
from coalition.lab.report.charts import Series, as_percent, bar_chart, both, flow_chart, line_chart
from coalition.lab.report.flags import FLAGS
from coalition.lab.report.labels import label
from coalition.lab.report.page import bullets, page, section, table, tiles
from coalition.lab.runner import Result, Sample
from coalition.lab.scheme import Row
from coalition.locale.formats import Lang
from coalition.locale.messages import N_
from settlement import Phrase

BARS = 40
ROWS = 60
HOLDERS = 4
PEOPLE = 30
QUARTERS = (
    N_("first quarter"),
    N_("second quarter"),
    N_("third quarter"),
    N_("last quarter"),
)
OTHERS = N_("platform, shops")
SUBSIDIES = N_("subsidy")
EVENT = N_("events")


def report(result: Result, lang: Lang = "en") -> str:
    """The whole page. `lang` (en or zh) is shown first."""
    model = result.scenario.model
    title = plain.title(result.scenario)
    body = _verdict(result) + _beside(result) + _charts(result) + _words(result)
    return page(title, model.about, body + _people(result) + _rows(result) + _params(result), lang)


def _verdict(result: Result) -> str:
    verdict = result.verdict
    total = verdict.kinds["member"].received
    later = total.later_entrants / total.total if total.total else None
    figures = [
        (N_("got back what was promised"), plain.percent(verdict.kept.share)),
        (
            N_("of outstanding promises covered"),
            plain.percent(verdict.figures.coverage),
        ),
        (N_("of what members received came from later entrants"), plain.percent(later)),
        (N_("still wait for what was promised"), str(verdict.waiting.participants)),
    ]
    flags = bullets((FLAGS[flag] for flag in verdict.flags), "flags") if verdict.flags else ""
    good = "" if verdict.flags else " good"
    return (
        f'<section class="headline{good}"><p class="big">{both(plain.headline(result))}</p>'
        f"{tiles(figures)}{flags}</section>"
    )


def _beside(result: Result) -> str:
    head = ["", N_("This scheme"), N_("Fixed-rate coalition")]
    rows = [[both(name), escape(mine), escape(yard)] for name, mine, yard in plain.beside(result)]
    note = N_("The same purchases, run once as the scheme is sold and once with points at one fixed rate.")
    return section(N_("Beside an honest coalition"), table(head, rows, "beside"), note=note)


def _charts(result: Result) -> str:
    samples = result.samples
    price = section(
        N_("Price of a point"),
        line_chart(
            [
                _series(N_("this scheme"), "scheme", [(s, s.figures.price) for s in samples]),
                _series(N_("fixed rate"), "fair", [(s, Fraction(1)) for s in samples]),
            ],
            EVENT,
        ),
        note=N_("In units of money; 1 at the start."),
    )
    has_price = any(sample.figures.price is not None for sample in samples)
    pool = section(
        N_("Money there, and what is promised"),
        line_chart(
            [
                _series(N_("promised"), "scheme", [(s, s.figures.outstanding) for s in samples]),
                _series(N_("there"), "fair", [(s, s.figures.held) for s in samples]),
            ],
            EVENT,
        ),
        note=N_("The gap is what only later purchases could fill."),
    )
    kept = section(
        N_("Who got what was promised"),
        line_chart(
            [
                _series(N_("this scheme"), "scheme", [(s, _kept(s)) for s in samples]),
                _series(N_("fixed rate"), "fair", [(s, Fraction(1)) for s in samples]),
            ],
            EVENT,
            as_percent,
        ),
        note=N_("As a share of participants."),
    )
    return f'<div class="charts">{price if has_price else kept}{pool}{_profit(result)}{_flows(result)}</div>'


def _kept(sample: Sample) -> Fraction | None:
    return Fraction(sample.kept, sample.participants) if sample.participants else None


def _series(name: str, style: str, points: Sequence[tuple[Sample, Fraction | None]]) -> Series:
    return Series(name, style, [(s.event + 1, None if y is None else float(y)) for s, y in points])


def _profit(result: Result) -> str:
    nets = [net for party, net in result.verdict.net_today.items() if party.kind == "member"]
    size = max(1, -(-len(nets) // BARS))
    bars = [float(sum(nets[at : at + size], ZERO) / len(nets[at : at + size])) for at in range(0, len(nets), size)]
    note: str = N_(
        "If everybody took out today what they can: paid out, less what of their purchases went into the scheme; "
        "in the order of joining."
    )
    if size > 1:
        note = Phrase(
            N_(
                "If everybody took out today what they can: paid out, less what of their purchases went into the "
                "scheme; in the order of joining, mean of {size} each."
            ),
            size=size,
        )
    chart = bar_chart(bars, N_("participants, first to last"), len(nets))
    return section(N_("Who is in profit"), chart, note=note)


def _flows(result: Result) -> str:
    order = {name: index for index, name in enumerate(result.verdict.all_of("member"))}
    quarter = max(1, -(-len(order) // len(QUARTERS)))
    flows: dict[tuple[int, int], float] = {}

    def group(party: Party) -> int:
        if party.kind == "investor":
            return len(QUARTERS) + 1
        return order[party.name] // quarter if party.kind == "member" and party.name in order else len(QUARTERS)

    for (payer, receiver, _), amount in result.verdict.flows.items():
        pair = (group(payer), group(receiver))
        flows[pair] = flows.get(pair, 0.0) + float(amount)
    names = [*QUARTERS, OTHERS, SUBSIDIES]
    note = N_("All payments so far, by when people joined. Left pays right.")
    nothing = both(N_("No payments."))
    chart = flow_chart(names, len(QUARTERS), flows) if flows else f"<p>{nothing}</p>"
    return section(N_("Who pays whom"), chart, note=note)


def _words(result: Result) -> str:
    return section(N_("The verdict in plain words"), bullets(plain.sentences(result)))


def _people(result: Result) -> str:
    ranked = sorted(result.verdict.net_today.items(), key=lambda item: (-item[1], item[0]))
    half = PEOPLE // 2
    chosen = ranked if len(ranked) <= PEOPLE else [*ranked[:half], *ranked[-half:]]
    head = [
        N_("Who"),
        N_("Went in"),
        N_("Got"),
        N_("from margin"),
        N_("from later entrants"),
        N_("from subsidy"),
        N_("Net if all leave today"),
    ]
    rows = []
    for participant, net in chosen:
        side = result.verdict.of(participant)
        got = side.received
        figures = [got.total, got.purchases_margin, got.later_entrants, got.subsidy]
        cells = [
            _participant_text(participant.name),
            places(side.paid),
            *(places(figure) for figure in figures),
        ]
        style = "plus" if net > 0 else "minus" if net < 0 else ""
        rows.append([*cells, f'<td class="{style}">{places(net)}</td>'])
    note: str | None = None
    if len(chosen) < len(ranked):
        note = Phrase(
            N_("The {half} who gained most and the {half} who lost most, of {all}."), half=half, all=len(ranked)
        )
    title = N_("Where everybody's money came from")
    return section(title, table(head, rows), "long", note)


def _rows(result: Result) -> str:
    rows = result.rows[:ROWS]
    # What the holders' column says of everybody needs no columns of its own.
    holder_keys = {key for row in rows for held in _holders(row).values() for key in held}
    keys = list(dict.fromkeys(key for row in rows for key, value in row.items() if _plain(key, value)))
    keys = [key for key in keys if key not in holder_keys]
    head = [N_("#"), N_("event"), N_("who"), *(label(key) for key in keys)]
    details = any(row.get("holders") or row["paid"] for row in rows)
    if details:
        head.append(N_("holders; paid"))
    lines = []
    for row in rows:
        cells = [str(row["event"]), both(label(str(row["do"]))), escape(str(row.get("who", "")))]
        cells += [_text(row[key]) if key in row else "" for key in keys]
        lines.append([*cells, f'<td class="wide">{_details(row)}</td>'] if details else cells)
    note: str | None = None
    if len(result.rows) > ROWS:
        note = Phrase(
            N_("The first {rows} of {events} events; the JSON file has all of them."),
            rows=ROWS,
            events=len(result.rows),
        )
    return section(N_("Event by event"), table(head, lines, "details" if details else ""), "long", note)


def _plain(key: str, value: object) -> bool:
    return key not in ("event", "do", "who") and isinstance(value, Fraction | bool | str)


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return both(N_("yes")) if value else both(N_("no"))
    return places(value) if isinstance(value, Fraction) else both(label(str(value)))


def _participant_text(name: str) -> str:
    """A participant; the scheme's own parties have names in both languages."""
    return both(label(name)) if name in (PLATFORM.name, SUBSIDY) else escape(name)


def _holders(row: Row) -> dict[str, dict[str, object]]:
    holders = row.get("holders")
    return holders if isinstance(holders, dict) else {}


def _details(row: Row) -> str:
    lines: list[str] = []
    holders = _holders(row)
    for participant, held in list(holders.items())[:HOLDERS]:
        figures = ", ".join(f"{both(label(key))} {_text(value)}" for key, value in held.items() if value)
        lines.append(f"{escape(participant)}: {figures or '–'}")
    if len(holders) > HOLDERS:
        lines.append("…")
    paid = row["paid"]
    if isinstance(paid, dict) and paid:
        lines.append(
            "→ "
            + ", ".join(f"{_participant_text(participant)} {places(amount)}" for participant, amount in paid.items())
        )
    return "<br>".join(lines)


def _params(result: Result) -> str:
    notes = {spec.name: spec.note for spec in result.scenario.model.specs}
    rows = [
        [escape(name), escape(value), f'<td class="wide">{both(notes[name])}</td>']
        for name, value in result.params.text.items()
    ]
    head = [N_("Parameter"), N_("Value"), N_("Meaning")]
    inside = table(head, rows)
    title = both(N_("Parameters of this run"))
    return f"<section class='long'><details><summary>{title}</summary>{inside}</details></section>"
