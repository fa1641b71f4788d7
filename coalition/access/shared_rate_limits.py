"""Rate limits that all processes of a database share: the limits on log-ins and codes.

A guessed password or a message to a phone costs the same in every process, so these limits are kept in the database:
one row a caller, with the number that `coalition.access.rate_limits` keeps in memory. All other limits protect a
process, which counts for itself.
"""

import time
from hashlib import sha256

from sqlalchemy import delete, select, text, update

from coalition.access.errors import TooManyRequests
from coalition.access.rate_limits import DailyCap, Policy
from coalition.access.tables import daily_counts, rate_limits
from coalition.clock import system_clock
from settlement.ledger import Clock, Database

SECOND_US = 1_000_000
FORGET_SECONDS = 60
"""How often rows whose whole quota is available again are deleted."""
NO_ALLIANCE = 0
"""The alliance of every row: a caller who is not logged in yet has none."""

_TAKE = text(
    "INSERT INTO rate_limits (alliance_id, id, paid_until) VALUES (:alliance_id, :id, :now + :step) "
    "ON CONFLICT (alliance_id, id) DO UPDATE SET paid_until = "
    "CASE WHEN rate_limits.paid_until > :now THEN rate_limits.paid_until ELSE :now END + :step "
    "WHERE rate_limits.paid_until <= :latest RETURNING paid_until"
)


_COUNT = text(
    "INSERT INTO daily_counts (alliance_id, day, id, times) VALUES (:alliance_id, :day, :id, 1) "
    "ON CONFLICT (alliance_id, day, id) DO UPDATE SET times = daily_counts.times + 1 "
    "WHERE daily_counts.times < :most RETURNING times"
)
DAY_US = 86_400 * SECOND_US


class SharedRates:
    """The counters of one database. `scale` multiplies every quota; 0 counts nothing and refuses nothing.

    `clock` is the machine's: a sandbox's clock can be moved, which would lift the limits.
    """

    def __init__(self, database: Database, scale: int = 1, clock: Clock = system_clock) -> None:
        self._database = database
        self._scale = scale
        self._clock = clock
        self._forget_at = time.monotonic()

    def take(self, policy: Policy, key: str) -> int:
        """Count a request of the caller identified by `key`; how many more there may be now.

        Raises TooManyRequests, and does not count it then.
        """
        if self._scale == 0:
            return policy.quota
        now, step = self._clock(), policy.step(self._scale, SECOND_US)
        latest = now + policy.window_seconds * SECOND_US - step
        self._forget(now)
        row = {"alliance_id": NO_ALLIANCE, "id": _id(policy.name, key)}
        mine = rate_limits.c.alliance_id == NO_ALLIANCE, rate_limits.c.id == row["id"]
        with self._database.engine.begin() as connection:
            taken = connection.execute(_TAKE, {**row, "now": now, "step": step, "latest": latest}).scalar()
            if taken is not None:
                left: int = (latest + step - taken) // step
                return left
            # A clock that was ahead when it counted, and is right again, locks nobody out for longer than the window.
            full = latest + step
            connection.execute(
                update(rate_limits).where(*mine, rate_limits.c.paid_until > full).values(paid_until=full)
            )
            paid_until = connection.execute(select(rate_limits.c.paid_until).where(*mine)).scalar()
        # If the row is gone, a successful log-in has just cleared it.
        raise TooManyRequests(policy.name, -(-max(1, (paid_until or 0) - latest) // SECOND_US))

    def count(self, cap: DailyCap, key: str) -> None:
        """Count what `key` identifies among today's. Raises TooManyRequests, and does not count it then."""
        if self._scale == 0:
            return
        now = self._clock()
        row = {"alliance_id": NO_ALLIANCE, "day": now // DAY_US, "id": _id(cap.name, key)}
        with self._database.engine.begin() as connection:
            most = cap.most * self._scale
            counted = most > 0 and connection.execute(_COUNT, {**row, "most": most}).first() is not None
        if not counted:
            raise TooManyRequests(cap.name, -(-(DAY_US - now % DAY_US) // SECOND_US))

    def clear(self, policy: Policy, key: str) -> None:
        """Forget the requests of the caller that `key` identifies."""
        with self._database.engine.begin() as connection:
            connection.execute(
                delete(rate_limits).where(
                    rate_limits.c.alliance_id == NO_ALLIANCE, rate_limits.c.id == _id(policy.name, key)
                )
            )

    def _forget(self, now: int) -> None:
        """Delete the counts of earlier days, and rows whose whole quota is available again.

        In a transaction that holds no other row while it waits.
        """
        if time.monotonic() < self._forget_at:
            return
        self._forget_at = time.monotonic() + FORGET_SECONDS
        with self._database.engine.begin() as connection:
            connection.execute(
                delete(rate_limits).where(rate_limits.c.alliance_id == NO_ALLIANCE, rate_limits.c.paid_until <= now)
            )
            over = daily_counts.c.day < now // DAY_US
            connection.execute(delete(daily_counts).where(daily_counts.c.alliance_id == NO_ALLIANCE, over))


def _id(limit: str, key: str) -> bytes:
    """A row's id: a hash, so any address or name fits and none is stored."""
    return sha256(f"{limit}:{key}".encode("utf-8", "surrogatepass")).digest()
