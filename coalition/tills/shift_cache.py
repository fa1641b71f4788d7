"""Which till and which cashier a sale, a refund or an enrolment is of, from memory.

A look-up for each sale would cost as much as the sale.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from coalition.access.caller import till_of
from coalition.alliance import Alliance
from coalition.fresh import Fresh
from coalition.members.errors import MemberError
from coalition.tills.errors import ShiftNeeded, ShiftOver, ShiftUnknown, SignatureNeeded
from coalition.tills.store import find_shift
from coalition.tills.till import Shift

KNOWN_MAX = 10_000
TILL, CASHIER = "till", "cashier"
"""In a posting's content: at which connected till, and by whom."""
UNSIGNED_US = 10 * 60 * 1_000_000
"""How long ago a sale of a connected till may have happened that it has not signed: its clock may be wrong."""


class SoldBy(NamedTuple):
    """The till and the cashier of a sale, none for a caller that is no connected till; and what speaks against it."""

    till: str | None = None
    cashier: str | None = None
    problem: MemberError | None = None

    @property
    def content(self) -> dict[str, str | int]:
        """What the content of a posting says of it."""
        return {name: value for name, value in ((TILL, self.till), (CASHIER, self.cashier)) if value is not None}


NOBODY = SoldBy()


def seller_of(content: Mapping[str, str | int]) -> tuple[str | None, str | None]:
    """The connected till and the cashier that the content of a posting names; None where it names none."""
    till, cashier = (content.get(name) for name in (TILL, CASHIER))
    return None if till is None else str(till), None if cashier is None else str(cashier)


class ShiftCache:
    """Shifts of one alliance as of the last two seconds. Safe to share between threads."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._known: dict[str, Fresh[Shift | None]] = {}

    def known(self, id_: str) -> Fresh[Shift | None] | None:
        """A shift that was read just now; None where it was not."""
        known = self._known.get(id_)
        return known if known is not None and known.is_fresh else None

    def look_up(self, id_: str) -> Shift | None:
        """A shift; None where there is none."""
        known = self.known(id_)
        if known is None:
            with self._alliance.database.engine.connect() as connection:
                known = Fresh(find_shift(connection, self._alliance.id, id_))
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[id_] = known
        return known.value

    def forget(self) -> None:
        """Read all shifts again: one began or ended."""
        self._known.clear()


def shift_cache(alliance: Alliance) -> ShiftCache:
    """The shifts of an alliance in this process."""
    return alliance.part(ShiftCache)


async def sold_by(alliance: Alliance, caller: str, shift: str | None, occurred_at: int | None) -> SoldBy:
    """Who sells, in a request of a caller that names a shift: see `sold_by_now`."""
    if shift is None or shift_cache(alliance).known(shift) is not None:
        return sold_by_now(alliance, caller, shift, occurred_at)
    return await asyncio.to_thread(sold_by_now, alliance, caller, shift, occurred_at)


def sold_by_now(
    alliance: Alliance, caller: str, shift: str | None, occurred_at: int | None, *, signed: bool = False
) -> SoldBy:
    """The same for a thread, which may wait for the database.

    A sale that happened at an instant (microseconds since 1970 UTC), offline, belongs to the shift of then, even if
    that has ended since; where it was longer ago than a clock is wrong, the till has `signed` it. Raises ShiftUnknown
    for a shift of another till, or of a caller that is none.
    """
    if shift is None:
        return SoldBy(problem=ShiftNeeded()) if till_of(caller) is not None else NOBODY
    existing = shift_cache(alliance).look_up(shift)
    if existing is None or existing.till != till_of(caller):
        raise ShiftUnknown(shift)
    now = alliance.clock()
    at = now if occurred_at is None else occurred_at
    problem: MemberError | None = None
    if existing.ended_at is not None and existing.ended_at <= at:
        problem = ShiftOver()
    elif at < now - UNSIGNED_US and not signed:
        problem = SignatureNeeded()
    return SoldBy(existing.till, existing.cashier, problem)


def voided_by(alliance: Alliance, caller: str, shift: str | None) -> SoldBy:
    """Who voids: a void always succeeds, so nothing speaks against it. A shift that is not the till's names nobody."""
    try:
        return sold_by_now(alliance, caller, shift, None)._replace(till=till_of(caller), problem=None)
    except ShiftUnknown:
        return SoldBy(till_of(caller))
