"""Of somebody who was erased nothing says what they have read."""

from collections.abc import Sequence

from sqlalchemy import Connection

from coalition.notices.reads import forget_reads


def on_erased(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Forget what they read."""
    forget_reads(connection, alliance_id, members)
