"""Members as tills need them at once: kept in memory, and corrected every other second.

A look-up for each purchase would cost as much as the purchase. A member who was looked up once is kept, and every
two seconds one query asks who has changed since: for so long another process may still sell to a frozen member.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.clock import system_clock
from coalition.fresh import Fresh
from coalition.members.errors import MemberFrozen, MemberUnknown, SpendLocked
from coalition.members.mates import active_mates
from coalition.members.member import MemberState
from coalition.members.settings import MemberRules, find_settings
from coalition.members.store import HOPS_MAX, changed_since, status_rows

OVERLAP = 60 * 1_000_000
"""Changes are asked for from a minute (in microseconds) before the last time on: machines' clocks differ, and a
change is seen only when its transaction commits."""
KEPT_MAX = 500_000


@dataclass(frozen=True, slots=True)
class CachedMember:
    """A member as a purchase needs them. `pool` are the other active members of their household, oldest first.

    Those of them whose points are locked are left out of it.
    """

    id: str
    state: MemberState
    merged_into: str | None
    pool: tuple[str, ...] = ()
    spend_locked: bool = False


class MemberCache:
    """The members of one alliance that were looked up, and its settings for members. Safe to share between threads."""

    def __init__(self, alliance: Alliance) -> None:
        self._book = alliance.book
        self._database = alliance.database
        self._alliance_id = alliance.id
        self._lock = threading.Lock()
        self._kept: dict[str, CachedMember] = {}
        self._settings: MemberRules | None = None
        self._asked_at = system_clock()
        self._changes = Fresh(self._asked_at, seconds=0)

    def known(self, member: str) -> CachedMember | None:
        """The member whom an id stands for since merges; None where the database must be asked."""
        if not self._changes.is_fresh:
            return None
        cached = self._kept.get(member)
        for _ in range(HOPS_MAX):
            if cached is None or cached.merged_into is None:
                break
            cached = self._kept.get(cached.merged_into)
        return cached

    def look_up(self, member: str) -> CachedMember:
        """The same, asking the database where need be. Raises MemberUnknown."""
        loaded = self.load([member])
        for _ in range(HOPS_MAX):
            cached = loaded.get(member) or self._kept.get(member)
            if cached is None:
                break
            if cached.merged_into is None:
                return cached
            member = cached.merged_into
        raise MemberUnknown(member)

    def load(self, members: Iterable[str]) -> dict[str, CachedMember]:
        """Keep these members, and those they were merged into, asking once for all of them.

        Returns those that had to be asked for.
        """
        if not self._changes.is_fresh:
            self.refresh()
        loaded: dict[str, CachedMember] = {}
        missing = {member for member in members if member not in self._kept}
        for _ in range(HOPS_MAX):
            if not missing:
                break
            with self._database.engine.connect() as connection:
                read = self._read(connection, missing)
            loaded.update(read)
            if len(self._kept) + len(read) > KEPT_MAX:
                self._kept.clear()
            self._kept.update(read)
            merged = {member.merged_into for member in read.values() if member.merged_into is not None}
            missing = merged - self._kept.keys()
        return loaded

    @property
    def settings(self) -> MemberRules:
        """The alliance's settings, as of the last look."""
        settings = self._settings
        if settings is None:
            self.refresh()
            settings = self._settings
        return settings if settings is not None else self._read_settings()

    def refresh(self) -> None:
        """Forget the members who have changed since the last time, now."""
        with self._lock:
            asked_at = system_clock()
            # Already now, or everybody else would wait to ask the same.
            self._changes = Fresh(asked_at)
            with self._database.engine.connect() as connection:
                for member in changed_since(connection, self._alliance_id, self._asked_at - OVERLAP):
                    self._kept.pop(member, None)
            self._settings = self._read_settings()
            self._asked_at = asked_at

    def _read_settings(self) -> MemberRules:
        with self._database.engine.connect() as connection:
            settings = self._book.settings
            return find_settings(connection, self._alliance_id, settings.timezone, settings.minor_digits)

    def _read(self, connection: Connection, ids: Iterable[str]) -> dict[str, CachedMember]:
        rows = status_rows(connection, self._alliance_id, ids)
        households = {household for _, _, _, household, *_ in rows if household is not None}
        mates = active_mates(connection, self._alliance_id, households)
        members = {}
        for id_, state, merged_into, household, spend_locked in rows:
            pool = () if household is None else tuple(mate for mate in mates[household] if mate != id_)
            members[id_] = CachedMember(id_, MemberState(state), merged_into, pool, spend_locked)
        return members


def member_cache(alliance: Alliance) -> MemberCache:
    """The cache of an alliance's members in this process."""
    return alliance.part(MemberCache)


def check_active(member: CachedMember) -> CachedMember:
    """The same member, who may earn and spend. Raises MemberUnknown, MemberFrozen."""
    if member.state is MemberState.FROZEN:
        raise MemberFrozen(member.id)
    if member.state is not MemberState.ACTIVE:
        raise MemberUnknown(member.id)
    return member


def check_unlocked(member: CachedMember) -> CachedMember:
    """The same member, whose points are not locked. Raises SpendLocked."""
    if member.spend_locked:
        raise SpendLocked(member.id)
    return member
