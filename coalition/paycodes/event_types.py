"""Events of what a till asks a member to confirm."""

from typing import Annotated, Literal

from typing_extensions import TypedDict

from coalition.events.data import About, Buyer, ShopRef
from coalition.events.event_type import EventType


class ConfirmationData(TypedDict):
    """What a shop asks a member to confirm."""

    id: Annotated[str, About("The confirmation.")]
    shop: ShopRef
    member: Buyer
    amount_minor: Annotated[int, About("What is to be paid, in minor units.")]
    state: Annotated[Literal["asked", "confirmed", "declined"], About("What the member answered.")]
    expires_at: Annotated[str, About("Until when they may answer, and the till may book it.", "date-time")]


CONFIRMATION_REQUESTED = EventType(
    "confirmation.requested", "A shop asks a member to confirm what they pay.", ConfirmationData
)
CONFIRMATION_ANSWERED = EventType(
    "confirmation.answered", "A member confirmed what they pay, or declined it.", ConfirmationData
)
