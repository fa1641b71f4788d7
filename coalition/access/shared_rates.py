"""Rate limits that all processes of a database share: those on log-ins and codes.

A guess at a password and a message to a phone cost the same whichever process takes them, so what is left of them is
kept in the database: one row for whoever has asked, with the number that `coalition.access.rates` keeps in memory.
All other limits guard the process itself, and each counts its own.
"""

import time
from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import delete, select, text

from coalition.access.errors import TooManyRequests
from coalition.access.rates import Policy
from coalition.access.tables import rate_limits
from settlement.ledger import Database

SECOND_US = 1_000_000
FORGET_SECONDS = 60
"""How often rows that are at no limit any more are dropped."""
NOBODYS = 0
"""The alliance of a row: whoever is not logged in yet is of none."""

_TAKE = text(
    "INSERT INTO rate_limits (alliance_id, id, paid_until) VALUES (:alliance_id, :id, :now + :step) "
    "ON CONFLICT (alliance_id, id) DO UPDATE SET paid_until = "
    "CASE WHEN rate_limits.paid_until > :now THEN rate_limits.paid_until ELSE :now END + :step "
    "WHERE rate_limits.paid_until <= :latest RETURNING paid_until"
)


def machine_clock() -> int:
    """Microseconds since 1970 UTC by this machine's clock: a sandbox's own would lift the limits when it is moved."""
    return time.time_ns() // 1000


class SharedRates:
    """The counters of one database. `scale` multiplies every quota; 0 counts nothing and refuses nothing."""

    def __init__(self, database: Database, scale: int = 1, clock: Callable[[], int] = machine_clock) -> None:
        self._database = database
        self._scale = scale
        self._clock = clock
        self._forget_at = time.monotonic()

    def take(self, policy: Policy, who: str) -> None:
        """Count a request of `who`. Raises TooManyRequests, which does not count."""
        if self._scale == 0:
            return
        now, step = self._clock(), policy.step(self._scale, SECOND_US)
        latest = now + policy.window_seconds * SECOND_US - step
        self._forget(now)
        row = {"alliance_id": NOBODYS, "id": _id(policy, who)}
        with self._database.engine.begin() as connection:
            if connection.execute(_TAKE, {**row, "now": now, "step": step, "latest": latest}).first() is not None:
                return
            paid_until = connection.execute(
                select(rate_limits.c.paid_until).where(
                    rate_limits.c.alliance_id == NOBODYS, rate_limits.c.id == row["id"]
                )
            ).scalar()
        # Where the row is gone, somebody has just logged in.
        raise TooManyRequests(policy.name, -(-max(1, (paid_until or 0) - latest) // SECOND_US))

    def clear(self, policy: Policy, who: str) -> None:
        """Forget what `who` has sent."""
        with self._database.engine.begin() as connection:
            connection.execute(
                delete(rate_limits).where(rate_limits.c.alliance_id == NOBODYS, rate_limits.c.id == _id(policy, who))
            )

    def _forget(self, now: int) -> None:
        """Drop what is at no limit any more, in a transaction of its own: it holds no other row while it waits."""
        if time.monotonic() < self._forget_at:
            return
        self._forget_at = time.monotonic() + FORGET_SECONDS
        with self._database.engine.begin() as connection:
            connection.execute(
                delete(rate_limits).where(rate_limits.c.alliance_id == NOBODYS, rate_limits.c.paid_until <= now)
            )


def _id(policy: Policy, who: str) -> bytes:
    """A row's id: whatever was sent as an address or a name fits, and is not kept."""
    return sha256(f"{policy.name}:{who}".encode("utf-8", "surrogatepass")).digest()
