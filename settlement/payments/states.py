"""What becomes of a payment, as a table: where it stands, what the rail says, and through which states it goes.

planned → reserved → sent → paid | failed | ambiguous → returned, and cancelled where it was never sent. A state
that the table does not mention stays as it is. Reserved means that we may have sent it: after a crash nobody
knows, so it is looked up before it is sent, again under the same key.
"""

from collections.abc import Mapping
from enum import StrEnum

from settlement.rails.port import Status


class Route(StrEnum):
    """Between whom a payment goes."""

    COLLECT = "collect"
    """From a participant to the clearing house."""
    PAY = "pay"
    """From the clearing house to a participant."""
    DIRECT = "direct"
    """From one participant to another; the clearing house only hears of it."""


class State(StrEnum):
    """Where a payment stands."""

    PLANNED = "planned"
    """Nothing was sent."""
    RESERVED = "reserved"
    """This attempt's key is taken and, of a payment out, the money; it may have been sent."""
    SENT = "sent"
    """The rail has it."""
    PAID = "paid"
    """The money has arrived; it may come back until `returnable_until`."""
    FAILED = "failed"
    """This attempt moved no money and never will."""
    AMBIGUOUS = "ambiguous"
    """Sent, and no answer that could be trusted: it is looked up before anything else."""
    RETURNED = "returned"
    """The money arrived and went back."""
    CANCELLED = "cancelled"
    """It was never sent, and never will be."""


LIVE = frozenset({State.PLANNED, State.RESERVED, State.SENT, State.AMBIGUOUS})
"""States of a payment that may still move its money for the first time."""

ON_ITS_WAY = frozenset({State.RESERVED, State.SENT, State.AMBIGUOUS})
"""States in which the money of a payment out stands in TRANSIT."""

_AFTER_SENDING: Mapping[Status, tuple[State, ...]] = {
    Status.PENDING: (State.SENT,),
    Status.PAID: (State.PAID,),
    Status.FAILED: (State.FAILED,),
    Status.AMBIGUOUS: (State.AMBIGUOUS,),
    # It was paid while nobody looked; the books tell both.
    Status.RETURNED: (State.PAID, State.RETURNED),
}

TRANSITIONS: Mapping[State, Mapping[Status, tuple[State, ...]]] = {
    State.RESERVED: _AFTER_SENDING,
    # A rail that no longer knows what it took is looked up once more before anything is sent again.
    State.SENT: {**_AFTER_SENDING, Status.PENDING: (), Status.AMBIGUOUS: (), Status.UNKNOWN: (State.AMBIGUOUS,)},
    State.AMBIGUOUS: {**_AFTER_SENDING, Status.AMBIGUOUS: (), Status.UNKNOWN: (State.RESERVED,)},
    State.PAID: {Status.RETURNED: (State.RETURNED,), Status.FAILED: (State.RETURNED,)},
    # A dispute that was won brings the money once more.
    State.RETURNED: {Status.PAID: (State.PAID,)},
    # A rail may not say so after FAILED, but where money did move, the books tell what happened.
    State.FAILED: {Status.PAID: (State.PAID,), Status.RETURNED: ()},
}


def steps(state: State, seen: Status) -> tuple[State, ...]:
    """The states that a payment goes through when its rail says `seen`; none where that is no news."""
    return TRANSITIONS.get(state, {}).get(seen, ())


MOVES: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.RESERVED, State.CANCELLED, State.SENT}),
    State.FAILED: frozenset({State.PLANNED, State.PAID}),
    **{
        state: frozenset(after for answer in TRANSITIONS[state].values() for after in answer)
        for state in (State.SENT, State.AMBIGUOUS, State.PAID, State.RETURNED)
    },
    State.RESERVED: frozenset({State.SENT, State.PAID, State.FAILED, State.AMBIGUOUS}),
    State.CANCELLED: frozenset(),
}
"""Every step that history may show: those of the table, and those that we take ourselves."""
