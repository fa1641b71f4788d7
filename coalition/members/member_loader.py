"""Look-ups of members by many coroutines: all who wait at once share one query."""

import asyncio
import threading
from contextlib import suppress

from coalition.alliance import Alliance
from coalition.members.member_cache import CachedMember, member_cache
from settlement.ledger import deliver_answers

Waiting = tuple[str, "asyncio.Future[CachedMember]"]


class MemberLoader:
    """Looks up members who are not in memory, for any number of event loops."""

    def __init__(self, alliance: Alliance) -> None:
        self._cache = member_cache(alliance)
        self._lock = threading.Lock()
        self._waiting: list[Waiting] = []
        self._working = False

    async def look_up(self, member: str) -> CachedMember:
        """The member whom an id stands for since merges. Raises MemberUnknown, DatabaseUnusable."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[CachedMember] = loop.create_future()
        with self._lock:
            self._waiting.append((member, future))
            idle, self._working = not self._working, True
        if idle:
            loop.run_in_executor(None, self._work)
        return await future

    def _work(self) -> None:
        """Answer all who wait, and those who come meanwhile."""
        while asked := self._take():
            # An error here is raised again below, for each by itself.
            with suppress(Exception):
                self._cache.load({member for member, _ in asked})
            deliver_answers([(future, self._answer(member)) for member, future in asked])

    def _take(self) -> list[Waiting]:
        with self._lock:
            asked, self._waiting = self._waiting, []
            self._working = bool(asked)
            return asked

    def _answer(self, member: str) -> CachedMember | Exception:
        try:
            return self._cache.look_up(member)
        except Exception as error:  # noqa: BLE001 - the coroutine that waits raises it
            return error


def member_loader(alliance: Alliance) -> MemberLoader:
    """The loader of an alliance's members in this process."""
    return alliance.part(MemberLoader)
