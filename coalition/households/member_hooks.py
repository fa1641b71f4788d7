"""Nobody waits for the answer of somebody who was erased, nor answers them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from coalition.households.store import close_invitations


def on_erased(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Withdraw what they sent, and what was sent to them."""
    close_invitations(connection, alliance_id, members)
