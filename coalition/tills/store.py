"""Tills, cashiers and shifts in the database."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from coalition.tills.errors import CashierUnknown, TillUnknown
from coalition.tills.tables import cashiers, shifts, tills
from coalition.tills.till import Cashier, Shift, TillDevice

TILL_COLUMNS = [tills.c[name] for name in TillDevice._fields]
CASHIER_COLUMNS = [cashiers.c[name] for name in Cashier._fields]
SHIFT_COLUMNS = [shifts.c[name] for name in Shift._fields]


def tills_of(connection: Connection, alliance_id: int, shop: str) -> list[TillDevice]:
    """A shop's tills that were not removed, the oldest first."""
    mine = tills.c.alliance_id == alliance_id, tills.c.shop == shop, tills.c.revoked_at.is_(None)
    rows = connection.execute(select(*TILL_COLUMNS).where(*mine).order_by(tills.c.created_at, tills.c.id))
    return [TillDevice(*row) for row in rows]


def find_till(connection: Connection, alliance_id: int, id_: str, shop: str | None = None) -> TillDevice:
    """A till that was not removed, of a shop where one is named. Raises TillUnknown."""
    row = connection.execute(
        select(*TILL_COLUMNS).where(tills.c.alliance_id == alliance_id, tills.c.id == id_, tills.c.revoked_at.is_(None))
    ).one_or_none()
    if row is None or shop not in (None, row.shop):
        raise TillUnknown(id_)
    return TillDevice(*row)


def public_key_of(connection: Connection, alliance_id: int, id_: str, shop: str) -> bytes | None:
    """The public key of a till, also of one that was removed; None where the shop never had one of this id."""
    mine = tills.c.alliance_id == alliance_id, tills.c.id == id_, tills.c.shop == shop
    key: bytes | None = connection.execute(select(tills.c.public_key).where(*mine)).scalar_one_or_none()
    return key


def alliance_of_till(connection: Connection, id_: str) -> int | None:
    """The alliance of a till that was not removed; None where there is none of this id."""
    alliance_id: int | None = connection.execute(
        select(tills.c.alliance_id).where(tills.c.id == id_, tills.c.revoked_at.is_(None))
    ).scalar_one_or_none()
    return alliance_id


def cashiers_of(connection: Connection, alliance_id: int, shop: str) -> list[Cashier]:
    """A shop's cashiers who work there still, by name."""
    mine = cashiers.c.alliance_id == alliance_id, cashiers.c.shop == shop, cashiers.c.ended_at.is_(None)
    rows = connection.execute(select(*CASHIER_COLUMNS).where(*mine).order_by(cashiers.c.name, cashiers.c.id))
    return [Cashier(*row) for row in rows]


def find_cashier(connection: Connection, alliance_id: int, id_: str, shop: str | None = None) -> Cashier:
    """A cashier who works there still, of a shop where one is named. Raises CashierUnknown."""
    row = connection.execute(
        select(*CASHIER_COLUMNS).where(
            cashiers.c.alliance_id == alliance_id, cashiers.c.id == id_, cashiers.c.ended_at.is_(None)
        )
    ).one_or_none()
    if row is None or shop not in (None, row.shop):
        raise CashierUnknown(id_)
    return Cashier(*row)


def names_of(connection: Connection, alliance_id: int, ids: Iterable[str]) -> dict[str, str]:
    """What these tills and cashiers are called, or were before they were removed."""
    wanted = sorted(set(ids))
    return {
        row.id: row.name
        for table in (tills, cashiers)
        for row in connection.execute(
            select(table.c.id, table.c.name).where(table.c.alliance_id == alliance_id, table.c.id.in_(wanted))
        )
    }


def find_shift(connection: Connection, alliance_id: int, id_: str) -> Shift | None:
    """A shift; None where there is none."""
    row = connection.execute(
        select(*SHIFT_COLUMNS).where(shifts.c.alliance_id == alliance_id, shifts.c.id == id_)
    ).one_or_none()
    return None if row is None else Shift(*row)


def open_shift(connection: Connection, alliance_id: int, till: str) -> Shift | None:
    """The shift that lasts at a till; None where nobody is signed in."""
    row = connection.execute(
        select(*SHIFT_COLUMNS)
        .where(shifts.c.alliance_id == alliance_id, shifts.c.till == till, shifts.c.ended_at.is_(None))
        .order_by(shifts.c.begun_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Shift(*row)


def end_shifts(
    connection: Connection, alliance_id: int, now: int, *, till: str | None = None, cashier: str | None = None
) -> None:
    """End, by the alliance's clock, the shift that lasts at a till, or those of a cashier."""
    wanted = {shifts.c.till: till, shifts.c.cashier: cashier}
    connection.execute(
        update(shifts)
        .where(shifts.c.alliance_id == alliance_id, shifts.c.ended_at.is_(None))
        .where(*(column == value for column, value in wanted.items() if value is not None))
        .values(ended_at=now)
    )
