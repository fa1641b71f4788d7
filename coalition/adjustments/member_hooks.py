"""Of a member who is erased no adjustment says why it was made."""

from collections.abc import Sequence

from sqlalchemy import Connection

from coalition.adjustments.adjust_points import ADJUST_POINTS
from coalition.adjustments.store import erase_reasons
from coalition.approvals.store import erase_texts


def on_erased(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Empty the reasons, also those of what waits for another person or was rejected."""
    erase_reasons(connection, alliance_id, members)
    erase_texts(connection, alliance_id, ADJUST_POINTS, members)
