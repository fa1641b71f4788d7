"""What takes two people about adjustments."""

from collections.abc import Iterator
from functools import partial

from coalition.adjustments.adjust_points import ADJUST_POINTS, ALONE_POINTS_MAX, execute_adjustment
from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action


def actions(alliances: Alliances) -> Iterator[Action]:
    """Adjusting points."""
    yield Action(
        ADJUST_POINTS,
        ALONE_POINTS_MAX,
        "points",
        DECIDERS,
        partial(execute_adjustment, alliances),
        operations=frozenset({"createAdjustment"}),
    )
