"""Turn events into messages for the browsers of those whom they concern, each event once."""

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.feed.read import events_from
from coalition.members.store import living_members
from coalition.push.message import MESSAGE_KINDS
from coalition.push.store import add_messages, is_behind, lock_feed, move_feed, subscribers

BATCH = 1_000
SECOND = 1_000_000


def has_events(alliance: Alliance) -> bool:
    """Whether there are events to address."""
    with alliance.database.engine.connect() as connection:
        return is_behind(connection, alliance.id)


def address_events(connection: Connection, alliance_id: int, now: int) -> int:
    """Address some further events, due at once (`now` is microseconds since 1970 UTC); returns how many there were."""
    first = lock_feed(connection, alliance_id)
    events = events_from(connection, alliance_id, first - 1, BATCH)
    if not events:
        return 0
    readers = {event.seq: MESSAGE_KINDS[event.type].readers(event) for event in events if event.type in MESSAGE_KINDS}
    named = {member for members in readers.values() for member in members or ()}
    # Points of a merged member are those of the one who is left.
    stand_for = living_members(connection, alliance_id, named)
    browsers = subscribers(connection, alliance_id, None if None in readers.values() else set(stand_for.values()))
    for event in events:
        if event.seq not in readers:
            continue
        members = readers[event.seq]
        owners = browsers.keys() if members is None else {stand_for[each] for each in members if each in stand_for}
        to = [browser for owner in owners for browser in browsers.get(owner, ())]
        kind = MESSAGE_KINDS[event.type]
        add_messages(connection, alliance_id, event.seq, to, now, now + kind.kept_seconds * SECOND, urgent=kind.urgent)
    move_feed(connection, alliance_id, events[-1].seq + 1)
    return len(events)
