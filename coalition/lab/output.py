"""A result as plain data for JSON: every amount a decimal string of all its digits, or of 40."""

from fractions import Fraction

from coalition.lab import plain
from coalition.lab.money import Sources
from coalition.lab.numbers import ZERO, shown
from coalition.lab.runner import Result
from coalition.lab.scheme import Figures, shown_row
from coalition.lab.verdict import Verdict

Data = dict[str, object]


def as_data(result: Result) -> Data:
    """`{"model", "preset", "params", "rows", "verdict"}`, as the command and an endpoint hand it out."""
    words = plain.sentences(result)
    return {
        "model": result.scenario.model.name,
        "preset": result.scenario.preset or None,
        "params": result.params.text,
        "rows": [shown_row(row) for row in result.rows],
        "verdict": {
            "promise": {"en": result.scenario.model.promise.en, "zh": result.scenario.model.promise.zh},
            **verdict_data(result.verdict),
            "words": {"en": [text.en for text in words], "zh": [text.zh for text in words]},
            "coalition": verdict_data(result.yardstick),
        },
    }


def verdict_data(verdict: Verdict) -> Data:
    """One verdict: shares and ratios as decimals, null where there is nothing to divide by."""
    kept = verdict.kept.summary()
    winners = sum(net > 0 for net in verdict.net_today.values())
    return {
        "participants": verdict.kept.participants,
        "got_back": {
            "count": verdict.kept.kept,
            "share": _optional(verdict.kept.share),
            "later_purchases": kept and {"fewest": kept[0], "median": shown(kept[1]), "most": kept[2]},
        },
        "coverage": _figures(verdict.figures),
        "sources": {
            who: _sources(got)
            | {
                "paid_in": shown(verdict.contributed[who]),
                "net": shown(verdict.net[who]),
                "net_if_all_leave": shown(verdict.net_today[who]),
            }
            for who, got in verdict.sources.items()
        },
        "sources_total": _sources(verdict.total),
        "in_profit": {"count": winners, "of": len(verdict.net)},
        "turnover_of_shops": shown(verdict.turnover),
        "growth_stops": {
            "waiting": verdict.growth_stops.waiting,
            "owed": shown(verdict.growth_stops.owed),
            "money": shown(verdict.growth_stops.there),
            "paid_if_all_leave": shown(verdict.growth_stops.paid),
            "kept_if_all_leave": verdict.growth_stops.kept,
        },
        "run": {
            "share": shown(verdict.run.share),
            "sellers": verdict.run.sellers,
            "paid": shown(verdict.run.paid),
            "promised": shown(verdict.run.promised),
            "short": shown(verdict.run.short),
            "before": _figures(verdict.run.before),
            "after": _figures(verdict.run.after),
        },
        "flags": list(verdict.flags),
    }


def _optional(value: Fraction | None) -> str | None:
    return None if value is None else shown(value)


def _figures(figures: Figures) -> Data:
    return {
        "price": _optional(figures.price),
        "money": shown(figures.there),
        "promises": shown(figures.outstanding),
        "ratio": _optional(figures.coverage),
    }


def _sources(got: Sources) -> Data:
    return {
        "received": shown(got.total or ZERO),
        "purchases_margin": shown(got.purchases_margin),
        "later_entrants": shown(got.later_entrants),
        "subsidy": shown(got.subsidy),
    }
