"""Check the account at Stripe: what an alliance has to change there before money can move over it."""

from collections.abc import Sequence

from coalition.settings import read_settings
from settlement import Phrase
from settlement.ledger import Book


def stripe_problems(book: Book) -> Sequence[Phrase] | None:
    """What keeps an alliance's account at Stripe from settling; None for an alliance that has none in the settings.

    Raises BookNotFound where the settings name no alliance, DigitsTooFew, StripeRefused and StripeUnreachable.
    """
    settings = read_settings()
    if settings.stripe_key is None:
        return None
    # Stripe's library takes half a second to load, so it is loaded only if there is an account.
    from coalition.payments.stripe_account import account_problems, stripe_owner

    if stripe_owner(book.database, settings) != book.alliance_id:
        return None
    return account_problems(book.settings, settings.stripe_key, settings.stripe_url)
