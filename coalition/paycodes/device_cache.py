"""Phones as tills need them at once: kept in memory for as long as their members are.

Whatever ends a phone changes its member, whom every process forgets within two seconds and then looks up anew. So a
phone that is in memory counts while its member is the one with whom it was read.
"""

from collections.abc import Iterable
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.look_up import LookUp
from coalition.members.member_cache import CachedMember, member_cache
from coalition.paycodes.code import derive_key
from coalition.paycodes.devices import devices_by_number

KEPT_MAX = 500_000


class KnownDevice(NamedTuple):
    """A phone, with the key that its codes are made with."""

    nonce: str
    member: str
    key: bytes


class DeviceCache:
    """The phones of one alliance that were looked up. Safe to share between threads."""

    def __init__(self, alliance: Alliance) -> None:
        self._database = alliance.database
        self._alliance_id = alliance.id
        self._secret = alliance.programme.secret
        self._members = member_cache(alliance)
        self._kept: dict[int, tuple[KnownDevice, CachedMember]] = {}
        self._look_up: LookUp[int, KnownDevice | None] = LookUp(self.load, self.known)

    def known(self, number: int) -> KnownDevice | None:
        """The phone of a number; None where the database must be asked."""
        device, member = self._kept.get(number, (None, None))
        return device if device is not None and self._members.known(device.member) is member else None

    def load(self, numbers: Iterable[int]) -> None:
        """Keep the phones of these numbers, asking once for all of them."""
        wanted = [number for number in numbers if self.known(number) is None]
        if not wanted:
            return
        with self._database.engine.connect() as connection:
            owners = {device.member for device in devices_by_number(connection, self._alliance_id, wanted)}
        self._members.load(owners)
        read_with = {owner: self._members.known(owner) for owner in owners}
        # Read again: a phone that ended meanwhile would count for as long as the member who was just read.
        with self._database.engine.connect() as connection:
            devices = devices_by_number(connection, self._alliance_id, wanted)
        if len(self._kept) + len(devices) > KEPT_MAX:
            self._kept.clear()
        for device in devices:
            member = read_with.get(device.member)
            if member is not None:
                key = derive_key(self._secret, device.nonce)
                self._kept[device.number] = KnownDevice(device.nonce, device.member, key), member

    def look_up(self, number: int) -> KnownDevice | None:
        """The phone of a number, asking the database where need be."""
        self.load([number])
        return self.known(number)

    async def look_up_async(self, number: int) -> KnownDevice | None:
        """The same for a coroutine: all that wait at once share one query."""
        return self.known(number) or await self._look_up.ask(number)


def device_cache(alliance: Alliance) -> DeviceCache:
    """The cache of an alliance's phones in this process."""
    return alliance.part(DeviceCache)
