"""An alliance's account at Stripe, at work in this process."""

from contextlib import closing

from coalition.settings import Settings, SettingsInvalid
from settlement import BookNotFound, Phrase, written_minor
from settlement.ledger import Book, BookSettings, Database, book_id, book_ids, book_names
from settlement.payments import PaymentContext, rail_account
from settlement.payments.stripe_handler import StripeWebhookHandler
from settlement.rails import RailAccount
from settlement.rails.stripe import (
    METHODS,
    Onboarding,
    RetryPolicy,
    ReturnUrls,
    StripeConnection,
    StripeRail,
    StripeShop,
    WebhookInbox,
    check_digits,
    platform_problems,
    read_platform,
)

PageReturn = tuple[str, str]
"""Where Stripe's pages send the owner afterwards: when done, and when cancelled."""


class StripeAccount(StripeRail):
    """The connection to Stripe, and what goes over it: payments, pages for shops, events.

    Raises DigitsTooFew and SettingsInvalid.
    """

    def __init__(self, book: Book, key: str, secrets: str, url: str | None, week_max: str = "") -> None:
        settings = book.settings
        limits = week_limits(week_max, settings.minor_digits)
        self.connection = StripeConnection(key, url)
        super().__init__(self.connection, settings.currency, settings.minor_digits, book.clock, week_max=limits)
        self.onboarding = Onboarding(self.connection, settings.currency)
        signed_with = [secret.strip() for secret in secrets.split(",") if secret.strip()]
        self.inbox = WebhookInbox(book.database, book.alliance_id, self.connection, signed_with, book.clock)

    def webhook_handler(self, context: PaymentContext) -> StripeWebhookHandler:
        """The handler of Stripe's events, for the payments and shops of an alliance."""
        return StripeWebhookHandler(context, self.onboarding)

    def account_of(self, context: PaymentContext, shop: str) -> RailAccount | None:
        """A shop's account at Stripe; None if it has none yet."""
        account = rail_account(context.book, context.session, shop, self.name)
        return account if account.details else None

    def onboarding_page(
        self, context: PaymentContext, shop: str, name: str, email: str, country: str, back_to: PageReturn
    ) -> str:
        """The page on which a shop's owner opens its account. Raises StripeRefused and StripeUnreachable."""
        account = self.webhook_handler(context).register(StripeShop(shop, name, email, country))
        return self.onboarding.account_page(account, ReturnUrls(*back_to))

    def mandate_page(self, account: RailAccount, back_to: PageReturn, locale: str) -> str:
        """The page on which the owner authorises debits. Raises StripeRefused and StripeUnreachable."""
        return self.onboarding.mandate_page(account, ReturnUrls(*back_to), locale)

    def top_up_page(
        self,
        context: PaymentContext,
        shop: str,
        minor: int,
        label: str,
        back_to: PageReturn,
        locale: str,
        asked_as: str,
    ) -> str:
        """The page on which the owner pays into the deposit; the same key gives the same page.

        Raises PaymentRefused if the key belongs to another payment, StripeRefused and StripeUnreachable.
        """
        return self.webhook_handler(context).top_up(shop, minor, label, ReturnUrls(*back_to), locale, asked_as)

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
    """The alliance's account at Stripe; None if it has none. Raises BookNotFound, DigitsTooFew and SettingsInvalid."""
    if settings.stripe_key is None or stripe_owner(book.database, settings) != book.alliance_id:
        return None
    return StripeAccount(
        book, settings.stripe_key, settings.stripe_webhook_secrets, settings.stripe_url, settings.stripe_week_max
    )


def week_limits(text: str, minor_digits: int) -> dict[str, int]:
    """What Stripe lets an alliance collect in seven days, in minor units by method, from the setting.

    Raises SettingsInvalid.
    """
    limits = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        method, _, amount = (side.strip() for side in part.partition("="))
        minor = written_minor(amount, minor_digits)
        if method not in METHODS or minor is None or minor <= 0:
            problem = Phrase(
                "COALITION_STRIPE_WEEK_MAX: {part:code}: write METHOD=AMOUNT, separated by commas; the methods are "
                "{methods:code}",
                part=part,
                methods=[*METHODS],
            )
            raise SettingsInvalid([problem])
        limits[method] = minor
    return limits


def account_problems(book_settings: BookSettings, key: str, url: str | None) -> list[Phrase]:
    """What has to be changed at Stripe before an alliance can settle there; empty where nothing.

    Raises DigitsTooFew, StripeRefused and StripeUnreachable.
    """
    check_digits(book_settings.currency, book_settings.minor_digits)
    # A person waits for the answer: one try, and a short one.
    with closing(StripeConnection(key, url, patience=RetryPolicy(answer_seconds=10, tries=1))) as connection:
        return platform_problems(read_platform(connection), book_settings.currency)
