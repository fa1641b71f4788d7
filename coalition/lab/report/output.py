"""A result as plain data for JSON: every amount a decimal string of all its digits, or of 40."""

from fractions import Fraction

from coalition.lab.money import Sources
from coalition.lab.numbers import ZERO, number_text
from coalition.lab.report import plain
from coalition.lab.report.charts import LANGUAGES
from coalition.lab.runner import Result
from coalition.lab.scheme import row_data
from coalition.lab.verdict import Verdict
from coalition.locale.error_text import phrase_text

Data = dict[str, object]


def as_data(result: Result) -> Data:
    """`{"model", "preset", "params", "rows", "verdict"}`, as the command and an endpoint hand it out."""
    return {
        "model": result.scenario.model.name,
        "preset": result.scenario.preset or None,
        "params": result.params.text,
        "rows": [row_data(row) for row in result.rows],
        "verdict": {
            "promise": {lang: phrase_text(result.scenario.model.promise, lang) for lang in LANGUAGES},
            **verdict_data(result.verdict),
            "words": {lang: [phrase_text(text, lang) for text in plain.sentences(result)] for lang in LANGUAGES},
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
        "later_purchases": kept and {"fewest": kept[0], "median": number_text(kept[1]), "most": kept[2]},
        "coverage": _optional(verdict.figures.coverage),
        "money": number_text(verdict.figures.held),
        "promises": number_text(verdict.figures.outstanding),
        "price": _optional(verdict.figures.price),
        "sources": {
            participant: _sources(got) | _nets(verdict, participant) for participant, got in verdict.sources.items()
        },
        "sources_total": _sources(verdict.total),
        "in_profit_if_all_leave": winners,
        "turnover_of_shops": number_text(verdict.turnover),
        "growth_stops": {
            "waiting": stops.waiting,
            "owed": number_text(stops.owed),
            "money": number_text(stops.held),
            "paid_if_all_leave": number_text(stops.paid),
            "got_back_if_all_leave": stops.kept,
        },
        "run": {
            "share": number_text(day.share),
            "sellers": day.sellers,
            "paid": number_text(day.paid),
            "promised": number_text(day.promised),
            "short": number_text(day.short),
            "coverage_before": _optional(day.before.coverage),
            "coverage_after": _optional(day.after.coverage),
            "price_before": _optional(day.before.price),
            "price_after": _optional(day.after.price),
        },
        "flags": list(verdict.flags),
    }


def _nets(verdict: Verdict, participant: str) -> Data:
    return {
        "paid_in": number_text(verdict.contributed[participant]),
        "net": number_text(verdict.net[participant]),
        "net_if_all_leave": number_text(verdict.net_today[participant]),
    }


def _optional(value: Fraction | None) -> str | None:
    return None if value is None else number_text(value)


def _sources(got: Sources) -> Data:
    return {
        "received": number_text(got.total or ZERO),
        "purchases_margin": number_text(got.purchases_margin),
        "later_entrants": number_text(got.later_entrants),
        "subsidy": number_text(got.subsidy),
    }
