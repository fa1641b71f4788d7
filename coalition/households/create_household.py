"""Create a household of one member, who invites the others."""

from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings
from coalition.households.errors import AlreadyInHousehold
from coalition.households.household import join, lock_active_member
from coalition.ids import random_id
from coalition.members.member_cache import member_cache

PREFIX = "fam"


def create_household(alliance: Alliance, member: str) -> tuple[str, str]:
    """The id of the new household, and that of its member. Raises MemberUnknown, MemberFrozen, AlreadyInHousehold."""
    with begin_after_postings(alliance) as connection:
        first = lock_active_member(connection, alliance.id, member)
        if first.household is not None:
            raise AlreadyInHousehold(first.id)
        household = random_id(PREFIX)
        join(connection, alliance.id, first, household, alliance.clock())
    member_cache(alliance).refresh()
    return household, first.id
