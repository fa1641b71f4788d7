"""An alliance's account at Stripe, at work in this process."""

from coalition.settings import Settings
from settlement import Book, Database, Desk, Rail, book_id, book_ids
from settlement.rails.stripe import Connection, News, Office, Onboarding, StripeRail


class StripeAccount:
    """A connection at Stripe's pace, and what goes over it: payments, shops' pages, news. Raises DigitsTooFew."""

    def __init__(self, book: Book, key: str, secrets: str, url: str | None) -> None:
        settings = book.settings
        self.connection = Connection(key, url)
        self.onboarding = Onboarding(self.connection, settings.currency)
        self.rail: Rail = StripeRail(self.connection, settings.currency, settings.minor_digits, book.clock)
        signed_with = [secret.strip() for secret in secrets.split(",") if secret.strip()]
        self.news = News(book.database, book.alliance_id, self.connection, signed_with, book.clock)

    def office(self, desk: Desk) -> Office:
        """Where Stripe's news meets the payments of a desk."""
        return Office(desk, self.onboarding)

    def close(self) -> None:
        """Close what is still open."""
        self.connection.close()


def stripe_owner(database: Database, settings: Settings) -> int | None:
    """The id of the alliance whose the account at Stripe is; None where this process has no account, or no alliance.

    Raises BookNotFound where the settings name another.
    """
    if settings.stripe_key is None:
        return None
    if settings.stripe_alliance is not None:
        return book_id(database, settings.stripe_alliance)
    return min(book_ids(database), default=None)


def stripe_of(book: Book, settings: Settings) -> StripeAccount | None:
    """The alliance's account at Stripe; None where it has none. Raises BookNotFound and DigitsTooFew."""
    if settings.stripe_key is None or stripe_owner(book.database, settings) != book.alliance_id:
        return None
    return StripeAccount(book, settings.stripe_key, settings.stripe_webhook_secrets, settings.stripe_url)
