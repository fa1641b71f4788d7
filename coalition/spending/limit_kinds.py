"""The kinds of limit that there are, and the terms of a limit as they are stored."""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, get_args

from coalition.discovery import declared
from coalition.earning.rule_versions import RuleVersions
from coalition.spending.limit_model import LimitModel
from coalition.spending.spend_limits import LimitTerms, LimitVersion, SpendLimits


class StoredLimit(NamedTuple):
    """A version of a limit as the database keeps it: its terms as `encode_limit` wrote them."""

    rule: str
    version: int
    terms: str
    starts_at: int
    ended_at: int | None

    def decode(self) -> LimitVersion:
        """The version itself."""
        return LimitVersion(self.rule, self.version, decode_limit(self.terms), self.starts_at, self.ended_at)


@cache
def limit_kinds() -> Mapping[str, type[LimitModel]]:
    """The model of each kind of limit, by its name."""
    models: list[type[LimitModel]] = [module.LIMIT for module in declared("kinds", "LIMIT")]
    return {get_args(model.model_fields["kind"].annotation)[0]: model for model in models}


def encode_limit(terms: LimitTerms) -> str:
    """Terms as the database keeps them."""
    effect: Any = terms.effect
    stored = {
        "effect": effect.model_dump(),
        "first_day": terms.first_day,
        "last_day": terms.last_day,
        "shops": sorted(terms.shops),
    }
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=10_000)
def decode_limit(text: str) -> LimitTerms:
    """The terms that `encode_limit` wrote: made once for each version, however often a programme is read."""
    stored = json.loads(text)
    effect = limit_kinds()[stored["effect"]["kind"]](**stored["effect"])
    return LimitTerms(effect, stored["first_day"], stored["last_day"], frozenset(stored["shops"]))


@lru_cache(maxsize=1_000)
def decode_limits(versions: tuple[StoredLimit, ...]) -> SpendLimits:
    """An alliance's limits. A programme is read again all the time: they, and what they remember, outlive that."""
    return RuleVersions(version.decode() for version in versions)
