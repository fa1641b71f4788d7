"""Gifts that wait for a contact arrive when a member gets it."""

from collections.abc import Sequence

from coalition.alliance import Alliance
from coalition.gifts.deliver_gifts import deliver_gifts
from coalition.gifts.store import has_waiting_gifts


def on_new_contacts(alliance: Alliance, members: Sequence[str]) -> None:
    """Deliver what has waited for the members' contacts."""
    with alliance.database.engine.connect() as connection:
        waiting = has_waiting_gifts(connection, alliance.id)
    if waiting:
        for member in members:
            deliver_gifts(alliance, member)
