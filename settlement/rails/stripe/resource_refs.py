"""What an event of Stripe's is about. Pure: reads the event, never believes what it says of the money."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from settlement.rails.stripe.onboarding import PARTICIPANT
from settlement.rails.stripe.outcomes import KEY


class ResourceKind(StrEnum):
    """What to look at again."""

    PAYMENT = "payment"
    """A payment, by the key of its attempt: `StripeRail.observe`."""
    PARTICIPANT = "participant"
    """A shop, by our name of it: `Onboarding.refresh`."""
    ACCOUNT = "account"
    """A shop, by the id of its account at Stripe: `Onboarding.refresh`."""
    BALANCE = "balance"
    """The alliance's balance: more may be available now."""
    OBJECT = "object"
    """An object of Stripe's, by its id, that has to be read before we know which of these it is."""
    NOTHING = "nothing"
    """Nothing of ours."""


class ResourceRef(NamedTuple):
    """One thing to look at again; `subject` says which, and is empty for the balance and for nothing."""

    about: ResourceKind
    subject: str = ""


CONNECTED_EVENT_TYPES = (
    "account.application.deauthorized",
    "account.external_account.created",
    "account.external_account.deleted",
    "account.external_account.updated",
    "account.updated",
    "payout.failed",
)
"""Types that come from shops' accounts: they need an endpoint that listens to connected accounts."""

LISTED_EVENT_TYPES = (
    "balance.available",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.refunded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "mandate.updated",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.succeeded",
    "payout.failed",
    "refund.failed",
    "refund.updated",
    "setup_intent.canceled",
    "setup_intent.requires_action",
    "setup_intent.setup_failed",
    "setup_intent.succeeded",
    "transfer.created",
    "transfer.reversed",
)
"""Types that come from the alliance's own account, whose list of events has them too."""

WEBHOOK_EVENT_TYPES = tuple(sorted({*CONNECTED_EVENT_TYPES, *LISTED_EVENT_TYPES}))
"""The types that webhook endpoints should send, and that are asked for when some were missed; all others are left."""


def resource_of_event(event: Mapping[str, Any]) -> ResourceRef:
    """What an event (as Stripe sends it) is about. Raises KeyError or TypeError for what is no event."""
    thing = event["data"]["object"]
    kind, metadata = thing["object"], thing.get("metadata") or {}
    account = event.get("account")
    if event["type"] not in (CONNECTED_EVENT_TYPES if account else LISTED_EVENT_TYPES):
        return ResourceRef(ResourceKind.NOTHING)
    if account:
        return ResourceRef(ResourceKind.ACCOUNT, str(account))
    if kind in ("balance", "payout"):
        return ResourceRef(ResourceKind.BALANCE)
    if kind in ("payment_intent", "charge", "transfer"):
        return payment_ref(metadata)
    if kind == "checkout.session":
        return payment_ref(metadata) if thing["mode"] == "payment" else participant_ref(metadata)
    # A refund, a dispute, a mandate and a saved payment method have no key of ours: what they are about is another
    # object.
    object_id = thing.get("payment_intent") or thing.get("customer") or thing.get("payment_method")
    return ResourceRef(ResourceKind.OBJECT, str(object_id)) if object_id else ResourceRef(ResourceKind.NOTHING)


def payment_ref(metadata: Mapping[str, str]) -> ResourceRef:
    """The payment that an object's metadata name."""
    return ResourceRef(ResourceKind.PAYMENT, metadata[KEY]) if metadata.get(KEY) else ResourceRef(ResourceKind.NOTHING)


def participant_ref(metadata: Mapping[str, str]) -> ResourceRef:
    """The shop that an object's metadata name."""
    return (
        ResourceRef(ResourceKind.PARTICIPANT, metadata[PARTICIPANT])
        if metadata.get(PARTICIPANT)
        else ResourceRef(ResourceKind.NOTHING)
    )
