"""Stamp cards: what a sale puts on a member's card, and how many cards are full. Pure.

What was ever stamped and what full cards used up are two meters, and both only rise. So the refund of a sale takes back
what that very sale did, whatever came after it, and neither meter can go below zero: where a card was paid out whose
stamps are refunded later, the next stamps make up for it.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Card:
    """A card of `needed` stamps, one for each whole `stamp_minor` of what earns, that gives `points` when it is full.

    A sale gets at most `a_sale` stamps, a member at most `a_day` on one day; None is no limit.
    """

    needed: int
    points: int
    stamp_minor: int
    a_sale: int
    a_day: int | None

    def stamps(self, earning_minor: Fraction) -> int:
        """Stamps for so much that earns, whatever the day."""
        return min(self.a_sale, int(earning_minor // self.stamp_minor))


class CardMark(NamedTuple):
    """A card as a sale leaves it: `stamps` of `needed` are on it, of which it put `added` there and paid `full` ones.

    A full card that could not be paid has more stamps than it needs.
    """

    added: int
    stamps: int
    needed: int
    full: int


class StampsOfSale(NamedTuple):
    """What a sale counted for a card: `before` paid cards took `used`, and `after` it.

    So `after` are the stamps that it put on the next card, or all of them where none was full.
    """

    before: int
    after: int
    used: int

    @property
    def all(self) -> int:
        """All stamps of the sale."""
        return self.before + self.after


def split_stamps(got: int, left: int) -> tuple[int, int]:
    """The stamps of a sale before cards are paid and after it, where so many stamps are `left` in the end."""
    after = min(got, left)
    return got - after, after


def cards_kept(sale: StampsOfSale, kept: int, needed: int) -> int:
    """How many of the cards that a sale paid it would have paid with only `kept` of its stamps; without any, none."""
    if not kept:
        return 0
    paid = sale.used // needed
    return min(paid, max(0, paid + (sale.after - (sale.all - kept)) // needed))
