"""Look-ups of members by many coroutines: all who wait at once share one query."""

from coalition.alliance import Alliance
from coalition.look_up import LookUp
from coalition.members.member_cache import CachedMember, member_cache


class MemberLoader(LookUp[str, CachedMember]):
    """Looks up members who are not in memory. Raises MemberUnknown, DatabaseUnusable."""

    def __init__(self, alliance: Alliance) -> None:
        cache = member_cache(alliance)
        super().__init__(cache.load, cache.look_up)


def member_loader(alliance: Alliance) -> MemberLoader:
    """The loader of an alliance's members in this process."""
    return alliance.part(MemberLoader)
