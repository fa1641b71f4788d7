"""Send the messages that are due. Each is forgotten once it is sent.

A crash in between sends a browser's again, under one tag, and an e-mail or SMS not again: it may have arrived.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import orjson
from sqlalchemy import Connection

from coalition.access.errors import TooManyRequests
from coalition.access.rate_limits import SMS_ALLIANCE_DAY, SMS_NOTICE_ALLIANCE_DAY, SMS_NOTICE_MEMBER_DAY, DailyCap
from coalition.access.shared_rate_limits import SharedRates
from coalition.alliance import Alliance
from coalition.events.event import Event
from coalition.feed.read import find_event
from coalition.gifts.known_names import known_names, names_at
from coalition.locale.formats import Lang
from coalition.members.log_in import reading_language
from coalition.members.store import find_member
from coalition.merchants.list_shops import shop_names
from coalition.messaging.messenger import MessageDelayed, MessageNotSent, Messenger, NothingSetUp
from coalition.messaging.web_push import DeviceGone, WebPush, push_key
from coalition.push.mail_instead import mail_instead
from coalition.push.mailboxes import MemberMailbox, find_mailbox, is_mailbox
from coalition.push.message import MESSAGE_KINDS, Words, compose, compose_mail, compose_sms
from coalition.push.store import (
    PushMessage,
    PushSubscription,
    delay_message,
    due_messages,
    ended_sessions,
    find_subscriptions,
    is_message_due,
    lock_feed,
    remove_message,
    take_message,
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
        return is_message_due(connection, alliance.id, now)


@dataclass(frozen=True, slots=True)
class Ways:
    """How messages go out: to browsers by `push`, to mailboxes and phones by `messenger`.

    `rates` count what goes by SMS, of which an alliance pays for at most `sms_per_day_max` in a day. `public_url` is
    where members reach the server; `language` is for members who never chose one.
    """

    push: WebPush
    messenger: Messenger
    rates: SharedRates
    sms_per_day_max: int
    public_url: str | None
    language: Lang

    def count_sms(self, alliance_id: int, member: str) -> None:
        """Count an SMS that is about to be sent. Raises MessageNotSent where it would be one too many."""
        try:
            self.rates.count(SMS_NOTICE_MEMBER_DAY, f"{alliance_id}:{member}")
            self.rates.count(DailyCap(SMS_NOTICE_ALLIANCE_DAY, self.sms_per_day_max // 2), str(alliance_id))
            self.rates.count(DailyCap(SMS_ALLIANCE_DAY, self.sms_per_day_max), str(alliance_id))
        except TooManyRequests as error:
            raise MessageNotSent(f"the limit {error.policy} is reached") from None


def send_due(alliance: Alliance, ways: Ways, clock: Clock, stopping: Callable[[], bool]) -> None:
    """Send what is due by `clock`. What may be taken another time is tried again, until nobody wants it any more.

    Where nothing of a batch is taken, the others wait for the next run.
    """
    texts = _Texts(alliance, ways)
    key = push_key(alliance.programme.secret)
    with ThreadPoolExecutor(SENDERS) as senders:
        while not stopping():
            now = clock()
            prepared = _prepare(alliance, texts, now)
            if not prepared:
                return

            sending = partial(_send, ways, key, alliance.id, now)
            outcomes = list(senders.map(sending, prepared))
            with alliance.database.engine.begin() as connection:
                _forget_gone(alliance, connection, prepared, outcomes, now)
                for each, problem in zip(prepared, outcomes, strict=True):
                    _record(connection, alliance.id, each.message, problem, now)
            if all(isinstance(problem, MessageDelayed) for problem in outcomes):
                return


class _ToBrowser(NamedTuple):
    """A message, whom it goes to, and what it says; nothing where it is no news after all."""

    message: PushMessage
    to: PushSubscription
    text: bytes | None

    def send(self, push: WebPush, key: "EllipticCurvePrivateKey", now: int) -> None:
        """Send it. Raises MessageNotSent."""
        kept_seconds = (self.message.over_at - now) // SECOND
        if self.text is not None and kept_seconds > 0:
            push.send(self.to.address, key, self.text, kept_seconds, urgent=self.message.urgent)


class _ToMailbox(NamedTuple):
    """A message, where it goes to, its subject and its text; nothing where nobody is there or it is no news."""

    message: PushMessage
    to: MemberMailbox | None
    written: tuple[str, str] | None

    def send(self, ways: Ways, alliance_id: int) -> None:
        """Send it. Raises MessageNotSent."""
        if self.to is None or self.written is None:
            return
        if "@" not in self.to.contact:
            ways.count_sms(alliance_id, self.to.member)
        ways.messenger.send(self.to.contact, *self.written)


def _send(
    ways: Ways, key: "EllipticCurvePrivateKey", alliance_id: int, now: int, sent: _ToBrowser | _ToMailbox
) -> MessageNotSent | None:
    """Send a message, unless nobody wants it any more; the problem where it was not sent."""
    if sent.message.over_at <= now:
        return None
    try:
        if isinstance(sent, _ToMailbox):
            sent.send(ways, alliance_id)
        else:
            sent.send(ways.push, key, now)
    except MessageNotSent as problem:
        return problem
    return None


def _prepare(alliance: Alliance, texts: "_Texts", now: int) -> list[_ToBrowser | _ToMailbox]:
    """Write the messages that are due, and forget browsers whose session has ended.

    What goes to a mailbox is taken before: unlike a browser, it shows twice what comes twice.
    """
    with alliance.database.engine.begin() as connection:
        due = due_messages(connection, alliance.id, now, AT_ONCE)
        to_mailboxes = [message for message in due if is_mailbox(message.subscription)]
        to = find_subscriptions(connection, alliance.id, {message.subscription for message in due})
        ended = set(ended_sessions(connection, alliance.id, to.values(), alliance.machine_clock()))
        if ended:
            lock_feed(connection, alliance.id)
            mail_instead(alliance, connection, ended, now)
        for message in due:
            if not is_mailbox(message.subscription) and message.subscription not in to:
                # Addressed while its browser unsubscribed.
                remove_message(connection, alliance.id, message)
        for message in to_mailboxes:
            take_message(connection, alliance.id, message)
        by_mail = [texts.by_mail(connection, message) for message in to_mailboxes]
        return by_mail + [
            _ToBrowser(message, to[message.subscription], texts.of(connection, message, to[message.subscription]))
            for message in due
            if message.subscription in to and message.subscription not in ended
        ]


def _forget_gone(
    alliance: Alliance,
    connection: Connection,
    prepared: Sequence[_ToBrowser | _ToMailbox],
    outcomes: Sequence[MessageNotSent | None],
    now: int,
) -> None:
    """Forget browsers of which the push service says that they are gone: their members hear by mail."""
    gone = {
        each.message.subscription
        for each, problem in zip(prepared, outcomes, strict=True)
        if isinstance(problem, DeviceGone)
    }
    if gone:
        lock_feed(connection, alliance.id)
        mail_instead(alliance, connection, gone, now)


def _record(
    connection: Connection, alliance_id: int, message: PushMessage, problem: MessageNotSent | None, now: int
) -> None:
    if isinstance(problem, NothingSetUp):
        # Where nobody ever sets it up, each message would be tried all day.
        remove_message(connection, alliance_id, message)
        return
    if problem is not None:
        log.warning("message of event %s to %s: %s", message.seq, message.subscription, problem.why)
    again_at = now + min(PAUSE << message.tries, PAUSE_MAX)
    if isinstance(problem, MessageDelayed) and again_at < message.over_at:
        delay_message(connection, alliance_id, message, again_at)
    else:
        remove_message(connection, alliance_id, message)


class _Texts:
    """What messages say: each event is read once, and each shop's name."""

    def __init__(self, alliance: Alliance, ways: Ways) -> None:
        self._alliance = alliance
        self._ways = ways
        self._events: dict[int, Event | None] = {}
        self._words: dict[Lang, Words] = {}

    def of(self, connection: Connection, message: PushMessage, to: PushSubscription) -> bytes | None:
        """A message for a browser."""
        member = find_member(connection, self._alliance.id, to.member)
        language = None if member is None else reading_language(member.profile.language)
        event = self._event(connection, message)
        if event is None:
            return None
        text = compose(event, self._words_of(connection, event, to.member, language or to.language))
        return None if text is None else orjson.dumps(text)

    def by_mail(self, connection: Connection, message: PushMessage) -> _ToMailbox:
        """A message for a mailbox, by e-mail or SMS."""
        to = find_mailbox(connection, self._alliance.id, message.subscription)
        event = self._event(connection, message)
        if to is None or event is None:
            return _ToMailbox(message, None, None)
        words = self._words_of(connection, event, to.member, to.language or self._ways.language)
        if "@" in to.contact:
            return _ToMailbox(message, to, compose_mail(event, words, self._ways.public_url))
        text = compose_sms(event, words)
        return _ToMailbox(message, to, None if text is None else ("", text))

    def _event(self, connection: Connection, message: PushMessage) -> Event | None:
        if message.seq not in self._events:
            self._events[message.seq] = find_event(connection, self._alliance.id, message.seq)
        return self._events[message.seq]

    def _words_of(self, connection: Connection, event: Event, reader: str, lang: Lang) -> Words:
        words, person = self._words_in(lang), MESSAGE_KINDS[event.type].person(event)
        if person is None:
            return words
        names = known_names(connection, self._alliance.id, [reader], [person])
        return replace(words, person=names_at(names, event.at).get(person, ""))

    def _words_in(self, lang: Lang) -> Words:
        if lang not in self._words:
            alliance = self._alliance
            rate = alliance.point_worth_at_most()
            self._words[lang] = Words(lang, alliance.book.settings, rate, shop_names(alliance, lang))
        return self._words[lang]
