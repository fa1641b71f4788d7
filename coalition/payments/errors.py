"""Errors of payments.

CoalitionError
├── PaymentNotConfirmable  a payment that others confirm
├── StripeNotSetUp         an alliance that has no account at Stripe
├── ShopNotAtStripe        a shop that has none there yet
└── AccountChanged         an account that somebody else has changed meanwhile
"""

from http import HTTPStatus

from coalition.errors import ChangedMeanwhile, CoalitionError, Forbidden
from coalition.locale.messages import N_


class PaymentNotConfirmable(CoalitionError, like=Forbidden):
    """A payment is confirmed by those whom it concerns."""

    detail = N_("The two shops confirm a direct payment. The alliance confirms any other.")


class StripeNotSetUp(CoalitionError):
    """The alliance has no account at Stripe."""

    code = "stripe_missing"
    status = HTTPStatus.CONFLICT
    title = N_("No account at Stripe")
    remedy = N_("Open the account at Stripe first.")
    detail = N_("This alliance has no account at Stripe. COALITION_STRIPE_KEY sets one up.")


class ShopNotAtStripe(CoalitionError, like=StripeNotSetUp):
    """The shop has no account at Stripe yet."""

    detail = N_("{shop} has no account at Stripe yet. Ask for its onboarding page first.")
    shop: str


class AccountChanged(CoalitionError, like=ChangedMeanwhile):
    """An account was changed since it was read."""

    detail = N_("The account of {participant:name} was changed meanwhile. Open the page again first.")
    participant: str
