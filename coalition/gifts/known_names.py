"""Whose names a member reads: of those who gave them points, and of those who share a household with them or did.

Whoever gives lets their name be read by whoever gets it. Nobody learns a name by giving: they typed a number, which may
be anybody's. When a household ends, what happened until then goes on naming those who shared it as they were called.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from coalition.gifts.gift import UNHEARD
from coalition.gifts.tables import gifts
from coalition.members.mates import household_members
from coalition.members.past_mates import past_mates_of
from coalition.members.store import find_member, living_members


class KnownName(NamedTuple):
    """A name, and the last instant of what it may stand beside (microseconds since 1970 UTC); None for no end."""

    name: str
    until_at: int | None = None


def known_names(
    connection: Connection, alliance_id: int, own: Sequence[str], others: Iterable[str]
) -> dict[str, KnownName]:
    """The names of those others, by the id that was asked for, that the member with these own ids may read."""
    asked = set(others) - set(own)
    if not asked:
        return {}
    givers = _givers(connection, alliance_id, own)
    past = past_mates_of(connection, alliance_id, own)
    stand_for = living_members(connection, alliance_id, asked | givers | {mate.mate for mate in past})
    known = {stand_for[giver] for giver in givers if giver in stand_for}
    for id_ in own:
        member = find_member(connection, alliance_id, id_)
        if member is not None and member.household is not None:
            known |= {mate.id for mate in household_members(connection, alliance_id, member.household)}
    people = {id_: find_member(connection, alliance_id, id_) for id_ in known & set(stand_for.values())}
    named = {stand_for[each.mate]: KnownName(each.name, each.until_at) for each in past if each.mate in stand_for}
    named |= {
        id_: KnownName(person.profile.name)
        for id_, person in people.items()
        if person is not None and person.profile.name
    }
    return {id_: named[stand_for[id_]] for id_ in asked if stand_for.get(id_) in named}


def names_at(known: Mapping[str, KnownName], at: int) -> dict[str, str]:
    """Those of these names that may stand beside what happened at an instant."""
    return {id_: each.name for id_, each in known.items() if each.until_at is None or at <= each.until_at}


def _givers(connection: Connection, alliance_id: int, own: Sequence[str]) -> set[str]:
    heard = gifts.c.state.not_in([state.value for state in UNHEARD])
    rows = connection.execute(
        select(gifts.c.giver).distinct().where(gifts.c.alliance_id == alliance_id, gifts.c.receiver.in_(own), heard)
    )
    return set(rows.scalars())
