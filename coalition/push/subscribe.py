"""Let a browser hear of what concerns a member, and end that again: by itself, or with the session of its log-in."""

from sqlalchemy import Connection

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.access.place import hashed
from coalition.alliance import Alliance
from coalition.ids import random_id
from coalition.locale.formats import Lang
from coalition.members.member_cache import check_active, member_cache
from coalition.members.store import lock_member
from coalition.messaging.web_push import PushAddress
from coalition.outgoing.address import check_url
from coalition.push.errors import PushKeysInvalid, SubscriptionUnknown
from coalition.push.mail_instead import mail_instead
from coalition.push.store import (
    PushSubscription,
    add_subscription,
    lock_feed,
    remove_subscriptions,
    subscriptions_of,
)

ID = "psh"


def subscribe(
    alliance: Alliance, caller: Caller, member: str, address: PushAddress, language: Lang, *, allow_private: bool
) -> PushSubscription:
    """Send a member's notices to a browser, in the member's language or, where they chose none, in this one.

    What the browser was before is over. Raises AddressRefused, PushKeysInvalid, MemberUnknown, MemberFrozen.
    """
    check_url(address.endpoint, allow_private=allow_private)
    if not address.is_whole:
        raise PushKeysInvalid
    owner = check_active(member_cache(alliance).look_up(member)).id
    place = hashed(alliance.programme.secret, "push", address.endpoint)
    added = PushSubscription(random_id(ID), owner, caller.session, language, alliance.clock(), address)
    with alliance.database.engine.begin() as connection:
        lock_member(connection, alliance.id, owner)
        add_subscription(connection, alliance.id, added, place)
        record(connection, caller, "push.subscribe", owner, {"subscription": added.id})
    return added


def unsubscribe(alliance: Alliance, caller: Caller, member: str, subscription: str) -> None:
    """Send nothing more to a browser. Raises MemberUnknown and SubscriptionUnknown."""
    with alliance.database.engine.begin() as connection:
        owner = lock_member(connection, alliance.id, member).id
        if subscription not in [each.id for each in subscriptions_of(connection, alliance.id, owner)]:
            raise SubscriptionUnknown(subscription)
        remove_subscriptions(connection, alliance.id, [subscription])
        record(connection, caller, "push.unsubscribe", owner, {"subscription": subscription})


def unsubscribe_session(alliance: Alliance, connection: Connection, member: str, session: str | None) -> None:
    """Send nothing more to the browser of a session, or of all of a member's sessions: what waits goes by mail.

    Raises MemberUnknown.
    """
    owner = lock_member(connection, alliance.id, member).id
    ended = [
        each.id
        for each in subscriptions_of(connection, alliance.id, owner)
        if each.session is not None and session in (None, each.session)
    ]
    if ended:
        lock_feed(connection, alliance.id)
        mail_instead(alliance, connection, ended, alliance.clock())
