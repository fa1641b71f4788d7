"""Freeze a member, who then neither earns nor spends, or unfreeze them."""

from sqlalchemy import Connection

from coalition.access.caller import Caller
from coalition.access.end_credentials import Ending, end_credentials
from coalition.access.log import record
from coalition.access.member_code import subject_of
from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.members.event_types import MEMBER_FROZEN, MEMBER_UNFROZEN
from coalition.members.mates import publish_household
from coalition.members.member import MemberState
from coalition.members.member_cache import member_cache
from coalition.members.store import change_member, lock_member


def set_member_state(alliance: Alliance, caller: Caller, member: str, state: MemberState) -> None:
    """Freeze a member and end their credentials, or unfreeze them, and log it. Raises MemberUnknown."""
    now = alliance.clock()
    with begin_after_postings(alliance) as connection:
        id_ = set_state(connection, alliance.id, member, state, now)
        if state is MemberState.FROZEN:
            end_credentials(connection, alliance.id, subject_of(id_), Ending.FREEZE)
        record(connection, caller, "member.state", member, {"state": state.value})
    member_cache(alliance).refresh()


def set_state(connection: Connection, alliance_id: int, id_: str, state: MemberState, now: int) -> str:
    """Set the state of a member, and publish it; returns their id. Raises MemberUnknown."""
    member = lock_member(connection, alliance_id, id_)
    if member.state is not state:
        change_member(connection, alliance_id, member.id, {"state": state.value}, publish=True)
        publish_household(connection, alliance_id, member.household)
        type_ = MEMBER_FROZEN if state is MemberState.FROZEN else MEMBER_UNFROZEN
        emit(connection, alliance_id, type_, now, {"member": member.id}, member=member.id)
    return member.id
