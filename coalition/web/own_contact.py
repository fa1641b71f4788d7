"""Members change their own contact: a code to the new one, word to the old one, and a new session."""

from functools import partial

from fastapi import BackgroundTasks, Request, Response

from coalition.access.caller import Caller
from coalition.access.rate_limits import LOG_IN_ACCOUNT
from coalition.locale.formats import Lang
from coalition.members.change_own_contact import change_own_contact, check_not_own, code_binding, new_contact
from coalition.web.begin_session import BegunSession, begin_session
from coalition.web.credential_notices import tell_contacts
from coalition.web.log_in_guard import guesses_counted, owner_of_subject
from coalition.web.member_log_in import code_sender
from coalition.web.request import address_of, alliance_of


def send_contact_code(
    request: Request, background: BackgroundTasks, caller: Caller, member: str, typed: str, asked_in: Lang
) -> str:
    """Send a code to the contact that a member wants, once the answer is out; the contact as it is written here.

    Does alike whether it is somebody else's. Raises TooManyRequests and what `new_contact` and `check_not_own` do.
    """
    alliance = alliance_of(request, caller.alliance_id)
    sender = code_sender(request)
    sender.count_address(address_of(request))
    contact = new_contact(alliance, caller, member, typed)
    check_not_own(alliance, member, contact)
    sender.count_contact(alliance.id, contact.text)
    binding = code_binding(member, contact)
    background.add_task(sender.send_to_new_contact, alliance, contact.text, binding, member, asked_in)
    return contact.text


def change_contact(
    request: Request,
    background: BackgroundTasks,
    caller: Caller,
    member: str,
    typed: str,
    code: str,
    cookie: Response | None,
) -> BegunSession:
    """Change a member's contact with the code, let those from before know, and begin a session: the others have ended.

    Raises TooManyRequests, ForeignPage and what `change_own_contact` does.
    """
    alliance, state = alliance_of(request, caller.alliance_id), request.app.state
    state.log_in_rates.take(LOG_IN_ACCOUNT, caller.id)
    contact = new_contact(alliance, caller, member, typed)
    with guesses_counted(request, alliance.id, caller.id, partial(owner_of_subject, state.alliances, caller)):
        changed = change_own_contact(alliance, state.approvals, caller, member, contact, code)
    state.callers.forget()
    tell_contacts(background, request, alliance.id, changed)
    with alliance.database.engine.begin() as connection:
        return begin_session(request, connection, caller, alliance.machine_clock(), "code", cookie)
