"""Change what a member told of themselves, and how they stand."""

from collections.abc import Mapping

from sqlalchemy import Connection

from coalition.events.emit import emit
from coalition.members.contacts import Contact, ContactKind
from coalition.members.enrol import check_birthday
from coalition.members.errors import ContactNeeded, ContactTaken
from coalition.members.event_types import MEMBER_FROZEN, MEMBER_UNFROZEN
from coalition.members.member import Member, State
from coalition.members.store import (
    add_consents,
    add_contact,
    change_member,
    contacts_of,
    drop_contacts,
    locked,
    owner_of,
    survivor,
    tell_household,
)


def change(
    connection: Connection,
    alliance_id: int,
    member: Member,
    profile: Mapping[str, str | int | None],
    contacts: Mapping[ContactKind, Contact | None],
    consents: Mapping[str, bool],
    now: int,
    today: int,
) -> Member:
    """Set the given fields of a member's profile, replace or take away contacts, add consents.

    The caller has locked the member. Raises ContactTaken, ContactNeeded, BirthdayInvalid.
    """
    birthday = profile.get("birthday")
    check_birthday(birthday if isinstance(birthday, int) else None, today)
    for kind, contact in sorted(contacts.items()):
        drop_contacts(connection, alliance_id, member.id, kind)
        if contact is not None and not add_contact(connection, alliance_id, member.id, contact, now):
            raise ContactTaken(kind, owner_of(connection, alliance_id, contact.text) or "")
    if not contacts_of(connection, alliance_id, member.id):
        raise ContactNeeded
    add_consents(connection, alliance_id, member.id, consents, now)
    change_member(connection, alliance_id, member.id, profile, told=False)
    return survivor(connection, alliance_id, member.id)


def set_state(connection: Connection, alliance_id: int, id_: str, state: State, now: int) -> Member:
    """Freeze a member, or let them go on. Raises MemberUnknown."""
    member = locked(connection, alliance_id, id_)
    if member.state is not state:
        change_member(connection, alliance_id, member.id, {"state": state.value}, told=True)
        tell_household(connection, alliance_id, member.household)
        type_ = MEMBER_FROZEN if state is State.FROZEN else MEMBER_UNFROZEN
        emit(connection, alliance_id, type_, now, {"member": member.id}, member=member.id)
    return survivor(connection, alliance_id, member.id)
