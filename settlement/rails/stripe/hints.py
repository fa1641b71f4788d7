"""What an event of Stripe's is about. Pure: reads the event, never believes what it says of the money."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from settlement.rails.stripe.onboarding import PARTICIPANT
from settlement.rails.stripe.outcomes import KEY


class About(StrEnum):
    """What to look at again."""

    PAYMENT = "payment"
    """A payment, by the key of its attempt: `StripeRail.observe`."""
    PARTICIPANT = "participant"
    """A shop, by our name of it: `Onboarding.refresh`."""
    BALANCE = "balance"
    """The alliance's balance: more may be available now."""
    OBJECT = "object"
    """An object of Stripe's, by its id, that has to be read before we know which of these it is."""
    NOTHING = "nothing"
    """Nothing of ours."""


class Hint(NamedTuple):
    """One thing to look at again; `subject` says which, and is empty for the balance and for nothing."""

    about: About
    subject: str = ""


USED = (
    "account.updated",
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
    "refund.failed",
    "refund.updated",
    "transfer.created",
    "transfer.reversed",
)
"""The types that a webhook endpoint should send, and that are asked for when some were missed; all others are left.
`account.updated` comes from connected accounts, so it needs an endpoint that listens to those."""

LISTED = tuple(kind for kind in USED if kind != "account.updated")
"""Those of them that are in the alliance's own list of events."""


def hint_of(event: Mapping[str, Any]) -> Hint:
    """What an event (as Stripe sends it) is about. Raises KeyError or TypeError for what is no event."""
    thing = event["data"]["object"]
    kind, metadata = thing["object"], thing.get("metadata") or {}
    if event["type"] not in USED:
        return Hint(About.NOTHING)
    if kind == "balance":
        return Hint(About.BALANCE)
    if kind in ("account", "customer"):
        return participant(metadata)
    if kind in ("payment_intent", "charge", "transfer"):
        return payment(metadata)
    if kind == "checkout.session":
        return payment(metadata) if thing["mode"] == "payment" else participant(metadata)
    # A refund, a dispute and a mandate have no key of ours: what they are about is another object.
    found = thing.get("payment_intent") or thing.get("payment_method")
    return Hint(About.OBJECT, str(found)) if found else Hint(About.NOTHING)


def payment(metadata: Mapping[str, str]) -> Hint:
    """The payment that an object's metadata name."""
    return Hint(About.PAYMENT, metadata[KEY]) if metadata.get(KEY) else Hint(About.NOTHING)


def participant(metadata: Mapping[str, str]) -> Hint:
    """The shop that an object's metadata name."""
    return Hint(About.PARTICIPANT, metadata[PARTICIPANT]) if metadata.get(PARTICIPANT) else Hint(About.NOTHING)
