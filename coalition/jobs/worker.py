"""The worker: one thread looks for what is due, others do it. Any number of processes may have one."""

import logging
import os
import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from coalition.alliance import Alliances
from coalition.errors import CoalitionError
from coalition.jobs.clock_watch import check_clock
from coalition.jobs.job import JobKind, Lane, Work, WorkSettings
from coalition.jobs.store import SECOND, JobKey, add_jobs, due_jobs, fail, finish, missing_jobs, pull_in, take_lease
from coalition.try_again import try_again
from settlement import DatabaseUnusable, SettlementError
from settlement.ledger import book_ids

log = logging.getLogger("coalition.jobs")

TICK_SECONDS = 1.0
NEW_ALLIANCES_TICKS = 10
"""Every so many ticks a new alliance gets its jobs."""
PAUSE_MAX_SECONDS = 30.0
"""The longest pause while the database can't be used."""
THREADS = {Lane.BOOK: 2, Lane.NETWORK: 8, Lane.LONG: 1}


class Worker:
    """Does jobs until it is stopped; what it could not finish is taken over when its lease is over."""

    def __init__(
        self,
        alliances: Alliances,
        kinds: Sequence[JobKind],
        settings: WorkSettings | None = None,
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        self._alliances = alliances
        self._settings = settings or WorkSettings()
        self._kinds = {kind.name: kind for kind in kinds}
        self._tick_seconds = tick_seconds
        self._holder = f"{os.getpid()}:{secrets.token_hex(8)}"
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._running: set[JobKey] = set()
        self._free = dict(THREADS)
        self._looked: dict[JobKey, float] = {}
        self._pools = {lane: ThreadPoolExecutor(count, f"jobs-{lane}") for lane, count in THREADS.items()}
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin to look for work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way (a webhook waits for its answer no longer than its timeout), and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        for pool in self._pools.values():
            pool.shutdown()

    def run_due(self) -> int:
        """Do all that is due now, one after the other, until nothing is; returns how many jobs were run."""
        self._add_periodic()
        done = 0
        while due := [key for key in self._due() if self._has_work(key)]:
            done += sum(self._do(key) for key in due)
        return done

    def _run(self) -> None:
        pause = self._tick_seconds
        tick = 0
        while not self._stop.is_set():
            try:
                if tick % NEW_ALLIANCES_TICKS == 0:
                    self._add_periodic()
                self._dispatch()
                pause = self._tick_seconds
                tick += 1
            except DatabaseUnusable as error:
                log.warning("jobs wait for the database: %s", error)
                pause = min(PAUSE_MAX_SECONDS, pause * 2)
            except Exception:
                log.exception("looking for jobs failed")
                pause = min(PAUSE_MAX_SECONDS, pause * 2)
            self._stop.wait(pause)

    def _add_periodic(self) -> None:
        periodic = [kind.name for kind in self._kinds.values() if kind.every_seconds is not None]
        ids = book_ids(self._alliances.database)
        engine = self._alliances.database.engine
        with engine.connect() as connection:
            missing = missing_jobs(connection, [JobKey(id_, name) for id_ in ids for name in periodic])
        # A transaction is about one alliance: each may live on a node of its own.
        for _, keys in groupby(missing, lambda key: key.alliance_id):
            with engine.begin() as connection:
                add_jobs(connection, keys, self._alliances.clock())
        longest = {kind.name: (kind.every_seconds, kind.lease_seconds) for kind in self._kinds.values()}
        pull_in(engine, longest, self._alliances.clock())

    def _due(self) -> list[JobKey]:
        with self._alliances.database.engine.connect() as connection:
            due = due_jobs(connection, self._alliances.clock())
        return [key for key in due if key.name in self._kinds]

    def _dispatch(self) -> None:
        """Give each due job that has work to a free thread of its lane."""
        for key in self._due():
            lane = self._kinds[key.name].lane
            with self._lock:
                if self._stop.is_set() or key in self._running or not self._free[lane]:
                    continue
            # What had no work is looked at again when it would be due had it been done.
            if self._looked.get(key, 0) > time.monotonic():
                continue
            if not self._has_work(key):
                self._looked[key] = (
                    time.monotonic() + (self._kinds[key.name].every_seconds or 0) - self._tick_seconds / 2
                )
            else:
                with self._lock:
                    self._running.add(key)
                    self._free[lane] -= 1
                self._pools[lane].submit(self._do_and_release, key)

    def _work(self, key: JobKey) -> Work:
        alliance = self._alliances.get(key.alliance_id)
        return Work(alliance, key.subject, self._alliances.clock, self._settings, self._stop.is_set)

    def _has_work(self, key: JobKey) -> bool:
        """Whether there is anything to do.

        Where that can't be told, since a setting is wrong say, the job is run: it fails by itself, which is written
        down, and holds up no other.
        """
        has_work = self._kinds[key.name].has_work
        try:
            return has_work is None or has_work(self._work(key))
        except DatabaseUnusable:
            raise
        except (CoalitionError, SettlementError):
            return True

    def _do_and_release(self, key: JobKey) -> None:
        try:
            self._do(key)
        except Exception:
            # Its lease stands in for an answer that the database could not take.
            log.exception("job %s of alliance %s could not be given back", key.name, key.alliance_id)
        finally:
            with self._lock:
                self._running.discard(key)
                self._free[self._kinds[key.name].lane] += 1

    def _do(self, key: JobKey) -> bool:
        """Take a job's lease, run it and give it back; False where another had it."""
        kind, engine, clock = self._kinds[key.name], self._alliances.database.engine, self._alliances.clock
        holder = f"{self._holder}:{secrets.token_hex(4)}"
        now = clock()
        with engine.begin() as connection:
            if not take_lease(connection, key, holder, now, now + kind.lease_seconds * SECOND):
                return False
        try:
            if kind.irreversible and self._settings.uptime is not None:
                with engine.connect() as connection:
                    check_clock(connection, key.alliance_id, clock(), self._settings.uptime())
            try_again(kind.run, self._work(key))
        except Exception as error:
            log.exception("job %s of alliance %s failed", key.name, key.alliance_id)
            with engine.begin() as connection:
                fail(connection, key, holder, clock(), f"{type(error).__name__}: {error}")
            return True
        with engine.begin() as connection:
            if kind.next_due is not None:
                next_due = kind.next_due
                finish(connection, key, holder, clock(), lambda at: next_due(at, key.alliance_id, key.subject))
            else:
                due_at = clock() + (kind.every_seconds or 0) * SECOND
                finish(connection, key, holder, clock(), lambda _: due_at)
        return True
