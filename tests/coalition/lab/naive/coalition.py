"""The fixed-rate coalition."""

from collections import defaultdict
from typing import Any

Event = dict[str, Any]
Expected = list[dict[str, Any]]


def coalition(events: list[Event]) -> Expected:
    """100 points a unit, 2 points back on a unit of cash, whole points."""
    has: dict[str, int] = defaultdict(int)
    rows: Expected = []
    for event in events:
        member, cents = event["who"], event["cents"]
        asked = has[member] if event["spend"] == "all" else int(event["spend"])
        spent = min(asked, has[member], cents)
        earned = (cents - spent) * 2 // 100
        has[member] += earned - spent
        rows.append({"spent": spent, "earned": earned, "points": has[member], "outstanding": sum(has.values())})
    return rows
