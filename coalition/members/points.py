"""How many points a member has, under every id that is theirs."""

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.members.store import merged_ids
from settlement.ledger import holdings_of


def points_of(connection: Connection, alliance: Alliance, member: str) -> int:
    """What whoever has the account, or takes it over, can spend."""
    return holdings_of(alliance.book, connection, [member, *merged_ids(connection, alliance.id, member)], 0).points
