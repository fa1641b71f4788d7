"""A household: its members may spend each other's points, and each keeps their own.

There is no common account. A purchase or a hold takes the buyer's own points first, then those of the others in the
order in which they joined, each out of that member's own lots. So members keep what they brought and the others have
not spent, joining and leaving move nothing, a refund goes back to the member whose points were taken, and merging or
erasing a member needs no rule of its own. One account for all would need a second book of who put in what.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from coalition.events.emit import emit
from coalition.households.errors import HouseholdFull
from coalition.households.event_types import HOUSEHOLD_JOINED
from coalition.members.errors import MemberFrozen
from coalition.members.mates import publish_household
from coalition.members.member import MemberRecord, MemberState
from coalition.members.store import change_member, lock_member, resolve_merged

MEMBERS_MAX = 8
"""Most members of a household: a purchase loads the lots of all of them."""


def lock_active_member(connection: Connection, alliance_id: int, id_: str) -> MemberRecord:
    """The member whom an id stands for, locked until the transaction ends. Raises MemberUnknown, MemberFrozen."""
    member = lock_member(connection, alliance_id, id_)
    if member.state is MemberState.FROZEN:
        raise MemberFrozen(member.id)
    return member


def check_room(members: Sequence[MemberRecord]) -> None:
    """Raises HouseholdFull where a household of these members takes no other."""
    if len(members) >= MEMBERS_MAX:
        raise HouseholdFull(MEMBERS_MAX)


def join(connection: Connection, alliance_id: int, member: MemberRecord, household: str, now: int) -> MemberRecord:
    """Put a member into a household, and publish it."""
    change_member(connection, alliance_id, member.id, {"household": household, "joined_at": now}, publish=True)
    publish_household(connection, alliance_id, household)
    payload = {"member": member.id, "household": household}
    emit(connection, alliance_id, HOUSEHOLD_JOINED, now, payload, member=member.id)
    return resolve_merged(connection, alliance_id, member.id)
