"""Every type of event that there is, each with what it means. Pure."""

from enum import StrEnum


class EventType(StrEnum):
    """What happened."""

    description: str

    def __new__(cls, value: str, description: str = "") -> "EventType":
        """A type by its name in the feed, and what it means to whoever reads that."""
        made = str.__new__(cls, value)
        made._value_ = value
        made.description = description
        return made

    PURCHASE_CREATED = "purchase.created", "A purchase was booked."
    REFUND_CREATED = (
        "refund.created",
        "A purchase was refunded, in full or in part; or captured points of a hold were given back.",
    )
    HOLD_CREATED = "hold.created", "Points were locked for a shop."
    HOLD_CAPTURED = "hold.captured", "Points of a hold were spent; the rest is free again."
    HOLD_RELEASED = "hold.released", "A hold was given up; its points are free again."
    HOLD_LAPSED = "hold.lapsed", "A hold's time passed; its points are free again."
    GIFT_CREATED = "gift.created", "A member gave points away: to another member, or for whoever takes them up."
    GIFT_ARRIVED = "gift.arrived", "A gift that waited was taken up."
    GIFT_RETURNED = "gift.returned", "A gift that nobody took up went back to its giver."
    ADJUSTMENT_CREATED = "adjustment.created", "The alliance corrected a member's points by hand."
    POINTS_FORWARDED = "points.forwarded", "Points of a merged member went on to the member who is left."
    POINTS_EXPIRED = "points.expired", "Points expired, since their last day is over."
    BALANCE_RELEASED = "balance.released", "A part of a balance that was brought along became points."
    CORRECTION_CREATED = "correction.created", "A dispute was upheld, and the shop's net corrected."
    WINDOW_CLOSED = "window.closed", "A window was closed; its nets stand."
    PAYMENT_DUE = "payment.due", "A shop's net is to be paid, by the day named."
    PAYMENT_PAID = "payment.paid", "A payment arrived."
    PAYMENT_FAILED = "payment.failed", "A payment failed."
    PAYMENT_RETURNED = "payment.returned", "A payment that had arrived came back."
    PAYMENT_DISPUTED = "payment.disputed", "A shop's bank disputes a collection."
    PAYMENT_REMINDER = "payment.reminder", "A payment is still open, and its shop was reminded."
    SETTLEMENT_DEFAULTED = "settlement.defaulted", "A shop did not pay in time; others bear what is missing."
    SETTLEMENT_RECOVERED = "settlement.recovered", "What a shop had failed to pay came in after all, or a part of it."
    SETTLEMENT_COMPLETED = "settlement.completed", "Nothing of the last window is open any more."
    DEPOSIT_SHORT = "deposit.short", "A shop's deposit does not cover what it owes."
    MANDATE_ENDED = "mandate.ended", "A shop can't be collected from any more: its mandate has ended."
    MEMBER_ENROLLED = "member.enrolled", "A member joined."
    MEMBER_FROZEN = "member.frozen", "A member was frozen: their points can't be spent."
    MEMBER_UNFROZEN = "member.unfrozen", "A frozen member may spend again."
    MEMBER_MERGED = "member.merged", "Two members turned out to be one person, and were made one."
    MEMBER_ERASED = "member.erased", "A member asked to be forgotten, and was."
    HOUSEHOLD_JOINED = "household.joined", "A member joined a household."
    HOUSEHOLD_LEFT = "household.left", "A member left a household."
    WEBHOOK_ENDPOINT_DISABLED = "webhook_endpoint.disabled", "An endpoint took nothing for days and gets no more."


# The reference shows it with the list.
EventType.__doc__ = "\n".join(
    [
        "What happened. More types may be added, so take those that you don't know as nothing to do.",
        "",
        "| type | what happened |",
        "|---|---|",
        *(f"| `{one}` | {one.description} |" for one in sorted(EventType)),
    ]
)
