"""Tell people by message what happened to their credentials, so that a thief's doing is seen."""

from fastapi import BackgroundTasks, Request

from coalition.access.messages import CredentialEvent, credential_message
from coalition.access.user_store import find_user
from coalition.alliance import Alliances
from coalition.locale.formats import Lang
from coalition.members.log_in import reading_language
from coalition.members.store import contacts_of, find_member
from coalition.members.update_member import UpdatedMember
from coalition.messaging.messenger import send_or_log


def tell_person(
    background: BackgroundTasks, request: Request, alliance_id: int, subject: str, event: CredentialEvent
) -> None:
    """Tell a person (`user:…` or `member:…`), wherever they can be reached, once the answer is out."""
    background.add_task(_tell, request, alliance_id, subject, event)


def tell_address(
    background: BackgroundTasks, request: Request, alliance_id: int, address: str, event: CredentialEvent, lang: Lang
) -> None:
    """Tell whoever is at an address that may be another's by now."""
    background.add_task(_send, request, alliance_id, address, event, lang)


def tell_contacts(background: BackgroundTasks, request: Request, alliance_id: int, changed: UpdatedMember) -> None:
    """Tell a member's contacts from before that they were changed, at those that are gone too."""
    lang = reading_language(changed.language) or "en"
    for event, contacts in (
        (CredentialEvent.ADDRESS_CHANGED, changed.gone),
        (CredentialEvent.CONTACT_CHANGED, changed.kept),
    ):
        for contact in contacts:
            tell_address(background, request, alliance_id, contact.text, event, lang)


def _tell(request: Request, alliance_id: int, subject: str, event: CredentialEvent) -> None:
    alliances: Alliances = request.app.state.alliances
    kind, _, id_ = subject.partition(":")
    with alliances.database.engine.connect() as connection:
        if kind == "user":
            user = find_user(connection, alliance_id, id_)
            readers = [] if user is None else [(user.email, user.language)]
        else:
            member = find_member(connection, alliance_id, id_)
            lang = (None if member is None else reading_language(member.profile.language)) or "en"
            readers = [(contact.text, lang) for contact in contacts_of(connection, alliance_id, id_)]
    for address, lang in readers:
        _send(request, alliance_id, address, event, lang)


def _send(request: Request, alliance_id: int, address: str, event: CredentialEvent, lang: Lang) -> None:
    alliances: Alliances = request.app.state.alliances
    subject, text = credential_message(alliances.get(alliance_id).book.settings.name, event, lang)
    send_or_log(request.app.state.messenger, address, subject, text)
