"""What can't be done with a purchase or a hold: named facts that carry their values.

CoalitionError
├── RefundTooLarge         more than is left of the purchase
├── AllRefunded            a refund of a purchase of which nothing is left
├── LineUnknown            a line that the purchase does not have, or that was refunded before
└── NothingCaptured        a refund of a hold of which nothing was captured
"""

from collections.abc import Sequence
from http import HTTPStatus

from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from settlement.ledger import REFUSALS


class RefundTooLarge(CoalitionError, like=REFUSALS["refund_exceeds_original"]):
    """More than is left of the purchase."""

    detail = N_("Only {left_minor:money} of this purchase is left to refund, not {asked_minor:money}.")
    asked_minor: int
    left_minor: int


class AllRefunded(CoalitionError, like=REFUSALS["refund_exceeds_original"]):
    """Nothing is left of the purchase."""

    detail = N_("All of this purchase was refunded before.")


class LineUnknown(CoalitionError):
    """A line that the purchase does not have, or that was refunded before."""

    code = "line_unknown"
    status = HTTPStatus.CONFLICT
    title = N_("Line not found")
    remedy = N_("Name a line of the purchase that was not refunded.")
    detail = N_("No line {ref:name} of this purchase is left to refund. Left are: {known}.")
    concerns = "lines"
    ref: str
    known: Sequence[str]


class NothingCaptured(CoalitionError, like=REFUSALS["refund_exceeds_original"]):
    """Only points that were captured can go back to the member."""

    detail = N_("Nothing of this hold was captured, so nothing can go back.")
