"""The context in which an alliance's payments are planned, sent and confirmed."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from coalition.alliance import Alliance
from coalition.payments.notices import EventNotices
from coalition.payments.rails import rails_at
from settlement.payments import PaymentContext


@contextmanager
def payment_context(alliance: Alliance, actor: str) -> Iterator[PaymentContext]:
    """A context with the rails that this process has settings for; histories of payments name the `actor`.

    Raises FileUnreadable, BankSettingsFileInvalid, BookNotFound and DigitsTooFew where the settings can't be used.
    """
    with closing(alliance.database.session()) as session:
        yield PaymentContext(alliance.book, session, rails_at(alliance), actor, EventNotices(alliance.book))
