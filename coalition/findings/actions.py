"""What takes two people about findings."""

from collections.abc import Iterator

from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action, leave_to_asker
from coalition.findings.change_finding_rules import CHANGE_FINDING_RULES


def actions(_alliances: Alliances) -> Iterator[Action]:
    """How the alliance looks for fraud: always two people."""
    operations = frozenset({"setFindingSettings"})
    yield Action(CHANGE_FINDING_RULES, 0, "", DECIDERS, leave_to_asker, operations=operations)
