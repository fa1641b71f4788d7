"""Members in the database.

On SQLite a transaction begins with the first row that is written, so a function that reads and then writes locks the
members concerned first: `lock_members` works alike on both databases.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from coalition.clock import system_clock
from coalition.members.contacts import Contact, ContactKind
from coalition.members.errors import MemberUnknown
from coalition.members.member import (
    MemberProfile,
    MemberRecord,
    MemberState,
    NoticesBy,
    Person,
    StoredConsent,
)
from coalition.members.tables import member_consents, member_contacts, members

HOPS_MAX = 20
"""Merges of merged members that are followed; each merge shortens the chain to one, so more is a damaged table."""

# What is asked for each member of a list is built once: to build a statement takes longer than SQLite to run it.
_FIND = select(members).where(members.c.alliance_id == bindparam("alliance_id"), members.c.id == bindparam("id"))
_OWNER = select(member_contacts.c.member).where(
    member_contacts.c.alliance_id == bindparam("alliance_id"), member_contacts.c.contact == bindparam("contact")
)
_OWNERS = select(member_contacts.c.contact, member_contacts.c.member).where(
    member_contacts.c.alliance_id == bindparam("alliance_id"),
    member_contacts.c.contact.in_(bindparam("contacts", expanding=True)),
)


def find_member(connection: Connection, alliance_id: int, id_: str) -> MemberRecord | None:
    """The member of exactly this id, merged and erased ones included; None where there never was one."""
    row = connection.execute(_FIND, {"alliance_id": alliance_id, "id": id_}).one_or_none()
    if row is None:
        return None
    notices_by = None if row.notices_by is None else NoticesBy(row.notices_by)
    profile = MemberProfile(row.name, row.language, row.birthday, notices_by)
    return MemberRecord(
        row.id,
        MemberState(row.state),
        row.merged_into,
        row.household,
        profile,
        row.version,
        row.created_at,
        row.spend_locked,
        row.enrolled_by,
    )


def member_after_merges(connection: Connection, alliance_id: int, id_: str) -> MemberRecord | None:
    """The member whom an id stands for since merges, whatever became of them; None where there never was one."""
    member = find_member(connection, alliance_id, id_)
    for _ in range(HOPS_MAX):
        if member is None or member.merged_into is None:
            break
        member = find_member(connection, alliance_id, member.merged_into)
    return member


def resolve_merged(connection: Connection, alliance_id: int, id_: str) -> MemberRecord:
    """The member whom an id stands for since merges. Raises MemberUnknown, also for an erased one."""
    member = member_after_merges(connection, alliance_id, id_)
    if member is None or member.state in (MemberState.ERASED, MemberState.MERGED):
        raise MemberUnknown(id_)
    return member


def lock_members(connection: Connection, alliance_id: int, ids: Iterable[str]) -> None:
    """Lock these members until the transaction ends, in order of id so that no two transactions deadlock."""
    for id_ in sorted(set(ids)):
        connection.execute(
            update(members)
            .where(members.c.alliance_id == alliance_id, members.c.id == id_)
            .values(version=members.c.version)
        )


def lock_member(connection: Connection, alliance_id: int, id_: str) -> MemberRecord:
    """The member whom an id stands for, locked until the transaction ends. Raises MemberUnknown."""
    lock_members(connection, alliance_id, [resolve_merged(connection, alliance_id, id_).id])
    return resolve_merged(connection, alliance_id, id_)


def change_member(
    connection: Connection, alliance_id: int, id_: str, values: Mapping[str, str | int | None], *, publish: bool
) -> None:
    """Set columns of a member and count up their version; `publish` the change to the caches of all processes."""
    published = {"changed_at": system_clock()} if publish else {}
    connection.execute(
        update(members)
        .where(members.c.alliance_id == alliance_id, members.c.id == id_)
        .values(**values, **published, version=members.c.version + 1)
    )


def changed_since(connection: Connection, alliance_id: int, since: int) -> list[str]:
    """Ids of members whose change was published since an instant of the machine's clock."""
    ids = connection.execute(
        select(members.c.id).where(members.c.alliance_id == alliance_id, members.c.changed_at >= since)
    )
    return list(ids.scalars())


StatusRow = tuple[str, str, str | None, str | None, bool]
"""A member's id, state, merged_into, household, spend_locked."""


def status_rows(connection: Connection, alliance_id: int, ids: Iterable[str]) -> list[StatusRow]:
    """A row for each of these members that exists."""
    columns = members.c
    rows = connection.execute(
        select(
            columns.id,
            columns.state,
            columns.merged_into,
            columns.household,
            columns.spend_locked,
        ).where(columns.alliance_id == alliance_id, columns.id.in_(sorted(ids)))
    )
    return [tuple(row) for row in rows]


def merged_ids(connection: Connection, alliance_id: int, id_: str) -> list[str]:
    """Ids that answer for a member since they were merged."""
    ids = connection.execute(
        select(members.c.id)
        .where(members.c.alliance_id == alliance_id, members.c.merged_into == id_)
        .order_by(members.c.id)
    )
    return list(ids.scalars())


def living_members(connection: Connection, alliance_id: int, ids: Iterable[str]) -> dict[str, str]:
    """The members whom these ids stand for since merges, by id. Ids of erased members, and of nobody, are left out."""
    living = (MemberState.ACTIVE, MemberState.FROZEN)
    rows = {id_: (state, merged_into) for id_, state, merged_into, *_ in status_rows(connection, alliance_id, ids)}
    targets = {merged_into for _, merged_into in rows.values() if merged_into is not None}
    alive = {id_ for id_, state, *_ in status_rows(connection, alliance_id, targets) if state in living}
    alive |= {id_ for id_, (state, _) in rows.items() if state in living}
    stand_for = {id_: merged_into or id_ for id_, (_, merged_into) in rows.items()}
    return {id_: member for id_, member in stand_for.items() if member in alive}


def ids_merged_into(connection: Connection, alliance_id: int, ids: Iterable[str]) -> dict[str, str]:
    """The ids that answer for these members since they were merged, and whom each stands for."""
    rows = connection.execute(
        select(members.c.id, members.c.merged_into).where(
            members.c.alliance_id == alliance_id, members.c.merged_into.in_(sorted(ids))
        )
    )
    return {row.id: row.merged_into for row in rows}


def all_merged(connection: Connection, alliance_id: int) -> dict[str, str]:
    """Every merged id, and whom it stands for."""
    rows = connection.execute(
        select(members.c.id, members.c.merged_into).where(
            members.c.alliance_id == alliance_id, members.c.merged_into.is_not(None)
        )
    )
    return {row.id: row.merged_into for row in rows}


def enrolling_shops(connection: Connection, alliance_id: int, ids: Iterable[str]) -> dict[str, str | None]:
    """The shop whose till enrolled each of these members; None for another way."""
    if not (wanted := sorted(ids)):
        return {}
    rows = connection.execute(
        select(members.c.id, members.c.enrolled_by).where(
            members.c.alliance_id == alliance_id, members.c.id.in_(wanted)
        )
    )
    return {row.id: row.enrolled_by for row in rows}


def page_of_members(
    connection: Connection, alliance_id: int, state: MemberState | None, after: tuple[int, str] | None, most: int
) -> list[MemberRecord]:
    """Members, the newest first, from behind (created_at, id) on; those that are gone only where they are asked for."""
    wanted = [MemberState.ACTIVE.value, MemberState.FROZEN.value] if state is None else [state.value]
    query = select(members.c.id).where(members.c.alliance_id == alliance_id, members.c.state.in_(wanted))
    if after is not None:
        at, id_ = after
        query = query.where(
            or_(members.c.created_at < at, (members.c.created_at == at) & (members.c.id < id_)),
        )
    ids = connection.execute(query.order_by(members.c.created_at.desc(), members.c.id.desc()).limit(most)).scalars()
    return [member for id_ in ids.all() if (member := find_member(connection, alliance_id, id_)) is not None]


# -- contacts -------------------------------------------------------------------------------------------------


def owner_of(connection: Connection, alliance_id: int, contact: str) -> str | None:
    """The member with this contact, in its normal form. One probe of the table's key."""
    owner: str | None = connection.execute(
        _OWNER, {"alliance_id": alliance_id, "contact": contact}
    ).scalar_one_or_none()
    return owner


def contacts_of(connection: Connection, alliance_id: int, id_: str) -> list[Contact]:
    """A member's contacts, e-mail first."""
    rows = connection.execute(
        select(member_contacts.c.kind, member_contacts.c.contact)
        .where(member_contacts.c.alliance_id == alliance_id, member_contacts.c.member == id_)
        .order_by(member_contacts.c.kind)
    )
    return [Contact(kind, contact) for kind, contact in rows]


def owners_of(connection: Connection, alliance_id: int, contacts: Sequence[str]) -> dict[str, str]:
    """The members with these contacts, by the contact in its normal form; what is nobody's is left out."""
    rows = connection.execute(_OWNERS, {"alliance_id": alliance_id, "contacts": contacts})
    return {row.contact: row.member for row in rows}


def drop_contacts(connection: Connection, alliance_id: int, id_: str, kind: ContactKind | None = None) -> None:
    """Take a member's contact of a kind away, or all."""
    gone = delete(member_contacts).where(member_contacts.c.alliance_id == alliance_id, member_contacts.c.member == id_)
    connection.execute(gone if kind is None else gone.where(member_contacts.c.kind == kind))


def pass_contacts_on(connection: Connection, alliance_id: int, from_: str, to: str) -> None:
    """Let one member's contacts be another's, where that one has none of the kind; the rest is dropped."""
    kept = {contact.kind for contact in contacts_of(connection, alliance_id, to)}
    for contact in contacts_of(connection, alliance_id, from_):
        if contact.kind in kept:
            drop_contacts(connection, alliance_id, from_, contact.kind)
    connection.execute(
        update(member_contacts)
        .where(member_contacts.c.alliance_id == alliance_id, member_contacts.c.member == from_)
        .values(member=to)
    )


# -- consents -------------------------------------------------------------------------------------------------


def consents_of(connection: Connection, alliance_id: int, id_: str) -> list[StoredConsent]:
    """All consents that a member ever gave or refused, the oldest first."""
    rows = connection.execute(
        select(member_consents.c.purpose, member_consents.c.given, member_consents.c.at, member_consents.c.version)
        .where(member_consents.c.alliance_id == alliance_id, member_consents.c.member == id_)
        .order_by(member_consents.c.at, member_consents.c.purpose)
    )
    return [StoredConsent(*row) for row in rows]


def drop_consents(connection: Connection, alliance_id: int, id_: str) -> None:
    """Forget what a member consented to."""
    connection.execute(
        delete(member_consents).where(member_consents.c.alliance_id == alliance_id, member_consents.c.member == id_)
    )


def person(connection: Connection, alliance_id: int, member: MemberRecord) -> Person:
    """A member with all their data."""
    latest = {consent.purpose: consent for consent in consents_of(connection, alliance_id, member.id)}
    return Person(
        member,
        contacts_of(connection, alliance_id, member.id),
        sorted(latest.values(), key=lambda consent: consent.purpose),
        merged_ids(connection, alliance_id, member.id),
    )


def members_by_contacts(connection: Connection, alliance_id: int, contacts: Sequence[Contact]) -> list[str]:
    """The different members whom these contacts belong to, in the order of the contacts."""
    owners = [owner_of(connection, alliance_id, contact.text) for contact in contacts]
    return list(dict.fromkeys(id_ for id_ in owners if id_ is not None))


def enrolled_at(
    connection: Connection, alliance_id: int, shop: str, since: int, until: int
) -> list[tuple[str | None, str | None]]:
    """Till and cashier of each member whom a shop enrolled from `since` to before `until`; None for another way."""
    columns = members.c
    rows = connection.execute(
        select(columns.enrolled_till, columns.enrolled_cashier)
        .where(columns.alliance_id == alliance_id, columns.created_at >= since, columns.created_at < until)
        .where(columns.enrolled_by == shop)
    )
    return [(row.enrolled_till, row.enrolled_cashier) for row in rows]
