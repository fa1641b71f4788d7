"""Of a member who is erased no finding says why it was decided as it was."""

from collections.abc import Sequence

from sqlalchemy import Connection

from coalition.findings.store import erase_reasons


def on_erased(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Empty the reasons."""
    erase_reasons(connection, alliance_id, members)
