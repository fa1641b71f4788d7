"""Payments over Stripe, where COALITION_STRIPE_KEY is set and the account is this alliance's; and its webhooks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from coalition.alliance import Alliance, Alliances
from coalition.jobs.store import JobKey, wake
from coalition.payments.rails import open_rails
from coalition.settings import read_settings
from settlement.ledger import Book
from settlement.rails import Rail

if TYPE_CHECKING:
    from coalition.payments.stripe_account import StripeAccount

HANDLE_STRIPE_EVENTS = "stripe.events"
"""The job that handles the events of Stripe's webhooks."""


def open_rail(book: Book) -> Rail | None:
    """The alliance's account at Stripe as a rail. Raises BookNotFound and DigitsTooFew."""
    settings = read_settings()
    if settings.stripe_key is None:
        return None
    # Stripe's library takes half a second to load, so it is loaded only if there is an account.
    from coalition.payments.stripe_account import stripe_of

    return stripe_of(book, settings)


def stripe_at(alliance: Alliance) -> "StripeAccount | None":
    """An alliance's account at Stripe, kept with it. Raises BookNotFound and DigitsTooFew."""
    rail = open_rails(alliance).opened_by(__name__)
    if rail is None:
        return None
    from coalition.payments.stripe_account import StripeAccount

    return rail if isinstance(rail, StripeAccount) else None


def stripe_receivers(alliances: Alliances) -> dict[int, Callable[[bytes, str], bool]]:
    """By id of the alliance with an account at Stripe: the function that receives its webhooks and wakes the handler.

    Raises BookNotFound and DigitsTooFew where the settings can't be used.
    """
    settings = read_settings()
    if settings.stripe_key is None:
        return {}
    from coalition.payments.stripe_account import stripe_owner

    owner = stripe_owner(alliances.database, settings)
    account = None if owner is None else stripe_at(alliances.get(owner))
    if owner is None or account is None:
        return {}
    inbox, job = account.inbox, JobKey(owner, HANDLE_STRIPE_EVENTS)

    def receive(raw_body: bytes, signature: str) -> bool:
        is_new = inbox.receive(raw_body, signature)
        if is_new:
            # A person who comes back from Stripe's page is waiting for the result.
            with alliances.database.engine.begin() as connection:
                wake(connection, job, alliances.clock())
        return is_new

    return {owner: receive}
