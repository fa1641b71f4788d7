"""A member's history as the wallet shows it: lines, with the names of those whom they know."""

from typing import NamedTuple

from coalition.events.event import Event
from coalition.feed.member_history import history
from coalition.gifts.known_names import known_names
from coalition.members.store import merged_ids, resolve_merged
from coalition.pages.visit import MemberVisit
from coalition.pages.wallet.lines import HistoryLine, line_of


class OwnHistory(NamedTuple):
    """Events, the newest first, and those of them that are lines."""

    events: list[Event]
    lines: list[HistoryLine]


def own_history(own: MemberVisit, most: int, before: int | None = None) -> OwnHistory:
    """The newest, or those before one."""
    events = history(own.alliance, own.member, most, before)
    return OwnHistory(events, own_lines(own, events))


def own_lines(own: MemberVisit, events: list[Event]) -> list[HistoryLine]:
    """Events as lines; those that moved none of the member's points are left out."""
    alliance, rate = own.alliance, own.alliance.point_worth_at_most()
    concerned = {id_ for event in events for id_ in (event.member, event.second_member) if id_ is not None}
    with alliance.database.engine.connect() as connection:
        member = resolve_merged(connection, alliance.id, own.member).id
        ids = [member, *merged_ids(connection, alliance.id, member)]
        names = known_names(connection, alliance.id, ids, concerned)
    return [line for event in events if (line := line_of(event, ids, rate, names)) is not None]
