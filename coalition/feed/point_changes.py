"""By how many points events changed what members can spend, as the book has it."""

from collections.abc import Mapping, Sequence
from contextlib import closing

from coalition.alliance import Alliance
from coalition.events.event import Event
from coalition.members.store import merged_ids, resolve_merged
from settlement.ledger import point_changes

Changes = Mapping[int, Mapping[str, int]]
"""Points by the number of an event and the id of their owner, below zero where they were taken."""


def changes_of(alliance: Alliance, events: Sequence[Event]) -> Changes:
    """The changes that each event made, of all owners: so what a history says adds up to the balance.

    An event that is no posting of its own says by itself what another's posting changed for its member.
    """
    postings = [event.posting_id for event in events if event.posting_id is not None]
    with closing(alliance.database.session()) as session:
        booked = point_changes(alliance.book, session, postings) if postings else {}
    changes: dict[int, Mapping[str, int]] = {}
    for event in events:
        if event.posting_id is not None:
            changes[event.seq] = booked.get(event.posting_id, {})
        elif event.member is not None and "points_change" in event.data:
            changes[event.seq] = {event.member: int(event.data["points_change"])}
    return changes


def own_changes(alliance: Alliance, member: str, events: Sequence[Event]) -> dict[int, int]:
    """The changes that each event made for one member, by its number. Raises MemberUnknown."""
    changes = changes_of(alliance, events)
    with alliance.database.engine.connect() as connection:
        current = resolve_merged(connection, alliance.id, member).id
        own = {current, *merged_ids(connection, alliance.id, current)}
    return {
        event.seq: sum(points for owner, points in changes.get(event.seq, {}).items() if owner in own)
        for event in events
    }
