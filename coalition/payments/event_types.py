"""Events of payments, defaults, deposits and mandates."""

from coalition.events.event_type import EventType

PAYMENT_DUE = EventType("payment.due", "A shop's net is to be paid, by the day named.")
PAYMENT_PAID = EventType("payment.paid", "A payment arrived.")
PAYMENT_FAILED = EventType("payment.failed", "A payment failed.")
PAYMENT_RETURNED = EventType("payment.returned", "A payment that had arrived came back.")
PAYMENT_DISPUTED = EventType("payment.disputed", "A shop's bank disputes a collection.")
PAYMENT_REMINDER = EventType("payment.reminder", "A payment is still open, and its shop was reminded.")
SETTLEMENT_DEFAULTED = EventType("settlement.defaulted", "A shop did not pay in time; others bear what is missing.")
SETTLEMENT_RECOVERED = EventType(
    "settlement.recovered", "What a shop had failed to pay came in after all, or a part of it."
)
SETTLEMENT_COMPLETED = EventType("settlement.completed", "Nothing of the last window is open any more.")
DEPOSIT_SHORT = EventType("deposit.short", "A shop's deposit does not cover what it owes.")
MANDATE_ENDED = EventType("mandate.ended", "A shop can't be collected from any more: its mandate has ended.")
