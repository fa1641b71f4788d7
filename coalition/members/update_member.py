"""Update a member: their profile, their contacts, their consents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from coalition.access.caller import Caller
from coalition.access.end_credentials import Ending, end_credentials
from coalition.access.log import record
from coalition.access.member_code import subject_of
from coalition.alliance import Alliance
from coalition.members import contacts as contact_rules
from coalition.members.contacts import Contact, ContactKind
from coalition.members.enrol_member import check_birthday
from coalition.members.errors import ContactNeeded, ContactTaken
from coalition.members.hooks import call_contact_hooks
from coalition.members.member import MemberRecord
from coalition.members.member_cache import member_cache
from coalition.members.store import (
    add_consents,
    add_contact,
    change_member,
    contacts_of,
    drop_contacts,
    lock_member,
    owner_of,
)


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """Fields to set: of the profile by column, contacts by kind as the member wrote them (None takes one away)."""

    profile: Mapping[str, str | int | None] = field(default_factory=dict)
    contacts: Mapping[ContactKind, str | None] = field(default_factory=dict)
    consents: Mapping[str, bool] = field(default_factory=dict)


def update_member(
    alliance: Alliance, caller: Caller, member: str, changes: MemberChanges, check_version: Callable[[int], None]
) -> str:
    """Change a member and log which fields; returns their id. Gifts that wait for a new contact arrive.

    A change of contacts ends the member's credentials.

    `check_version` is called with the version that is replaced, while the member is locked, and raises where the
    caller has read another one. Raises MemberUnknown, ContactInvalid, ContactTaken, ContactNeeded, BirthdayInvalid.
    """
    region = member_cache(alliance).settings.region
    contacts = {kind: _contact(kind, text, region) for kind, text in changes.contacts.items()}
    named = [*changes.profile, *changes.contacts, *(["consents"] if changes.consents else [])]
    with alliance.database.engine.begin() as connection:
        locked = lock_member(connection, alliance.id, member)
        check_version(locked.version)
        _update(connection, alliance, locked, changes, contacts)
        record(connection, caller, "member.change", member, {"fields": ", ".join(sorted(named))})
    if contacts:
        member_cache(alliance).refresh()
        call_contact_hooks(alliance, [locked.id])
    return locked.id


def _contact(kind: ContactKind, text: str | None, region: str | None) -> Contact | None:
    if text is None:
        return None
    return contact_rules.phone(text, region) if kind == "phone" else contact_rules.email(text)


def _update(
    connection: Connection,
    alliance: Alliance,
    member: MemberRecord,
    changes: MemberChanges,
    contacts: Mapping[ContactKind, Contact | None],
) -> None:
    now = alliance.clock()
    birthday = changes.profile.get("birthday")
    check_birthday(birthday if isinstance(birthday, int) else None, alliance.today)
    for kind, contact in sorted(contacts.items()):
        drop_contacts(connection, alliance.id, member.id, kind)
        if contact is not None and not add_contact(connection, alliance.id, member.id, contact, now):
            raise ContactTaken(kind, owner_of(connection, alliance.id, contact.text) or "")
    if not contacts_of(connection, alliance.id, member.id):
        raise ContactNeeded
    add_consents(connection, alliance.id, member.id, changes.consents, now)
    if contacts:
        end_credentials(connection, alliance.id, subject_of(member.id), Ending.ADDRESS, now)
    change_member(connection, alliance.id, member.id, changes.profile, publish=bool(contacts))
