"""What can't be done with a purchase or a hold: named facts that carry their values.

CoalitionError
├── RefundTooLarge         more than is left of the purchase
├── AllRefunded            a refund of a purchase of which nothing is left
├── LineUnknown            a line that the purchase does not have, or that was refunded before
├── LinesBelowZero         a refund of lines that come to less than zero
├── NothingCaptured        a refund of a hold of which nothing was captured
├── ConsentNeeded          a spend for which nothing but an id speaks
├── OnlineOnly             a spend at a till that was offline
├── ContactUnknown         a contact that is no member's
├── KeyVoided              a key that was voided, so that nothing is booked under it
└── KeyOfAnotherKind       a void under a key that stands for something else
"""

from collections.abc import Sequence
from http import HTTPStatus

from coalition.errors import CoalitionError, NotFound
from coalition.locale.messages import N_
from coalition.members.errors import MemberError
from settlement import KeyReused
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


class LinesBelowZero(CoalitionError):
    """A refund of a coupon alone, or with lines that cost less than it took off."""

    code = "lines_below_zero"
    status = HTTPStatus.CONFLICT
    title = N_("Lines come to less than zero")
    remedy = N_("Refund a coupon or a deposit together with the lines that it belongs to.")
    detail = N_("These lines come to {amount_minor:money}, and no less than zero can be refunded.")
    concerns = "lines"
    amount_minor: int


class NothingCaptured(CoalitionError, like=REFUSALS["refund_exceeds_original"]):
    """Only points that were captured can go back to the member."""

    detail = N_("Nothing of this hold was captured, so nothing can go back.")


class ConsentNeeded(MemberError):
    """An id is known to whoever saw it once: it earns, and spends only up to the alliance's amount, which may be 0."""

    code = "consent_needed"
    status = HTTPStatus.CONFLICT
    title = N_("The member's yes needed")
    remedy = N_("Scan the member's pay code, or ask them in the wallet (`createConfirmation`) and send its id.")
    detail = N_("Spending points takes the member's pay code, or their yes in the wallet. Nothing was booked.")


class OnlineOnly(MemberError):
    """Without a connection nobody knows whether the points are there."""

    code = "online_only"
    status = HTTPStatus.CONFLICT
    title = N_("Points can't be spent offline")
    remedy = N_("Let the sale earn only, or ring it up once there is a connection.")
    detail = N_("Points can't be spent without a connection. Nothing was booked.")


class ContactUnknown(MemberError, like=NotFound):
    """Nobody enrolled with this contact. `field` is phone or email."""

    detail = N_("No member has this {field:code}. Enrol them first.")
    concerns = "{field}"
    field: str


class KeyVoided(CoalitionError):
    """A key that was voided is dead: whatever comes under it later, or has come before, is not booked."""

    code = "key_voided"
    status = HTTPStatus.CONFLICT
    title = N_("Key voided")
    remedy = N_("Use a new key for a new attempt, and a new `external_ref` if it has one.")
    detail = N_("This was voided, so nothing is booked under its key. Use a new key for a new attempt.")


class KeyOfAnotherKind(CoalitionError, like=KeyReused):
    """A void of a purchase under the key of a hold, say, or of a hold under the key of a purchase."""

    detail = N_("This key was used for another kind of request, so there is nothing of this kind to void.")
    concerns = "idempotency_key"
