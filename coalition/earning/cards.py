"""Cards: what a sale puts on a member's card, and how many cards are full. Pure.

What was stamped and what full cards used up are two meters, and both only rise. So the refund of a sale takes back
what that very sale did, whatever came after it, and neither meter can go below zero: where a card was paid out whose
stamps are refunded later, the next stamps make up for it.

A card may be one of a week or a month, with meters of its own for each. Where what counts is to have come in so many
of them in a row, the stamps on it are the periods with a sale up to now, back to the one that filled the last card.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from coalition.earning.meters import OF_SALES, MeterKind
from coalition.earning.periods import CalendarPeriod, last_day, later
from settlement.ledger import NEVER

RUN_MAX = 12
"""The most periods in a row that a card may ask for: the meters of one are kept for so many more."""
Counted = Callable[[MeterKind, int], int]
"""What is counted of a member for a rule on meters of a kind until a day (yyyymmdd)."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card of `needed` stamps, one for each whole `stamp_minor` of what earns, that gives `points` when it is full.

    A sale gets at most `a_sale` stamps, a member at most `a_day` on one day; None is no limit. The card is one of a
    `period`, or for good; `once_a_shop` each shop stamps it once, `in_a_row` each period in a row with a stamp counts
    as one.
    """

    needed: int
    points: int
    stamp_minor: int
    a_sale: int = 1
    a_day: int | None = None
    period: CalendarPeriod | None = None
    once_a_shop: bool = False
    in_a_row: bool = False

    def stamps(self, earning_minor: Fraction) -> int:
        """Stamps for so much that earns, whatever the day."""
        return min(self.a_sale, int(earning_minor // self.stamp_minor))

    def until(self, day: int) -> int:
        """The day (yyyymmdd) until which the meters of a sale of that day count."""
        if self.period is None:
            return NEVER
        last = last_day(self.period, day)
        return later(self.period, last, RUN_MAX) if self.in_a_row else last

    def stamped(self, counted: Counted, until: int) -> int:
        """Stamps that are on the card whose meters count until that day; below zero where refunds took more."""
        if self.period is None or not self.in_a_row:
            return counted(MeterKind.STAMPS, until) - counted(MeterKind.USED, until)
        if counted(MeterKind.USED, until):
            return 0
        run, before = int(counted(MeterKind.STAMPS, until) > 0), later(self.period, until, -1)
        while run < self.needed and counted(MeterKind.STAMPS, before) and not counted(MeterKind.USED, before):
            run, before = run + 1, later(self.period, before, -1)
        return run


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


class CardLeft(NamedTuple):
    """What a refund leaves of a card: the `points` that a sale keeps, and what it counted that is gone, by kind."""

    points: int
    gone: Mapping[MeterKind, int]


def card_left(card: Card, sale: StampsOfSale, earning_minor: Fraction) -> CardLeft:
    """As if what is left of a sale, of which so much earns, had been all of it."""
    kept = min(sale.all, card.stamps(earning_minor))
    cards = cards_kept(sale, kept, card.needed)
    gone = dict.fromkeys(OF_SALES, sale.all - kept) | {MeterKind.USED: sale.used - cards * card.needed}
    return CardLeft(cards * card.points, gone)


def stamps_of_sale(counts: Iterable[tuple[MeterKind, int]]) -> StampsOfSale:
    """What a sale counted for a card, in the order in which it did."""
    before = after = used = 0
    for counted, amount in counts:
        if counted is MeterKind.USED:
            used += amount
        elif counted is MeterKind.STAMPS and used:
            after += amount
        elif counted is MeterKind.STAMPS:
            before += amount
    return StampsOfSale(before, after, used) if used else StampsOfSale(0, before, 0)
