"""The rails of an alliance: those that this process has settings for."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from coalition.alliance import Alliance, Alliances
from coalition.jobs.store import JobKey, wake
from coalition.payments.bank_settings import read_bank
from coalition.settings import read_settings
from settlement.ledger import Book
from settlement.payments import by_hand_rail
from settlement.rails import Rail
from settlement.rails.bank import BankRail

if TYPE_CHECKING:
    from coalition.payments.stripe_account import StripeAccount

HANDLE_STRIPE_EVENTS = "stripe.news"
"""The job that handles the events of Stripe's webhooks."""


def stripe_account(book: Book) -> "StripeAccount | None":
    """The alliance's account at Stripe; None without settings for one. Raises BookNotFound and DigitsTooFew."""
    settings = read_settings()
    if settings.stripe_key is None:
        return None
    # Stripe's library takes half a second to load, so it is loaded only if there is an account.
    from coalition.payments.stripe_account import stripe_of

    return stripe_of(book, settings)


def rails_of(book: Book, stripe: "StripeAccount | None") -> dict[str, Rail]:
    """The rails of an alliance by name: those that this process has settings for.

    Raises FileUnreadable and BankSettingsFileInvalid.
    """
    rails: list[Rail] = [by_hand_rail(book)]
    bank = read_settings().bank
    if bank is not None:
        rails.append(BankRail(book, read_bank(bank, book.settings)))
    if stripe is not None:
        rails.append(stripe.rail)
    return {rail.name: rail for rail in rails}


def stripe_at(alliance: Alliance) -> "StripeAccount | None":
    """An alliance's account at Stripe, kept with it. Raises BookNotFound and DigitsTooFew."""
    return alliance.part(_stripe)


def rails_at(alliance: Alliance) -> Mapping[str, Rail]:
    """The rails of an alliance by name, kept with it.

    Raises FileUnreadable, BankSettingsFileInvalid, BookNotFound and DigitsTooFew.
    """
    return alliance.part(_rails)


def _stripe(alliance: Alliance) -> "StripeAccount | None":
    return stripe_account(alliance.book)


def _rails(alliance: Alliance) -> Mapping[str, Rail]:
    return rails_of(alliance.book, stripe_at(alliance))


def stripe_receivers(alliances: "Alliances") -> dict[int, Callable[[bytes, str], bool]]:
    """By id of the alliance with an account at Stripe: the function that receives its webhooks and wakes the handler.

    Raises BookNotFound and DigitsTooFew if the settings can't be used.
    """
    settings = read_settings()
    if settings.stripe_key is None:
        return {}
    from coalition.payments.stripe_account import stripe_owner

    owner = stripe_owner(alliances.database, settings)
    stripe = None if owner is None else stripe_at(alliances.get(owner))
    if owner is None or stripe is None:
        return {}
    news, job = stripe.news, JobKey(owner, HANDLE_STRIPE_EVENTS)

    def receive(raw_body: bytes, signature: str) -> bool:
        is_news = news.receive(raw_body, signature)
        if is_news:
            # A person who comes back from Stripe's page is waiting for the result.
            with alliances.database.engine.begin() as connection:
                wake(connection, job, alliances.clock())
        return is_news

    return {owner: receive}
