"""A result as plain data for JSON: every amount a decimal string of all its digits, or of 40."""

import json
from collections.abc import Iterator

from coalition.lab.leaving import Leaving
from coalition.lab.money import PartyMoney
from coalition.lab.numbers import Exact, number_text
from coalition.lab.parties import KINDS
from coalition.lab.report import plain
from coalition.lab.runner import Result
from coalition.lab.scheme import row_data
from coalition.lab.vendor_figures import compare
from coalition.lab.verdict import Verdict
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import LANGS

Data = dict[str, object]


def as_data(result: Result) -> Data:
    """All that is written of a run, for the command and an endpoint alike.

    `events` counts them all; `rows` are as many as the run kept, each with the number of its event.
    """
    return {**_summary(result), "rows": [row_data(row) for row in result.rows]}


def json_pieces(result: Result) -> Iterator[str]:
    """The same as JSON, a piece for each row: a long run is never held as one text."""
    yield json.dumps(_summary(result), ensure_ascii=False).removesuffix("}") + ', "rows": ['
    for number, row in enumerate(result.rows):
        yield (", " if number else "") + json.dumps(row_data(row), ensure_ascii=False)
    yield "]}"


def _summary(result: Result) -> Data:
    """All of it but the rows."""
    return {
        "model": result.scenario.model.name,
        "preset": result.scenario.preset or None,
        "currency": result.scenario.currency,
        "params": result.params.text,
        "events": result.events,
        "vendor": [
            {
                "says": dict(compared.figure.says),
                "value": compared.figure.value,
                "lab": compared.lab,
                "equal": compared.equal,
            }
            for compared in compare(result)
        ],
        "verdict": {
            "promise": {lang: phrase_text(result.scenario.model.promise, lang) for lang in LANGS},
            **verdict_data(result.verdict),
            "words": {lang: [phrase_text(text, lang) for text in plain.sentences(result)] for lang in LANGS},
            "coalition": verdict_data(result.yardstick),
        },
    }


def verdict_data(verdict: Verdict) -> Data:
    """One verdict: shares and ratios as decimals, null where there is nothing to divide by.

    `coverage` is `money` ÷ `promises`; `got_back_share` counts whoever ever got what was promised.
    """
    kept = verdict.kept.summary()
    winners = sum(net > 0 for net in verdict.net_today.values())
    return {
        "participants": verdict.kept.participants,
        "promised": number_text(verdict.kept.made),
        "delivered": number_text(verdict.kept.delivered),
        "delivered_share": _optional(verdict.kept.share_of_money),
        "got_back": verdict.kept.kept,
        "got_back_share": _optional(verdict.kept.share),
        "later_purchases": kept and {"fewest": kept[0], "median": number_text(kept[1]), "most": kept[2]},
        "coverage": _optional(verdict.figures.coverage),
        "money": number_text(verdict.figures.held),
        "promises": number_text(verdict.figures.outstanding),
        "price": _optional(verdict.figures.price),
        "debts": [
            {
                "asset": debt.asset,
                "debtor": debt.debtor.name,
                "units": number_text(debt.units),
                "price": _optional(debt.price),
                "owed": number_text(debt.owed),
            }
            for debt in verdict.debts
        ],
        "kinds": {kind: _side(side) for kind, side in verdict.kinds.items()},
        "participants_by_kind": {
            kind: {
                party.name: _side(side) | {"net_if_all_leave": number_text(verdict.net_today[party])}
                for party, side in verdict.parties.items()
                if party.kind == kind
            }
            for kind in KINDS
        },
        "in_profit_if_all_leave": winners,
        "goods_sold": number_text(verdict.turnover),
        "waiting": {"participants": verdict.waiting.participants, "owed": number_text(verdict.waiting.owed)},
        "if_all_leave": {leaving.order: _leaving(leaving) for leaving in verdict.leaving},
        "run": {"share": number_text(verdict.run_share), **_leaving(verdict.run)},
        "outlook": {
            "purchase": number_text(verdict.outlook.purchase),
            "one_more_brings": number_text(verdict.outlook.brings),
            "one_more_promises": number_text(verdict.outlook.promises),
            "purchases_to_next_exit": verdict.outlook.next_exit,
            "purchases_to_pay_everybody": verdict.outlook.everybody,
        },
        "flags": list(verdict.flags),
    }


def _side(side: PartyMoney) -> Data:
    """One side of the ledger: what came in by origin, what went out, and goods at their price."""
    got = side.received
    return {
        "received": number_text(got.total),
        "purchases_margin": number_text(got.purchases_margin),
        "later_entrants": number_text(got.later_entrants),
        "subsidy": number_text(got.subsidy),
        "fees": number_text(got.fees),
        "paid": number_text(side.paid),
        "above_agreed": number_text(side.above_agreed),
        "goods_sold": number_text(side.sold.worth),
        "goods_unpaid": number_text(side.sold.unpaid),
        "goods_bought": number_text(side.bought.worth),
        "net": number_text(side.net),
    }


def _leaving(leaving: Leaving) -> Data:
    after = leaving.after
    return {
        "sellers": len(leaving.got),
        "paid": number_text(leaving.paid),
        "promised": number_text(leaving.promised),
        "short": number_text(leaving.short),
        "in_full": leaving.in_full,
        "empty_handed": leaving.empty_handed,
        "coverage_after": after and _optional(after.coverage),
        "price_after": after and _optional(after.price),
    }


def _optional(value: Exact | None) -> str | None:
    return None if value is None else number_text(value)
