"""Forget browsers that take no messages any more, and let what waited for them go to their members by mail instead."""

from collections.abc import Collection

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.feed.read import find_event
from coalition.members.member import NoticesBy
from coalition.members.member_cache import member_cache
from coalition.members.store import find_member
from coalition.push.mailboxes import mailboxes
from coalition.push.message import MESSAGE_KINDS, Audience
from coalition.push.store import (
    NewMessage,
    PushMessage,
    PushSubscription,
    add_messages,
    ended_sessions,
    find_subscriptions,
    messages_of,
    remove_subscriptions,
    subscriptions_of,
)


def mail_instead(alliance: Alliance, connection: Connection, ids: Collection[str], now: int) -> None:
    """Forget these browsers; each message that waits for them goes by mail at `now` (µs since 1970 UTC), where it is
    of those that do, and no other browser of the member takes it.

    Whoever calls holds the feed's lock, so that nothing is addressed to a browser that is being forgotten.
    """
    for gone in find_subscriptions(connection, alliance.id, ids).values():
        waiting = messages_of(connection, alliance.id, gone.id)
        remove_subscriptions(connection, alliance.id, [gone.id])
        if waiting:
            left = subscriptions_of(connection, alliance.id, gone.member)
            ended = ended_sessions(connection, alliance.id, left, alliance.machine_clock())
            taking = [each for each in left if each.id not in ended and each.id not in ids]
            _mail(alliance, connection, gone.member, waiting, taking, now)


def _mail(
    alliance: Alliance,
    connection: Connection,
    member: str,
    waiting: Collection[PushMessage],
    taking: Collection[PushSubscription],
    now: int,
) -> None:
    by_sms = member_cache(alliance).settings.sms_notices
    name = mailboxes(connection, alliance.id, {member}, by_sms=by_sms).get(member)
    reader = find_member(connection, alliance.id, member)
    if name is None or reader is None:
        return
    messages = []
    for message in waiting:
        event = find_event(connection, alliance.id, message.seq)
        if event is None or any(browser.created_at <= event.at for browser in taking):
            continue
        kind = MESSAGE_KINDS[event.type]
        # What concerns all members goes to those alone who chose to be written to.
        for_them = kind.audience is not Audience.ALL or reader.profile.notices_by is NoticesBy.EMAIL
        if for_them and kind.by_mail(event):
            messages.append(NewMessage(message.seq, name, now, message.over_at, message.urgent))
    add_messages(connection, alliance.id, messages)
