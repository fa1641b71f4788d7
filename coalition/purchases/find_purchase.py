"""Find a purchase as it was booked."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from coalition.alliance import Alliance
from coalition.events.posting import BY_CONTACT
from coalition.purchases.bonus_lines import BonusLine, bonus_lines
from coalition.purchases.lines import EarnedLine, decode_lines, earned_lines
from coalition.purchases.posting_kind import PURCHASES
from coalition.purchases.purchase import (
    PURCHASE_PREFIX,
    cash_due,
    points_earned,
    points_expired,
    points_spent,
)
from coalition.purchases.refund_history import refunded_lines, refunded_minor, refunds_of
from coalition.purchases.stamp_lines import StampLine, stamp_lines
from coalition.tills.shift_cache import seller_of
from settlement.ledger import StoredPosting


@dataclass(frozen=True, slots=True)
class FoundPurchase:
    """A purchase as it was booked, under its public id, with the `posting` that the book has of it.

    `bonuses` say of a part of the points earned which rule gave it, `stamps` what it put on cards; `lines_back` are
    the refs of lines refunded.
    """

    id: str
    posting: StoredPosting
    points_spent: int
    cash_due_minor: int
    points_earned: int
    points_expired: int
    refunded_minor: int
    lines: Sequence[EarnedLine]
    bonuses: Sequence[BonusLine] = ()
    lines_back: frozenset[str] = frozenset()
    stamps: Sequence[StampLine] = ()

    @property
    def shop(self) -> str:
        """The shop."""
        return str(self.posting.content["shop"])

    @property
    def member(self) -> str:
        """The member, by the id that the till named."""
        return str(self.posting.content["member"])

    @property
    def by_contact(self) -> bool:
        """Whether the till named a contact, so that the shop is not told the member's id."""
        return BY_CONTACT in self.posting.content

    @property
    def amount_minor(self) -> int:
        """What was to be paid, in minor units."""
        return int(self.posting.content["amount_minor"])

    @property
    def till(self) -> str | None:
        """The connected till that booked it; None where no such till did."""
        return seller_of(self.posting.content)[0]

    @property
    def cashier(self) -> str | None:
        """The cashier who was signed in there."""
        return seller_of(self.posting.content)[1]

    @property
    def external_ref(self) -> str | None:
        """The till's own number for the sale."""
        return self._content("external_ref")

    def _content(self, name: str) -> str | None:
        value = self.posting.content.get(name)
        return None if value is None else str(value)


def find_purchase(alliance: Alliance, id_: str) -> FoundPurchase | None:
    """The purchase of a public id; None where there is none."""
    posting = PURCHASES.find(alliance, id_)
    return None if posting is None else found_purchase(alliance, posting)


def found_purchase(alliance: Alliance, posting: StoredPosting) -> FoundPurchase:
    """A purchase of its posting."""
    return found_purchases(alliance, [posting])[0]


def found_purchases(alliance: Alliance, postings: Sequence[StoredPosting]) -> list[FoundPurchase]:
    """Purchases of their postings, with what was refunded of them until now."""
    with closing(alliance.database.session()) as session:
        refunds = refunds_of(alliance, session, [posting.id for posting in postings])
    stamps = stamp_lines(alliance, [posting.moves for posting in postings])
    return [
        _found(alliance, posting, refunds[posting.id], lines) for posting, lines in zip(postings, stamps, strict=True)
    ]


def _found(
    alliance: Alliance, posting: StoredPosting, refunds: Sequence[StoredPosting], stamps: Sequence[StampLine]
) -> FoundPurchase:
    amount_minor, earned = int(posting.content["amount_minor"]), points_earned(posting.moves)
    lines = decode_lines(str(posting.content["lines"])) if "lines" in posting.content else []
    return FoundPurchase(
        alliance.programme.ids.public(PURCHASE_PREFIX, posting.id),
        posting,
        points_spent(posting.moves),
        cash_due(amount_minor, posting.moves, alliance.minor_per_point),
        earned,
        points_expired(posting.moves),
        refunded_minor(refunds),
        earned_lines(lines, earned),
        bonus_lines(alliance, posting.moves),
        frozenset(ref for refund in refunds for ref in refunded_lines(refund)),
        stamps,
    )
