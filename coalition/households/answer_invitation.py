"""Answer an invitation to a household."""

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings
from coalition.households.errors import AlreadyInHousehold, HouseholdInvitationUnknown
from coalition.households.household import check_room, join, lock_active_member
from coalition.households.store import Invitation, find_invitation, set_invitation_state
from coalition.members.mates import household_members
from coalition.members.member_cache import member_cache
from coalition.members.store import lock_members


def answer_invitation(alliance: Alliance, id_: str, member: str, *, accepted: bool) -> Invitation:
    """Accept an invitation, or decline it. The same answer again changes nothing.

    An invitation counts only as long as the member who sent it is still in the household. Raises MemberUnknown,
    HouseholdInvitationUnknown, MemberFrozen, AlreadyInHousehold, HouseholdFull.
    """
    with begin_after_postings(alliance) as connection:
        answered = _answer(connection, alliance.id, id_, member, alliance.clock(), accepted=accepted)
    member_cache(alliance).refresh()
    return answered


def _answer(connection: Connection, alliance_id: int, id_: str, member: str, now: int, *, accepted: bool) -> Invitation:
    guest = lock_active_member(connection, alliance_id, member)
    invitation = find_invitation(connection, alliance_id, id_)
    wanted = "accepted" if accepted else "declined"
    if invitation is None or invitation.member != guest.id or invitation.state not in ("open", wanted):
        raise HouseholdInvitationUnknown(id_)
    if invitation.state == wanted:
        return invitation
    mates = household_members(connection, alliance_id, invitation.household)
    if invitation.over_at <= now or invitation.invited_by not in {mate.id for mate in mates}:
        raise HouseholdInvitationUnknown(id_)
    if not set_invitation_state(connection, alliance_id, id_, wanted):
        raise HouseholdInvitationUnknown(id_)
    if accepted:
        # Locked in order of id, so that of two who join at once only one takes the last place.
        lock_members(connection, alliance_id, [mate.id for mate in mates])
        if guest.household is not None:
            raise AlreadyInHousehold(guest.id)
        check_room(household_members(connection, alliance_id, invitation.household))
        join(connection, alliance_id, guest, invitation.household, now)
    return invitation._replace(state=wanted, contact=None)
