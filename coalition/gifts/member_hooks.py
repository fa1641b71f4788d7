"""Gifts that wait for a contact arrive when a member gets it."""

from coalition.alliance import Alliance
from coalition.gifts.deliver_gifts import deliver_gifts


def on_new_contacts(alliance: Alliance, member: str) -> None:
    """Deliver what has waited for the member's contacts."""
    deliver_gifts(alliance, member)
