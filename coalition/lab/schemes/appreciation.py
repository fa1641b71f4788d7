"""Appreciation: purchases fill a pool, fewer points are made than money comes in, so their price rises.

Of a purchase, `pool_rate` goes to the pool (`points_pool`) and points are minted at the price before it. Old balances
are released in stages against the price, a shop can clear its stock for points, and what investors inject keeps their
name.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from coalition.lab.errors import ScenarioInvalid
from coalition.lab.numbers import ONE, ZERO, Exact, carried
from coalition.lab.params import Param, Params
from coalition.lab.parties import PLATFORM, Party
from coalition.lab.purchases import PURCHASE_NOTE, Keys, Purchase, as_purchase
from coalition.lab.scheme import Claim, Debt, EventKind, Preset, Row, ScenarioEvent
from coalition.lab.schemes.old_balances import OLD_BALANCE_EVENT, RELEASE_PARAMS
from coalition.lab.schemes.points_pool import INJECT_EVENT, POOL, POOL_PARAMS, SELL_EVENT, PointsPool
from coalition.lab.schemes.purchase_scheme import ADDON_EVENTS, ADDON_PARAMS, PurchaseScheme, shop_of
from coalition.lab.schemes.referrals import SHOP_EVENT
from coalition.locale.messages import N_

if TYPE_CHECKING:
    from coalition.lab.crowd import MakeCrowd

CLEAR_EVENT = EventKind(
    "clear", ("shop", "who", "amount"), (), N_("a shop clears stock, paid in part in points at the day's price")
)


class Appreciation(PurchaseScheme):
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
        Param("clearance_points", "0.5", "share", N_("of stock that a shop clears, paid in points; the rest in cash")),
        *RELEASE_PARAMS,
        *ADDON_PARAMS,
    )
    kinds = (
        EventKind("purchase", ("who", "amount"), ("shop", "spend"), PURCHASE_NOTE),
        SELL_EVENT,
        INJECT_EVENT,
        CLEAR_EVENT,
        OLD_BALANCE_EVENT,
        *ADDON_EVENTS,
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
        self.pool = PointsPool(params, self.money, params["pool_rate"])
        self.promised_rate = params["exit_multiple"] * (ONE - params["hold_back"])
        taken = params["pool_rate"] + params["platform_rate"] + params["referral_rate"]
        if taken > 1:
            raise ScenarioInvalid(
                "params", N_("pool, platform and referrals get more than all of a purchase"), N_("at most 1")
            )

    def handlers(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        return {
            "purchase": self._purchase,
            "sell": self._sell,
            "inject": self._inject,
            "clear": self._clear,
            "old_balance": self._old_balance,
            **self.addons(),
        }

    def point_price(self) -> Exact:
        return self.pool.price

    def held(self) -> Exact:
        return self.money.held(POOL)

    def debts(self) -> list[Debt]:
        """Points at what they are promised to pay at the forced exit, and old balances not yet released."""
        old = self.pool.old.debts()
        exits = self.promises.outstanding - sum((debt.owed for debt in old), ZERO)
        return [Debt("points", self.pool.circulation, exits), *old, *self.mall.debts()]

    def flags(self) -> list[str]:
        self.pays_recruiting = self.pays_recruiting or self.params["referral_rate"] > 0
        return self.addon_flags(("floating_price", "promise_on_principal"))

    def member_row(self, member: str) -> Row:
        return self._row(member, ZERO)

    def claims(self) -> list[Claim]:
        return self.pool.claims()

    def one_more(self, amount: Exact) -> tuple[Exact, Exact]:
        return amount * self.params["pool_rate"], amount * self.promised_rate

    def exits_ahead(self, amount: Exact) -> tuple[int | None, int | None]:
        return self.pool.exits_ahead(amount)

    def audit(self, event: int) -> None:
        held = sum((holding.points for holding in self.pool.holders.values()), ZERO)
        self.same(event, N_("points in circulation"), self.pool.minted - self.pool.sold, self.pool.circulation)
        self.same(event, N_("members' points"), self.pool.circulation, held)

    @classmethod
    def crowd(cls) -> "MakeCrowd":
        from coalition.lab.schemes.crowds.appreciation import AppreciationCrowd

        return AppreciationCrowd

    @classmethod
    def replay(cls, purchases: Sequence[Purchase]) -> Iterator[Keys]:
        """Each row is a purchase; the points it asks to spend matter to the yardstick only."""
        return map(as_purchase, purchases)

    def _purchase(self, event: ScenarioEvent) -> Row:
        member, amount, params = event.participant, event.number("amount"), self.params
        shop = shop_of(event)
        due = self.commissions(member, shop, amount)
        to_pool, referrals = amount * params["pool_rate"], amount * params["referral_rate"]
        platform = amount * params["platform_rate"] + max(referrals - sum(due.values(), ZERO), ZERO)
        seller = self.book_sale(event, amount, to_pool + platform, due, agreed=referrals)
        self.money.give(seller, PLATFORM, platform, buyer=member)
        self.promises.make(member, amount * self.promised_rate)
        minted = self.pool.buy(seller, member, amount)
        self.mall.earn(member, shop, amount)
        return self._row(member, minted)

    def _sell(self, event: ScenarioEvent) -> Row:
        points = self.pool.points_to_sell(event)
        cash = self.pool.sell(event.participant, points) if points else ZERO
        self.promises.deliver(event.participant, cash)
        if event.participant in self.pool.holders and not self.pool.holders[event.participant].points:
            self._out(event.participant)
        return self._row(event.participant, ZERO)

    def _inject(self, event: ScenarioEvent) -> Row:
        invested = self.pool.inject(event)
        return self._row(event.participant, ZERO) | invested

    def _clear(self, event: ScenarioEvent) -> Row:
        """Stock changes hands: part of its price in points, which the shop then holds, the rest in cash."""
        member, shop, amount = event.participant, event.text("shop"), event.number("amount")
        worth = amount * self.params["clearance_points"]
        points = carried(worth / self.pool.price)
        self.pool.check_points(event, points)
        self.money.buy(Party.member(member), Party.shop(shop), amount - worth, worth=amount)
        if points:
            self.pool.hand_over(member, Party.shop(shop), points)
        row: Row = {"shop": shop, "points_paid": points, "cash_paid": amount - worth}
        return row | self._row(member, ZERO) | {"shop_points": self.pool.of(shop)["points"]}

    def _old_balance(self, event: ScenarioEvent) -> Row:
        self.pool.bring_old(event)
        self.promises.make(event.participant, event.number("amount"))
        return self._row(event.participant, ZERO)

    def _out(self, member: str) -> None:
        """All points are sold: nothing is promised any more but what is left of an old balance."""
        self.promises.end(member)
        left = self.pool.old.left.get(member, ZERO)
        if left:
            self.promises.make(member, left)

    def _row(self, member: str, minted: Exact) -> Row:
        released, exits = self.pool.settle()
        for gone in exits:
            self.promises.deliver(gone.participant, gone.cash)
            self._out(gone.participant)
        return self.pool.row(member, minted, exits, released)


MODEL = Appreciation
