"""Connections of the hot path, shared by all alliances of a process, which has never more than a database can bear.

A server has thousands of alliances, of which a few hundred post in the same minute and a few at the same moment. So
whoever needs a connection takes one and gives it back, at once where others need it too (`is_crowded`).
"""

import threading
from collections.abc import Callable
from typing import Literal

from settlement.errors import DatabaseUnusable
from settlement.ledger.session import Session
from settlement.sentences import Phrase

WAIT_SECONDS = 5.0
"""How long a connection is waited for where all are in use: a till would not wait longer."""

Use = Literal["read", "decide", "write"]
"""What a session is for. Each use has a pool of its own: a poster need not wait for those who wait for its answer, and
SQLite keeps in memory what the connection itself has written."""


class SessionPool:
    """Sessions that are open and free, the one used last on top. `close()` of a session gives it back."""

    def __init__(
        self, connect: Callable[[], Session], url: str, most: int, kept: int, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._connect = connect
        self._url = url
        self._most = most
        self._wait_seconds = wait_seconds
        self._kept = kept
        """How many stay open while nobody uses them."""
        self._places = threading.Semaphore(most)
        # Guards the two below.
        self._lock = threading.Lock()
        self._free: list[Session] = []
        self._in_use: dict[Session, int | None] = {}

    def take(self) -> Session:
        """A session for the caller alone, until it closes it. Raises DatabaseUnusable where none becomes free.

        A thread that has one of this pool gets a second one at once, beyond the limit: if those who have one waited
        for those who have one, nobody would come back.
        """
        thread = threading.get_ident()
        with self._lock:
            has_one = thread in self._in_use.values()
        if not has_one and not self._places.acquire(timeout=self._wait_seconds):
            raise DatabaseUnusable(
                self._url, Phrase("all {most:number} connections have been in use for too long", most=self._most)
            )
        try:
            session = self._free_one() or self._connect()
        except BaseException:
            if not has_one:
                self._places.release()
            raise
        session.give_back = self._give_back
        with self._lock:
            self._in_use[session] = None if has_one else thread
        return session

    def is_crowded(self) -> bool:
        """Whether more than half of the sessions are in use."""
        return len(self._in_use) > self._most // 2

    def close(self) -> None:
        """Close what is free. What is in use is closed, or kept, when it comes back."""
        with self._lock:
            free, self._free = self._free, []
        for session in free:
            session.disconnect()

    def _free_one(self) -> Session | None:
        """A free session that the database has not hung up on meanwhile."""
        while True:
            with self._lock:
                if not self._free:
                    return None
                session = self._free.pop()
            if session.is_alive():
                return session
            session.disconnect()

    def _give_back(self, session: Session) -> None:
        with self._lock:
            if session not in self._in_use:
                # It was closed before.
                return
            thread = self._in_use.pop(session)
            kept = len(self._free) < self._kept and not session.failed and session.is_idle()
            if kept:
                self._free.append(session)
        if not kept:
            session.disconnect()
        if thread is not None:
            self._places.release()
