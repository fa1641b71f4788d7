"""What happened to a member's points, and to the member: the event feed, read for every id that stands for them."""

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.events.event import Event
from coalition.events.relay import catch_up
from coalition.feed.read import member_events
from coalition.members.store import merged_ids, resolve_merged


def history(alliance: Alliance, id_: str, limit: int, before: int | None = None) -> list[Event]:
    """The newest events first, those with a number of the feed below `before` where it is given.

    What was posted just now is among them. Raises MemberUnknown.
    """
    catch_up(alliance)
    with alliance.database.engine.connect() as connection:
        member = resolve_merged(connection, alliance.id, id_)
        ids = [member.id, *merged_ids(connection, alliance.id, member.id)]
        return _of_all(connection, alliance.id, ids, limit, before)


def whole_history(alliance: Alliance, id_: str, at_once: int = 1_000) -> list[Event]:
    """All of it, the newest first."""
    collected: list[Event] = []
    before = None
    while events := history(alliance, id_, at_once, before):
        collected += events
        before = events[-1].seq
    return collected


def _of_all(
    connection: Connection, alliance_id: int, members: list[str], limit: int, before: int | None
) -> list[Event]:
    by_seq = {
        event.seq: event
        for member in members
        for event in member_events(connection, alliance_id, member, limit, before=before)
    }
    return [by_seq[seq] for seq in sorted(by_seq, reverse=True)[:limit]]
