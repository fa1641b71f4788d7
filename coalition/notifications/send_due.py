"""Send the letters that are due: taken and committed first, then sent, then written down."""

import logging
from collections.abc import Callable
from contextlib import closing

from coalition.alliance import Alliance
from coalition.locale.formats import Lang
from coalition.merchants.change_shop import load_shop
from coalition.messaging.messenger import MessageDelayed, MessageNotSent, Messenger
from coalition.notifications.letter import Town, compose
from coalition.notifications.readers import mailbox_of
from coalition.notifications.store import Letter, due_letters, mark_failed, mark_sent, take
from settlement.ledger import Clock
from settlement.payments import kept_notices

log = logging.getLogger("coalition.letters")

AT_ONCE = 50
SECOND = 1_000_000
PAUSE, PAUSE_MAX = 60 * SECOND, 6 * 3_600 * SECOND
TRIES_MAX = 18
"""About three days at the longest pauses."""


def send_due(
    alliance: Alliance, messenger: Messenger, language: Lang, clock: Clock, stopping: Callable[[], bool]
) -> None:
    """Send what is due by `clock`; `language` is for readers who never chose one.

    What certainly did not go out is tried again, with growing pauses. After the first such letter the others wait for
    the next run, since it is mostly the mail server that can't be reached.
    """
    with alliance.database.engine.connect() as connection:
        due = due_letters(connection, alliance.id, clock(), AT_ONCE)
    for one in due:
        if stopping() or not _send(alliance, one, messenger, language, clock):
            return


def is_due(alliance: Alliance, now: int) -> bool:
    """Whether a letter is to be sent."""
    with alliance.database.engine.connect() as connection:
        return bool(due_letters(connection, alliance.id, now, 1))


def _send(alliance: Alliance, one: Letter, messenger: Messenger, language: Lang, clock: Clock) -> bool:
    """Send one; False where it is to be tried again."""
    with alliance.database.engine.begin() as connection:
        if not take(connection, one, clock()):
            return True
        box = mailbox_of(connection, alliance.id, one.reader, language)
    again_at = None
    why = "the reader has no address"
    if box is not None:
        try:
            messenger.send(box.email, *_written(alliance, one, box.language))
        except MessageNotSent as error:
            why = error.why
            if isinstance(error, MessageDelayed) and one.tries + 1 < TRIES_MAX:
                again_at = clock() + min(PAUSE << one.tries, PAUSE_MAX)
            log.warning("letter on %s to %s: %s", one.notice, one.reader, why)
        else:
            with alliance.database.engine.begin() as connection:
                mark_sent(connection, one, clock())
            return True
    with alliance.database.engine.begin() as connection:
        mark_failed(connection, one, why, again_at)
    return again_at is None


def _written(alliance: Alliance, one: Letter, language: Lang) -> tuple[str, str]:
    """Subject and text."""
    with closing(alliance.database.session()) as session:
        (notice,) = kept_notices(alliance.book, session, ids=[one.notice])

    def name(ref: str) -> str:
        found = load_shop(alliance, ref)
        return ref if found is None else found.profile.name

    return compose(notice, Town(alliance.book.settings, name), language)
