"""A shop's day in figures. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from fractions import Fraction

from coalition.purchases.purchase import cash_due, points_earned, points_spent
from coalition.purchases.voided import VOID_KEYS
from coalition.tills.shift_cache import seller_of
from coalition.windows.find_window import SettlementWindow
from settlement.ledger import StoredPosting, refund_figures


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What was rung up. Amounts in minor units.

    Of what was sold for `sales_minor`, `cash_minor` was to be paid in money. `points_taken` paid for the rest, those of
    captured holds included, and `points_earned` were issued. What voids and refunds undid is counted beside it:
    `cash_back_minor` went back in money, `points_returned` to members, and `points_taken_back` from them.
    """

    sales: int = 0
    sales_minor: int = 0
    cash_minor: int = 0
    points_earned: int = 0
    points_taken: int = 0
    voids: int = 0
    voids_minor: int = 0
    refunds: int = 0
    refunds_minor: int = 0
    cash_back_minor: int = 0
    points_returned: int = 0
    points_taken_back: int = 0
    enrolled: int = 0

    @property
    def money_minor(self) -> int:
        """The money that is in the drawer for it: what came in, less what went back."""
        return self.cash_minor - self.cash_back_minor

    def __add__(self, other: "DayFigures") -> "DayFigures":
        return DayFigures(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(DayFigures)))


NONE = DayFigures()


@dataclass(frozen=True, slots=True)
class DayRow:
    """What one cashier rang up at one till; both None for what came by a key or from an account of staff."""

    till: str | None
    cashier: str | None
    figures: DayFigures


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A shop's `day` (yyyymmdd) of the alliance's calendar, so far where it is not `over`.

    `names` are what its tills and cashiers are called. `windows` are those that the day's postings settle in, with the
    net of each: so far, where it is not closed.
    """

    shop: str
    day: int
    is_over: bool
    rows: list[DayRow]
    names: dict[str, str]
    windows: list[SettlementWindow]

    @property
    def total(self) -> DayFigures:
        """All rows together."""
        return sum((row.figures for row in self.rows), NONE)


Seller = tuple[str | None, str | None]
"""A till and a cashier."""


def count_rows(
    postings: Iterable[StoredPosting],
    enrolled: Iterable[Seller],
    minor_per_point: Callable[[int], Fraction],
) -> list[DayRow]:
    """A row for each till and cashier of these postings and enrolments; the last is what no till of a shop sold."""
    rows: dict[Seller, DayFigures] = defaultdict(DayFigures)
    for posting in postings:
        rows[seller_of(posting.content)] += _figures(posting, minor_per_point)
    for seller in enrolled:
        rows[seller] += DayFigures(enrolled=1)
    ordered = sorted(rows.items(), key=lambda item: (item[0][0] is None, item[0][0] or "", item[0][1] or ""))
    return [DayRow(till, cashier, figures) for (till, cashier), figures in ordered]


def _figures(posting: StoredPosting, minor_per_point: Callable[[int], Fraction]) -> DayFigures:
    """What one posting adds."""
    content, moves = posting.content, posting.moves
    if content["type"] == "purchase":
        amount = int(content["amount_minor"])
        return DayFigures(
            sales=1,
            sales_minor=amount,
            cash_minor=cash_due(amount, moves, minor_per_point),
            points_earned=points_earned(moves),
            points_taken=points_spent(moves),
        )
    if content["type"] == "capture":
        return DayFigures(points_taken=points_spent(moves))
    back = refund_figures(moves)
    minor, is_void = int(content.get("refunded_minor", 0)), posting.key.startswith(VOID_KEYS)
    return DayFigures(
        voids=int(is_void),
        voids_minor=minor if is_void else 0,
        refunds=int(not is_void),
        refunds_minor=0 if is_void else minor,
        cash_back_minor=int(content.get("cash_back_minor", 0)),
        points_returned=back.returned + back.expired,
        points_taken_back=back.taken_back,
    )
