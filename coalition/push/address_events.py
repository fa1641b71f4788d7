"""Turn events into messages for the browsers of those whom they concern, each event once.

Who has no browser that takes them hears of what matters by e-mail, or as they chose.
"""

from functools import partial

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.feed.read import events_from
from coalition.members.mates import household_ids
from coalition.members.member_cache import member_cache
from coalition.members.store import living_members
from coalition.push.mail_instead import mail_instead
from coalition.push.mailboxes import mailboxes
from coalition.push.message import MESSAGE_KINDS
from coalition.push.store import (
    NewMessage,
    add_messages,
    ended_sessions,
    find_subscriptions,
    is_behind,
    lock_feed,
    move_feed,
    subscribers,
)

BATCH = 1_000
SECOND = 1_000_000


def has_events(alliance: Alliance) -> bool:
    """Whether there are events to address."""
    with alliance.database.engine.connect() as connection:
        return is_behind(connection, alliance.id)


def address_events(alliance: Alliance, connection: Connection, now: int) -> int:
    """Address some further events, due at once (`now` is microseconds since 1970 UTC); returns how many there were."""
    first = lock_feed(connection, alliance.id)
    events = events_from(connection, alliance.id, first - 1, BATCH)
    if not events:
        return 0
    mates = partial(household_ids, connection, alliance.id)
    kinds = {event.seq: MESSAGE_KINDS[event.type] for event in events if event.type in MESSAGE_KINDS}
    readers = {event.seq: kinds[event.seq].readers(event, mates) for event in events if event.seq in kinds}
    named = {member for members in readers.values() for member in members or ()}
    # Points of a merged member are those of the one who is left.
    stand_for = living_members(connection, alliance.id, named)
    concerned = None if None in readers.values() else set(stand_for.values())
    browsers = _browsers(alliance, connection, concerned, now)
    by_sms = member_cache(alliance).settings.sms_notices
    mailed = {
        member
        for event in events
        if event.seq in kinds and kinds[event.seq].by_mail(event)
        for member in readers[event.seq] or ()
    }
    owners_mailed = {stand_for[member] for member in mailed if member in stand_for} - browsers.keys()
    by_mail = mailboxes(connection, alliance.id, owners_mailed, by_sms=by_sms) if owners_mailed else {}
    all_by_mail = mailboxes(connection, alliance.id, None, by_sms=by_sms) if concerned is None else {}
    messages: list[NewMessage] = []
    for event in events:
        if event.seq not in kinds:
            continue
        kind, members = kinds[event.seq], readers[event.seq]
        names = all_by_mail if members is None else by_mail
        owners = {*browsers, *names} if members is None else {stand_for[each] for each in members if each in stand_for}
        to = [browser for owner in owners for browser in browsers.get(owner, ())]
        if kind.by_mail(event):
            to += [names[owner] for owner in owners if owner in names and owner not in browsers]
        over_at = now + kind.kept_seconds * SECOND
        messages += [NewMessage(event.seq, name, now, over_at, kind.urgent) for name in to]
    add_messages(connection, alliance.id, messages)
    move_feed(connection, alliance.id, events[-1].seq + 1)
    return len(events)


def _browsers(alliance: Alliance, connection: Connection, members: set[str] | None, now: int) -> dict[str, list[str]]:
    """The browsers of some members, or of all where None is named, by member. Of ended sessions none is left."""
    by_member = subscribers(connection, alliance.id, members)
    ids = [id_ for browsers in by_member.values() for id_ in browsers]
    subscriptions = find_subscriptions(connection, alliance.id, ids).values() if ids else ()
    ended = set(ended_sessions(connection, alliance.id, subscriptions, alliance.machine_clock()))
    mail_instead(alliance, connection, ended, now)
    left = {member: [id_ for id_ in browsers if id_ not in ended] for member, browsers in by_member.items()}
    return {member: browsers for member, browsers in left.items() if browsers}
