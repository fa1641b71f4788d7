"""A finding: what was seen, whom it concerns, and what became of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class FindingStatus(StrEnum):
    """The state of a finding."""

    OPEN = "open"
    """Waits for somebody to look at it."""
    DISMISSED = "dismissed"
    """There is nothing to it; points that it held are free again."""
    CONFIRMED = "confirmed"
    """It is what it looked like."""


@dataclass(frozen=True, slots=True)
class SalesFinding:
    """A finding. Instants are microseconds since 1970 UTC.

    `subject` is whom its pattern looked at, and what it saw of them between `first_at` and `last_at` are `figures` and
    the sales and refunds `evidence`, by their public ids. `shop`, `member`, `till` and `cashier` are set where all of
    it is theirs; a finding without a shop is the alliance's alone. `points` are what a member earned by it. A shop that
    named the member by a contact is told no id, as `by_contact` says.

    `hold` is the posting that locked `points_held` points until `hold_until` at the latest; `hold_due` says that one is
    to be placed or released, `hold_refused` is the code of the reason for which the book placed none.
    """

    id: str
    pattern: str
    subject: str
    shop: str | None
    member: str | None
    till: str | None
    cashier: str | None
    figures: Mapping[str, int]
    evidence: Sequence[str]
    points: int
    by_contact: bool
    first_at: int
    last_at: int
    opened_at: int
    until_seq: int
    status: FindingStatus = FindingStatus.OPEN
    decided_at: int | None = None
    decided_by: str | None = None
    reason: str | None = None
    hold_due: bool = False
    hold_until: int | None = None
    hold: int | None = None
    points_held: int | None = None
    hold_refused: str | None = None

    @property
    def may_hold(self) -> bool:
        """Whether there are points of one member that a person may have held."""
        is_open = self.status is FindingStatus.OPEN
        return is_open and self.hold_until is None and self.member is not None and self.points > 0
