"""A result as plain data for JSON: every amount a decimal string of all its digits, or of 40."""

from fractions import Fraction

from coalition.lab.money import Sources
from coalition.lab.numbers import ZERO, shown
from coalition.lab.phrase import text_in
from coalition.lab.report import plain
from coalition.lab.report.charts import LANGUAGES
from coalition.lab.runner import Result
from coalition.lab.scheme import shown_row
from coalition.lab.verdict import Verdict

Data = dict[str, object]


def as_data(result: Result) -> Data:
    """`{"model", "preset", "params", "rows", "verdict"}`, as the command and an endpoint hand it out."""
    return {
        "model": result.scenario.model.name,
        "preset": result.scenario.preset or None,
        "params": result.params.text,
        "rows": [shown_row(row) for row in result.rows],
        "verdict": {
            "promise": {lang: text_in(result.scenario.model.promise, lang) for lang in LANGUAGES},
            **verdict_data(result.verdict),
            "words": {lang: [text_in(text, lang) for text in plain.sentences(result)] for lang in LANGUAGES},
            "coalition": verdict_data(result.yardstick),
        },
    }


def verdict_data(verdict: Verdict) -> Data:
    """One verdict: shares and ratios as decimals, null where there is nothing to divide by.

    `coverage` is `money` ÷ `promises`; `got_back_share` counts whoever ever got what was promised.
    """
    kept = verdict.kept.summary()
    winners = sum(net > 0 for net in verdict.net_today.values())
    stops, day = verdict.growth_stops, verdict.run
    return {
        "participants": verdict.kept.participants,
        "got_back": verdict.kept.kept,
        "got_back_share": _optional(verdict.kept.share),
        "later_purchases": kept and {"fewest": kept[0], "median": shown(kept[1]), "most": kept[2]},
        "coverage": _optional(verdict.figures.coverage),
        "money": shown(verdict.figures.there),
        "promises": shown(verdict.figures.outstanding),
        "price": _optional(verdict.figures.price),
        "sources": {who: _sources(got) | _nets(verdict, who) for who, got in verdict.sources.items()},
        "sources_total": _sources(verdict.total),
        "in_profit_if_all_leave": winners,
        "turnover_of_shops": shown(verdict.turnover),
        "growth_stops": {
            "waiting": stops.waiting,
            "owed": shown(stops.owed),
            "money": shown(stops.there),
            "paid_if_all_leave": shown(stops.paid),
            "got_back_if_all_leave": stops.kept,
        },
        "run": {
            "share": shown(day.share),
            "sellers": day.sellers,
            "paid": shown(day.paid),
            "promised": shown(day.promised),
            "short": shown(day.short),
            "coverage_before": _optional(day.before.coverage),
            "coverage_after": _optional(day.after.coverage),
            "price_before": _optional(day.before.price),
            "price_after": _optional(day.after.price),
        },
        "flags": list(verdict.flags),
    }


def _nets(verdict: Verdict, who: str) -> Data:
    return {
        "paid_in": shown(verdict.contributed[who]),
        "net": shown(verdict.net[who]),
        "net_if_all_leave": shown(verdict.net_today[who]),
    }


def _optional(value: Fraction | None) -> str | None:
    return None if value is None else shown(value)


def _sources(got: Sources) -> Data:
    return {
        "received": shown(got.total or ZERO),
        "purchases_margin": shown(got.purchases_margin),
        "later_entrants": shown(got.later_entrants),
        "subsidy": shown(got.subsidy),
    }
