"""A gift, and the states that it goes through. Pure.

new → given                          to a member
new → waiting → arriving → given     to a contact or by link: the points wait in the book under the gift's own id
      waiting → returning → returned
new → refused                        the book did not take it

The states in between are kept before the book is asked, so that the next sweep can finish after a crash.
"""

from enum import StrEnum
from typing import Literal, NamedTuple, cast


class GiftState(StrEnum):
    """Where a gift stands."""

    NEW = "new"
    WAITING = "waiting"
    ARRIVING = "arriving"
    GIVEN = "given"
    RETURNING = "returning"
    RETURNED = "returned"
    REFUSED = "refused"


GiftStatus = Literal["waiting", "given", "returned", "refused"]
UNHEARD = frozenset({GiftState.NEW, GiftState.REFUSED})
"""States of which a receiver hears nothing: the book has not taken the gift, and may never."""
_ON_ITS_WAY = frozenset({GiftState.NEW, GiftState.ARRIVING, GiftState.RETURNING})


class StoredGift(NamedTuple):
    """A gift of `points`. `receiver` is None as long as it waits, and `contact` set where it waits for somebody to
    enrol. `named` is how its giver named whoever gets it: a number or an address, masked.

    `key` is the book's key of the giving; times are microseconds since 1970 UTC.
    """

    id: str
    key: str
    giver: str
    receiver: str | None
    contact: str | None
    points: int
    state: GiftState
    created_at: int
    returns_at: int
    named: str | None = None

    @property
    def first_receiver(self) -> str:
        """Whose account the giving goes to: the member's, or that of the gift itself."""
        return self.receiver if self.receiver is not None and not self.was_waiting else self.id

    @property
    def members(self) -> list[str]:
        """Whom it concerns: its giver, and its receiver once the book has taken it."""
        if self.receiver is None or self.state in UNHEARD:
            return [self.giver]
        return [self.giver, self.receiver]

    @property
    def status(self) -> GiftStatus:
        """The state as members see it: a gift on its way waits, whatever is left to do about it."""
        return "waiting" if self.state in _ON_ITS_WAY else cast("GiftStatus", self.state.value)

    @property
    def by_link(self) -> bool:
        """Whether it waits for whoever opens its link."""
        return self.was_waiting and self.receiver is None and self.contact is None and self.named is None

    @property
    def was_waiting(self) -> bool:
        """Whether the points lie, or lay, under the gift's own id."""
        return self.returns_at > self.created_at
