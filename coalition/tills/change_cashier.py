"""A shop's cashiers: add one with a PIN, change or unlock it, end it."""

from sqlalchemy import ColumnElement, Connection, insert, update

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.access.passwords import hash_pin
from coalition.ids import random_id
from coalition.tills.errors import CashierNameMissing, CashierNameTaken
from coalition.tills.store import cashiers_of, end_shifts, find_cashier
from coalition.tills.tables import cashiers
from coalition.tills.till import CASHIER_PREFIX, TRIES, Cashier, check_pin


def add_cashier(connection: Connection, caller: Caller, shop: str, name: str, pin: str, now: int) -> Cashier:
    """Let somebody sign in at the shop's tills. A PIN is good there and nowhere else.

    Raises PinWeak, CashierNameMissing and CashierNameTaken.
    """
    _check_name(connection, caller.alliance_id, shop, name)
    cashier = Cashier(random_id(CASHIER_PREFIX), shop, name, TRIES, now)
    pin_hash = hash_pin(check_pin(pin))
    connection.execute(insert(cashiers).values(alliance_id=caller.alliance_id, pin_hash=pin_hash, **cashier._asdict()))
    record(connection, caller, "cashier.create", cashier.id, {"name": name, "shop": shop})
    return cashier


def change_cashier(
    connection: Connection,
    caller: Caller,
    id_: str,
    *,
    name: str | None = None,
    pin: str | None = None,
    unlock: bool = False,
) -> Cashier:
    """Another name, another PIN, or five tries again. A new PIN unlocks too.

    Raises CashierUnknown, PinWeak, CashierNameMissing and CashierNameTaken.
    """
    cashier = find_cashier(connection, caller.alliance_id, id_, caller.shop)
    if name is not None:
        _check_name(connection, caller.alliance_id, cashier.shop, name, but=cashier.id)
    values: dict[str, str | int] = {} if name is None else {"name": name}
    if pin is not None:
        values["pin_hash"] = hash_pin(check_pin(pin))
    if unlock or pin is not None:
        values["tries_left"] = TRIES
    if values:
        connection.execute(update(cashiers).where(*_own(caller, cashier)).values(**values))
        details = {"name": name, "pin": pin is not None, "unlocked": "tries_left" in values}
        record(connection, caller, "cashier.update", cashier.id, details)
    return cashier._replace(
        name=cashier.name if name is None else name, tries_left=int(values.get("tries_left", cashier.tries_left))
    )


def end_cashier(connection: Connection, caller: Caller, id_: str, now: int) -> None:
    """Let somebody sign in no more; a shift of theirs ends. `now` is by the alliance's clock. Raises CashierUnknown."""
    cashier = find_cashier(connection, caller.alliance_id, id_, caller.shop)
    connection.execute(update(cashiers).where(*_own(caller, cashier)).values(ended_at=now))
    end_shifts(connection, caller.alliance_id, now, cashier=cashier.id)
    record(connection, caller, "cashier.end", cashier.id)


def _check_name(connection: Connection, alliance_id: int, shop: str, name: str, but: str = "") -> None:
    if not name.strip():
        raise CashierNameMissing
    same = name.casefold()
    if any(each.name.casefold() == same and each.id != but for each in cashiers_of(connection, alliance_id, shop)):
        raise CashierNameTaken(name)


def _own(caller: Caller, cashier: Cashier) -> tuple[ColumnElement[bool], ...]:
    return cashiers.c.alliance_id == caller.alliance_id, cashiers.c.id == cashier.id
