"""A pool of money and its points: what is minted at which price, sold, forced out, and released of old balances.

Price = pool ÷ points in circulation: 1 at the start, and where it was while nothing circulates. A sale of k points
pays k × price × (1 − hold_back). When a holder's points are worth exit_multiple × what they spent, the system sells
them all: the earliest holder first, and the price is recomputed after each, until nobody is due.
"""

import heapq
from dataclasses import dataclass, field

from coalition.lab.money import Money
from coalition.lab.numbers import ONE, ZERO, Exact, carried, number_text
from coalition.lab.params import Param, Params
from coalition.lab.parties import SUBSIDY, Party
from coalition.lab.scheme import Claim, EventKind, Paid, Row, ScenarioEvent
from coalition.lab.schemes.old_balances import OldBalances
from coalition.lab.schemes.price_ahead import PriceAhead
from coalition.locale.messages import N_
from settlement import Phrase

POOL = "pool"

POOL_PARAMS = (
    Param(
        "mint_rate",
        "0.7",
        "share",
        N_("minted: a share of the pool's part (0.7) or, if not above what goes to the pool, of the purchase (0.112)"),
    ),
    Param("exit_multiple", "1.2", "positive", N_("forced exit when points are worth this many times the spending")),
    Param("hold_back", "0.2", "share", N_("of each sale of points, stays in the pool")),
)

SELL_EVENT = EventKind("sell", ("who", "points"), (), N_("sells points (a number, or all) at the price"))
INJECT_EVENT = EventKind(
    "inject", ("amount",), ("who", "round"), N_("adds money to the pool: a subsidy, or a round of an investor's")
)


@dataclass(slots=True)
class Holding:
    """One holder's side: a member's, or a shop's that took points for stock.

    `spent` is since the last forced exit; `cash` all that sales of points paid; `trigger` the price at which they are
    forced out, if there is one.
    """

    order: int
    party: Party
    points: Exact = ZERO
    spent: Exact = ZERO
    cash: Exact = ZERO
    exited: bool = False
    trigger: Exact | None = None


@dataclass(frozen=True)
class Exit:
    """One forced exit: the points sold and the cash paid."""

    participant: str
    points: Exact
    cash: Exact


@dataclass
class PointsPool:
    """The pool and its points; the money itself lies in the pot `pool` of `money`.

    `pool_rate` of a purchase goes to the pool, and points worth `mint_share` of it are made. `spent` is what holders
    of points have spent since their last forced exit, all together.
    """

    params: Params
    money: Money
    pool_rate: Exact
    price: Exact = ONE
    circulation: Exact = ZERO
    minted: Exact = ZERO
    sold: Exact = ZERO
    spent: Exact = ZERO
    holders: dict[str, Holding] = field(default_factory=dict)
    invested: dict[str, Exact] = field(default_factory=dict)
    old: OldBalances = field(init=False)
    mint_share: Exact = field(init=False)
    due: list[tuple[Exact, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.old = OldBalances(self.params)
        # Either reading of the rate: a share of the pool's part, or of the purchase.
        rate = self.params["mint_rate"]
        self.mint_share = rate if rate <= self.pool_rate else rate * self.pool_rate

    def reprice(self) -> None:
        """Price = pool ÷ circulation; while nothing circulates the last price stands."""
        if self.circulation:
            self.price = self.money.held(POOL) / self.circulation

    def inject(self, event: ScenarioEvent) -> Row:
        """Do an `inject` event: a subsidy, or an investor's money. Returns what the row says of it."""
        investor, amount = event.participant, event.number("amount")
        self.money.put(Party.investor(investor or SUBSIDY), POOL, amount)
        self.reprice()
        if not investor:
            return {}
        self.invested[investor] = self.invested.get(investor, ZERO) + amount
        return {"round": event.text("round"), "invested": self.invested[investor]}

    def mint(self, member: str, points: Exact) -> None:
        """Make points for a member; the price follows."""
        holding = self.holding(Party.member(member))
        self.circulation += points
        self.minted += points
        self._set(holding, holding.points + points, holding.spent)
        self.reprice()
        self._watch(member, holding)

    def bring_old(self, event: ScenarioEvent) -> None:
        """Do an `old_balance` event: a member's balance waits for its stages."""
        amount = event.number("amount")
        self.money.enter(event.participant)
        self.old.bring(event.participant, amount, self.price)

    def settle(self) -> tuple[Paid, list[Exit]]:
        """What is due at the price: first the stages of old balances, by worth, then the forced exits they leave."""
        return self._release_old(), self._forced_exits()

    def _release_old(self) -> Paid:
        """Release the stages of old balances that are due at the price. Returns their worth by member."""
        released: Paid = {}
        while stage := self.old.stage(self.price):
            price = self.price
            for member, amount in stage.items():
                self.mint(member, carried(amount / price))
                released[member] = released.get(member, ZERO) + amount
        return released

    def holding(self, party: Party) -> Holding:
        """A holder's side, which begins now if it is new."""
        holding = self.holders.get(party.name)
        if holding is None:
            holding = self.holders[party.name] = Holding(len(self.holders), party)
        return holding

    def hand_over(self, member: str, to: Party, points: Exact) -> None:
        """Points change hands; none are sold."""
        giver, taker = self.holders[member], self.holding(to)
        self._set(giver, giver.points - points, giver.spent)
        self._set(taker, taker.points + points, taker.spent)
        self._watch(member, giver)
        self._watch(to.name, taker)

    def buy(self, payer: Party, member: str, amount: Exact) -> Exact:
        """Put a purchase's part into the pool, mint at the price before. Returns the points minted."""
        holding = self.holding(Party.member(member))
        minted = carried(amount * self.mint_share / self.price)
        self.money.put(payer, POOL, amount * self.pool_rate, buyer=member)
        self._set(holding, holding.points, holding.spent + amount)
        holding.exited = False
        self.mint(member, minted)
        return minted

    def sell(self, member: str, points: Exact) -> Exact:
        """Sell points out of circulation. Returns what the member was paid, after the hold-back."""
        holding = self.holders[member]
        paid = carried(points * self.price * (ONE - self.params["hold_back"]))
        self.money.pay(POOL, holding.party, paid)
        self.circulation -= points
        self.sold += points
        self._set(holding, holding.points - points, holding.spent)
        holding.cash += paid
        self.reprice()
        self._watch(member, holding)
        return paid

    def _forced_exits(self) -> list[Exit]:
        """Sell out everybody whose points reached their multiple. Returns them in order."""
        exits: list[Exit] = []
        ready: list[tuple[int, str]] = []
        while True:
            while self.due and self.due[0][0] <= self.price:
                trigger, order, member = heapq.heappop(self.due)
                if trigger == self.holders[member].trigger:
                    heapq.heappush(ready, (order, member))
            if not ready:
                return exits
            member = heapq.heappop(ready)[1]
            holding = self.holders[member]
            if holding.points == 0:
                continue
            points = holding.points
            cash = self.sell(member, points)
            self._set(holding, holding.points, ZERO)
            holding.exited = True
            exits.append(Exit(member, points, cash))

    def of(self, member: str) -> Row:
        """The row's figures of one member."""
        holding = self.holders.get(member) or Holding(0, Party.member(member))
        return {
            "points": holding.points,
            "value": holding.points * self.price,
            "cash": holding.cash,
            "exited": holding.exited,
        }

    def row(self, member: str, minted: Exact, exits: list[Exit], released: Paid) -> Row:
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
        if released:
            row["released"] = released
        return row

    def points_to_sell(self, event: ScenarioEvent) -> Exact:
        """How many points a `sell` means. Raises EventRefused if the member has fewer."""
        has = self.holders[event.participant].points if event.participant in self.holders else ZERO
        points = has if event.text("points") == "all" else event.number("points")
        self.check_points(event, points)
        return points

    def check_points(self, event: ScenarioEvent, points: Exact) -> None:
        """Raises EventRefused if the member has fewer points than that."""
        has = self.holders[event.participant].points if event.participant in self.holders else ZERO
        if points > has:
            raise event.refused(
                Phrase(
                    N_("{member} has {has} points, not {points}"),
                    member=event.participant,
                    has=number_text(has, 6),
                    points=number_text(points, 6),
                )
            )

    def claims(self) -> list[Claim]:
        """What everybody's points would be paid at today's price, earliest holders first."""
        pays = self.price * (ONE - self.params["hold_back"])
        return [
            Claim(member, holding.points * pays, {"do": "sell", "who": member, "points": "all"})
            for member, holding in self.holders.items()
            if holding.points
        ]

    def exits_ahead(self, amount: Exact) -> tuple[int | None, int | None]:
        """How many more purchases force the next holder out, and how many all who hold points now (`PriceAhead`)."""
        ahead = PriceAhead(
            float(self.money.held(POOL)),
            float(self.circulation),
            float(amount * self.pool_rate),
            float(amount * self.mint_share),
        )
        pays = float(ONE - self.params["hold_back"])
        triggers = ((holding.trigger, float(holding.points)) for holding in self.holders.values())
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

    def _set(self, holding: Holding, points: Exact, spent: Exact) -> None:
        self.spent += (spent if points else ZERO) - (holding.spent if holding.points else ZERO)
        holding.points, holding.spent = points, spent

    def _watch(self, member: str, holding: Holding) -> None:
        """Note the price at which a holder is forced out now."""
        holding.trigger = None
        if holding.points and holding.spent:
            holding.trigger = self.params["exit_multiple"] * holding.spent / holding.points
            heapq.heappush(self.due, (holding.trigger, holding.order, member))
        if len(self.due) > 2 * len(self.holders):
            # Each change of a trigger leaves the old one here: what is only old goes.
            self.due = [entry for entry in self.due if entry[0] == self.holders[entry[2]].trigger]
            heapq.heapify(self.due)
