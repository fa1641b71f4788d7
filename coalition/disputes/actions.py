"""What takes two people about disputes."""

from collections.abc import Iterator

from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action, leave_to_asker
from coalition.disputes.answer_dispute import ALONE_POINTS_MAX, CORRECT_STATEMENT


def actions(_alliances: Alliances) -> Iterator[Action]:
    """Correcting a statement."""
    operations = frozenset({"answerDispute"})
    yield Action(CORRECT_STATEMENT, ALONE_POINTS_MAX, "points", DECIDERS, leave_to_asker, operations=operations)
