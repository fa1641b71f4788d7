"""Who sends customers to whom: points of one shop that members spent at another, and how much hangs on a few. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

BPS = 10_000

PairSum = tuple[int, int, int, int]
"""Issuer, shop, terms, and points."""


@dataclass(frozen=True, slots=True)
class CustomerFlow:
    """Points of `issuer` that were spent at `shop`, less refunds: so many customers did one send the other.

    They are worth `worth` parts of a minor unit, of which `parts` are a whole one: an exact fraction for each of many
    pairs would take seconds.
    """

    issuer: str
    shop: str
    points: int
    worth: int
    parts: int

    @property
    def worth_minor(self) -> int:
        """Their worth in minor units, rounded up."""
        return _rounded_up([self])


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much of some points hangs on a few of the shops that they are of: the largest and its share, that of the
    three largest, and the sum of the squares of all shares (Herfindahl): one where a single shop has all. Shares are in
    basis points, rounded down.
    """

    largest: str
    largest_bps: int
    three_bps: int
    herfindahl_bps: int

    @property
    def equal_parts(self) -> int:
        """As many shops of the same size would be as concentrated."""
        return max(1, round(Fraction(BPS, max(1, self.herfindahl_bps))))


@dataclass(frozen=True, slots=True)
class ShopFlows:
    """What a shop sent to others and received from them, and how much each hangs on a few; None where it is nothing."""

    shop: str
    sent: int
    sent_worth_minor: int
    received: int
    received_worth_minor: int
    sends_to: Concentration | None
    comes_from: Concentration | None


@dataclass(frozen=True)
class FlowMap:
    """All flows, the largest first."""

    flows: list[CustomerFlow]

    @cached_property
    def points(self) -> int:
        """Points of all of them."""
        return sum(flow.points for flow in self.flows)

    @cached_property
    def worth_minor(self) -> int:
        """What these are worth, in minor units, rounded up once."""
        return _rounded_up(self.flows)

    @cached_property
    def shops(self) -> list[ShopFlows]:
        """All that take part in a flow, the largest first by what they sent and received together."""
        sent, received = (defaultdict[str, list[CustomerFlow]](list) for _ in range(2))
        for flow in self.flows:
            sent[flow.issuer].append(flow)
            received[flow.shop].append(flow)
        rows = [_of_shop(shop, sent.get(shop, []), received.get(shop, [])) for shop in {*sent, *received}]
        return sorted(rows, key=lambda row: (-row.sent - row.received, row.shop))

    @cached_property
    def senders(self) -> Concentration | None:
        """How much of all hangs on the shops that send most."""
        return concentration({row.shop: row.sent for row in self.shops})

    @cached_property
    def receivers(self) -> Concentration | None:
        """How much of all hangs on the shops that receive most."""
        return concentration({row.shop: row.received for row in self.shops})

    def of_shop(self, shop: str) -> "FlowMap":
        """The flows from and to one shop."""
        return FlowMap([flow for flow in self.flows if shop in (flow.issuer, flow.shop)])

    def shop(self, shop: str) -> ShopFlows:
        """One shop's; zeros for a shop that takes part in no flow."""
        return next((row for row in self.shops if row.shop == shop), _of_shop(shop, [], []))


def flow_map(sums: Iterable[PairSum], rate: Callable[[int], Fraction], ref: Callable[[int], str]) -> FlowMap:
    """The map of points summed by pair and terms; what refunds undid is left out, and so is a shop's own part.

    `rate` is the worth of a point by its terms, in minor units, and `ref` names a shop.
    """
    read = list(sums)
    rates = {terms_id: rate(terms_id) for terms_id in {row[2] for row in read}}
    parts = lcm(*(each.denominator for each in rates.values()))
    weights = {terms_id: int(each * parts) for terms_id, each in rates.items()}
    points, worth = defaultdict[tuple[int, int], int](int), defaultdict[tuple[int, int], int](int)
    for issuer, shop, terms_id, count in read:
        points[issuer, shop] += count
        worth[issuer, shop] += count * weights[terms_id]
    flows = [
        CustomerFlow(ref(issuer), ref(shop), count, worth[issuer, shop], parts)
        for (issuer, shop), count in points.items()
        if count > 0
    ]
    return FlowMap(sorted(flows, key=lambda flow: (-flow.points, flow.issuer, flow.shop)))


def concentration(parts: Mapping[str, int]) -> Concentration | None:
    """How much hangs on the largest of these; None where they are nothing."""
    total = sum(parts.values())
    if total <= 0:
        return None
    ordered = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    return Concentration(
        ordered[0][0],
        ordered[0][1] * BPS // total,
        sum(points for _, points in ordered[:3]) * BPS // total,
        sum(points * points for _, points in ordered) * BPS // (total * total),
    )


def _of_shop(shop: str, sent: list[CustomerFlow], received: list[CustomerFlow]) -> ShopFlows:
    return ShopFlows(
        shop,
        sum(flow.points for flow in sent),
        _rounded_up(sent),
        sum(flow.points for flow in received),
        _rounded_up(received),
        concentration({flow.shop: flow.points for flow in sent}),
        concentration({flow.issuer: flow.points for flow in received}),
    )


def _rounded_up(flows: list[CustomerFlow]) -> int:
    """What flows of one map are worth together, in whole minor units."""
    return -(-sum(flow.worth for flow in flows) // flows[0].parts) if flows else 0
