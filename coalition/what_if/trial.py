"""What is asked: a rule, as it would be added, and the days whose sales it is tried on."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from coalition.alliance import Alliance
from coalition.bonuses.add_rule import check_rule
from coalition.earning.bonus import BonusTerms, BonusVersion
from coalition.earning.bonus_kinds import decode_terms, encode_terms
from coalition.what_if.errors import DaysAhead, DaysReversed
from settlement import day_number, month_end


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule under a name, which may be that of one that is there, and the first and the last day (yyyymmdd).

    It is asked about `at` an instant (microseconds since 1970 UTC), whose rules are those of now.
    """

    rule: str
    terms: BonusTerms
    since: int
    until: int
    at: int

    def encode(self) -> dict[str, Any]:
        """The same as JSON can keep it."""
        days = {"since": self.since, "until": self.until, "at": self.at}
        return {"rule": self.rule, "terms": encode_terms(self.terms), **days}

    @classmethod
    def decode(cls, stored: dict[str, Any]) -> "Trial":
        """What `encode` wrote."""
        return cls(stored["rule"], decode_terms(stored["terms"]), stored["since"], stored["until"], stored["at"])


def ask_trial(
    alliance: Alliance, rule: str, terms: BonusTerms, since: date | None = None, until: date | None = None
) -> Trial:
    """A rule to be tried on the sales of some days; last month's where none are named.

    Raises what adding the rule would raise for its terms, DaysAhead and DaysReversed.
    """
    check_rule(alliance, terms)
    today, now = alliance.today, alliance.clock()
    if since is None and until is None:
        last = month_end(today, -1)
        return Trial(rule, terms, last // 100 * 100 + 1, last, now)
    last = today if until is None else min(day_number(until), today)
    first = last // 100 * 100 + 1 if since is None else day_number(since)
    if first > today:
        raise DaysAhead(first)
    if first > last:
        raise DaysReversed(first, last)
    return Trial(rule, terms, first, last, now)


def rules_now(alliance: Alliance, trial: Trial) -> list[BonusVersion]:
    """What counts now of the rule that is asked about, and of those in whose group it is or would be.

    No other rule gives more or less because of it.
    """
    counting = alliance.programme.bonuses.in_effect(alliance.calendar, trial.at)
    groups = {trial.terms.group, *(version.terms.group for version in counting if version.rule == trial.rule)} - {None}
    beside = [version for version in counting if version.rule == trial.rule or version.terms.group in groups]
    return [for_days(version, trial) for version in beside]


def rules_then(alliance: Alliance, trial: Trial) -> list[BonusVersion]:
    """The same with the rule that is asked about, as its next version."""
    before = rules_now(alliance, trial)
    known = alliance.programme.bonuses.by_name.values()
    own = [version for version in known if version.rule == trial.rule]
    number = own[0].number if own else 1 + max((version.number for version in known), default=0)
    version = BonusVersion(
        trial.rule, 1 + max((each.version for each in own), default=0), trial.terms, 0, number=number
    )
    return [each for each in before if each.rule != trial.rule] + [for_days(version, trial)]


def for_days(version: BonusVersion, trial: Trial) -> BonusVersion:
    """A version as if it had counted on all of these days."""
    terms = replace(version.terms, first_day=trial.since, last_day=trial.until)
    return replace(version, terms=terms, starts_at=0, ended_at=None)
