"""Freeze a member, who then neither earns nor spends, or unfreeze them."""

from sqlalchemy import Connection

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.access.session_store import revoke_sessions
from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.members.event_types import MEMBER_FROZEN, MEMBER_UNFROZEN
from coalition.members.member import MemberState
from coalition.members.member_cache import member_cache
from coalition.members.store import change_member, lock_member, publish_household


def set_member_state(alliance: Alliance, caller: Caller, member: str, state: MemberState) -> None:
    """Freeze a member and end their sessions, or unfreeze them, and log it. Raises MemberUnknown."""
    with begin_after_postings(alliance) as connection:
        set_state(connection, alliance.id, member, state, alliance.clock())
        record(connection, caller, "member.state", member, {"state": state.value})
        if state is MemberState.FROZEN:
            revoke_sessions(connection, alliance.id, f"member:{member}", alliance.machine_clock())
    member_cache(alliance).refresh()


def set_state(connection: Connection, alliance_id: int, id_: str, state: MemberState, now: int) -> None:
    """Set the state of a member, and publish it. Raises MemberUnknown."""
    member = lock_member(connection, alliance_id, id_)
    if member.state is not state:
        change_member(connection, alliance_id, member.id, {"state": state.value}, publish=True)
        publish_household(connection, alliance_id, member.household)
        type_ = MEMBER_FROZEN if state is MemberState.FROZEN else MEMBER_UNFROZEN
        emit(connection, alliance_id, type_, now, {"member": member.id}, member=member.id)
