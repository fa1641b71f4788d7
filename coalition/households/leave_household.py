"""Leave a household."""

from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.households.errors import NotInHousehold
from coalition.households.event_types import HOUSEHOLD_LEFT
from coalition.households.store import withdraw_sent
from coalition.members.mates import publish_household
from coalition.members.member_cache import member_cache
from coalition.members.past_mates import keep_mates
from coalition.members.store import change_member, lock_member


def leave_household(alliance: Alliance, household: str, member: str) -> None:
    """The member keeps their points, and nobody else may spend them any more.

    Whom they invited and who has not answered is invited no more. Raises MemberUnknown, NotInHousehold.
    """
    now = alliance.clock()
    with begin_after_postings(alliance) as connection:
        leaving = lock_member(connection, alliance.id, member)
        if leaving.household != household:
            raise NotInHousehold(household)
        publish_household(connection, alliance.id, household)
        keep_mates(connection, alliance.id, leaving, now)
        withdraw_sent(connection, alliance.id, household, leaving.id)
        change_member(connection, alliance.id, leaving.id, {"household": None, "joined_at": None}, publish=True)
        payload = {"member": leaving.id, "household": household}
        emit(connection, alliance.id, HOUSEHOLD_LEFT, now, payload, member=leaving.id)
    member_cache(alliance).refresh()
