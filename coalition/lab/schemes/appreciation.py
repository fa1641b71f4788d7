"""Appreciation: purchases fill a pool, fewer points are made than money comes in, so their price rises.

Of a purchase, `pool_rate` goes to the pool and points are minted at the price before it; then price = pool ÷
points in circulation: 1 at the start, and where it was while nothing circulates. A sale of k points pays
k × price × (1 − hold_back). When a member's points are worth exit_multiple × what they spent, the system
sells them all (forced exit): the earliest member first, and the price is recomputed after each, until nobody
is due.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from coalition.lab.errors import ScenarioInvalid
from coalition.lab.money import Money
from coalition.lab.numbers import ONE, ZERO, carried, number_text
from coalition.lab.params import Param, Params
from coalition.lab.parties import PLATFORM, SUBSIDY, Party
from coalition.lab.purchases import PURCHASE_NOTE, Purchase, as_purchase
from coalition.lab.scheme import Claim, Debt, EventKind, Preset, Row, ScenarioEvent, Scheme
from coalition.lab.schemes import double_points
from coalition.lab.schemes.price_ahead import PriceAhead
from coalition.lab.schemes.referrals import MEMBER_EVENT, REFERRAL_PARAMS, SHOP_EVENT, Relations, commissions
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.lab.crowd import MakeCrowd

POOL = "pool"

POOL_PARAMS = (
    Param(
        "mint_rate",
        "0.7",
        "share",
        N_("minted: a share of the pool's part (0.7) or, if not above pool_rate, of the purchase (0.112)"),
    ),
    Param("exit_multiple", "1.2", "positive", N_("forced exit when points are worth this many times the spending")),
    Param("hold_back", "0.2", "share", N_("of each sale of points, stays in the pool")),
)

SELL_EVENT = EventKind("sell", ("who", "points"), (), N_("sells points (a number, or all) at the price"))
INJECT_EVENT = EventKind("inject", ("amount",), ("who",), N_("an investor adds money to the pool; who names them"))


@dataclass
class Holding:
    """One member's side. `spent` is since the last forced exit; `cash` all that sales of points paid."""

    order: int
    points: Fraction = ZERO
    spent: Fraction = ZERO
    cash: Fraction = ZERO
    exited: bool = False


@dataclass(frozen=True)
class Exit:
    """One forced exit: the points sold and the cash paid."""

    participant: str
    points: Fraction
    cash: Fraction


@dataclass
class PointsPool:
    """The pool and its points; the money itself lies in the pot `pool` of `money`."""

    params: Params
    money: Money
    price: Fraction = ONE
    circulation: Fraction = ZERO
    minted: Fraction = ZERO
    sold: Fraction = ZERO
    spent: Fraction = ZERO
    """By those who hold points now, since their last forced exit."""
    holders: dict[str, Holding] = field(default_factory=dict)
    due: list[tuple[Fraction, int, str]] = field(default_factory=list)

    def reprice(self) -> None:
        """Price = pool ÷ circulation; while nothing circulates the last price stands."""
        if self.circulation:
            self.price = self.money.held(POOL) / self.circulation

    def inject(self, investor: str, amount: Fraction) -> None:
        """Add an investor's money to the pool."""
        self.money.put(Party.investor(investor or SUBSIDY), POOL, amount)
        self.reprice()

    def mint_share(self, pool_rate: Fraction) -> Fraction:
        """The share of a purchase that becomes points, from either reading of `mint_rate`."""
        rate = self.params["mint_rate"]
        return rate if rate <= pool_rate else rate * pool_rate

    def buy(self, payer: Party, member: str, amount: Fraction, pool_rate: Fraction) -> Fraction:
        """Put a purchase's part into the pool, mint at the price before. Returns the points minted."""
        holding = self.holders.setdefault(member, Holding(len(self.holders)))
        minted = carried(amount * self.mint_share(pool_rate) / self.price)
        self.money.put(payer, POOL, amount * pool_rate, buyer=member)
        self.circulation += minted
        self.minted += minted
        self.spent += amount if holding.points else holding.spent + amount
        holding.points += minted
        holding.spent += amount
        holding.exited = False
        self.reprice()
        self._watch(member, holding)
        return minted

    def sell(self, member: str, points: Fraction) -> Fraction:
        """Sell points out of circulation. Returns what the member was paid, after the hold-back."""
        holding = self.holders[member]
        paid = carried(points * self.price * (ONE - self.params["hold_back"]))
        self.money.pay(POOL, Party.member(member), paid)
        self.circulation -= points
        self.sold += points
        holding.points -= points
        holding.cash += paid
        if points and not holding.points:
            self.spent -= holding.spent
        self.reprice()
        self._watch(member, holding)
        return paid

    def forced_exits(self) -> list[Exit]:
        """Sell out everybody whose points reached their multiple. Returns them in order."""
        exits: list[Exit] = []
        ready: list[tuple[int, str]] = []
        while True:
            while self.due and self.due[0][0] <= self.price:
                trigger, order, member = heapq.heappop(self.due)
                if trigger == self._trigger(self.holders[member]):
                    heapq.heappush(ready, (order, member))
            if not ready:
                return exits
            member = heapq.heappop(ready)[1]
            holding = self.holders[member]
            if holding.points == 0:
                continue
            points = holding.points
            cash = self.sell(member, points)
            holding.spent = ZERO
            holding.exited = True
            exits.append(Exit(member, points, cash))

    def of(self, member: str) -> Row:
        """The row's figures of one member."""
        holding = self.holders.get(member, Holding(0))
        return {
            "points": holding.points,
            "value": holding.points * self.price,
            "cash": holding.cash,
            "exited": holding.exited,
        }

    def row(self, member: str, minted: Fraction, exits: list[Exit]) -> Row:
        row: Row = {
            "minted": minted,
            "pool": self.money.held(POOL),
            "circulation": self.circulation,
            "price": self.price,
        }
        if member:
            row |= self.of(member)
        if exits:
            row["exits"] = [{"who": gone.participant, "points": gone.points, "cash": gone.cash} for gone in exits]
        return row

    def points_to_sell(self, event: ScenarioEvent) -> Fraction:
        """How many points a `sell` means. Raises EventRefused if the member has fewer."""
        has = self.holders[event.participant].points if event.participant in self.holders else ZERO
        points = has if event.text("points") == "all" else event.number("points")
        if points > has:
            raise event.refused(
                Phrase(
                    N_("{member} has {has} points, not {points}"),
                    member=event.participant,
                    has=number_text(has, 6),
                    points=event.text("points"),
                )
            )
        return points

    def claims(self) -> list[Claim]:
        """What everybody's points would be paid at today's price, earliest holders first."""
        pays = self.price * (ONE - self.params["hold_back"])
        return [
            Claim(member, holding.points * pays, {"do": "sell", "who": member, "points": "all"})
            for member, holding in self.holders.items()
            if holding.points
        ]

    def exits_ahead(self, amount: Fraction, pool_rate: Fraction) -> tuple[int | None, int | None]:
        """How many more purchases force the next holder out, and how many all who hold points now (`PriceAhead`)."""
        minted = self.mint_share(pool_rate)
        ahead = PriceAhead(
            float(self.money.held(POOL)), float(self.circulation), float(amount * pool_rate), float(amount * minted)
        )
        pays = float(ONE - self.params["hold_back"])
        triggers = ((self._trigger(holding), float(holding.points)) for holding in self.holders.values())
        waiting = sorted((float(trigger), points) for trigger, points in triggers if trigger is not None)
        purchases: int = 0
        first: int | None = None
        for trigger, points in waiting:
            more = ahead.purchases_until(trigger)
            if more is None:
                return first, None
            ahead.buy(more)
            ahead.sell(points, pays)
            purchases += more
            first = purchases if first is None else first
        return first, purchases if waiting else None

    def _trigger(self, holding: Holding) -> Fraction | None:
        """The price at which the member is forced out."""
        if not holding.points or not holding.spent:
            return None
        return self.params["exit_multiple"] * holding.spent / holding.points

    def _watch(self, member: str, holding: Holding) -> None:
        trigger = self._trigger(holding)
        if trigger is not None:
            heapq.heappush(self.due, (trigger, holding.order, member))


class Appreciation(Scheme):
    """The model of "consumption appreciation" and "green points"."""

    name = "appreciation"
    title = N_("Consumption appreciation")
    about = N_("Points whose price rises with every purchase, bought back at a multiple of the spending.")
    promise = N_("a forced exit at the promised multiple of what was spent, less the hold-back")
    specs = (
        Param("pool_rate", "0.16", "share", N_("of a purchase, goes to the pool")),
        *POOL_PARAMS,
        Param("platform_rate", "0.02", "share", N_("of a purchase, to the platform")),
        Param(
            "referral_rate",
            "0.02",
            "share",
            N_("of a purchase, pays referrals; what is left goes to the platform"),
        ),
        *REFERRAL_PARAMS,
        *double_points.DOUBLE_PARAMS,
    )
    kinds = (
        EventKind("purchase", ("who", "amount"), ("shop", "spend"), PURCHASE_NOTE),
        SELL_EVENT,
        INJECT_EVENT,
        double_points.MALL_EVENT,
        MEMBER_EVENT,
        SHOP_EVENT,
    )
    presets = (
        Preset("local-life", N_("the shop gives 20 %: 2 platform, 2 referral, 16 pool; exit at 1.2")),
        Preset("local-life-2", N_("the same with exit at 2"), {"exit_multiple": "2"}),
        Preset(
            "mall",
            N_("of 1000: cost 300, referral 300, platform 100, pool 300; exit at 3"),
            {"pool_rate": "0.3", "platform_rate": "0.1", "referral_rate": "0.3", "exit_multiple": "3"},
        ),
        Preset(
            "mall-2",
            N_("the same with exit at 2"),
            {"pool_rate": "0.3", "platform_rate": "0.1", "referral_rate": "0.3", "exit_multiple": "2"},
        ),
    )

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        self.relations = Relations()
        self.pool = PointsPool(params, self.money)
        self.mall = double_points.Mall(params, self.money)
        self.paid_referrers = False
        taken = params["pool_rate"] + params["platform_rate"] + params["referral_rate"]
        if taken > 1:
            raise ScenarioInvalid("params", N_("pool_rate + platform_rate + referral_rate is above 1"), N_("at most 1"))

    def handlers(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        return {
            "purchase": self._purchase,
            "sell": self._sell,
            "inject": self._inject,
            "mall": self._mall,
            "member": self._member,
            "shop": self._shop,
        }

    def point_price(self) -> Fraction:
        return self.pool.price

    def held(self) -> Fraction:
        return self.money.held(POOL)

    def debts(self) -> list[Debt]:
        """Points at what they are promised to pay at the forced exit."""
        return [Debt("points", self.pool.circulation, self.promises.outstanding), *self.mall.debts()]

    def flags(self) -> list[str]:
        recruiting = self.params["referral_rate"] > 0 or self.paid_referrers
        return ["floating_price", "promise_on_principal", *(["pay_for_recruiting"] if recruiting else [])]

    def claims(self) -> list[Claim]:
        return self.pool.claims()

    def one_more(self, amount: Fraction) -> tuple[Fraction, Fraction]:
        promised = amount * self.params["exit_multiple"] * (ONE - self.params["hold_back"])
        return amount * self.params["pool_rate"], promised

    def exits_ahead(self, amount: Fraction) -> tuple[int | None, int | None]:
        return self.pool.exits_ahead(amount, self.params["pool_rate"])

    def audit(self, event: int) -> None:
        held = sum((holding.points for holding in self.pool.holders.values()), ZERO)
        self.same(event, N_("points in circulation"), self.pool.minted - self.pool.sold, self.pool.circulation)
        self.same(event, N_("members' points"), self.pool.circulation, held)

    @classmethod
    def crowd(cls) -> "MakeCrowd":
        from coalition.lab.schemes.crowds.appreciation import AppreciationCrowd

        return AppreciationCrowd

    @classmethod
    def replay(cls, purchases: Sequence[Purchase]) -> list[dict[str, str]]:
        """Each row is a purchase; the points it asks to spend matter to the yardstick only."""
        return [as_purchase(p) for p in purchases]

    def _purchase(self, event: ScenarioEvent) -> Row:
        member, shop, amount = event.participant, event.text("shop", "shop"), event.number("amount")
        params = self.params
        due = commissions(params, self.relations, member, shop, amount)
        referral = amount * params["referral_rate"]
        owed = sum(due.values(), ZERO)
        platform = amount * params["platform_rate"] + max(referral - owed, ZERO)
        if amount * params["pool_rate"] + platform + owed > amount:
            raise event.refused(N_("the commissions are more than the shop keeps of this purchase"))
        self.promises.buy(amount)
        self.money.enter(member)
        seller = Party.shop(shop)
        self.money.buy(Party.member(member), seller, amount)
        self.money.give(seller, PLATFORM, platform, buyer=member)
        for to, commission in due.items():
            self.money.give(seller, to, commission, buyer=member)
            self.award(to.name, commission)
        self.money.exceed(seller, max(owed - referral, ZERO))
        self.paid_referrers = self.paid_referrers or member in self.relations.referrer
        promised = params["exit_multiple"] * amount * (ONE - params["hold_back"])
        self.promises.make(member, promised)
        minted = self.pool.buy(seller, member, amount, params["pool_rate"])
        self.mall.earn(member, shop, amount)
        return self._row(member, minted)

    def _sell(self, event: ScenarioEvent) -> Row:
        points = self.pool.points_to_sell(event)
        cash = self.pool.sell(event.participant, points) if points else ZERO
        self.promises.deliver(event.participant, cash)
        if event.participant in self.pool.holders and not self.pool.holders[event.participant].points:
            self.promises.end(event.participant)
        return self._row(event.participant, ZERO)

    def _inject(self, event: ScenarioEvent) -> Row:
        self.pool.inject(event.participant, event.number("amount"))
        return self._row(event.participant, ZERO)

    def _mall(self, event: ScenarioEvent) -> Row:
        return self.mall.spend(event, self.paid)

    def _member(self, event: ScenarioEvent) -> Row:
        self.relations.declare_member(event, self.money)
        return self._row(event.participant, ZERO)

    def _shop(self, event: ScenarioEvent) -> Row:
        self.relations.declare_shop(event)
        return {"shop": event.text("shop")} | self._row("", ZERO)

    def _row(self, member: str, minted: Fraction) -> Row:
        exits = self.pool.forced_exits()
        for gone in exits:
            self.promises.deliver(gone.participant, gone.cash)
            self.promises.end(gone.participant)
        return self.pool.row(member, minted, exits)


MODEL = Appreciation
