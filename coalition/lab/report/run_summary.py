"""A run in short, for a page: its answers in words, and who gave and got what beside the coalition in exact figures.

Plain data in one language: it comes out of the lab's process as JSON.
"""

from collections import defaultdict
from typing import Any

from coalition.lab.numbers import ZERO, Exact, number_text
from coalition.lab.parties import Kind
from coalition.lab.report.answers import answers
from coalition.lab.report.flags import FLAGS
from coalition.lab.report.ledger_tables import KIND_NAMES
from coalition.lab.report.plain import beside, headline
from coalition.lab.runner import Result, Sample
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang

STEPS = 12
"""So many moments of the run are shown, its end among them."""
LATER = "later_entrants"


def run_summary(result: Result, lang: Lang) -> dict[str, Any]:
    """What `RunSummary` of the console reads. Amounts are decimal texts in units of money."""

    def read(text: str) -> str:
        return phrase_text(text, lang)

    verdict, yardstick = result.verdict, result.yardstick
    sides = [(kind, verdict.kinds[kind], yardstick.kinds[kind]) for kind in KIND_NAMES]
    return {
        "events": result.events,
        "headline": read(headline(result)),
        "good": not verdict.flags,
        "flags": [read(FLAGS[flag]) for flag in verdict.flags],
        "answers": [
            {
                "question": read(answer.question),
                "figure": read(answer.figure),
                "details": [read(text) for text in answer.details],
            }
            for answer in answers(result)
        ],
        "beside": [[read(name), read(mine), read(yard)] for name, mine, yard in beside(result)],
        "sides": [
            {
                "kind": kind,
                "name": read(KIND_NAMES[kind]),
                "gave": number_text(mine.paid),
                "gave_coalition": number_text(yard.paid),
                "got": number_text(mine.received.total),
                "got_coalition": number_text(yard.received.total),
            }
            for kind, mine, yard in sides
            if any((mine.paid, mine.received.total, yard.paid, yard.received.total))
        ],
        "payments": [
            {"payer": read(KIND_NAMES[payer]), "to": read(KIND_NAMES[to]), "all": number_text(all_), "later": later}
            for (payer, to), (all_, later) in _payments(result).items()
        ],
        "moments": [
            {
                "event": sample.event + 1,
                "owed": number_text(sample.figures.outstanding),
                "held": number_text(sample.figures.held),
            }
            for sample in _moments(result.samples)
        ],
    }


def _payments(result: Result) -> dict[tuple[Kind, Kind], tuple[Exact, str]]:
    """What each kind of participant paid to each, the largest first, and how much of it came from later entrants."""
    sums: dict[tuple[Kind, Kind], Exact] = defaultdict(lambda: ZERO)
    later: dict[tuple[Kind, Kind], Exact] = defaultdict(lambda: ZERO)
    for (payer, to, origin), amount in result.verdict.flows.items():
        sums[payer.kind, to.kind] += amount
        if origin == LATER:
            later[payer.kind, to.kind] += amount
    pairs = sorted((pair for pair in sums if sums[pair]), key=lambda pair: -sums[pair])
    return {pair: (sums[pair], number_text(later[pair])) for pair in pairs}


def _moments(samples: tuple[Sample, ...]) -> list[Sample]:
    """Some of the samples, evenly, the last among them."""
    step = max(1, -(-len(samples) // STEPS))
    return list(samples[::-1][::step])[::-1]
