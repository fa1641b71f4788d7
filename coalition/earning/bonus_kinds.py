"""The kinds of bonus that there are, and the terms of a bonus rule as they are stored."""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, get_args

from coalition.discovery import declared
from coalition.earning.bonus import BonusRules, BonusTerms, BonusVersion, FunderShare
from coalition.earning.bonus_model import BonusModel
from coalition.earning.meters import Caps


class StoredVersion(NamedTuple):
    """A version of a bonus rule as the database keeps it: its terms as `encode_terms` wrote them."""

    rule: str
    version: int
    terms: str
    starts_at: int
    ended_at: int | None
    number: int

    def decode(self) -> BonusVersion:
        """The version itself."""
        terms = decode_terms(self.terms)
        return BonusVersion(self.rule, self.version, terms, self.starts_at, self.ended_at, self.number)


@cache
def bonus_kinds() -> Mapping[str, type[BonusModel]]:
    """The model of each kind of bonus, by its name."""
    models: list[type[BonusModel]] = [module.BONUS for module in declared("kinds", "BONUS")]
    return {get_args(model.model_fields["kind"].annotation)[0]: model for model in models}


def encode_terms(terms: BonusTerms) -> str:
    """Terms as the database keeps them."""
    effect: Any = terms.effect
    stored: dict[str, Any] = {
        "effect": effect.model_dump(),
        "funders": [[funder.shop, funder.share] for funder in terms.funders],
        "budget": terms.budget,
        "first_day": terms.first_day,
        "last_day": terms.last_day,
        "shops": sorted(terms.shops),
        "days": sorted(terms.days),
        "hours": [terms.from_hour, terms.until_hour],
        "most": terms.most,
        "group": terms.group,
        "priority": terms.priority,
        "caps": [terms.caps.member, terms.caps.member_day, terms.caps.day],
    }
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=10_000)
def decode_terms(text: str) -> BonusTerms:
    """The terms that `encode_terms` wrote: made once for each version, however often a programme is read."""
    stored = json.loads(text)
    from_hour, until_hour = stored["hours"]
    return BonusTerms(
        bonus_kinds()[stored["effect"]["kind"]](**stored["effect"]),
        tuple(FunderShare(shop, share) for shop, share in stored["funders"]),
        stored["budget"],
        stored["first_day"],
        stored["last_day"],
        frozenset(stored["shops"]),
        frozenset(stored["days"]),
        from_hour,
        until_hour,
        stored["most"],
        stored["group"],
        stored["priority"],
        # Terms of before there were caps have none.
        Caps(*stored.get("caps", ())),
    )


@lru_cache(maxsize=1_000)
def decode_rules(versions: tuple[StoredVersion, ...]) -> BonusRules:
    """An alliance's bonus rules. A programme is read again all the time: they, and what they remember, outlive that."""
    return BonusRules(version.decode() for version in versions)
