"""What points cost each shop and brought it, over whole windows: its net is that of its statements, to the cent."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction

from coalition.alliance import Alliance
from coalition.windows.find_window import list_windows
from settlement import Funding, Terms
from settlement.clearing import Turnover, tallies_between

BPS = 10_000


@dataclass(frozen=True, slots=True)
class ShopResult:
    """A shop's points over some windows, and what they were worth in minor units, each rounded to the nearest.

    `paid_minor` is what it paid for its own points: where they were spent elsewhere, or as it issued them.
    `taken_minor` is the worth of its own points that were spent at it, for which it gave goods and nobody paid.
    `received_minor` is what it was paid for points that were spent at it. `other_minor` is the rest of its net: fees,
    what came back for expired points, compensation, and what rounding left. `net_minor` is the sum of its windows'
    nets.
    """

    shop: str
    points: Turnover
    paid_minor: int
    taken_minor: int
    received_minor: int
    other_minor: int
    net_minor: int

    @property
    def redemption_bps(self) -> int | None:
        """Its points spent anywhere per points issued, in basis points, rounded down; None if none were issued."""
        return _bps(self.points.redeemed_own + self.points.redeemed_elsewhere, self.points.issued)

    @property
    def breakage_bps(self) -> int | None:
        """Its points expired per points issued, in basis points, rounded down; None if none were issued."""
        return _bps(self.points.expired, self.points.issued)


def read_shop_results(
    alliance: Alliance, first_window: int | None = None, last_window: int | None = None, shop: str | None = None
) -> list[ShopResult]:
    """Of all shops, or of one, by what they received less what they paid, the most first."""
    with closing(alliance.database.session()) as session:
        config = alliance.book.config(session)
        tallies = tallies_between(alliance.book, session, first_window, last_window)
    terms = {each.id: each for each in config.terms}
    by_shop: dict[str, dict[int, Sequence[int]]] = defaultdict(dict)
    for (shop_id, terms_id), tally in tallies.items():
        by_shop[config.by_id[shop_id].ref][terms_id] = tally
    nets: Counter[str] = Counter()
    for window in list_windows(alliance, first_window, last_window):
        nets.update(window.nets)
    rows = [_result(ref, by_terms, terms, nets[ref]) for ref, by_terms in by_shop.items() if shop in (None, ref)]
    return sorted(rows, key=lambda row: (-row.net_minor, row.shop))


def _result(shop: str, by_terms: Mapping[int, Sequence[int]], terms: Mapping[int, Terms], net_minor: int) -> ShopResult:
    paid = taken = received = Fraction(0)
    for terms_id, (issued, own, here, elsewhere, _, _) in by_terms.items():
        rate = terms[terms_id].minor_per_point
        if terms[terms_id].funding is Funding.ON_ISSUE:
            paid += issued * rate
            received += (here + own) * rate
        else:
            paid += elsewhere * rate
            taken += own * rate
            received += here * rate
    paid_minor, received_minor = round(paid), round(received)
    return ShopResult(
        shop,
        Turnover(shop, *(sum(tally) for tally in zip(*by_terms.values(), strict=True))),
        paid_minor,
        round(taken),
        received_minor,
        # So that the parts add up to the net that is shown.
        net_minor - received_minor + paid_minor,
        net_minor,
    )


def _bps(part: int, whole: int) -> int | None:
    return part * BPS // whole if whole > 0 else None
