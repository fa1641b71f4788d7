"""Let a member's phone make pay codes, and end that again: by itself, or with the session of its log-in."""

import secrets
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.access.prove import check_proven
from coalition.alliance import Alliance
from coalition.members.member_cache import check_active, member_cache
from coalition.members.store import change_member, lock_member
from coalition.paycodes.code import MODULUS, derive_key
from coalition.paycodes.consent import NONCE_BYTES
from coalition.paycodes.devices import PayDevice, add_device, remove_device, remove_devices_of_sessions
from coalition.paycodes.errors import DeviceUnknown

TRIES = 5


class AddedDevice(NamedTuple):
    """A new phone, and the key that it makes its codes with: nothing keeps it here, and it is not shown again."""

    device: PayDevice
    key: bytes


def add_pay_device(alliance: Alliance, caller: Caller, member: str, name: str) -> AddedDevice:
    """Give a phone a number and a key; it ends with its caller's session.

    Raises MemberUnknown, MemberFrozen, and ProofNeeded in an old session.
    """
    owner = check_active(member_cache(alliance).look_up(member)).id
    now, replaces = alliance.clock(), False
    for tries_left in reversed(range(TRIES)):
        device = PayDevice(secrets.token_hex(NONCE_BYTES), secrets.randbelow(MODULUS), owner, name, now, caller.session)
        try:
            with alliance.database.engine.begin() as connection:
                check_proven(connection, caller, alliance.machine_clock())
                lock_member(connection, alliance.id, owner)
                replaces = add_device(connection, alliance.id, device)
                if replaces:
                    # Tills hear of it as of any change of the member.
                    change_member(connection, alliance.id, owner, {}, publish=True)
                record(connection, caller, "pay_device.add", owner, {"device": device.id})
        except IntegrityError:
            # Another phone has the number.
            if not tries_left:
                raise
            continue
        break
    if replaces:
        member_cache(alliance).refresh()
    return AddedDevice(device, derive_key(alliance.programme.secret, device.nonce))


def end_pay_device(alliance: Alliance, caller: Caller, member: str, device: str) -> None:
    """End a phone: none of its codes is good any more, in any process within two seconds. Raises DeviceUnknown."""
    with alliance.database.engine.begin() as connection:
        owner = lock_member(connection, alliance.id, member)
        if not remove_device(connection, alliance.id, owner.id, device):
            raise DeviceUnknown(device)
        change_member(connection, alliance.id, owner.id, {}, publish=True)
        record(connection, caller, "pay_device.end", owner.id, {"device": device})
    member_cache(alliance).refresh()


def end_devices_of_session(alliance: Alliance, connection: Connection, member: str, session: str | None) -> bool:
    """End the phones that were added in a session, or in any of the member's; whether there were any.

    Whoever calls it refreshes the cache of members after the commit. Raises MemberUnknown.
    """
    owner = lock_member(connection, alliance.id, member)
    if not remove_devices_of_sessions(connection, alliance.id, owner.id, session):
        return False
    change_member(connection, alliance.id, owner.id, {}, publish=True)
    return True
