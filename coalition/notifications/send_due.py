"""Send the notifications that are due: each is taken and committed first, then sent, then recorded."""

import logging
from collections.abc import Callable
from contextlib import closing

from coalition.alliance import Alliance
from coalition.locale.formats import Lang
from coalition.merchants.change_shop import load_shop
from coalition.messaging.messenger import MessageDelayed, MessageNotSent, Messenger
from coalition.notifications.mail import mail_of
from coalition.notifications.message import Town, compose
from coalition.notifications.readers import mailbox_of
from coalition.notifications.store import Notification, due_notifications, mark_failed, mark_sent, take
from settlement.ledger import Clock
from settlement.payments import stored_notices

log = logging.getLogger("coalition.notifications")

AT_ONCE = 50
SECOND = 1_000_000
PAUSE, PAUSE_MAX = 60 * SECOND, 6 * 3_600 * SECOND
TRIES_MAX = 18
"""About three days at the longest pauses."""


def send_due(
    alliance: Alliance, messenger: Messenger, language: Lang, clock: Clock, stopping: Callable[[], bool]
) -> None:
    """Send what is due by `clock`; `language` is for readers who never chose one.

    What certainly did not go out is tried again, with growing pauses. After the first such notification the others
    wait for the next run, since mostly it is the mail server that can't be reached.
    """
    with alliance.database.engine.connect() as connection:
        due = due_notifications(connection, alliance.id, clock(), AT_ONCE)
    for notification in due:
        if stopping() or not _send(alliance, notification, messenger, language, clock):
            return


def is_due(alliance: Alliance, now: int) -> bool:
    """Whether a notification is due."""
    with alliance.database.engine.connect() as connection:
        return bool(due_notifications(connection, alliance.id, now, 1))


def _send(alliance: Alliance, notification: Notification, messenger: Messenger, language: Lang, clock: Clock) -> bool:
    """Send a notification; False where it is to be tried again."""
    with alliance.database.engine.begin() as connection:
        if not take(connection, notification, clock()):
            return True
        box = mailbox_of(connection, alliance.id, notification.reader, language)
    again_at = None
    why = "the reader has no address"
    if box is not None:
        try:
            messenger.send(box.email, *_message(alliance, notification, box.language))
        except MessageNotSent as error:
            why = error.why
            if isinstance(error, MessageDelayed) and notification.tries + 1 < TRIES_MAX:
                again_at = clock() + min(PAUSE << notification.tries, PAUSE_MAX)
            log.warning("notification of %s to %s: %s", notification.notice, notification.reader, why)
        else:
            with alliance.database.engine.begin() as connection:
                mark_sent(connection, notification, clock())
            return True
    with alliance.database.engine.begin() as connection:
        mark_failed(connection, notification, why, again_at)
    return again_at is None


def _message(alliance: Alliance, notification: Notification, language: Lang) -> tuple[str, str]:
    """Subject and text."""
    mail = mail_of(notification.notice)
    if mail is not None:
        return mail.compose(alliance, notification.notice, language)
    with closing(alliance.database.session()) as session:
        (notice,) = stored_notices(alliance.book, session, ids=[notification.notice])

    def name(ref: str) -> str:
        shop = load_shop(alliance, ref)
        return ref if shop is None else shop.profile.name_in(language)

    return compose(notice, Town(alliance.book.settings, alliance.calendar, name), language)
