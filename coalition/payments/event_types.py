"""Events of payments, defaults, deposits and mandates."""

from typing import Annotated, NotRequired

from typing_extensions import TypedDict

from coalition.events.data import About, Currency
from coalition.events.event_type import EventType

AmountMinor = Annotated[int, About("The amount, in the currency's minor unit.")]
SettledWindow = Annotated[str, About("The window that it settles.")]
Rail = Annotated[str, About("The payment rail.")]
Why = Annotated[str, About("Why.")]
PaymentId = Annotated[str, About("The payment.")]


class PaymentNoticeData(TypedDict):
    """What every notice of payments says."""

    notice: Annotated[str, About("The notice's id; a notice that is sent twice keeps it.")]
    participant: Annotated[str, About("Whom it is for: a shop, or the alliance.")]


class PaymentData(PaymentNoticeData):
    """A payment."""

    payment: PaymentId
    amount_minor: AmountMinor
    currency: Currency
    route: Annotated[str, About("Whether it goes through the alliance or from shop to shop.")]
    rail: Rail
    window: NotRequired[SettledWindow]
    for_default: NotRequired[Annotated[bool, About("True where it pays what the shop is in default of.")]]
    due_on: NotRequired[Annotated[str, About("The day on which it is due.", "date")]]
    payer: NotRequired[Annotated[str, About("The shop that pays, where it pays another one directly.")]]
    counterparty: NotRequired[Annotated[str, About("The shop that is paid directly.")]]
    collection_code: NotRequired[
        Annotated[str, About("What that shop's own QR code says, by which it is paid; in what asks for the payment.")]
    ]
    why: NotRequired[Why]


class DefaultData(PaymentNoticeData):
    """What a shop did not pay."""

    amount_minor: AmountMinor
    uncovered_minor: Annotated[int, About("What nothing covered, in minor units.")]
    window: SettledWindow


class RecoveryData(PaymentNoticeData):
    """What came in after a default."""

    payment: NotRequired[
        Annotated[str, About("The payment that brought it; without one it was set off against what the shop is owed.")]
    ]
    amount_minor: AmountMinor
    open_minor: Annotated[int, About("What is still missing, in minor units.")]
    window: SettledWindow


class SettlementData(PaymentNoticeData):
    """A window that is settled."""

    amount_minor: Annotated[int, About("All that was paid, in minor units.")]
    window: SettledWindow


class DepositShortData(PaymentNoticeData):
    """What a shop's deposit does not cover."""

    amount_minor: AmountMinor
    window: SettledWindow


class MandateEndedData(PaymentNoticeData):
    """A mandate that has ended."""

    rail: Rail
    why: Why


PAYMENT_DUE = EventType("payment.due", "A shop's net is to be paid, by the day named.", PaymentData)
PAYMENT_PAID = EventType("payment.paid", "A payment arrived.", PaymentData)
PAYMENT_FAILED = EventType("payment.failed", "A payment failed.", PaymentData)
PAYMENT_RETURNED = EventType("payment.returned", "A payment that had arrived came back.", PaymentData)
PAYMENT_DISPUTED = EventType("payment.disputed", "A shop's bank disputes a collection.", PaymentData)
PAYMENT_REMINDER = EventType("payment.reminder", "A payment is still open, and its shop was reminded.", PaymentData)
SETTLEMENT_DEFAULTED = EventType(
    "settlement.defaulted", "A shop did not pay in time; others bear what is missing.", DefaultData
)
SETTLEMENT_RECOVERED = EventType(
    "settlement.recovered",
    "What a shop had failed to pay came in after all or was set off, or a part of it.",
    RecoveryData,
)
SETTLEMENT_COMPLETED = EventType("settlement.completed", "Nothing of the last window is open any more.", SettlementData)
DEPOSIT_SHORT = EventType("deposit.short", "A shop's deposit does not cover what it owes.", DepositShortData)
MANDATE_ENDED = EventType(
    "mandate.ended", "A shop can't be collected from any more: its mandate has ended.", MandateEndedData
)
