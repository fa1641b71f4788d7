"""Agree on how the alliance looks for fraud: it takes two people, since whoever is looked for might be one of them."""

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.errors import ChangedMeanwhile, CoalitionError, Invalid
from coalition.findings.finding_rules import (
    HOLD_DAYS_MAX,
    FindingRules,
    differences,
    find_finding_rules,
    set_finding_rules,
)
from coalition.findings.pattern import patterns
from coalition.locale.messages import N_

CHANGE_FINDING_RULES = "change_finding_rules"


class FindingRulesChanged(CoalitionError, like=ChangedMeanwhile):
    """Two changed the rules at the same moment, and the other one was first."""

    detail = N_("Somebody else changed these settings meanwhile. Read them again.")


class ThresholdInvalid(CoalitionError, like=Invalid):
    """A number that is too small or too large to mean anything."""

    detail = N_("{threshold:code} can't be {value}: it must be from {least} to {most}.")
    concerns = "{threshold}"
    threshold: str
    value: int
    least: int
    most: int


class ThresholdUnknown(CoalitionError, like=Invalid):
    """A pattern or a threshold that there is not, or one that is missing."""

    detail = N_("{name:code} is no such setting, or is missing: send each as you read it, and change its value.")
    concerns = "{name}"
    name: str


class PatternHoldsNothing(CoalitionError, like=Invalid):
    """A pattern that sees many members, or points that were taken back already, is to hold points."""

    detail = N_("{pattern:code} can't hold points: it is about no points of one member that are still there.")
    concerns = "{pattern}"
    pattern: str


def check_finding_rules(rules: FindingRules) -> None:
    """Raises ThresholdUnknown, ThresholdInvalid and PatternHoldsNothing."""
    known = patterns()
    for name in known.keys() ^ rules.by_pattern.keys():
        raise ThresholdUnknown(name)
    _check("hold_days", rules.hold_days, 1, HOLD_DAYS_MAX)
    for name, pattern in known.items():
        limits = rules.by_pattern[name].limits
        if rules.by_pattern[name].holds_points and not pattern.may_hold:
            raise PatternHoldsNothing(name)
        thresholds = {each.name: each for each in pattern.thresholds}
        for limit in thresholds.keys() ^ limits.keys():
            raise ThresholdUnknown(f"{name}.{limit}")
        for limit, value in limits.items():
            _check(f"{name}.{limit}", value, thresholds[limit].least, thresholds[limit].most)


def change_finding_rules(alliance: Alliance, approvals: Approvals, caller: Caller, rules: FindingRules) -> FindingRules:
    """Replace the rules of version `rules.version`. They count from the next look on.

    Raises ThresholdUnknown, ThresholdInvalid, PatternHoldsNothing, FindingRulesChanged, ApprovalAwaited and
    PersonNeeded.
    """
    check_finding_rules(rules)
    with alliance.database.engine.connect() as connection:
        before = find_finding_rules(connection, alliance.id)
    changes = differences(before, rules)
    if not changes:
        return before
    if before.version != rules.version:
        raise FindingRulesChanged
    asked: Payload = {"version": rules.version, **changes}
    approvals.check_alone(caller, CHANGE_FINDING_RULES, 1, 0, asked)
    with alliance.database.engine.begin() as connection:
        done = set_finding_rules(connection, alliance.id, rules)
        if done is None:
            raise FindingRulesChanged
        record(connection, caller, "settings.findings", str(done.version), changes)
    return done


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ThresholdInvalid(name, value, least, most)
