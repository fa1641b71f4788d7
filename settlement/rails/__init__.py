"""Rails: ways for money to move. `port.py` is what each offers; a rail is one file or one folder here."""

from settlement.rails import stripe_events as _stripe_events  # noqa: F401 - adds its table
from settlement.rails.by_hand import ByHandRail, MarkKind
from settlement.rails.port import CashLine, Direction, Observation, PaymentAttempt, Rail, RailAccount, RailStatus

__all__ = [
    "ByHandRail",
    "CashLine",
    "Direction",
    "MarkKind",
    "Observation",
    "PaymentAttempt",
    "Rail",
    "RailAccount",
    "RailStatus",
]
