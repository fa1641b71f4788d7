"""Erase a member: all their personal data is deleted, the moves in the book stay.

The points stay where they are, under an id that stands for nobody: nobody can spend them, and each lot expires on its
own last day like any other, by the alliance's rules. Points that were promised for a later date are not issued. A
person who enrols again is a new member.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from coalition.access.caller import WALLET, Caller, Role
from coalition.access.end_credentials import Ending, end_credentials
from coalition.access.log import record
from coalition.access.member_code import subject_of
from coalition.access.prove import check_proven
from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.locale.formats import Lang
from coalition.members.contacts import Contact
from coalition.members.errors import MemberFrozen
from coalition.members.event_types import MEMBER_ERASED
from coalition.members.hooks import call_erasure_hooks
from coalition.members.import_members import forget_rows
from coalition.members.log_in import reading_language
from coalition.members.mates import publish_household
from coalition.members.member import MemberState
from coalition.members.member_cache import member_cache
from coalition.members.past_mates import forget_mates
from coalition.members.releases import drop_releases, forget_refs
from coalition.members.store import (
    change_member,
    contacts_of,
    drop_consents,
    drop_contacts,
    find_member,
    lock_member,
    merged_ids,
)

NOBODY = {"name": None, "language": None, "birthday": None, "notices_by": None, "household": None, "joined_at": None}


class Erased(NamedTuple):
    """How whoever was erased could be reached until then, and in which language; nobody who was erased before."""

    contacts: Sequence[Contact] = ()
    language: Lang | None = None


def erase_member(alliance: Alliance, caller: Caller, id_: str) -> Erased:
    """Erase a member, end their credentials, and log it; a member who was erased before stays so.

    Members prove first that it is them, as where they change their contact, or a stolen session could delete somebody.
    A frozen member can't erase themselves while the alliance looks into something; it can. Raises MemberUnknown,
    MemberFrozen, ProofNeeded.
    """
    with begin_after_postings(alliance) as connection:
        if caller.role is Role.MEMBER:
            check_proven(connection, caller, alliance.machine_clock())
        erased = _erase(connection, alliance, caller, id_)
        record(connection, caller, "member.erase", id_)
    member_cache(alliance).refresh()
    return erased


def _erase(connection: Connection, alliance: Alliance, caller: Caller, id_: str) -> Erased:
    alliance_id, now = alliance.id, alliance.clock()
    existing = find_member(connection, alliance_id, id_)
    if existing is not None and existing.state is MemberState.ERASED:
        return Erased()
    member = lock_member(connection, alliance_id, id_)
    if member.state is MemberState.FROZEN and caller.role in WALLET:
        raise MemberFrozen(member.id)
    erased = Erased(contacts_of(connection, alliance_id, member.id), reading_language(member.profile.language))
    drop_contacts(connection, alliance_id, member.id)
    drop_consents(connection, alliance_id, member.id)
    drop_releases(connection, alliance_id, member.id)
    ids = [member.id, *merged_ids(connection, alliance_id, member.id)]
    forget_refs(connection, alliance_id, ids)
    forget_rows(connection, alliance, ids)
    forget_mates(connection, alliance_id, ids)
    call_erasure_hooks(connection, alliance_id, ids)
    change_member(connection, alliance_id, member.id, {**NOBODY, "state": MemberState.ERASED.value}, publish=True)
    publish_household(connection, alliance_id, member.household)
    end_credentials(connection, alliance_id, subject_of(member.id), Ending.ERASE)
    emit(connection, alliance_id, MEMBER_ERASED, now, {"member": member.id}, member=member.id)
    return erased
