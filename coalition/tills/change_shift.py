"""Begin a shift with a PIN, and end it."""

from sqlalchemy import insert as insert_into
from sqlalchemy import select, update

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.access.passwords import is_password
from coalition.alliance import Alliance
from coalition.ids import random_id
from coalition.tills.errors import PinLocked, PinWrong, ShiftUnknown
from coalition.tills.shift_cache import shift_cache
from coalition.tills.store import end_shifts, find_cashier, find_shift, find_till
from coalition.tills.tables import cashiers, shifts
from coalition.tills.till import SHIFT_PREFIX, TRIES, Shift


def begin_shift(alliance: Alliance, caller: Caller, cashier_id: str, pin: str) -> Shift:
    """Sign a cashier in at the till that calls; whoever was signed in there before is signed out.

    Each try is counted before the PIN is looked at, in a transaction of its own. Raises TillUnknown for a key, which is
    no device, CashierUnknown, PinWrong, PinLocked.
    """
    till = caller.till
    with alliance.database.engine.connect() as connection:
        find_till(connection, alliance.id, till)
    _check_pin(alliance, caller, cashier_id, pin)
    now = alliance.clock()
    shift = Shift(random_id(SHIFT_PREFIX), till, cashier_id, now)
    with alliance.database.engine.begin() as connection:
        # Taken again: a manager may have ended the cashier meanwhile.
        find_cashier(connection, alliance.id, cashier_id, caller.shop)
        end_shifts(connection, alliance.id, now, till=till)
        connection.execute(insert_into(shifts).values(alliance_id=alliance.id, **shift._asdict()))
        record(connection, caller, "shift.begin", shift.id, {"cashier": cashier_id})
    shift_cache(alliance).forget()
    return shift


def end_shift(alliance: Alliance, caller: Caller, id_: str) -> Shift:
    """Sign the cashier out. A shift that has ended stays as it is. Raises ShiftUnknown."""
    with alliance.database.engine.begin() as connection:
        shift = find_shift(connection, alliance.id, id_)
        if shift is None or shift.till != caller.till:
            raise ShiftUnknown(id_)
        if shift.ended_at is None:
            shift = shift._replace(ended_at=alliance.clock())
            mine = shifts.c.alliance_id == alliance.id, shifts.c.id == id_
            connection.execute(update(shifts).where(*mine).values(ended_at=shift.ended_at))
            record(connection, caller, "shift.end", id_)
    shift_cache(alliance).forget()
    return shift


def _check_pin(alliance: Alliance, caller: Caller, cashier_id: str, pin: str) -> None:
    mine = cashiers.c.alliance_id == alliance.id, cashiers.c.id == cashier_id
    with alliance.database.engine.begin() as connection:
        cashier = find_cashier(connection, alliance.id, cashier_id, caller.shop)
        pin_hash = connection.execute(select(cashiers.c.pin_hash).where(*mine)).scalar_one()
        tried = connection.execute(
            update(cashiers)
            .where(*mine, cashiers.c.tries_left > 0)
            .values(tries_left=cashiers.c.tries_left - 1)
            .returning(cashiers.c.tries_left)
        ).scalar_one_or_none()
        if tried is not None and not tried:
            record(connection, caller, "cashier.lock", cashier.id)
    if tried is None:
        raise PinLocked
    if not is_password(pin, pin_hash):
        if not tried:
            raise PinLocked
        raise PinWrong(tried)
    with alliance.database.engine.begin() as connection:
        # Not where a manager has set another PIN meanwhile.
        connection.execute(update(cashiers).where(*mine, cashiers.c.pin_hash == pin_hash).values(tries_left=TRIES))
