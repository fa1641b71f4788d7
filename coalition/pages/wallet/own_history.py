"""A member's history as the wallet shows it: lines, with the names of those whom they know."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from coalition.events.event import Event
from coalition.feed.member_history import history
from coalition.feed.point_changes import changes_of
from coalition.gifts.known_names import known_names, names_at
from coalition.gifts.store import named_by_giver
from coalition.members.store import merged_ids, resolve_merged
from coalition.pages.visit import MemberVisit
from coalition.pages.wallet.lines import GIFTS, TO, TO_SOMEBODY, HistoryLine, line_of
from coalition.purchases.event_types import PURCHASE_CREATED
from coalition.purchases.why_nothing import why_nothing


class OwnHistory(NamedTuple):
    """Events, the newest first, and those of them that are lines."""

    events: list[Event]
    lines: list[HistoryLine]


def own_history(own: MemberVisit, most: int, before: int | None = None) -> OwnHistory:
    """The newest, or those before one."""
    events = history(own.alliance, own.member, most, before)
    return OwnHistory(events, own_lines(own, events))


def own_lines(own: MemberVisit, events: list[Event]) -> list[HistoryLine]:
    """Events as lines: what they come to is by how much the member's points changed.

    Those that moved none of them are left out, but for purchases and refunds.
    """
    alliance, rate = own.alliance, own.alliance.point_worth_at_most()
    changes = changes_of(alliance, events)
    concerned = {id_ for event in events for id_ in (event.member, event.second_member) if id_ is not None}
    concerned |= {owner for owners in changes.values() for owner in owners}
    with alliance.database.engine.connect() as connection:
        member = resolve_merged(connection, alliance.id, own.member).id
        ids = [member, *merged_ids(connection, alliance.id, member)]
        names = known_names(connection, alliance.id, ids, concerned)
        gave = {str(event.data["id"]) for event in events if event.type in GIFTS}
        named = named_by_giver(connection, alliance.id, ids, gave) if gave else {}
    lines = (
        (event, line_of(event, ids, changes.get(event.seq, {}), rate, names_at(names, event.at))) for event in events
    )
    return [_explained(own, event, _to_named(event, line, named), ids) for event, line in lines if line is not None]


def _to_named(event: Event, line: HistoryLine, named: Mapping[str, str]) -> HistoryLine:
    """A gift to whom the member does not know by name, with the number or address that they typed."""
    whom = named.get(str(event.data["id"]), "") if line.what == TO_SOMEBODY else ""
    return replace(line, what=TO, name=whom) if whom else line


def _explained(own: MemberVisit, event: Event, line: HistoryLine, ids: list[str]) -> HistoryLine:
    """A line of a purchase that earned nothing, with the reason."""
    if event.type != PURCHASE_CREATED or event.member not in ids:
        return line
    why = why_nothing(own.alliance, event, ids)
    return line if why is None else replace(line, why=own.visit.reason(why))
