"""A desk at an alliance's book: where its payments are planned, sent and looked after."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from coalition.alliance import Alliance
from coalition.payments.notices import EventNotices
from coalition.payments.rails import rails_at
from settlement.payments import Desk


@contextmanager
def desk_of(alliance: Alliance, actor: str) -> Iterator[Desk]:
    """A desk with the rails that this process is set up for; `who` is named in the payments' histories.

    Raises FileUnreadable, BankSettingsFileInvalid, BookNotFound and DigitsTooFew where the settings can't be used.
    """
    with closing(alliance.database.session()) as session:
        yield Desk(alliance.book, session, rails_at(alliance), actor, EventNotices(alliance.book))
