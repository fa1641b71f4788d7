"""Pages at Stripe for a shop's owner: to open the shop's account there, and to save a mandate."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.errors import NotFound
from coalition.locale.formats import Lang
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop
from coalition.payments.context import payment_context
from coalition.payments.errors import ShopNotAtStripe, StripeNotSetUp
from coalition.payments.rails.stripe import stripe_at
from settlement import Phrase
from settlement.payments import PaymentContext
from settlement.rails import RailAccount

if TYPE_CHECKING:
    from coalition.payments.stripe_account import PageReturn, StripeAccount


@contextmanager
def stripe_counter(alliance: Alliance, caller: Caller) -> "Iterator[tuple[PaymentContext, StripeAccount]]":
    """A payment context and the alliance's account at Stripe. Raises StripeNotSetUp."""
    stripe = stripe_at(alliance)
    if stripe is None:
        raise StripeNotSetUp
    with payment_context(alliance, caller.id) as context:
        yield context, stripe


def open_onboarding(
    alliance: Alliance, caller: Caller, shop: Shop, email: str, country: str, back_to: "PageReturn"
) -> str:
    """Register the shop at Stripe, once; the page where its owner enters what Stripe needs to pay it.

    Raises NotFound, StripeNotSetUp, CountryNotServed, StripeRefused and StripeUnreachable.
    """
    check_takes_part(shop)
    with stripe_counter(alliance, caller) as (context, stripe):
        url = stripe.onboarding_page(context, shop.ref, shop.profile.name, email, country, back_to)
    record_separately(alliance.database, caller, "stripe.onboarding", shop.ref, {"country": country})
    return url


def open_mandate(alliance: Alliance, caller: Caller, shop: Shop, back_to: "PageReturn", lang: Lang) -> str:
    """The page where the owner lets a bank account or card be debited; a new mandate replaces the old.

    Raises NotFound, StripeNotSetUp, ShopNotAtStripe, StripeRefused and StripeUnreachable.
    """
    check_takes_part(shop)
    with stripe_counter(alliance, caller) as (context, stripe):
        return stripe.mandate_page(account_at_stripe(context, stripe, shop.ref), back_to, lang)


def check_takes_part(shop: Shop) -> None:
    """Raise NotFound for a shop that has only applied."""
    if shop.status is ShopStatus.APPLIED:
        raise NotFound(Phrase("shop"), shop.ref)


def account_at_stripe(context: PaymentContext, stripe: "StripeAccount", shop: str) -> RailAccount:
    """A shop's account at Stripe. Raises ShopNotAtStripe."""
    account = stripe.account_of(context, shop)
    if account is None:
        raise ShopNotAtStripe(shop)
    return account
