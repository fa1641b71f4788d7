"""Enrol a member by phone or e-mail, in one call; an existing member is found by the same call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.events.emit import emit_to_members
from coalition.ids import random_id
from coalition.legal.legal_texts import legal_texts_of
from coalition.members.contacts import Contact, contacts
from coalition.members.errors import BirthdayInvalid, ContactNeeded, ContactsDiffer
from coalition.members.event_types import MEMBER_ENROLLED
from coalition.members.hooks import call_contact_hooks
from coalition.members.member import MemberProfile
from coalition.members.member_cache import member_cache
from coalition.members.store import add_consents, add_contact, add_member, find_member, members_by_contacts

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
    while True:
        try:
            with alliance.database.engine.begin() as connection:
                enrolled = enrol_within(connection, alliance, new, terms_version)
                announce_enrolled(connection, alliance, [enrolled.member] if enrolled.new else [])
        except ContactRaced:
            continue
        if enrolled.new:
            call_contact_hooks(alliance, [enrolled.member])
        return enrolled


def enrol_within(
    connection: Connection, alliance: Alliance, new: NewMember, terms_version: int | None = None
) -> Enrolled:
    """The same within a transaction, which is to be tried again where it raises ContactRaced. Calls no hooks.

    `terms_version` is that of the alliance's terms to which a yes to them is one; None for a yes from elsewhere.
    `announce_enrolled` comes last in that transaction.
    """
    wanted = contacts_to_enrol(alliance, new.phone, new.email, new.profile)
    existing = members_by_contacts(connection, alliance.id, wanted)
    if len(existing) > 1:
        raise ContactsDiffer((existing[0], existing[1]))
    if existing:
        known = find_member(connection, alliance.id, existing[0])
        return Enrolled(existing[0], new=False, enrolled_by=None if known is None else known.enrolled_by)
    id_, now = random_id(PREFIX), alliance.clock()
    for contact in sorted(wanted):
        if not add_contact(connection, alliance.id, id_, contact, now):
            raise ContactRaced
    add_member(connection, alliance.id, id_, new.profile, now, new.enrolled_by, new.till, new.cashier)
    add_consents(connection, alliance.id, id_, new.consents, now, terms_version)
    return Enrolled(id_, new=True, enrolled_by=new.enrolled_by)


def contacts_to_enrol(
    alliance: Alliance, phone: str | None, email: str | None, profile: MemberProfile
) -> Sequence[Contact]:
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
