"""Update a member: their profile, their contacts, their consents."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from coalition.access.caller import ALLIANCE, Caller
from coalition.access.end_credentials import Ending, end_credentials
from coalition.access.log import record
from coalition.access.member_code import subject_of
from coalition.access.place import hashed
from coalition.alliance import Alliance
from coalition.approvals.approval import Value
from coalition.approvals.approvals import Approvals
from coalition.legal.legal_texts import legal_texts_of
from coalition.members import contacts as contact_rules
from coalition.members.add_members import add_consents, add_contact
from coalition.members.contacts import Contact, ContactKind
from coalition.members.enrol_member import check_birthday
from coalition.members.errors import ContactNeeded, ContactTaken
from coalition.members.hooks import call_contact_hooks
from coalition.members.member import MemberRecord
from coalition.members.member_cache import member_cache
from coalition.members.points import points_of
from coalition.members.store import change_member, contacts_of, drop_contacts, lock_member, owner_of, resolve_merged

CHANGE_CONTACT = "change_contact"
ALONE_POINTS_MAX = 10_000
"""The points of a member to whom one person may give another contact, unless the alliance sets another limit."""
HASH_CHARS = 16


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """Fields to set: of the profile by column, contacts by kind as the member wrote them (None takes one away)."""

    profile: Mapping[str, str | int | None] = field(default_factory=dict)
    contacts: Mapping[ContactKind, str | None] = field(default_factory=dict)
    consents: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpdatedMember:
    """Who was changed, and which of the contacts from before are still theirs (`kept`) and which are not (`gone`)."""

    id: str
    language: str | None
    kept: Sequence[Contact]
    gone: Sequence[Contact]


def update_member(
    alliance: Alliance,
    approvals: Approvals,
    caller: Caller,
    member: str,
    changes: MemberChanges,
    check_version: Callable[[int], None],
) -> UpdatedMember:
    """Change a member and log which fields. Gifts that wait for a new contact arrive.

    A change of contacts ends the member's credentials. Whoever has the new contact logs in by it and has the points, so
    for the alliance's people and keys it counts as moving them.

    `check_version` is called with the version that is replaced, while the member is locked, and raises where the
    caller has read another one. Raises MemberUnknown, ContactInvalid, ContactTaken, ContactNeeded, BirthdayInvalid, and
    ApprovalAwaited and PersonNeeded where the member has more points than one person may move.
    """
    region = member_cache(alliance).settings.region
    contacts = {kind: _contact(kind, text, region) for kind, text in changes.contacts.items()}
    if caller.role in ALLIANCE and any(contacts.values()):
        _check_contacts(alliance, approvals, caller, member, contacts, check_version)
    named = [*changes.profile, *changes.contacts, *(["consents"] if changes.consents else [])]
    terms_version = legal_texts_of(alliance).terms_version
    with alliance.database.engine.begin() as connection:
        locked = lock_member(connection, alliance.id, member)
        check_version(locked.version)
        before = contacts_of(connection, alliance.id, locked.id)
        _update(connection, alliance, locked, changes, contacts, terms_version)
        after = contacts_of(connection, alliance.id, locked.id)
        record(connection, caller, "member.change", member, {"fields": ", ".join(sorted(named))})
    if contacts:
        member_cache(alliance).refresh()
        call_contact_hooks(alliance, [locked.id])
    kept, gone = ([contact for contact in before if (contact in after) is still] for still in (True, False))
    return UpdatedMember(locked.id, locked.profile.language, kept, gone)


def _check_contacts(
    alliance: Alliance,
    approvals: Approvals,
    caller: Caller,
    member: str,
    contacts: Mapping[ContactKind, Contact | None],
    check_version: Callable[[int], None],
) -> None:
    """Count the points that whoever has these contacts can spend from now on to what the caller moves alone.

    The request for approval has the contacts as hashes under the alliance's secret.
    """
    with alliance.database.engine.connect() as connection:
        existing = resolve_merged(connection, alliance.id, member)
        check_version(existing.version)
        points = points_of(connection, alliance, existing.id)
    if points:
        texts = {kind: "" if contact is None else contact.text for kind, contact in contacts.items()}
        secret = alliance.programme.secret
        asked: dict[str, Value] = {"member": existing.id}
        asked |= {kind: hashed(secret, "contact", text).hex()[:HASH_CHARS] for kind, text in texts.items()}
        approvals.check_alone(caller, CHANGE_CONTACT, points, alliance.worth_at_most(points), asked)


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
    terms_version: int | None,
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
    add_consents(connection, alliance.id, {member.id: changes.consents}, now, terms_version)
    if contacts:
        end_credentials(connection, alliance.id, subject_of(member.id), Ending.ADDRESS)
    change_member(connection, alliance.id, member.id, changes.profile, publish=bool(contacts))
