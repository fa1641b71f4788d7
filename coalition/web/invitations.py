"""Send invitations to new staff, and let those know who hear of new people and keys."""

from collections.abc import Sequence

from fastapi import BackgroundTasks, Request

from coalition.access.announce import Announcement
from coalition.access.invite import INVITATION_DAYS
from coalition.access.messages import invitation_message
from coalition.messaging.messenger import send_or_log
from coalition.staff.invite_user import NewInvitation
from coalition.web.request import alliance_name, public_url


def send_invitation(background: BackgroundTasks, request: Request, invitation: NewInvitation) -> None:
    """Once the request is answered, announce an invitation and send it to whom it is for."""
    background.add_task(send_announcements, request, invitation.announcements)
    background.add_task(_send, request, invitation)


def send_announcements(request: Request, announcements: Sequence[Announcement]) -> None:
    """Send messages, one after the other; where one did not go out, the log says so."""
    for announcement in announcements:
        send_or_log(request.app.state.messenger, *announcement)


def _send(request: Request, invitation: NewInvitation) -> None:
    user = invitation.user
    link = f"{public_url(request)}/invitation#{invitation.token}"
    subject, text = invitation_message(alliance_name(request, user.alliance_id), link, INVITATION_DAYS, user.language)
    send_or_log(request.app.state.messenger, user.email, subject, text)
