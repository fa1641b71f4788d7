"""Consumption packages: four assets, daily tasks, slow release, and fees on the way out.

Power is made by packages and buys packages, red packets and vouchers at its market price; share coupons, worth
the same as power, are released into it day by day; red packets of one unit of money each are spent at shops;
contribution counts red packets spent. A package returns its price × 1.32 (the starter 12 of power) in 30 equal parts,
one for each day's task; a missed day's part lapses. One that is bought again runs a day longer each time, six at most.
Commissions are paid in share coupons, shared fees in power.

Where a scheme leaves it open: `buy` is paid with power if the member has enough, else with money (`pay` says
otherwise); red packets that a member lacks are bought with money as they are spent; a task without `day`
is the member's next day; vouchers are honoured, and shops paid, with the money that members have paid in, as
far as it reaches; `rating` is the percentage of coupons released a day; a package counts as advanced or expert for
its buyer's fee for ever. The lab's own `day` does everybody's task and release. A rank is found when fees are shared.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from coalition.lab.numbers import ZERO, Exact, carried, number_text
from coalition.lab.params import Params
from coalition.lab.parties import PLATFORM, Party
from coalition.lab.purchases import Keys, Purchase, with_days
from coalition.lab.scheme import Claim, Debt, Preset, Row, ScenarioEvent
from coalition.lab.schemes.packages_membership import PackageMembership
from coalition.lab.schemes.packages_people import (
    ADVANCED,
    BASIC,
    EXPERT,
    LONGER_DAYS_MAX,
    MANAGER,
    RANKS,
    RETURN_DAYS,
    SUPERVISOR,
    TIERS,
    PackageMember,
    rank_of,
    team_scores,
)
from coalition.lab.schemes.packages_terms import KINDS, SPECS
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.lab.crowd import MakeCrowd

HELD = "held"
SCORE_FOR_LOWER_FEE = 3


class Packages(PackageMembership):
    """The model of packages with power, share coupons, red packets and contribution."""

    name = "packages"
    title = N_("Consumption packages")
    about = N_("Packages that return more than their price in a currency of their own, with levels and exit fees.")
    promise = N_("1.32 times the price of every package bought with money")
    specs = SPECS
    kinds = KINDS
    presets = (
        Preset("consumption-packages", N_("starter 12, return 1.32, fees 40 / 25 / 20 / 15 %")),
        Preset("power-at-20", N_("the same with power at the price that vendors name"), {"power_price": "20"}),
    )

    def handlers(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        return {
            "member": self._member,
            "verify": self._verify,
            "task": self._task,
            "buy": self._buy,
            "release": self._release,
            "spend_packet": self._spend_packet,
            "give": self._give,
            "price": self._price,
            "sell": self._sell,
            "convert": self._convert,
            "fees": self._fees,
            "day": self._day,
            "provider": self._provider,
            "reassign": self._reassign,
            "shop": self._shop,
        }

    def held(self) -> Exact:
        return self.money.held(HELD)

    def point_price(self) -> Exact:
        return self.book.price

    def debts(self) -> list[Debt]:
        """Every unit that members hold or wait for, at the market's price, and what could not be paid."""
        units = {asset: self.book.total[asset] for asset in ("power", "share_coupons")} | {"to_come": self.to_come}
        packets = self.book.total["red_packets"]
        return [
            *(Debt(asset, amount, amount * self.book.price) for asset, amount in units.items()),
            Debt("red_packets", packets, packets),
            Debt("unpaid", self.unpaid, self.unpaid),
        ]

    def flags(self) -> list[str]:
        floating = ["floating_price"] if self.book.price != self.params["power_price"] else []
        fees = ["joining_fee"] if self.takes_fees else []
        return [*floating, "promise_on_principal", "pay_for_recruiting", "levels", *fees, "frozen_payouts"]

    def claims(self) -> list[Claim]:
        """They turn all their power into vouchers, less the fee."""
        return [
            Claim(
                member,
                person.assets["power"] * self.book.price * (1 - self.exit_fee(person)),
                {"do": "convert", "who": member, "amount": "all"},
            )
            for member, person in self.people.items()
            if person.assets["power"]
        ]

    def audit(self, event: int) -> None:
        self.book.audit(lambda what, made, held: self.same(event, what, made, held))

    def one_more(self, amount: Exact) -> tuple[Exact, Exact]:
        return amount, amount * self.params["package_return"]

    @classmethod
    def crowd(cls) -> "MakeCrowd":
        from coalition.lab.schemes.crowds.packages import PackagesCrowd

        return PackagesCrowd

    @classmethod
    def replay(cls, purchases: Sequence[Purchase]) -> Iterator[Keys]:
        """Each row buys a package for money at the row's amount; each day that passes is everybody's task."""
        return with_days(purchases, lambda p: {"do": "buy", "who": p.member, "amount": p.amount, "pay": "money"})

    @classmethod
    def as_purchase(cls, event: ScenarioEvent, params: Params) -> dict[str, str] | None:  # noqa: ARG003
        """A package is a purchase at its price, unless power pays for it."""
        if event.do != "buy" or event.text("pay") == "power":
            return None
        return {"who": event.participant, "amount": event.text("amount") or event.text("price")}

    def _buy(self, event: ScenarioEvent) -> Row:
        member, price = event.participant, event.number("amount", "price")
        has, costs = self.book.has(member, "power"), carried(price / self.book.price)
        pay, tier_name = event.text("pay", "power" if has >= costs else "money"), event.text("tier", TIERS[BASIC])
        if pay not in ("power", "money"):
            raise event.refused(Phrase(N_("pay = {pay} is neither power nor money"), pay=repr(pay)))
        if tier_name not in TIERS:
            raise event.refused(
                Phrase(N_("tier {tier} is not one of {tiers}"), tier=repr(tier_name), tiers=", ".join(TIERS))
            )
        if pay == "power" and has < costs:
            raise event.refused(
                Phrase(
                    N_("{member} has {has} power, and the package costs {price}"),
                    member=member,
                    has=number_text(has, 6),
                    price=number_text(costs, 6),
                )
            )
        person, tier = self._join(member), TIERS.index(tier_name)
        self.promises.buy(price)
        returns = self._returns(price, tier)
        if pay == "power":
            self.book.use_power(member, costs)
        else:
            self.money.put(Party.member(member), HELD, price)
            self.promises.make(member, returns * self.book.price)
        longer = min(int(self.params["repurchase_days"]) * person.bought[tier], LONGER_DAYS_MAX)
        self._start_package(member, returns, RETURN_DAYS + longer)
        person.bought[tier] += 1
        person.largest = max(person.largest, price)
        referrer = self.relations.referrer.get(member)
        if referrer:
            base = min(price, self._join(referrer).largest)
            self._commission(referrer, carried(base * self.params["package_commission"] / self.book.price))
        return self._row(member, *self.paid) | {"paid_with": pay}

    def _spend_packet(self, event: ScenarioEvent) -> Row:
        member, shop, amount = event.participant, event.text("shop", "shop"), event.number("amount")
        person = self._join(member)
        from_packets = min(amount, person.assets["red_packets"])
        self.money.put(Party.member(member), HELD, amount - from_packets)
        self.book.add(member, "red_packets", -from_packets)
        honoured = self._pay_out(member, amount)
        self.money.buy(Party.member(member), Party.shop(shop), honoured, worth=amount)
        self.promises.deliver(member, min(honoured, from_packets))
        self.book.add(shop, "contribution", amount * self.params["shop_contribution"])
        above = self.relations.above(member)[1:3]
        for name, rate in zip(above, ("direct_contribution", "indirect_contribution"), strict=False):
            self._join(name)
            self.book.add(name, "contribution", amount * self.params[rate])
        return self._row(member, shop, *above) | {"shop": shop, "unpaid": amount - honoured}

    def _give(self, event: ScenarioEvent) -> Row:
        member, to, amount = event.participant, event.text("to"), event.number("amount")
        has = self.book.has(member, "red_packets")
        if amount > has:
            raise event.refused(
                Phrase(
                    N_("{member} has {has} red packets, not {amount}"),
                    member=member,
                    has=number_text(has, 6),
                    amount=number_text(amount, 6),
                )
            )
        self._join(member)
        self._join(to)
        self.book.move(member, to, "red_packets", amount)
        return self._row(member, to)

    def _price(self, event: ScenarioEvent) -> Row:
        price = event.number("amount", "price")
        if price == 0:
            raise event.refused(N_("a price must be above 0"))
        self.book.price = price
        return {"price": price}

    def _power(self, event: ScenarioEvent) -> Exact:
        """The power that an event turns into something else. Raises EventRefused if the member has less."""
        has = self.book.has(event.participant, "power")
        amount = has if event.text("amount") == "all" else event.number("amount")
        if amount > has:
            raise event.refused(
                Phrase(
                    N_("{member} has {has} power, not {amount}"),
                    member=event.participant,
                    has=number_text(has, 6),
                    amount=number_text(amount, 6),
                )
            )
        return amount

    def _sell(self, event: ScenarioEvent) -> Row:
        """A trade between members: the buyer pays the market's price for what is left after the fee."""
        member, to, amount = event.participant, event.text("to"), self._power(event)
        fee_rate, fee = self._charge(member, amount)
        self._join(to)
        self.book.move(member, to, "power", amount - fee)
        cash = (amount - fee) * self.book.price
        self.money.give(Party.member(to), Party.member(member), cash)
        self.promises.deliver(member, cash)
        return self._row(member, to) | {"fee_rate": fee_rate, "fee": fee, "cash": cash}

    def _convert(self, event: ScenarioEvent) -> Row:
        member, to, amount = event.participant, event.text("to", "vouchers"), self._power(event)
        if to not in ("vouchers", "red_packets"):
            raise event.refused(Phrase(N_("to = {to} is neither vouchers nor red_packets"), to=repr(to)))
        person = self._join(member)
        if to == "red_packets":
            self.book.use_power(member, amount)
            self.book.add(member, "red_packets", amount * self.book.price)
            return self._row(member)
        fee_rate, fee = self._charge(member, amount)
        self.book.use_power(member, amount - fee)
        worth = (amount - fee) * self.book.price
        honoured = self._pay_out(member, worth)
        person.vouchers += worth
        self.promises.deliver(member, honoured)
        figures: Row = {"fee_rate": fee_rate, "fee": fee, "vouchers": person.vouchers}
        return self._row(member) | figures | {"unpaid": worth - honoured}

    def _charge(self, member: str, amount: Exact) -> tuple[Exact, Exact]:
        """Take the fee on power that leaves. Returns its rate and what it came to, in power."""
        person = self._join(member)
        rate = self.exit_fee(person)
        served = self.params["provider_rate"] if person.city in self.providers else ZERO
        self.book.charge(member, amount * rate, amount * rate * served)
        return rate, amount * rate

    def exit_fee(self, person: PackageMember) -> Exact:
        """The share of power that turning it into vouchers, or selling it, costs this person."""
        if person.rank >= MANAGER or person.tier >= EXPERT:
            return self.params["voucher_fee_manager"]
        if person.rank >= SUPERVISOR or person.tier >= ADVANCED:
            return self.params["voucher_fee_supervisor"]
        low = person.score < SCORE_FOR_LOWER_FEE
        return self.params["voucher_fee_low"] if low else self.params["voucher_fee"]

    def _pay_out(self, member: str, amount: Exact) -> Exact:
        """Pay from what members paid in, as far as it reaches; the rest stays owed. Returns what was paid."""
        honoured = min(amount, self.money.held(HELD))
        self.money.pay(HELD, Party.member(member), honoured)
        self.unpaid += amount - honoured
        return honoured

    def _fees(self, event: ScenarioEvent) -> Row:
        elsewhere = event.number("amount", default=ZERO)
        scores = team_scores(self.people, self.recruits)
        for member in list(self.people):
            self._rise(member, rank_of(scores, self.recruits.get(member, [])))
        self.book.made += elsewhere
        pool, self.book.fees = self.book.fees + elsewhere, ZERO
        for level, rank in enumerate(RANKS, start=1):
            heads = [member for member, person in self.people.items() if person.rank == level]
            for member in heads:
                amount = carried(pool * rank.fee_share / len(heads))
                self.book.add(member, "power", amount)
                self.award(member, amount)
        rest = pool - sum(self.paid.values(), ZERO)
        self.book.used += rest
        row = self._row(*self.paid) | {"fees": pool}
        if rest:
            self.award(PLATFORM.name, rest)
        return row

    def _day(self, _event: ScenarioEvent) -> Row:
        for member, person in list(self.people.items()):
            if person.packages:
                self._do_task(member, person.day + 1)
        for member in self.people:
            self._release_one(member)
        for city, amount in self.book.for_providers.items():
            self.book.add(self.providers[city], "power", amount)
            self.award(self.providers[city], amount)
        self.book.for_providers.clear()
        return {"power": self.book.total["power"], "share_coupons": self.book.total["share_coupons"]}

    def _shop(self, event: ScenarioEvent) -> Row:
        self.relations.declare_shop(event)
        return {"shop": event.text("shop")}


MODEL = Packages
