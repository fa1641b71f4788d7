"""Cancel a payment that was not sent: its amount is open again, and the next run plans it anew."""

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.payments.context import payment_context
from coalition.payments.find_payment import find_payment
from settlement.payments import PaymentRecord, cancel_payment


def cancel_unsent(alliance: Alliance, caller: Caller, payment: str, why: str) -> PaymentRecord:
    """The payment as it is then. Raises NotFound, and PaymentRefused once it was sent or confirmed."""
    with payment_context(alliance, caller.id) as context:
        cancelled = cancel_payment(context, find_payment(context, caller, payment).id, why)
    record_separately(alliance.database, caller, "payment.cancel", cancelled.id, {"why": why})
    return cancelled
