"""What can't be done with a purchase or a hold: named facts that carry their values.

CoalitionError
├── RefundTooLarge         more than is left of the purchase
├── LineUnknown            a line that the purchase does not have, or that was refunded before
└── NothingCaptured        a refund of a hold of which nothing was captured
"""

from collections.abc import Sequence

from coalition.errors import CoalitionError


class RefundTooLarge(CoalitionError):
    """More than is left of the purchase."""

    def __init__(self, asked_minor: int, left_minor: int) -> None:
        self.asked_minor, self.left_minor = asked_minor, left_minor
        super().__init__(
            f"Only {left_minor} minor units of this purchase are left to refund, not {asked_minor}."
            if left_minor
            else "All of this purchase was refunded before."
        )


class LineUnknown(CoalitionError):
    """A line that the purchase does not have, or that was refunded before."""

    def __init__(self, ref: str, known: Sequence[str]) -> None:
        self.ref, self.known = ref, tuple(known)
        names = ", ".join(known) or "none"
        super().__init__(f"No line {ref!r} of this purchase is left to refund; those left are: {names}.")


class NothingCaptured(CoalitionError):
    """Only points that were captured can go back to the member."""

    def __init__(self) -> None:
        super().__init__("Nothing of this hold was captured, so nothing can go back.")
