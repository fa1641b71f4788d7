"""Enrol a member by phone or e-mail, in one call; an existing member is found by the same call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.events.emit import emit_to_members
from coalition.ids import random_id
from coalition.legal.legal_texts import legal_texts_of
from coalition.members.add_members import MemberToAdd, add_members
from coalition.members.contacts import Contact, contacts
from coalition.members.errors import BirthdayInvalid, ContactNeeded, ContactsDiffer
from coalition.members.event_types import MEMBER_ENROLLED
from coalition.members.hooks import call_contact_hooks
from coalition.members.member import MemberProfile
from coalition.members.member_cache import member_cache
from coalition.members.store import enrolling_shops, owners_of

PREFIX = "mem"


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody to enrol: their contacts as they write them, one of which is enough, and yes or no by purpose.

    `enrolled_by` is the shop whose till enrols them, None where it is not a till. `till` is the connected till, and
    `cashier` who is signed in there.
    """

    phone: str | None = None
    email: str | None = None
    profile: MemberProfile = field(default_factory=MemberProfile)
    consents: Mapping[str, bool] = field(default_factory=dict)
    enrolled_by: str | None = None
    till: str | None = None
    cashier: str | None = None


class ToEnrol(NamedTuple):
    """Somebody to enrol whose contacts `contacts_to_enrol` read: before the transaction, as that may ask the database
    for the alliance's settings, and a transaction that waits for a second connection can wait for others like it.
    """

    new: NewMember
    contacts: Sequence[Contact]


class Enrolled(NamedTuple):
    """The member who has the contacts, whether they were enrolled just now, and the shop whose till enrolled them."""

    member: str
    new: bool
    enrolled_by: str | None = None


class ContactRaced(Exception):
    """Another transaction enrolled one of the contacts at the same moment; never leaves `enrol_member`."""


def enrol_member(alliance: Alliance, new: NewMember) -> Enrolled:
    """Enrol a member, or find the one who has the contacts; what is stored of an existing member stays as it is.

    A second contact is not added to an existing member: anybody who knows a number could take over an account at a
    till. Gifts that wait for a new member arrive. Raises ContactInvalid, ContactNeeded, ContactsDiffer,
    BirthdayInvalid.
    """
    terms_version = legal_texts_of(alliance).terms_version
    ready = ToEnrol(new, contacts_to_enrol(alliance, new.phone, new.email, new.profile))
    while True:
        try:
            with alliance.database.engine.begin() as connection:
                (answer,) = enrol_within(connection, alliance, [ready], terms_version)
                if isinstance(answer, ContactsDiffer):
                    raise answer
                announce_enrolled(connection, alliance, [answer.member] if answer.new else [])
        except ContactRaced:
            continue
        if answer.new:
            call_contact_hooks(alliance, [answer.member])
        return answer


def enrol_within(
    connection: Connection, alliance: Alliance, wanted: Sequence[ToEnrol], terms_version: int | None = None
) -> list[Enrolled | ContactsDiffer]:
    """The same for several, each with its own answer, in as few statements as for a single one. Calls no hooks.

    In a transaction, which is to be tried again where it raises ContactRaced, and in which `announce_enrolled` comes
    last. `terms_version` is that of the alliance's terms to which a yes to them is one; None for a yes from elsewhere.
    Who has a contact of somebody before them in the list is that member.
    """
    owners = owners_of(connection, alliance.id, [contact.text for each in wanted for contact in each.contacts])
    shops = enrolling_shops(connection, alliance.id, set(owners.values()))
    answers: list[Enrolled | ContactsDiffer] = []
    added: list[MemberToAdd] = []
    for new, contacts_of_new in wanted:
        existing = list(dict.fromkeys(owners[contact.text] for contact in contacts_of_new if contact.text in owners))
        if len(existing) > 1:
            answers.append(ContactsDiffer((existing[0], existing[1])))
        elif existing:
            answers.append(Enrolled(existing[0], new=False, enrolled_by=shops[existing[0]]))
        else:
            id_ = random_id(PREFIX)
            owners.update((contact.text, id_) for contact in contacts_of_new)
            shops[id_] = new.enrolled_by
            added.append(
                MemberToAdd(id_, new.profile, contacts_of_new, new.consents, new.enrolled_by, new.till, new.cashier)
            )
            answers.append(Enrolled(id_, new=True, enrolled_by=new.enrolled_by))
    if not add_members(connection, alliance.id, added, alliance.clock(), terms_version):
        raise ContactRaced
    return answers


def contacts_to_enrol(
    alliance: Alliance, phone: str | None, email: str | None, profile: MemberProfile
) -> list[Contact]:
    """The contacts of somebody who can be enrolled. Raises ContactInvalid, ContactNeeded and BirthdayInvalid."""
    wanted = contacts(phone, email, member_cache(alliance).settings.region)
    if not wanted:
        raise ContactNeeded
    check_birthday(profile.birthday, alliance.today)
    return wanted


def announce_enrolled(connection: Connection, alliance: Alliance, members: Sequence[str]) -> None:
    """Publish that members were enrolled. Call it last in a transaction, as `emit`."""
    payloads = {member: {"member": member} for member in members}
    emit_to_members(connection, alliance.id, MEMBER_ENROLLED, alliance.clock(), payloads)


def check_birthday(birthday: int | None, today: int) -> None:
    """Both are yyyymmdd. Raises BirthdayInvalid."""
    if birthday is not None and birthday > today:
        raise BirthdayInvalid
