"""Enrol a member by phone or e-mail, in one call; who is there already is found instead."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from coalition.events.emit import emit
from coalition.ids import random_id
from coalition.members.contacts import Contact
from coalition.members.errors import BirthdayInvalid, ContactNeeded, ContactsDiffer
from coalition.members.event_types import MEMBER_ENROLLED
from coalition.members.member import Profile
from coalition.members.store import add_consents, add_contact, add_member, members_by_contacts
from settlement.ledger import Database

PREFIX = "mem"


class Enrolled(NamedTuple):
    """Who a contact belongs to, and whether they are new."""

    member: str
    new: bool


class ContactRaced(Exception):
    """Somebody else enrolled one of the contacts at the same moment; never leaves `enrol`."""


def enrol(
    database: Database,
    alliance_id: int,
    contacts: Sequence[Contact],
    profile: Profile,
    consents: Mapping[str, bool],
    now: int,
    today: int,
) -> Enrolled:
    """Enrol a member, or find whose contact it is; what is kept about one who is there stays as it is.

    A second contact of one who is there is not added: whoever knows a number at a till could take an account over.
    Raises ContactNeeded, ContactsDiffer, BirthdayInvalid.
    """
    while True:
        try:
            with database.engine.begin() as connection:
                return enrol_within(connection, alliance_id, contacts, profile, consents, now, today)
        except ContactRaced:
            continue


def enrol_within(
    connection: Connection,
    alliance_id: int,
    contacts: Sequence[Contact],
    profile: Profile,
    consents: Mapping[str, bool],
    now: int,
    today: int,
) -> Enrolled:
    """The same within a transaction, which is to be tried again where it raises ContactRaced."""
    if not contacts:
        raise ContactNeeded
    check_birthday(profile.birthday, today)
    there = members_by_contacts(connection, alliance_id, contacts)
    if len(there) > 1:
        raise ContactsDiffer((there[0], there[1]))
    if there:
        return Enrolled(there[0], new=False)
    id_ = random_id(PREFIX)
    for contact in sorted(contacts):
        if not add_contact(connection, alliance_id, id_, contact, now):
            raise ContactRaced
    add_member(connection, alliance_id, id_, profile, now)
    add_consents(connection, alliance_id, id_, consents, now)
    emit(connection, alliance_id, MEMBER_ENROLLED, now, {"member": id_}, member=id_)
    return Enrolled(id_, new=True)


def check_birthday(birthday: int | None, today: int) -> None:
    """Both are yyyymmdd. Raises BirthdayInvalid."""
    if birthday is not None and birthday > today:
        raise BirthdayInvalid
