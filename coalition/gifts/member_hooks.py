"""Gifts that wait for a contact arrive when a member gets it; of somebody who was erased no contact stays."""

from collections.abc import Sequence

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.gifts.deliver_gifts import deliver_gifts
from coalition.gifts.store import forget_named, has_waiting_gifts


def on_new_contacts(alliance: Alliance, members: Sequence[str]) -> None:
    """Deliver what has waited for the members' contacts."""
    with alliance.database.engine.connect() as connection:
        waiting = has_waiting_gifts(connection, alliance.id)
    if waiting:
        for member in members:
            deliver_gifts(alliance, member)


def on_erased(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Forget the contacts by which gifts named them."""
    forget_named(connection, alliance_id, members)
