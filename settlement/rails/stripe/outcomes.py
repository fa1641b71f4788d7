"""What Stripe's objects and errors mean for a payment: pure translation into Observations.

A charge is one try to collect, a transfer is one payment out. Nothing here speaks to Stripe.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import stripe

from settlement.rails.port import Observation, RailStatus
from settlement.rails.stripe.amounts import from_stripe
from settlement.rails.stripe.methods import decided_by, returnable_until
from settlement.sentences import Phrase

KEY = "coalition_key"
"""Metadata: our key of the attempt."""
PAYMENT = "coalition_payment"
"""Metadata: our payment, over all its attempts."""

SECOND = 1_000_000
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class StripeMoney:
    """The alliance's one currency (ISO 4217, upper case) with its decimals in the book."""

    currency: str
    minor_digits: int

    def minor(self, amount: int) -> int:
        """An amount of Stripe's in minor units of the book."""
        return from_stripe(amount, self.currency, self.minor_digits)


def key_of(thing: stripe.StripeObject) -> str:
    """Our key in an object's metadata; empty where there is none."""
    return str(getattr(getattr(thing, "metadata", None), KEY, ""))


def id_of(field: str | stripe.StripeObject | None) -> str:
    """The id in a field that may be expanded."""
    if isinstance(field, stripe.StripeObject):
        return str(field["id"])
    return field or ""


def of_charge(charge: stripe.Charge, disputes: Sequence[stripe.Dispute], money: StripeMoney, at: int) -> Observation:
    """What became of a collection, by its charge with `balance_transaction` and `failure_balance_transaction`
    expanded, and by the charge's disputes.

    A dispute counts by the money that it moved: taken back is RETURNED from the first day, though a card's dispute
    may yet be won, and then it is PAID again. Where a part came back it is PAID, and `moved_minor` says what is left.
    """
    moved = [charge.balance_transaction, charge.failure_balance_transaction]
    moved += [each for dispute in disputes for each in dispute.balance_transactions]
    booked = [each for each in moved if isinstance(each, stripe.BalanceTransaction)]
    fee_minor = money.minor(sum(each.fee for each in booked))
    reference = id_of(charge.payment_intent) or charge.id
    kind = charge.payment_method_details.type if charge.payment_method_details else ""
    if charge.status == "failed":
        code, why = charge.failure_code or "failed", charge.failure_message or ""
        return Observation(RailStatus.FAILED, at, reference, code, why, fee_minor)
    if charge.status == "pending":
        # What is charged for it is only certain when its outcome is.
        return Observation(RailStatus.PENDING, at, reference, decided_by=decided_by(kind, charge.created * SECOND))
    taken = -sum(each.amount for dispute in disputes for each in dispute.balance_transactions)
    left = charge.amount - charge.amount_refunded - taken
    if left <= 0:
        code = disputes[0].reason if taken > 0 else "refunded"
        why = Phrase("the payer's bank took the payment back") if taken > 0 else Phrase("the payment was given back")
        return Observation(RailStatus.RETURNED, at, reference, code, why, fee_minor)
    received_at = (booked[0].available_on if booked else charge.created) * SECOND
    return Observation(
        RailStatus.PAID,
        at,
        reference,
        why="" if left == charge.amount else Phrase("a part of it came back"),
        fee_minor=fee_minor,
        returnable_until=returnable_until(kind, received_at),
        moved_minor=money.minor(left),
    )


def of_intent(intent: stripe.PaymentIntent, money: StripeMoney, at: int) -> Observation:
    """What the answer to a new collection says, with `latest_charge.balance_transaction` expanded.

    One without a charge that waits for its owner will wait for ever: they are not there, and nobody else has the
    secret to go on with it.
    """
    if isinstance(intent.latest_charge, stripe.Charge):
        return of_charge(intent.latest_charge, (), money, at)
    if intent.status.startswith("requires_") or intent.status == "canceled":
        return Observation(RailStatus.FAILED, at, intent.id, intent.status, Phrase("the payer would have to be there"))
    return Observation(RailStatus.AMBIGUOUS, at, intent.id, intent.status, Phrase("Stripe has not finished with it"))


def of_transfer(transfer: stripe.Transfer, money: StripeMoney, at: int) -> Observation:
    """What became of a payment out. It arrives at once, and can't come back unless we take it back, or a part."""
    left = transfer.amount - transfer.amount_reversed
    if left <= 0:
        return Observation(RailStatus.RETURNED, at, transfer.id, "reversed", Phrase("the transfer was taken back"))
    why = "" if left == transfer.amount else Phrase("a part of it was taken back")
    return Observation(RailStatus.PAID, at, transfer.id, why=why, moved_minor=money.minor(left))


def of_error(error: stripe.StripeError, at: int) -> Observation:
    """What an error says of the money.

    Refused for being too many, or without a key that Stripe knows: it never began. Refused otherwise: it never will.
    No answer, a server's error, a key under way or used for something else: nobody can tell yet.
    """
    code = error.code or type(error).__name__
    why = error.user_message or ""
    if error.http_status == TOO_MANY or isinstance(error, stripe.AuthenticationError):
        return Observation(RailStatus.UNKNOWN, at, "", code, why)
    if isinstance(error, stripe.CardError):
        intent = error.error.payment_intent if error.error else None
        declined = (error.error.decline_code if error.error else None) or code
        return Observation(RailStatus.FAILED, at, intent.id if intent else "", declined, why)
    if isinstance(error, (stripe.InvalidRequestError, stripe.PermissionError)):
        return Observation(RailStatus.FAILED, at, "", code, why)
    return Observation(RailStatus.AMBIGUOUS, at, "", code, why)
