"""Withdraw an invitation to a household."""

from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings
from coalition.households.errors import HouseholdInvitationUnknown
from coalition.households.household import lock_active_member
from coalition.households.store import Invitation, find_invitation, set_invitation_state


def withdraw_invitation(alliance: Alliance, id_: str, member: str) -> Invitation:
    """Take an invitation back that a member sent and nobody has answered; withdrawn already, it changes nothing.

    Raises MemberUnknown, MemberFrozen, HouseholdInvitationUnknown.
    """
    with begin_after_postings(alliance) as connection:
        invitation = find_invitation(connection, alliance.id, id_)
        host = lock_active_member(connection, alliance.id, member)
        if invitation is None or invitation.invited_by != host.id:
            raise HouseholdInvitationUnknown(id_)
        if not set_invitation_state(connection, alliance.id, id_, "withdrawn"):
            raise HouseholdInvitationUnknown(id_)
        return invitation._replace(state="withdrawn", contact=None)
