"""Merge a duplicate into the member that it is one of.

The duplicate's id goes on answering, for the other one. First the people are merged, in one transaction; from then
on every till that hears of it (within two seconds) earns to the other one. Then the points follow, as gifts. What
still comes to the merged id (a till that had not heard, a refund, a hold that is released) is forwarded by the next
sweep. Nothing of it can be lost or counted twice, since each gift is what is there at that moment.
"""

from sqlalchemy import Connection, update

from coalition.alliance import Alliance
from coalition.clock import system_clock
from coalition.events.emit import emit
from coalition.members.errors import MemberOwes, SameMember
from coalition.members.event_types import MEMBER_MERGED
from coalition.members.member import Member, State
from coalition.members.releases import pass_releases_on
from coalition.members.store import (
    all_merged,
    change_member,
    drop_consents,
    lock_members,
    merged_ids,
    pass_contacts_on,
    survivor,
    tell_household,
)
from coalition.members.tables import members
from coalition.members.transfer_all import GiveAll
from settlement.ledger import Posting, holdings_of, owners_with_points

GONE = {"name": None, "language": None, "birthday": None, "household": None, "joined_at": None}
FORWARDED_AT_ONCE = 500
TRIES = 5
"""How often a merge looks again for points that came meanwhile; the sweep does the rest."""


def merge(alliance: Alliance, duplicate: str, into: str) -> str:
    """Merge one member into another; the id of the one who stays. Done already, it changes nothing.

    Raises MemberUnknown, SameMember where both are one since another merge, MemberOwes.
    """
    with alliance.database.engine.begin() as connection:
        gone, kept = _merge_people(connection, alliance, duplicate, into)
    for _ in range(TRIES):
        if not forward(alliance, {gone: kept}):
            break
    return kept


def _merge_people(connection: Connection, alliance: Alliance, duplicate: str, into: str) -> tuple[str, str]:
    here = alliance.id
    lock_members(connection, here, [duplicate, into])
    gone, kept = survivor(connection, here, duplicate), survivor(connection, here, into)
    if gone.id == kept.id:
        if duplicate == into:
            raise SameMember(into)
        return duplicate, kept.id
    lock_members(connection, here, [gone.id, kept.id])
    owed = holdings_of(alliance.book, connection, [gone.id, *merged_ids(connection, here, gone.id)], 0).debts
    if owed:
        raise MemberOwes(gone.id, sum(points for _, points in owed))
    pass_contacts_on(connection, here, gone.id, kept.id)
    drop_consents(connection, here, gone.id)
    pass_releases_on(connection, here, gone.id, kept.id)
    change_member(connection, here, gone.id, {**GONE, "state": State.MERGED.value, "merged_into": kept.id}, told=True)
    change_member(connection, here, kept.id, _filled(kept, gone), told=True)
    connection.execute(
        update(members)
        .where(members.c.alliance_id == here, members.c.merged_into == gone.id)
        .values(merged_into=kept.id, changed_at=system_clock())
    )
    tell_household(connection, here, gone.household)
    tell_household(connection, here, kept.household)
    told = {"member": gone.id, "receiver": kept.id}
    emit(connection, here, MEMBER_MERGED, alliance.clock(), told, member=gone.id, second_member=kept.id)
    return gone.id, kept.id


def _filled(kept: Member, gone: Member) -> dict[str, str | int | None]:
    """What the one who stays did not tell is taken from the other; who was frozen stays so, or a merge would free."""
    state = State.FROZEN if State.FROZEN in (kept.state, gone.state) else kept.state
    return {
        "name": kept.profile.name or gone.profile.name,
        "language": kept.profile.language or gone.profile.language,
        "birthday": kept.profile.birthday or gone.profile.birthday,
        "state": state.value,
    }


def forward_all(alliance: Alliance) -> int:
    """Forward what came to merged ids since; how many had something. For a sweep, and safe to run twice at once."""
    with alliance.database.engine.connect() as connection:
        return forward(alliance, all_merged(connection, alliance.id))


def forward(alliance: Alliance, merged: dict[str, str]) -> int:
    """Give what these merged ids have to those whom they stand for; how many had something."""
    today = alliance.book.calendar.day(alliance.clock())[0]
    forwarded = 0
    ids = sorted(merged)
    for at in range(0, len(ids), FORWARDED_AT_ONCE):
        with alliance.database.engine.connect() as connection:
            owners = owners_with_points(alliance.book, connection, ids[at : at + FORWARDED_AT_ONCE], today)
        if owners:
            now = system_clock()
            alliance.poster.submit([_forwarding(alliance, id_, merged[id_], now) for id_ in owners]).result()
        forwarded += len(owners)
    return forwarded


def _forwarding(alliance: Alliance, id_: str, into: str, now: int) -> Posting:
    content: dict[str, str | int] = {"type": "merge", "member": id_, "receiver": into}
    return Posting(f"merge:{id_}:{now}", alliance.clock(), content, GiveAll(id_, into))
