"""The engine's connections. What is read besides a transaction must never wait for those that transactions hold."""

import threading
from typing import Any

from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Empty


class EnginePool(QueuePool):
    """SQLAlchemy's own pool, but that a thread with one connection gets a second one at once, beyond the limit.

    The same rule as `SessionPool`'s: if those who have one waited for those who have one, nobody would come back. Who
    has two already waits like everybody.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Guards the one below.
        self._lock = threading.Lock()
        self._threads: dict[ConnectionPoolEntry, int] = {}

    def _do_get(self) -> ConnectionPoolEntry:
        thread = threading.get_ident()
        with self._lock:
            holds = list(self._threads.values()).count(thread)
        entry = self._beyond() if holds == 1 else super()._do_get()
        with self._lock:
            self._threads[entry] = thread
        return entry

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        with self._lock:
            self._threads.pop(record, None)
        super()._do_return_conn(record)

    def _beyond(self) -> ConnectionPoolEntry:
        """A free connection, or one more than there may be: it is closed when it comes back to a full pool."""
        try:
            return self._pool.get(block=False)
        except Empty:
            pass
        with self._overflow_lock:
            self._overflow += 1
        try:
            return self._create_connection()
        except BaseException:
            self._dec_overflow()
            raise
