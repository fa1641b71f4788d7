"""Invite a member to a household."""

from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.households.errors import AlreadyInHousehold, NotInHousehold
from coalition.households.event_types import HOUSEHOLD_INVITED
from coalition.households.household import check_room, lock_active_member
from coalition.households.store import Invitation, add_invitation
from coalition.ids import random_id
from coalition.locale.formats import moment, rfc3339
from coalition.members.errors import SameMember
from coalition.members.mates import household_members
from coalition.members.store import resolve_merged

PREFIX = "inv"
OPEN_FOR = 7 * 24 * 3600 * 1_000_000
"""How long an invitation is open, in microseconds."""


def invite_to_household(
    alliance: Alliance, household: str, invited_by: str, member: str, contact: str | None = None
) -> Invitation:
    """Invite a member; one who is invited already keeps that invitation, which is open for its whole time again.

    `contact` is how whoever invites them named them, for their list of those who have not answered.

    Raises MemberUnknown, MemberFrozen, NotInHousehold, SameMember, AlreadyInHousehold, HouseholdFull.
    """
    now = alliance.clock()
    with begin_after_postings(alliance) as connection:
        host = lock_active_member(connection, alliance.id, invited_by)
        guest = resolve_merged(connection, alliance.id, member)
        if host.household != household:
            raise NotInHousehold(household)
        if host.id == guest.id:
            raise SameMember(host.id)
        if guest.household == household:
            raise AlreadyInHousehold(guest.id)
        check_room(household_members(connection, alliance.id, household))
        invitation = Invitation(random_id(PREFIX), household, host.id, guest.id, "open", now, now + OPEN_FOR, contact)
        kept = add_invitation(connection, alliance.id, invitation)
        payload = {"id": kept.id, "household": household, "over_at": rfc3339(moment(kept.over_at))}
        emit(connection, alliance.id, HOUSEHOLD_INVITED, now, payload, member=host.id, second_member=guest.id)
        return kept
