"""A member locks their points, so that nothing of them is spent, or unlocks them."""

from coalition.access.caller import Caller, Role
from coalition.access.log import record
from coalition.access.prove import check_proven
from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.members.event_types import SPENDING_LOCKED, SPENDING_UNLOCKED
from coalition.members.mates import publish_household
from coalition.members.member_cache import member_cache
from coalition.members.store import change_member, lock_member


def lock_spending(alliance: Alliance, caller: Caller, member: str, *, locked: bool) -> None:
    """Lock or unlock, and log it; the same again changes nothing. What was held before can still be captured.

    While it is locked no purchase, hold or gift takes the member's points, nor does one of their household. Other
    processes know within two seconds. Everybody locks at once; a member who unlocks proves first that it is them, or
    whoever has their phone could. Raises MemberUnknown, ProofNeeded.
    """
    with begin_after_postings(alliance) as connection:
        owner = lock_member(connection, alliance.id, member)
        if owner.spend_locked and not locked and caller.role is Role.MEMBER:
            check_proven(connection, caller, alliance.machine_clock())
        if owner.spend_locked is not locked:
            change_member(connection, alliance.id, owner.id, {"spend_locked": locked}, publish=True)
            publish_household(connection, alliance.id, owner.household)
            record(connection, caller, "member.spending", owner.id, {"locked": str(locked).lower()})
            type_ = SPENDING_LOCKED if locked else SPENDING_UNLOCKED
            emit(connection, alliance.id, type_, alliance.clock(), {"member": owner.id}, member=owner.id)
    member_cache(alliance).refresh()
