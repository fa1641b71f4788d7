"""What becomes of a payment, as a table: where it stands, what the rail says, and through which states it goes.

planned → reserved → sent → paid | failed | ambiguous → returned, and cancelled where it was never sent. A state
that the table does not mention stays as it is. Reserved means that we may have sent it: after a crash nobody
knows, so it is looked up before it is sent, again under the same key.

How much has moved is a figure of its own beside the state: a payment that is paid may be part paid or over paid.
"""

from collections.abc import Mapping
from enum import StrEnum

from settlement.rails.port import RailStatus


class PaymentRoute(StrEnum):
    """Between whom a payment goes."""

    COLLECT = "collect"
    """From a participant to the clearing house."""
    PAY = "pay"
    """From the clearing house to a participant."""
    DIRECT = "direct"
    """From one participant to another; the clearing house only hears of it."""


class PaymentState(StrEnum):
    """Where a payment stands."""

    PLANNED = "planned"
    """Nothing was sent."""
    RESERVED = "reserved"
    """This attempt's key is taken and, of a payment out, the money; it may have been sent."""
    SENT = "sent"
    """The rail has it."""
    PAID = "paid"
    """Money has arrived, `PaymentCoverage` says how much of it; it may come back until `returnable_until`."""
    FAILED = "failed"
    """This attempt moved no money and never will."""
    AMBIGUOUS = "ambiguous"
    """Sent, and no answer that could be trusted: it is looked up before anything else."""
    RETURNED = "returned"
    """The money arrived, and all of it went back."""
    CANCELLED = "cancelled"
    """It was never sent, and never will be."""


class PaymentCoverage(StrEnum):
    """How much of what a payment asks for has moved."""

    OPEN = "open"
    PART_PAID = "part_paid"
    PAID = "paid"
    OVER_PAID = "over_paid"


def coverage_of(asked_minor: int, moved_minor: int) -> PaymentCoverage:
    """How much of `asked_minor` has moved, where `moved_minor` did."""
    if moved_minor <= 0:
        return PaymentCoverage.OPEN
    if moved_minor < asked_minor:
        return PaymentCoverage.PART_PAID
    return PaymentCoverage.PAID if moved_minor == asked_minor else PaymentCoverage.OVER_PAID


LIVE = frozenset({PaymentState.PLANNED, PaymentState.RESERVED, PaymentState.SENT, PaymentState.AMBIGUOUS})
"""States of a payment that may still move its money for the first time."""

ON_ITS_WAY = frozenset({PaymentState.RESERVED, PaymentState.SENT, PaymentState.AMBIGUOUS})
"""States in which the money of a payment out stands in TRANSIT."""

_AFTER_SENDING: Mapping[RailStatus, tuple[PaymentState, ...]] = {
    RailStatus.PENDING: (PaymentState.SENT,),
    RailStatus.PAID: (PaymentState.PAID,),
    RailStatus.FAILED: (PaymentState.FAILED,),
    RailStatus.AMBIGUOUS: (PaymentState.AMBIGUOUS,),
    # It was paid while nobody looked; the books tell both.
    RailStatus.RETURNED: (PaymentState.PAID, PaymentState.RETURNED),
}

TRANSITIONS: Mapping[PaymentState, Mapping[RailStatus, tuple[PaymentState, ...]]] = {
    PaymentState.RESERVED: _AFTER_SENDING,
    # A rail that no longer knows what it took is looked up once more before anything is sent again.
    PaymentState.SENT: {
        **_AFTER_SENDING,
        RailStatus.PENDING: (),
        RailStatus.AMBIGUOUS: (),
        RailStatus.UNKNOWN: (PaymentState.AMBIGUOUS,),
    },
    PaymentState.AMBIGUOUS: {**_AFTER_SENDING, RailStatus.AMBIGUOUS: (), RailStatus.UNKNOWN: (PaymentState.RESERVED,)},
    PaymentState.PAID: {RailStatus.RETURNED: (PaymentState.RETURNED,), RailStatus.FAILED: (PaymentState.RETURNED,)},
    # A dispute that was won brings the money once more.
    PaymentState.RETURNED: {RailStatus.PAID: (PaymentState.PAID,)},
    # A rail may not say so after FAILED, but where money did move, the books tell what happened.
    PaymentState.FAILED: {RailStatus.PAID: (PaymentState.PAID,), RailStatus.RETURNED: ()},
}


def states_after(state: PaymentState, seen: RailStatus) -> tuple[PaymentState, ...]:
    """The states that a payment goes through when its rail says `seen`; none where it stays as it is."""
    return TRANSITIONS.get(state, {}).get(seen, ())


MOVED = frozenset({PaymentState.PAID, PaymentState.RETURNED})
"""States of a payment whose money has moved once; how much of it stands may go on changing."""

MONEY_SAID = frozenset({RailStatus.PAID, RailStatus.RETURNED, RailStatus.FAILED})
"""Answers of a rail that say how much money has moved."""

ALLOWED_STEPS: Mapping[PaymentState, frozenset[PaymentState]] = {
    # A movement may be matched to a payment that was never sent, or was called off. What shops were to pay each other
    # fails where its payer is in default.
    PaymentState.PLANNED: frozenset(
        {
            PaymentState.RESERVED,
            PaymentState.CANCELLED,
            PaymentState.SENT,
            PaymentState.PAID,
            PaymentState.FAILED,
        }
    ),
    PaymentState.FAILED: frozenset({PaymentState.PLANNED, PaymentState.PAID}),
    **{
        state: frozenset(after for answer in TRANSITIONS[state].values() for after in answer)
        for state in (PaymentState.SENT, PaymentState.AMBIGUOUS, PaymentState.PAID, PaymentState.RETURNED)
    },
    PaymentState.RESERVED: frozenset(
        {PaymentState.SENT, PaymentState.PAID, PaymentState.FAILED, PaymentState.AMBIGUOUS}
    ),
    PaymentState.CANCELLED: frozenset({PaymentState.PAID}),
}
"""Every step that history may show: those of the table, and those that we take ourselves."""
