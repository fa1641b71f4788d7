"""How members stand, as tills need to know it at once: kept in memory, and corrected every other second.

A look-up for each purchase would cost as much as the purchase. A member who was looked up once is kept, and
every two seconds one query asks who has changed since: so late another process may still take a member who was frozen.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.clock import system_clock
from coalition.fresh import Fresh
from coalition.members.errors import MemberFrozen, MemberUnknown
from coalition.members.member import State
from coalition.members.settings import MemberSettings, find_settings
from coalition.members.store import HOPS_MAX, active_mates, changed_since, standing_rows

OVERLAP = 60 * 1_000_000
"""Changes are asked for from a minute (in microseconds) before the last time on: machines' clocks differ, and a
change is seen only when its transaction commits."""
KEPT_MAX = 500_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands. `pool` are the other active members of their household, the first to join first."""

    member: str
    state: State
    merged_into: str | None
    pool: tuple[str, ...] = ()


class MemberCache:
    """Standings of one alliance's members, and its settings for them. Safe to share between threads."""

    def __init__(self, alliance: Alliance) -> None:
        settings = alliance.book.settings
        self._database = alliance.database
        self._alliance_id = alliance.id
        self._timezone = settings.timezone
        self._minor_digits = settings.minor_digits
        self._lock = threading.Lock()
        self._kept: dict[str, Standing] = {}
        self._settings: MemberSettings | None = None
        self._asked_at = system_clock()
        self._changes = Fresh(self._asked_at, seconds=0)

    def known(self, member: str) -> Standing | None:
        """The standing of whom an id stands for; None where the database must be asked."""
        if not self._changes.is_fresh:
            return None
        found = self._kept.get(member)
        for _ in range(HOPS_MAX):
            if found is None or found.merged_into is None:
                break
            found = self._kept.get(found.merged_into)
        return found

    def look_up(self, member: str) -> Standing:
        """The same, asking the database where need be. Raises MemberUnknown."""
        found = self.load([member])
        for _ in range(HOPS_MAX):
            standing = found.get(member) or self._kept.get(member)
            if standing is None:
                break
            if standing.merged_into is None:
                return standing
            member = standing.merged_into
        raise MemberUnknown(member)

    def load(self, members: Iterable[str]) -> dict[str, Standing]:
        """Keep the standings of these members, and of those they were merged into, asking once for all of them.

        Returns those that had to be asked for.
        """
        if not self._changes.is_fresh:
            self.refresh()
        loaded: dict[str, Standing] = {}
        missing = {member for member in members if member not in self._kept}
        for _ in range(HOPS_MAX):
            if not missing:
                break
            with self._database.engine.connect() as connection:
                found = self._read(connection, missing)
            loaded.update(found)
            if len(self._kept) + len(found) > KEPT_MAX:
                self._kept.clear()
            self._kept.update(found)
            missing = {one.merged_into for one in found.values() if one.merged_into is not None} - self._kept.keys()
        return loaded

    @property
    def settings(self) -> MemberSettings:
        """The alliance's settings, as of the last look."""
        found = self._settings
        if found is None:
            self.refresh()
            found = self._settings
        return found if found is not None else self._read_settings()

    def refresh(self) -> None:
        """Forget whoever has changed since the last time, now."""
        with self._lock:
            asked_at = system_clock()
            # Already now, or everybody else would wait to ask the same.
            self._changes = Fresh(asked_at)
            with self._database.engine.connect() as connection:
                for member in changed_since(connection, self._alliance_id, self._asked_at - OVERLAP):
                    self._kept.pop(member, None)
            self._settings = self._read_settings()
            self._asked_at = asked_at

    def _read_settings(self) -> MemberSettings:
        with self._database.engine.connect() as connection:
            return find_settings(connection, self._alliance_id, self._timezone, self._minor_digits)

    def _read(self, connection: Connection, ids: Iterable[str]) -> dict[str, Standing]:
        rows = standing_rows(connection, self._alliance_id, ids)
        households = {household for _, _, _, household in rows if household is not None}
        mates = active_mates(connection, self._alliance_id, households)
        standings = {}
        for id_, state, merged_into, household in rows:
            pool = () if household is None else tuple(mate for mate in mates[household] if mate != id_)
            standings[id_] = Standing(id_, State(state), merged_into, pool)
        return standings


def member_cache(alliance: Alliance) -> MemberCache:
    """The cache of an alliance's members in this process."""
    return alliance.part(MemberCache)


def taking_part(standing: Standing) -> Standing:
    """The standing of one who may earn and spend. Raises MemberUnknown, MemberFrozen."""
    if standing.state is State.FROZEN:
        raise MemberFrozen(standing.member)
    if standing.state is not State.ACTIVE:
        raise MemberUnknown(standing.member)
    return standing
