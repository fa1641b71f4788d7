"""What takes two people about bonus rules: a large budget, since points will be issued out of it."""

from collections.abc import Iterator

from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action, leave_to_asker
from coalition.bonuses.add_rule import ADD_BONUS_RULE, ALONE_POINTS_MAX


def actions(_alliances: Alliances) -> Iterator[Action]:
    """Adding a rule, or a version of one."""
    yield Action(
        ADD_BONUS_RULE, ALONE_POINTS_MAX, "points", DECIDERS, leave_to_asker, operations=frozenset({"addRule"})
    )
