"""An alliance's account at Stripe, at work in this process."""

from coalition.settings import Settings
from settlement import BookNotFound
from settlement.ledger import Book, Database, book_id, book_ids, book_names
from settlement.payments import Desk, account_at
from settlement.payments.over_stripe import Office
from settlement.rails import Account, Rail
from settlement.rails.stripe import Connection, News, Onboarding, Return, Shop, StripeRail

ReturnUrls = tuple[str, str]
"""Where Stripe's pages send the owner afterwards: when done, and when cancelled."""


class StripeAccount:
    """The connection to Stripe, and what goes over it: payments, pages for shops, events. Raises DigitsTooFew."""

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

    def account_of(self, desk: Desk, shop: str) -> Account | None:
        """A shop's account at Stripe; None if it has none yet."""
        account = account_at(desk.book, desk.session, shop, self.rail.name)
        return account if account.details else None

    def onboarding_page(self, desk: Desk, shop: str, name: str, email: str, country: str, back_to: ReturnUrls) -> str:
        """The page on which a shop's owner opens its account. Raises StripeRefused and StripeUnreachable."""
        account = self.office(desk).register(Shop(shop, name, email, country))
        return self.onboarding.account_page(account, Return(*back_to))

    def mandate_page(self, account: Account, back_to: ReturnUrls, locale: str) -> str:
        """The page on which the owner authorises debits. Raises StripeRefused and StripeUnreachable."""
        return self.onboarding.mandate_page(account, Return(*back_to), locale)

    def top_up_page(
        self, desk: Desk, shop: str, minor: int, label: str, back_to: ReturnUrls, locale: str, asked_as: str
    ) -> str:
        """The page on which the owner pays into the deposit; the same key gives the same page.

        Raises PaymentRefused if the key belongs to another payment, StripeRefused and StripeUnreachable.
        """
        return self.office(desk).top_up(shop, minor, label, Return(*back_to), locale, asked_as)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def stripe_owner(database: Database, settings: Settings) -> int | None:
    """The id of the alliance that owns the account at Stripe; None without an account in the settings, or an alliance.

    Raises BookNotFound if the settings name an alliance that does not exist.
    """
    if settings.stripe_key is None:
        return None
    if settings.stripe_alliance is not None:
        alliance_id = book_id(database, settings.stripe_alliance)
        if alliance_id is None:
            raise BookNotFound(settings.stripe_alliance, book_names(database))
        return alliance_id
    return min(book_ids(database), default=None)


def stripe_of(book: Book, settings: Settings) -> StripeAccount | None:
    """The alliance's account at Stripe; None if it has none. Raises BookNotFound and DigitsTooFew."""
    if settings.stripe_key is None or stripe_owner(book.database, settings) != book.alliance_id:
        return None
    return StripeAccount(book, settings.stripe_key, settings.stripe_webhook_secrets, settings.stripe_url)
