"""Erase a person: everything that is known of them goes, the moves in the book stay.

The points stay where they are, under an id that nobody answers to any more: nobody can spend them, and each lot
expires on its own last day like any other, to whom the alliance's rules say. Points that were promised for a later
date are not issued. Who enrols again is a new member.
"""

from sqlalchemy import Connection

from coalition.events.emit import emit
from coalition.members.event_types import MEMBER_ERASED
from coalition.members.member import State
from coalition.members.releases import drop_releases
from coalition.members.store import (
    change_member,
    drop_consents,
    drop_contacts,
    find_member,
    locked,
    tell_household,
)

NOBODY = {"name": None, "language": None, "birthday": None, "household": None, "joined_at": None}


def erase(connection: Connection, alliance_id: int, id_: str, now: int) -> str | None:
    """Erase a member; the id erased, or None where they are erased already. Raises MemberUnknown."""
    found = find_member(connection, alliance_id, id_)
    if found is not None and found.state is State.ERASED:
        return None
    member = locked(connection, alliance_id, id_)
    drop_contacts(connection, alliance_id, member.id)
    drop_consents(connection, alliance_id, member.id)
    drop_releases(connection, alliance_id, member.id)
    change_member(connection, alliance_id, member.id, {**NOBODY, "state": State.ERASED.value}, told=True)
    tell_household(connection, alliance_id, member.household)
    emit(connection, alliance_id, MEMBER_ERASED, now, {"member": member.id}, member=member.id)
    return member.id
