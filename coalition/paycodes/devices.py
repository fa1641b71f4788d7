"""The phones that make members' pay codes, in the database."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from coalition.paycodes.tables import pay_devices

DEVICE_PREFIX = "dev_"
DEVICES_MAX = 20
"""Most phones of one member; one more ends the oldest, which nobody may have any longer."""


class PayDevice(NamedTuple):
    """A phone: its codes have its `number`, its key is made from `nonce`. Added at `created_at` (µs since 1970 UTC).

    It ends with the `session` in which it was added; None where an app's key added it.
    """

    nonce: str
    number: int
    member: str
    name: str
    created_at: int
    session: str | None = None

    @property
    def id(self) -> str:
        """Its public id."""
        return f"{DEVICE_PREFIX}{self.nonce}"


_COLUMNS = [pay_devices.c[name] for name in PayDevice._fields]


def add_device(connection: Connection, alliance_id: int, device: PayDevice) -> bool:
    """Keep a new phone; whether it took the place of the oldest. Raises IntegrityError for a number that is taken."""
    older = devices_of(connection, alliance_id, device.member)
    replaced = older[: max(0, len(older) + 1 - DEVICES_MAX)]
    for oldest in replaced:
        remove_device(connection, alliance_id, device.member, oldest.id)
    connection.execute(insert(pay_devices).values(alliance_id=alliance_id, **device._asdict()))
    return bool(replaced)


def devices_of(connection: Connection, alliance_id: int, member: str) -> list[PayDevice]:
    """A member's phones, the oldest first."""
    columns = pay_devices.c
    rows = connection.execute(
        select(*_COLUMNS)
        .where(columns.alliance_id == alliance_id, columns.member == member)
        .order_by(columns.created_at, columns.nonce)
    )
    return [PayDevice(*row) for row in rows]


def devices_by_number(connection: Connection, alliance_id: int, numbers: Iterable[int]) -> list[PayDevice]:
    """Those of these numbers that there are."""
    columns = pay_devices.c
    rows = connection.execute(
        select(*_COLUMNS).where(columns.alliance_id == alliance_id, columns.number.in_(sorted(numbers)))
    )
    return [PayDevice(*row) for row in rows]


def remove_device(connection: Connection, alliance_id: int, member: str, id_: str) -> bool:
    """Remove one of a member's phones; False where they have no such phone."""
    columns = pay_devices.c
    done = connection.execute(
        delete(pay_devices).where(
            columns.alliance_id == alliance_id,
            columns.member == member,
            columns.nonce == id_.removeprefix(DEVICE_PREFIX),
            func.length(columns.nonce) == len(id_) - len(DEVICE_PREFIX),
        )
    )
    return done.rowcount == 1


def remove_devices_of_sessions(connection: Connection, alliance_id: int, member: str, session: str | None) -> int:
    """Remove the phones that a member added in a session, or in any where none is named; how many there were."""
    columns = pay_devices.c
    added_in = columns.session.is_not(None) if session is None else columns.session == session
    done = connection.execute(
        delete(pay_devices).where(columns.alliance_id == alliance_id, columns.member == member, added_in)
    )
    return done.rowcount
