"""How an alliance looks for fraud: which patterns, by which thresholds, and what they do about points."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from coalition.findings.pattern import Limits, patterns
from coalition.findings.tables import finding_settings
from coalition.settings_row import replace_settings

HOLD_DAYS = 14
HOLD_DAYS_MAX = 92


@dataclass(frozen=True, slots=True)
class PatternRules:
    """Whether a pattern is looked for, by which thresholds, and whether what it finds holds points by itself."""

    is_on: bool
    holds_points: bool
    limits: Limits


@dataclass(frozen=True, slots=True)
class FindingRules:
    """The rules of each pattern, by its name. Held points are free again after `hold_days` at the latest.

    `version` 0 is what holds until the alliance decides.
    """

    hold_days: int
    by_pattern: Mapping[str, PatternRules]
    version: int = 0


def differences(before: FindingRules, then: FindingRules) -> dict[str, str]:
    """What the later rules have in another way, by its name, as "before → then"."""
    old, new = _flat(before), _flat(then)
    return {name: f"{old[name]} → {new[name]}" for name in old if old[name] != new[name]}


def _flat(rules: FindingRules) -> dict[str, int]:
    flat = {"hold_days": rules.hold_days}
    for name, each in rules.by_pattern.items():
        flat |= {f"{name}.on": int(each.is_on), f"{name}.holds_points": int(each.holds_points)}
        flat |= {f"{name}.{limit}": value for limit, value in each.limits.items()}
    return flat


def first_rules() -> FindingRules:
    """What holds until an alliance decides: everything is looked for, and people decide whether points are held."""
    by_pattern = {
        name: PatternRules(is_on=True, holds_points=False, limits=pattern.limits({}))
        for name, pattern in patterns().items()
    }
    return FindingRules(HOLD_DAYS, by_pattern)


def find_finding_rules(connection: Connection, alliance_id: int) -> FindingRules:
    """An alliance's rules; of a pattern that it has said nothing about, the first ones."""
    row = connection.execute(
        select(finding_settings).where(finding_settings.c.alliance_id == alliance_id)
    ).one_or_none()
    rules = first_rules()
    if row is None:
        return rules
    stored = json.loads(row.patterns)
    by_pattern = {
        name: PatternRules(stored[name]["on"], stored[name]["holds_points"], pattern.limits(stored[name]["limits"]))
        if name in stored
        else rules.by_pattern[name]
        for name, pattern in patterns().items()
    }
    return FindingRules(row.hold_days, by_pattern, row.version)


def set_finding_rules(connection: Connection, alliance_id: int, rules: FindingRules) -> FindingRules | None:
    """Replace the rules of version `rules.version`; None where that is no longer the newest."""
    stored = {
        name: {"on": each.is_on, "holds_points": each.holds_points, "limits": dict(each.limits)}
        for name, each in rules.by_pattern.items()
    }
    values: dict[str, object] = {"hold_days": rules.hold_days, "patterns": json.dumps(stored)}
    version = replace_settings(connection, finding_settings, alliance_id, rules.version, values)
    return None if version is None else replace(rules, version=version)
