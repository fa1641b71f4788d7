"""A bonus that was tried, as it would be typed into the form that adds it."""

import json
from typing import Any

from coalition.earning.bonus import BonusTerms
from coalition.earning.bonus_kinds import bonus_kinds, encode_terms
from coalition.pages.typed_again import Sent
from coalition.what_if.trial import Trial
from settlement import date_text, decimal_text
from settlement.ledger import BookSettings

FUNDERS_MAX = 2
"""As many the form has room for, in equal parts."""


def typed_as_tried(settings: BookSettings, trial: Trial) -> Sent | None:
    """What was typed, by the names of fields; None where the form has no room for it, as for two shops."""
    terms = trial.terms
    if not _fits(terms):
        return None
    stated: dict[str, Any] = json.loads(encode_terms(terms))["effect"]
    funders = [funder.shop for funder in terms.funders]
    most = {
        "most": terms.most,
        "most_member": terms.caps.member,
        "most_member_day": terms.caps.member_day,
        "most_day": terms.caps.day,
    }
    return {
        "rule": [trial.rule],
        "kind": [stated["kind"]],
        "values": [_written(settings, name, stated[name]) for name in bonus_kinds()[stated["kind"]].labels],
        "budget": [str(terms.budget)],
        "funder": funders[:1],
        "second": funders[1:],
        "shop": sorted(terms.shops),
        "days": [str(day) for day in sorted(terms.days)],
        "from_hour": [str(terms.from_hour)],
        "until_hour": [str(terms.until_hour)],
        "first_day": [date_text(terms.first_day)],
        "last_day": [] if terms.last_day is None else [date_text(terms.last_day)],
        **{name: [] if points is None else [str(points)] for name, points in most.items()},
        "since": [date_text(trial.since)],
        "until": [date_text(trial.until)],
    }


def _fits(terms: BonusTerms) -> bool:
    """Whether the form can say all of it."""
    in_equal_parts = len(terms.funders) <= FUNDERS_MAX and len({*terms.shares}) <= 1
    return in_equal_parts and len(terms.shops) <= 1 and terms.group is None and terms.priority == 0


def _written(settings: BookSettings, name: str, value: Any) -> str:
    """A value of its kind as it is typed: money as an amount."""
    if value is None:
        return ""
    return decimal_text(value, settings.minor_digits) if name.endswith("_minor") else str(value)
