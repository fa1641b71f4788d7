"""What can't be done with a household: named facts that carry their values.

MemberError
├── AlreadyInHousehold     a member of a household who would join or found one
├── NotInHousehold         a member of no household, or of another one
├── HouseholdFull          one member more than a household takes
└── HouseholdInvitationUnknown      no such invitation, or one that was answered or is over
"""

from coalition.members.errors import MemberError


class AlreadyInHousehold(MemberError):
    """A member is in one household at a time."""

    code = "already_in_household"

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(f"Member {member!r} is in a household already; they leave it before they join another.")


class NotInHousehold(MemberError):
    """The member is in no household, or in another one."""

    code = "not_found"

    def __init__(self, household: str) -> None:
        self.household = household
        super().__init__(f"There is no household {household!r} that you can see.")


class HouseholdFull(MemberError):
    """A household has a bound, since each purchase looks at all of its members."""

    code = "household_full"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"A household has at most {most} members.")


class HouseholdInvitationUnknown(MemberError):
    """No such invitation, or it was answered, taken back, or is over."""

    code = "not_found"

    def __init__(self, invitation: str) -> None:
        self.invitation = invitation
        super().__init__(f"There is no open invitation {invitation!r} that you can see.")
