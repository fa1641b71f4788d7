"""Erase a member, and say good-bye: whoever is at their contacts hears of it, or a thief's doing would not be seen."""

from fastapi import BackgroundTasks, Request

from coalition.access.caller import Caller
from coalition.access.messages import CredentialEvent
from coalition.members.erase_member import erase_member
from coalition.web.credential_notices import tell_address
from coalition.web.request import alliance_of


def erase_person(request: Request, background: BackgroundTasks, caller: Caller, member: str) -> None:
    """Erase a member, and write to their contacts once the answer is out. Raises what `erase_member` does."""
    erased = erase_member(alliance_of(request, caller.alliance_id), caller, member)
    request.app.state.callers.forget()
    for contact in erased.contacts:
        tell_address(
            background, request, caller.alliance_id, contact.text, CredentialEvent.ERASED, erased.language or "en"
        )
