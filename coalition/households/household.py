"""A household: its members may spend each other's points, and each keeps their own.

There is no common account. A purchase or a hold takes the buyer's own points first, then those of the others in the
order in which they joined, each out of that member's own lots. So what a member brought stays theirs as far as it is
there, joining and leaving move nothing, a refund goes back to whom the points were taken from, and a merge or an
erasure is what it is without a household. The other way, one account for all, would need a second book of who put in
what.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select, text, update

from coalition.events.emit import emit
from coalition.households.errors import AlreadyInHousehold, HouseholdFull, InvitationUnknown, NotInHousehold
from coalition.households.event_types import HOUSEHOLD_JOINED, HOUSEHOLD_LEFT
from coalition.households.tables import invitations
from coalition.ids import random_id
from coalition.members.errors import MemberFrozen, SameMember
from coalition.members.member import Member, State
from coalition.members.store import (
    change_member,
    household_members,
    lock_members,
    locked,
    survivor,
    tell_household,
)

PREFIX, INVITATION = "fam", "inv"
MEMBERS_MAX = 8
"""Most members of a household: a purchase loads the lots of all of them."""
OPEN_FOR = 7 * 24 * 3600 * 1_000_000
"""How long an invitation is open, in microseconds."""


class Invitation(NamedTuple):
    """An invitation of `member` by `invited_by`. Times are microseconds since 1970 UTC."""

    id: str
    household: str
    invited_by: str
    member: str
    state: str
    created_at: int
    over_at: int


_COLUMNS = [invitations.c[name] for name in Invitation._fields]


def found(connection: Connection, alliance_id: int, id_: str, now: int) -> Member:
    """Found a household of one. Raises MemberUnknown, MemberFrozen, AlreadyInHousehold."""
    member = _active(connection, alliance_id, id_)
    if member.household is not None:
        raise AlreadyInHousehold(member.id)
    return _join(connection, alliance_id, member, random_id(PREFIX), now)


def invite(connection: Connection, alliance_id: int, household: str, by: str, member: str, now: int) -> Invitation:
    """Invite a member; whoever is invited already gets the same invitation again, anew for its whole time.

    Raises MemberUnknown, MemberFrozen, NotInHousehold, SameMember, HouseholdFull.
    """
    host, guest = _active(connection, alliance_id, by), survivor(connection, alliance_id, member)
    if host.household != household:
        raise NotInHousehold(household)
    if host.id == guest.id:
        raise SameMember(host.id)
    _check_room(household_members(connection, alliance_id, household))
    values = {
        "alliance_id": alliance_id,
        "id": random_id(INVITATION),
        "household": household,
        "by": host.id,
        "member": guest.id,
        "now": now,
        "over_at": now + OPEN_FOR,
    }
    connection.execute(
        text(
            "INSERT INTO household_invitations "
            "(alliance_id, id, household, invited_by, member, state, created_at, over_at) "
            "VALUES (:alliance_id, :id, :household, :by, :member, 'open', :now, :over_at) "
            "ON CONFLICT (alliance_id, member, household) WHERE state = 'open' "
            "DO UPDATE SET invited_by = excluded.invited_by, over_at = excluded.over_at"
        ),
        values,
    )
    row = connection.execute(
        select(*_COLUMNS).where(
            invitations.c.alliance_id == alliance_id,
            invitations.c.member == guest.id,
            invitations.c.household == household,
            invitations.c.state == "open",
        )
    ).one()
    return Invitation(*row)


def open_invitations(connection: Connection, alliance_id: int, id_: str, now: int) -> list[Invitation]:
    """A member's open invitations, the oldest first. Raises MemberUnknown."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(
            invitations.c.alliance_id == alliance_id,
            invitations.c.member == survivor(connection, alliance_id, id_).id,
            invitations.c.state == "open",
            invitations.c.over_at > now,
        )
        .order_by(invitations.c.created_at, invitations.c.id)
    )
    return [Invitation(*row) for row in rows]


def answer(connection: Connection, alliance_id: int, id_: str, member: str, now: int, *, accepted: bool) -> Invitation:
    """Accept an invitation, or decline it. Raises InvitationUnknown, MemberFrozen, AlreadyInHousehold, HouseholdFull.

    An invitation is only worth something as long as whoever sent it is still in the household.
    """
    guest = _active(connection, alliance_id, member)
    row = connection.execute(
        select(*_COLUMNS).where(invitations.c.alliance_id == alliance_id, invitations.c.id == id_)
    ).one_or_none()
    there = None if row is None else Invitation(*row)
    wanted = "accepted" if accepted else "declined"
    if there is None or there.member != guest.id or there.state not in ("open", wanted):
        raise InvitationUnknown(id_)
    if there.state == wanted:
        return there
    mates = household_members(connection, alliance_id, there.household)
    if there.over_at <= now or there.invited_by not in {mate.id for mate in mates}:
        raise InvitationUnknown(id_)
    connection.execute(
        update(invitations)
        .where(invitations.c.alliance_id == alliance_id, invitations.c.id == id_)
        .values(state=wanted)
    )
    if accepted:
        # In order of id like everybody, so that two who join at once can't both be the last that fits.
        lock_members(connection, alliance_id, [mate.id for mate in mates])
        if guest.household is not None:
            raise AlreadyInHousehold(guest.id)
        _check_room(household_members(connection, alliance_id, there.household))
        _join(connection, alliance_id, guest, there.household, now)
    return there._replace(state=wanted)


def leave(connection: Connection, alliance_id: int, household: str, id_: str, now: int) -> None:
    """Leave a household; the points stay with whose they are. Raises MemberUnknown, NotInHousehold."""
    member = locked(connection, alliance_id, id_)
    if member.household != household:
        raise NotInHousehold(household)
    tell_household(connection, alliance_id, household)
    change_member(connection, alliance_id, member.id, {"household": None, "joined_at": None}, told=True)
    told = {"member": member.id, "household": household}
    emit(connection, alliance_id, HOUSEHOLD_LEFT, now, told, member=member.id)


def _active(connection: Connection, alliance_id: int, id_: str) -> Member:
    member = locked(connection, alliance_id, id_)
    if member.state is State.FROZEN:
        raise MemberFrozen(member.id)
    return member


def _check_room(mates: Sequence[Member]) -> None:
    if len(mates) >= MEMBERS_MAX:
        raise HouseholdFull(MEMBERS_MAX)


def _join(connection: Connection, alliance_id: int, member: Member, household: str, now: int) -> Member:
    change_member(connection, alliance_id, member.id, {"household": household, "joined_at": now}, told=True)
    tell_household(connection, alliance_id, household)
    told = {"member": member.id, "household": household}
    emit(connection, alliance_id, HOUSEHOLD_JOINED, now, told, member=member.id)
    return survivor(connection, alliance_id, member.id)
