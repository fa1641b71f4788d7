"""Rails: ways for money to move. `port.py` is what each offers; a rail is one file or one folder here."""

from settlement.rails import stripe_events as _stripe_events  # noqa: F401 - adds its table
from settlement.rails.by_hand import ByHand, MarkKind
from settlement.rails.port import Account, Attempt, CashLine, Direction, Observation, Rail, Status

__all__ = ["Account", "Attempt", "ByHand", "CashLine", "Direction", "MarkKind", "Observation", "Rail", "Status"]
