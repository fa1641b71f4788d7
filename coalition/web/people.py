"""Invite, change and reset the people of the alliance and of its shops: who has to hear of it is told by message."""

from dataclasses import replace

from fastapi import BackgroundTasks, Request

from coalition.access.caller import Caller
from coalition.access.change_user import UserChange
from coalition.access.errors import RequestReused, UserExists
from coalition.access.messages import CredentialEvent
from coalition.access.user import User, may_see, normal_email
from coalition.access.user_store import find_user
from coalition.alliance import Alliances
from coalition.errors import NotFound
from coalition.ids import id_of_bytes
from coalition.staff.invite_user import Invitee, invite_user
from coalition.staff.reset_user import reset_user
from coalition.staff.update_user import update_user
from coalition.web.credential_notices import tell_address
from coalition.web.form_bytes import form_bytes
from coalition.web.invitations import send_announcements, send_invitation
from coalition.web.request import approvals_of
from settlement import Phrase


def find_person(request: Request, caller: Caller, user_id: str) -> User:
    """A user whom the caller may see. Raises NotFound."""
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        user = find_user(connection, caller.alliance_id, user_id)
    if user is None or not may_see(caller, user):
        raise NotFound(Phrase("user"), user_id)
    return user


def invite_person(
    background: BackgroundTasks, request: Request, caller: Caller, invitee: Invitee, form_key: str = ""
) -> User:
    """Invite somebody, and send the invitation; no second one where a form is sent twice, whose `form_key` is the same.

    Raises what `invite_user` does, and RequestReused where that form invited somebody else.
    """
    alliances: Alliances = request.app.state.alliances
    alliance = alliances.get(caller.alliance_id)
    if form_key:
        invitee = replace(invitee, id=id_of_bytes("usr", form_bytes(alliance, caller, "invitation", form_key)))
    try:
        invitation = invite_user(alliance, approvals_of(request), caller, invitee, alliances.clock())
    except UserExists:
        with alliance.database.engine.connect() as connection:
            before = find_user(connection, caller.alliance_id, invitee.id) if invitee.id else None
        if before is None:
            raise
        asked = (normal_email(invitee.email), invitee.role, invitee.shop)
        if (before.email, before.role, before.shop) != asked:
            raise RequestReused("email") from None
        return before
    send_invitation(background, request, invitation)
    return invitation.user


def change_person(
    background: BackgroundTasks, request: Request, caller: Caller, user_id: str, change: UserChange
) -> User:
    """Change, disable or enable somebody; an address that is theirs no more is told.

    Raises NotFound and what `update_user` does.
    """
    alliances: Alliances = request.app.state.alliances
    user, alliance = find_person(request, caller, user_id), alliances.get(caller.alliance_id)
    changed = update_user(alliance, approvals_of(request), caller, user, change, alliances.clock())
    background.add_task(send_announcements, request, changed.announcements)
    request.app.state.callers.forget()
    before = changed.before
    if changed.after.email != before.email:
        event = CredentialEvent.ADDRESS_CHANGED
        tell_address(background, request, caller.alliance_id, before.email, event, before.language)
    return changed.after


def reset_person(background: BackgroundTasks, request: Request, caller: Caller, user_id: str) -> User:
    """End whatever lets somebody in, and send another invitation. Raises NotFound and what `reset_user` does."""
    alliances: Alliances = request.app.state.alliances
    user, alliance = find_person(request, caller, user_id), alliances.get(caller.alliance_id)
    invitation = reset_user(alliance, approvals_of(request), caller, user, alliances.clock())
    request.app.state.callers.forget()
    send_invitation(background, request, invitation)
    return invitation.user
