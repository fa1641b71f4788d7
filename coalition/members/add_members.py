"""New members in the database, and what is added to one: each table in a single statement, for however many."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import Connection, insert, text

from coalition.members.contacts import Contact
from coalition.members.member import TERMS, MemberProfile, MemberState
from coalition.members.tables import members

_ADD = insert(members)
_ADD_CONTACT = text(
    "INSERT INTO member_contacts (alliance_id, contact, kind, member, added_at) "
    "VALUES (:alliance_id, :contact, :kind, :member, :now) ON CONFLICT DO NOTHING"
)
_ADD_CONSENT = text(
    "INSERT INTO member_consents (alliance_id, member, purpose, at, given, version) "
    "VALUES (:alliance_id, :member, :purpose, :now, :given, :version) "
    "ON CONFLICT (alliance_id, member, purpose, at) DO UPDATE SET given = excluded.given, version = excluded.version"
)


class MemberToAdd(NamedTuple):
    """A new member, with their contacts and their consents, yes or no by purpose.

    `enrolled_by` is the shop whose till enrolled them if one did, `till` which one, and `cashier` who was at it.
    """

    id: str
    profile: MemberProfile = MemberProfile()
    contacts: Sequence[Contact] = ()
    consents: Mapping[str, bool] = MappingProxyType({})
    enrolled_by: str | None = None
    till: str | None = None
    cashier: str | None = None


def add_members(
    connection: Connection,
    alliance_id: int,
    new: Sequence[MemberToAdd],
    now: int,
    terms_version: int | None = None,
) -> bool:
    """Keep new members, in a statement for each table.

    False where another member has one of the contacts: then the transaction is to be left. Waits for a transaction
    that is adding the same. A yes to the terms is one to `terms_version`, where the alliance has terms of its own.
    """
    contacts = sorted((contact, member.id) for member in new for contact in member.contacts)
    if _add_contacts(connection, alliance_id, contacts, now) != len(contacts):
        return False
    rows = [
        {
            "alliance_id": alliance_id,
            "id": member.id,
            "state": MemberState.ACTIVE.value,
            "name": member.profile.name,
            "language": member.profile.language,
            "birthday": member.profile.birthday,
            "notices_by": member.profile.notices_by and member.profile.notices_by.value,
            "version": 1,
            "created_at": now,
            "enrolled_by": member.enrolled_by,
            "enrolled_till": member.till,
            "enrolled_cashier": member.cashier,
        }
        for member in new
    ]
    if rows:
        connection.execute(_ADD, rows)
    add_consents(connection, alliance_id, {member.id: member.consents for member in new}, now, terms_version)
    return True


def add_missing_members(connection: Connection, alliance_id: int, since: Mapping[str, int]) -> None:
    """Add those of these ids that are no member's yet, each since its instant; existing members stay as they are."""
    rows = [{"alliance_id": alliance_id, "id": id_, "now": at} for id_, at in since.items()]
    if rows:
        connection.execute(
            text(
                "INSERT INTO members (alliance_id, id, state, version, created_at) "
                "VALUES (:alliance_id, :id, 'active', 1, :now) ON CONFLICT DO NOTHING"
            ),
            rows,
        )


def add_contact(connection: Connection, alliance_id: int, id_: str, contact: Contact, now: int) -> bool:
    """Give a member a contact; False where another member has it. Waits for a transaction that is adding the same."""
    return _add_contacts(connection, alliance_id, [(contact, id_)], now) == 1


def _add_contacts(connection: Connection, alliance_id: int, added: Sequence[tuple[Contact, str]], now: int) -> int:
    """How many of these contacts were nobody's and are now the member's. In order, no two such calls deadlock."""
    rows = [
        {"alliance_id": alliance_id, "contact": contact.text, "kind": contact.kind, "member": member, "now": now}
        for contact, member in added
    ]
    return connection.execute(_ADD_CONTACT, rows).rowcount if rows else 0


def add_consents(
    connection: Connection,
    alliance_id: int,
    consents: Mapping[str, Mapping[str, bool]],
    now: int,
    terms_version: int | None = None,
) -> None:
    """Add members' consents, yes or no by purpose, with their time; earlier ones stay in the history.

    A yes to the terms is one to `terms_version`, where the alliance has terms of its own.
    """
    rows = [
        {
            "alliance_id": alliance_id,
            "member": member,
            "purpose": purpose,
            "now": now,
            "given": yes,
            "version": terms_version if yes and purpose == TERMS else None,
        }
        for member, answers in consents.items()
        for purpose, yes in sorted(answers.items())
    ]
    if rows:
        connection.execute(_ADD_CONSENT, rows)
