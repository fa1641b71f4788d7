"""What can't be done with a household: named facts that carry their values.

MemberError
├── AlreadyInHousehold     a member of a household who would join or found one
├── NotInHousehold         a member of no household, or of another one
├── HouseholdFull          one member more than a household takes
└── HouseholdInvitationUnknown      no such invitation, or one that was answered or is over
"""

from http import HTTPStatus

from coalition.errors import NotFound
from coalition.locale.messages import N_
from coalition.members.errors import MemberError


class AlreadyInHousehold(MemberError):
    """A member is in one household at a time."""

    code = "already_in_household"
    status = HTTPStatus.CONFLICT
    title = N_("Already in a household")
    remedy = N_("Leave that household first.")
    detail = N_("Member {member:name} is in a household already. They leave it before they join another.")
    member: str


class NotInHousehold(MemberError, like=NotFound):
    """The member is in no household, or in another one."""

    detail = N_("There is no household {household:name} that you can see.")
    household: str


class HouseholdFull(MemberError):
    """A household has a bound, since each purchase looks at all of its members."""

    code = "household_full"
    status = HTTPStatus.CONFLICT
    title = N_("Household full")
    remedy = N_("A member has to leave first.")
    detail = N_("A household has at most {most} members.")
    most: int


class HouseholdInvitationUnknown(MemberError, like=NotFound):
    """No such invitation, or it was answered, taken back, or is over."""

    detail = N_("There is no open invitation {invitation:name} that you can see.")
    invitation: str
