"""What takes two people about members."""

from collections.abc import Iterator

from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action, leave_to_asker
from coalition.members import import_members, merge_member


def actions(_alliances: Alliances) -> Iterator[Action]:
    """Importing balances, and moving points from one member to another by merging them."""
    for name, alone_max, *operations in (
        (import_members.IMPORT_POINTS, import_members.ALONE_POINTS_MAX, "importMembers", "importMembersCsv"),
        (merge_member.MERGE_MEMBERS, merge_member.ALONE_POINTS_MAX, "mergeMember"),
    ):
        yield Action(name, alone_max, "points", DECIDERS, leave_to_asker, operations=frozenset(operations))
