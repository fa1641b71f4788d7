"""The rails that an alliance's payments can go over: all that this process is set up for."""

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
    from coalition.payments.stripe import StripeAccount

ACT_ON_NEWS = "stripe.news"
"""The job that acts on what Stripe's webhooks told."""


def stripe_account(book: Book) -> "StripeAccount | None":
    """The alliance's account at Stripe, where this process is set up for one. Raises BookNotFound and DigitsTooFew."""
    settings = read_settings()
    if settings.stripe_key is None:
        return None
    # Stripe's library takes half a second to load: who has no account there does not wait for it.
    from coalition.payments.stripe import stripe_of

    return stripe_of(book, settings)


def rails_of(book: Book, stripe: "StripeAccount | None") -> dict[str, Rail]:
    """The rails that an alliance's payments can go over, by name: all that this process is set up for.

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
    """What takes in the webhooks of the alliance that has an account at Stripe, by its id, and has them acted on.

    Raises BookNotFound and DigitsTooFew where the settings can't be used.
    """
    settings = read_settings()
    if settings.stripe_key is None:
        return {}
    from coalition.payments.stripe import stripe_owner

    owner = stripe_owner(alliances.database, settings)
    stripe = None if owner is None else stripe_at(alliances.get(owner))
    if owner is None or stripe is None:
        return {}
    news, job = stripe.news, JobKey(owner, ACT_ON_NEWS)

    def receive(raw_body: bytes, signature: str) -> bool:
        is_news = news.receive(raw_body, signature)
        if is_news:
            # Whoever comes back from a page of Stripe's is waiting to see what became of it.
            with alliances.database.engine.begin() as connection:
                wake(connection, job, alliances.clock())
        return is_news

    return {owner: receive}
