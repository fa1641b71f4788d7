"""Share purchase: spending is proved by share value, which turns day by day into tradeable share points.

A purchase gives the buyer `concession` × 10 of its amount as share value, the shop `concession` × 2, and
debits the shop points worth the concession. Each day equal parts of a fixed total (972,360 over 1095 days:
888) go to holders by their share of all share value; a holder loses share value worth what they got at the
day's price, at most all of it. A shop enters with a deposit, turned into points at the day's price; while its
points are below zero its orders are refused, and the row says so. A sale of points `to` somebody is paid by
the buyer; without `to` the scheme buys back, as far as the money that shops have deposited reaches. Points can be
spent in a shop at the day's price, which takes them for its goods, and given. What goes to `others` leaves their share
value as it was set.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from coalition.lab.numbers import ZERO, Exact, carried, number_text
from coalition.lab.params import Param, Params
from coalition.lab.parties import PLATFORM, Party
from coalition.lab.purchases import PURCHASE_NOTE, Keys, Purchase, as_purchase, with_days
from coalition.lab.scheme import Claim, Debt, EventKind, Preset, Row, ScenarioEvent
from coalition.lab.schemes.purchase_scheme import ADDON_EVENTS, ADDON_PARAMS, PurchaseScheme, shop_of
from coalition.lab.schemes.referrals import REGIONS
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.lab.crowd import MakeCrowd

DEPOSITS = "deposits"
BUYER_TIMES = 10
SHOP_TIMES = 2


@dataclass
class Account:
    """What one holder has: share value in money's units, share points in points (a shop's may be < 0)."""

    share_value: Exact = ZERO
    share_points: Exact = ZERO

    def row(self, got: Exact = ZERO, used: Exact = ZERO) -> Row:
        return {"share_value": self.share_value, "share_points": self.share_points, "got": got, "used": used}


class SharePurchase(PurchaseScheme):
    """The model with two assets, share value and share points."""

    name = "share-purchase"
    title = N_("Share purchase")
    about = N_("Spending gives share value, which becomes tradeable points over three years at each day's price.")
    promise = N_("the worth of all share value, in money")
    specs = (
        Param(
            "concession",
            "0.1",
            "share",
            N_("of a purchase, given by the shop; buyer gets 10 times it, shop 2 times"),
        ),
        Param("total_points", "972360", "positive", N_("share points ever issued")),
        Param("issue_days", "1095", "positive", N_("days over which they are issued in equal parts")),
        Param("price", "1", "positive", N_("the price of a share point at the start, in money")),
        Param("deposit", "500", "amount", N_("money that a shop must pay in to enter, turned into points")),
        Param("trade_fee", "0", "share", N_("of a trade, to the platform")),
        *ADDON_PARAMS,
    )
    kinds = (
        EventKind("purchase", ("who", "amount"), ("shop", "spend"), PURCHASE_NOTE),
        EventKind("day", (), (), N_("a day's issue goes to the holders")),
        EventKind("price", ("amount|price|value",), (), N_("sets the day's price")),
        EventKind("others", ("amount|share_value|value",), (), N_("sets the share value that everybody else holds")),
        EventKind(
            "sell",
            ("who", "points"),
            ("to",),
            N_("sells points at the day's price, to somebody or to the scheme"),
        ),
        EventKind("spend", ("who", "shop", "points"), (), N_("spends points in a shop at the day's price")),
        EventKind("give", ("who", "to", "points"), (), N_("gives points away")),
        EventKind("deposit", ("shop", "amount"), (), N_("a shop pays in money and gets points for it")),
        *ADDON_EVENTS,
        EventKind("shop", ("shop",), ("introducer", *REGIONS, "deposit"), N_("a shop enters with its deposit")),
    )
    presets = (Preset("three-years", N_("concession 10 %, 888 points a day for three years, deposit 500")),)

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        self.price = params["price"]
        self.accounts: dict[str, Account] = {}
        self.shops: set[str] = set()
        self.others = Account()
        self.days = 0
        self.issued = self.bought = self.recovered = self.value_held = ZERO

    def handlers(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        return {
            "purchase": self._purchase,
            "day": self._day,
            "price": self._set_price,
            "others": self._set_others,
            "sell": self._sell,
            "deposit": self._deposit,
            "spend": self._spend,
            "give": self._give,
            **self.addons(),
            "shop": self._shop,
        }

    def point_price(self) -> Exact:
        return self.price

    def held(self) -> Exact:
        return self.money.held(DEPOSITS)

    def debts(self) -> list[Debt]:
        """The share value still to turn into points, and what the points there are said to be worth today."""
        points = max(self.issued + self.bought - self.recovered - self.others.share_points, ZERO)
        return [
            Debt("share_value", self.value_held, self.value_held),
            Debt("share_points", points, points * self.price),
            *self.mall.debts(),
        ]

    def flags(self) -> list[str]:
        return self.addon_flags(("floating_price", "promise_on_principal"), ("frozen_payouts",))

    def member_row(self, member: str) -> Row:
        return {"holders": {member: self.accounts.setdefault(member, Account()).row()}} if member else {}

    def claims(self) -> list[Claim]:
        """Members sell all their points back to the scheme, at today's price less the fee."""
        pays = self.price * (1 - self.params["trade_fee"])
        return [
            Claim(member, account.share_points * pays, {"do": "sell", "who": member, "points": "all"})
            for member, account in self.accounts.items()
            if account.share_points > 0 and member not in self.shops
        ]

    def exit_money(self) -> Exact:
        return self.held() * (1 - self.params["trade_fee"])

    def one_more(self, amount: Exact) -> tuple[Exact, Exact]:
        """A shop whose points run out must pay in the concession to go on selling."""
        concession = amount * self.params["concession"]
        return concession * (1 - self.params["trade_fee"]), concession * (BUYER_TIMES + SHOP_TIMES)

    def audit(self, event: int) -> None:
        held = sum((a.share_points for a in self.accounts.values()), self.others.share_points)
        self.same(event, N_("share points"), self.issued + self.bought, held + self.recovered)

    @classmethod
    def crowd(cls) -> "MakeCrowd":
        from coalition.lab.schemes.crowds.share_purchase import SharePurchaseCrowd

        return partial(SharePurchaseCrowd, value_times=BUYER_TIMES + SHOP_TIMES)

    @classmethod
    def replay(cls, purchases: Sequence[Purchase]) -> Iterator[Keys]:
        """Each row is a purchase; each day that passes between rows is a `day`."""
        return with_days(purchases, as_purchase)

    def _purchase(self, event: ScenarioEvent) -> Row:
        member, shop, amount = event.participant, shop_of(event), event.number("amount")
        due = self.commissions(member, shop, amount)
        if shop not in self.shops:
            self._enter(shop, self.params["deposit"])
        buyer = self.accounts.setdefault(member, Account())
        if self.accounts[shop].share_points < 0:
            return {"holders": {member: buyer.row()}, "debited": ZERO} | self._closed(shop)
        self.book_sale(event, amount, ZERO, due)
        concession = amount * self.params["concession"]
        debited = carried(concession / self.price)
        self._grant(member, concession * BUYER_TIMES)
        self._grant(shop, concession * SHOP_TIMES)
        self.accounts[shop].share_points -= debited
        self.recovered += debited
        self.mall.earn(member, shop, amount)
        touched = {member: buyer.row(), shop: self.accounts[shop].row()}
        return {"holders": touched, "debited": debited} | self._shop_row(shop)

    def _day(self, _event: ScenarioEvent) -> Row:
        everything = sum((a.share_value for a in self.accounts.values()), self.others.share_value)
        issue = self._issue_of_the_day() if everything else ZERO
        holders: dict[str, Row] = {}
        for member, account in self.accounts.items():
            if not account.share_value:
                continue
            got = carried(issue * account.share_value / everything)
            used = min(carried(got * self.price), account.share_value)
            account.share_points += got
            account.share_value -= used
            self.value_held -= used
            self.issued += got
            holders[member] = account.row(got, used)
        if everything:
            for_others = carried(issue * self.others.share_value / everything)
            self.others.share_points += for_others
            self.issued += for_others
        self.days += 1
        return {"holders": holders, "day": self.days, "issued": issue}

    def _issue_of_the_day(self) -> Exact:
        if self.days >= self.params["issue_days"]:
            return ZERO
        return self.params["total_points"] / self.params["issue_days"]

    def _set_price(self, event: ScenarioEvent) -> Row:
        price = event.number("amount", "price", "value")
        if price == 0:
            raise event.refused(N_("a price must be above 0"))
        self.price = price
        return {"price": price}

    def _set_others(self, event: ScenarioEvent) -> Row:
        self.others.share_value = event.number("amount", "share_value", "value")
        return {"others": self.others.share_value}

    def _sell(self, event: ScenarioEvent) -> Row:
        member, to = event.participant, event.text("to")
        points = self._points(event)
        if not to:
            # The scheme buys back only with what shops have paid in.
            points = min(points, carried(self.money.held(DEPOSITS) / self.price))
        worth = points * self.price
        fee = worth * self.params["trade_fee"]
        if to:
            holders = self._hand_over(member, to, points)
            self.money.give(self._party(to), self._party(member), worth - fee)
            self.money.give(self._party(to), PLATFORM, fee)
        else:
            holders = [member]
            self.accounts.setdefault(member, Account()).share_points -= points
            self.recovered += points
            self.money.pay(DEPOSITS, self._party(member), worth - fee)
            self.money.pay(DEPOSITS, PLATFORM, fee)
        self.promises.deliver(member, worth - fee)
        return {"holders": self._rows(*holders), "sold": points, "cash": worth - fee, "fee": fee}

    def _spend(self, event: ScenarioEvent) -> Row:
        """Goods for points: the shop gets the points, worth the day's price, and no money."""
        member, shop, points = event.participant, event.text("shop"), self._points(event)
        if shop not in self.shops:
            self._enter(shop, self.params["deposit"])
        if self.accounts[shop].share_points < 0:
            return {"holders": self._rows(member), "spent": ZERO} | self._closed(shop)
        holders = self._hand_over(member, shop, points)
        worth = points * self.price
        self.money.buy(Party.member(member), Party.shop(shop), ZERO, worth=worth)
        # Goods at the day's price keep the promise as money would.
        self.promises.deliver(member, worth)
        return {"holders": self._rows(*holders), "spent": points, "worth": worth} | self._shop_row(shop)

    def _give(self, event: ScenarioEvent) -> Row:
        holders = self._hand_over(event.participant, event.text("to"), self._points(event))
        return {"holders": self._rows(*holders)}

    def _points(self, event: ScenarioEvent) -> Exact:
        """The points that an event moves. Raises EventRefused if the holder has fewer."""
        has = self.accounts.get(event.participant, Account()).share_points
        points = max(has, ZERO) if event.text("points") == "all" else event.number("points")
        if points > has and points:
            raise event.refused(
                Phrase(
                    N_("{member} has {has} share points, not {points}"),
                    member=event.participant,
                    has=number_text(has, 6),
                    points=number_text(points, 6),
                )
            )
        return points

    def _hand_over(self, giver: str, to: str, points: Exact) -> list[str]:
        for name, moved in ((giver, -points), (to, points)):
            self.accounts.setdefault(name, Account()).share_points += moved
        return [giver, to]

    def _rows(self, *names: str) -> Row:
        return {name: self.accounts.setdefault(name, Account()).row() for name in names}

    def _deposit(self, event: ScenarioEvent) -> Row:
        shop, amount = event.text("shop"), event.number("amount")
        if shop in self.shops:
            self._pay_in(shop, amount)
        else:
            self._require_deposit(event, amount)
            self._enter(shop, amount)
        return self._shop_row(shop)

    def _shop(self, event: ScenarioEvent) -> Row:
        shop = event.text("shop")
        if shop not in self.shops:
            deposit = event.number("deposit", default=self.params["deposit"])
            self._require_deposit(event, deposit)
            self._enter(shop, deposit)
        self.relations.declare_shop(event)
        return self._shop_row(shop)

    def _require_deposit(self, event: ScenarioEvent, amount: Exact) -> None:
        if amount < self.params["deposit"]:
            raise event.refused(
                Phrase(N_("a shop enters with a deposit of {deposit} at least"), deposit=self.params.text["deposit"])
            )

    def _enter(self, shop: str, deposit: Exact) -> None:
        self.shops.add(shop)
        self.accounts.setdefault(shop, Account())
        self._pay_in(shop, deposit)

    def _pay_in(self, shop: str, amount: Exact) -> None:
        points = carried(amount / self.price)
        self.money.put(Party.shop(shop), DEPOSITS, amount)
        self.accounts[shop].share_points += points
        self.bought += points

    def _grant(self, member: str, share_value: Exact) -> None:
        self.accounts.setdefault(member, Account()).share_value += share_value
        self.value_held += share_value
        self.promises.make(member, share_value)

    def _party(self, name: str) -> Party:
        return Party.shop(name) if name in self.shops else Party.member(name)

    def _closed(self, shop: str) -> Row:
        return {"refused": N_("the shop's points are below zero")} | self._shop_row(shop)

    def _shop_row(self, shop: str) -> Row:
        balance = self.accounts[shop].share_points
        return {"shop": shop, "balance": balance, "open": balance >= 0}


MODEL = SharePurchase
