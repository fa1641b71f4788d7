"""What takes two people about members."""

from collections.abc import Iterator

from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action, leave_to_asker
from coalition.members import import_members, merge_member, update_member


def actions(_alliances: Alliances) -> Iterator[Action]:
    """Importing balances, and moving points to another person: by merging members, or by giving one another contact."""
    for name, alone_max, *operations in (
        (import_members.IMPORT_POINTS, import_members.ALONE_POINTS_MAX, "importMembers", "importMembersCsv"),
        (merge_member.MERGE_MEMBERS, merge_member.ALONE_POINTS_MAX, "mergeMember"),
        (update_member.CHANGE_CONTACT, update_member.ALONE_POINTS_MAX, "updateMember"),
    ):
        yield Action(name, alone_max, "points", DECIDERS, leave_to_asker, operations=frozenset(operations))
