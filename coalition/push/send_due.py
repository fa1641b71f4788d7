"""Send the messages that are due. Each is forgotten once it is sent: a crash in between sends it again, by one tag."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import orjson
from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.events.event import Event
from coalition.feed.read import find_event
from coalition.locale.formats import Lang
from coalition.members.log_in import reading_language
from coalition.members.store import find_member
from coalition.merchants.list_shops import shop_names
from coalition.messaging.messenger import MessageDelayed, MessageNotSent
from coalition.messaging.web_push import DeviceGone, WebPush, push_key
from coalition.push.message import Words, compose
from coalition.push.store import (
    PushMessage,
    PushSubscription,
    delay_message,
    due_messages,
    ended_sessions,
    find_subscriptions,
    remove_message,
    remove_subscriptions,
)
from settlement.ledger import Clock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

log = logging.getLogger("coalition.push")

AT_ONCE = 40
SENDERS = 8
"""Messages under way at a time: a push service takes a tenth of a second for each."""
SECOND = 1_000_000
PAUSE, PAUSE_MAX = 10 * SECOND, 3_600 * SECOND


def is_due(alliance: Alliance, now: int) -> bool:
    """Whether a message is due."""
    with alliance.database.engine.connect() as connection:
        return bool(due_messages(connection, alliance.id, now, 1))


def send_due(alliance: Alliance, push: WebPush, clock: Clock, stopping: Callable[[], bool]) -> None:
    """Send what is due by `clock`. What may be taken another time is tried again, until nobody wants it any more.

    Where nothing of a batch is taken, the others wait for the next run.
    """
    texts = _Texts(alliance)
    key = push_key(alliance.programme.secret)
    with ThreadPoolExecutor(SENDERS) as senders:
        while not stopping():
            now = clock()
            prepared = _prepare(alliance, texts, now)
            if not prepared:
                return

            def send(each: _Prepared, now: int = now) -> MessageNotSent | None:
                return each.send(push, key, now)

            outcomes = list(senders.map(send, prepared))
            with alliance.database.engine.begin() as connection:
                for each, problem in zip(prepared, outcomes, strict=True):
                    _record(connection, alliance.id, each, problem, now)
            if all(isinstance(problem, MessageDelayed) for problem in outcomes):
                return


class _Prepared(NamedTuple):
    """A message, whom it goes to, and what it says; nothing where it is no news after all."""

    message: PushMessage
    to: PushSubscription
    text: bytes | None

    def send(self, push: WebPush, key: "EllipticCurvePrivateKey", now: int) -> MessageNotSent | None:
        """Send it; the problem where it was not sent."""
        kept_seconds = (self.message.over_at - now) // SECOND
        if self.text is None or kept_seconds <= 0:
            return None
        try:
            push.send(self.to.address, key, self.text, kept_seconds, urgent=self.message.urgent)
        except MessageNotSent as problem:
            return problem
        return None


def _prepare(alliance: Alliance, texts: "_Texts", now: int) -> list[_Prepared]:
    """Write the messages that are due, and forget browsers whose session has ended."""
    with alliance.database.engine.begin() as connection:
        due = due_messages(connection, alliance.id, now, AT_ONCE)
        to = find_subscriptions(connection, alliance.id, {message.subscription for message in due})
        ended = set(ended_sessions(connection, alliance.id, to.values(), alliance.machine_clock()))
        remove_subscriptions(connection, alliance.id, ended)
        return [
            _Prepared(message, to[message.subscription], texts.of(connection, message, to[message.subscription]))
            for message in due
            if message.subscription in to and message.subscription not in ended
        ]


def _record(
    connection: Connection, alliance_id: int, sent: _Prepared, problem: MessageNotSent | None, now: int
) -> None:
    message = sent.message
    if problem is not None:
        log.warning("push message of event %s to %s: %s", message.seq, message.subscription, problem.why)
    if isinstance(problem, DeviceGone):
        remove_subscriptions(connection, alliance_id, [message.subscription])
        return
    again_at = now + min(PAUSE << message.tries, PAUSE_MAX)
    if isinstance(problem, MessageDelayed) and again_at < message.over_at:
        delay_message(connection, alliance_id, message, again_at)
    else:
        remove_message(connection, alliance_id, message)


class _Texts:
    """What messages say: each event is read once, and each shop's name."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._events: dict[int, Event | None] = {}
        self._words: dict[Lang, Words] = {}

    def of(self, connection: Connection, message: PushMessage, to: PushSubscription) -> bytes | None:
        """A message for a browser."""
        if message.seq not in self._events:
            self._events[message.seq] = find_event(connection, self._alliance.id, message.seq)
        event = self._events[message.seq]
        member = find_member(connection, self._alliance.id, to.member)
        language = None if member is None else reading_language(member.profile.language)
        text = None if event is None else compose(event, self._words_in(language or to.language))
        return None if text is None else orjson.dumps(text)

    def _words_in(self, lang: Lang) -> Words:
        if lang not in self._words:
            alliance = self._alliance
            rate = alliance.point_worth_at_most()
            self._words[lang] = Words(lang, alliance.book.settings, rate, shop_names(alliance, lang))
        return self._words[lang]
