"""What keys sell, summed up in memory, and written and read again now and then: no sale waits for a row.

A till's key sells all day, so each process counts what it lets through, and writes it down every FLUSH_SECONDS. One
process lets nothing through above a limit, and several at most one limit each. What a process that is killed had not
written yet is not counted.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, delete, func, select, text

from coalition.access.user import HOUR
from coalition.approvals.alone import KEPT
from coalition.approvals.approval import KEY_SALES
from coalition.approvals.tables import alone_uses
from coalition.fresh import Fresh
from settlement.ledger import Clock, Database

FLUSH_SECONDS, READ_SECONDS = 10, 60
"""How long what was counted stays in memory alone, and how long a process goes by what it read of the others."""
BUCKET = 4 * HOUR
"""A row is what was sold in so long, and counts until a limit's length after the last sale in it."""

_ADD = text(
    "INSERT INTO alone_uses (alliance_id, actor, key, action, counts_to, at, minor) "
    "VALUES (:alliance_id, :actor, :key, :action, :counts_to, :at, :minor) "
    "ON CONFLICT (alliance_id, actor, key) DO UPDATE SET minor = alone_uses.minor + excluded.minor, at = excluded.at"
)
_DROP = delete(alone_uses).where(
    alone_uses.c.alliance_id == bindparam("of_alliance"),
    alone_uses.c.actor == bindparam("of_actor"),
    alone_uses.c.counts_to == KEY_SALES.name,
    alone_uses.c.at <= bindparam("until"),
)


@dataclass(frozen=True, slots=True)
class Seller:
    """Whose sales are one sum: the tills of a shop, or a key of the alliance, as in the access log."""

    alliance_id: int
    actor: str


@dataclass(slots=True)
class _Tally:
    """What is known of a seller: sums by limit as they were read, what came since, and what is not written yet."""

    read: Fresh[Mapping[str, int]]
    since: int = 0
    unwritten: int = 0


@dataclass
class KeySums:
    """The sums of all keys that call this process. Threads may share it.

    What was counted is written after `flush_seconds`, where a sale comes after them.
    """

    database: Database
    clock: Clock
    flush_seconds: float = FLUSH_SECONDS
    _tallies: dict[Seller, _Tally] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _syncing: threading.RLock = field(default_factory=threading.RLock)
    _flushed: Fresh[None] = field(init=False)

    def __post_init__(self) -> None:
        self._flushed = Fresh(None, self.flush_seconds)

    def is_known(self, seller: Seller) -> bool:
        """Whether the sums are known well enough to go by; else `sync` is to be called, in a thread."""
        tally = self._tallies.get(seller)
        return tally is not None and tally.read.is_fresh and self._flushed.is_fresh

    def take(self, seller: Seller, minor: int, limits: Mapping[str, int]) -> bool:
        """Count a sale of `minor` units, after `sync`; False where that would be above one of the limits."""
        with self._lock:
            tally = self._tallies[seller]
            if any(known + tally.since + minor > limits[name] for name, known in tally.read.value.items()):
                return False
            tally.since += minor
            tally.unwritten += minor
            return True

    def give_back(self, seller: Seller, minor: int) -> None:
        """Count no more what was refused, or was booked before. What is written by then stays counted."""
        with self._lock:
            tally = self._tallies[seller]
            back = min(minor, tally.unwritten)
            tally.since -= back
            tally.unwritten -= back

    def sync(self, seller: Seller) -> None:
        """Write what this process counted, and read what all did for this seller. One thread at a time does so."""
        with self._syncing:
            if self.is_known(seller):
                return
            self.flush()
            tally = self._tallies.get(seller)
            if tally is not None and tally.read.is_fresh:
                return
            with self.database.engine.connect() as connection:
                read = Fresh(_read(connection, seller, self.clock()), READ_SECONDS)
            with self._lock:
                tally = self._tallies.setdefault(seller, _Tally(read))
                # What is written by now is in what was read.
                tally.read, tally.since = read, tally.unwritten

    def flush(self) -> None:
        """Write what this process counted. Raises DatabaseUnusable, and keeps it then."""
        with self._syncing:
            with self._lock:
                written = {seller: tally.unwritten for seller, tally in self._tallies.items() if tally.unwritten}
                for seller in written:
                    self._tallies[seller].unwritten = 0
            try:
                if written:
                    with self.database.engine.begin() as connection:
                        _write(connection, written, self.clock())
            except BaseException:
                with self._lock:
                    for seller, minor in written.items():
                        self._tallies[seller].unwritten += minor
                raise
            self._flushed = Fresh(None, self.flush_seconds)


def _write(connection: Connection, written: Mapping[Seller, int], now: int) -> None:
    own = {"action": KEY_SALES.name, "counts_to": KEY_SALES.name, "key": f"{KEY_SALES.name} {now // BUCKET}", "at": now}
    sellers = sorted(written, key=lambda seller: (seller.alliance_id, seller.actor))
    connection.execute(
        _ADD,
        [{**own, "alliance_id": each.alliance_id, "actor": each.actor, "minor": written[each]} for each in sellers],
    )
    gone = [{"of_alliance": each.alliance_id, "of_actor": each.actor, "until": now - KEPT} for each in sellers]
    connection.execute(_DROP, gone)


def _read(connection: Connection, seller: Seller, now: int) -> Mapping[str, int]:
    columns = alone_uses.c
    mine = columns.alliance_id == seller.alliance_id, columns.actor == seller.actor
    total = select(func.coalesce(func.sum(columns.minor), 0)).where(*mine, columns.counts_to == KEY_SALES.name)
    return {
        limit.name: int(connection.execute(total.where(columns.at > now - limit.length)).scalar_one())
        for limit in KEY_SALES.limits
    }
