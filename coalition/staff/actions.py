"""What takes two people about people."""

from collections.abc import Iterator

from coalition.access.caller import Role
from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action, leave_to_asker
from coalition.staff.approvers import CHANGE_APPROVER


def actions(_alliances: Alliances) -> Iterator[Action]:
    """Another approver, or another way into the account of one."""
    operations = frozenset({"inviteUser", "updateUser", "sendUserInvitation"})
    askers = frozenset({Role.OWNER})
    yield Action(CHANGE_APPROVER, 0, "", DECIDERS, leave_to_asker, askers=askers, operations=operations)
