"""Rails: ways for money to move. A rail is one file or one folder here.

The port that each offers: `Rail`, with `PaymentAttempt`, `RailAccount` and `Direction` in, `Observation`, `RailStatus`
and `CashLine` out, `PayeeCheck` where banks compare names (`port.py`). Here is the rail by hand: `ByHandRail`,
`MarkKind`, its name `BY_HAND`, and `BY_HAND_DETAILS`, what people may write of an account there (`by_hand.py`).
`rails.bank` and `rails.stripe` have surfaces of their own, so that Stripe's library loads only for those who use it.
"""

from settlement.rails import stripe_tables as _stripe_tables  # noqa: F401 - adds its table
from settlement.rails.by_hand import DETAILS as BY_HAND_DETAILS
from settlement.rails.by_hand import NAME as BY_HAND
from settlement.rails.by_hand import ByHandRail, MarkKind
from settlement.rails.port import (
    CashLine,
    Direction,
    Observation,
    PayeeCheck,
    PayeeMatch,
    PaymentAttempt,
    Rail,
    RailAccount,
    RailStatus,
)

__all__ = [
    "BY_HAND",
    "BY_HAND_DETAILS",
    "ByHandRail",
    "CashLine",
    "Direction",
    "MarkKind",
    "Observation",
    "PayeeCheck",
    "PayeeMatch",
    "PaymentAttempt",
    "Rail",
    "RailAccount",
    "RailStatus",
]
