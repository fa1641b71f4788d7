"""Consumption packages: four assets, daily tasks, slow release, and fees on the way out.

Power is made by packages and buys packages, red packets and vouchers; share coupons are released into
power day by day; red packets are spent at shops; contribution counts red packets spent. All are said to be
worth one unit of money each. A package returns its price × 1.32 (the starter 12) in 30 equal parts, one for
each day's task; a missed day's part lapses. Commissions are paid in share coupons, shared fees in power.

Where a scheme leaves it open: `buy` is paid with power if the member has enough, else with money (`pay` says
otherwise); red packets that a member lacks are bought with money as they are spent; a task without `day`
is the member's next day; vouchers are honoured, and shops paid, with the money that members have paid in, as
far as it reaches; `rating` is the percentage of coupons released a day. The lab's own `day` does everybody's
task and release. Supervisor is rank 1, manager rank 2 and above, as found when fees were last shared.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from coalition.lab.numbers import ZERO, carried, number_text
from coalition.lab.params import Params
from coalition.lab.parties import PLATFORM, Party
from coalition.lab.purchases import Purchase, with_days
from coalition.lab.scheme import Claim, Debt, Preset, Row, ScenarioEvent, Scheme
from coalition.lab.schemes.packages_people import (
    ASSETS,
    RANKS,
    REFERRAL_DAYS,
    RETURN_DAYS,
    THRESHOLDS,
    TITLES,
    Package,
    PackageMember,
    rank_for,
    rank_of,
    rating_problem,
    team_scores,
)
from coalition.lab.schemes.packages_terms import KINDS, SPECS
from coalition.lab.schemes.referrals import Relations
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.lab.crowd import MakeCrowd

HELD = "held"
SHARE_OF_PERCENT = Fraction(1, 100)


class Packages(Scheme):
    """The model of packages with power, share coupons, red packets and contribution."""

    name = "packages"
    title = N_("Consumption packages")
    about = N_("Packages that return more than their price in a currency of their own, with levels and exit fees.")
    promise = N_("1.32 times the price of every package bought with money")
    specs = SPECS
    kinds = KINDS
    presets = (Preset("consumption-packages", N_("starter 12, return 1.32, fees 40 / 25 / 20 / 15 %")),)

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        self.relations = Relations()
        self.people: dict[str, PackageMember] = {}
        self.joined: set[str] = set()
        self.recruits: dict[str, list[str]] = {}
        self.total = dict.fromkeys(ASSETS, ZERO)
        self.to_come = self.unpaid = ZERO
        self.made = self.used = self.fees_held = ZERO

    def handlers(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        return {
            "member": self._member,
            "task": self._task,
            "buy": self._buy,
            "release": self._release,
            "spend_packet": self._spend_packet,
            "give": self._give,
            "convert": self._convert,
            "fees": self._fees,
            "day": self._day,
            "shop": self._shop,
        }

    def held(self) -> Fraction:
        return self.money.held(HELD)

    def debts(self) -> list[Debt]:
        """Every unit that members hold or wait for, and what could not be paid."""
        owed = {asset: self.total[asset] for asset in ("power", "share_coupons", "red_packets")}
        owed |= {"to_come": self.to_come, "unpaid": self.unpaid}
        return [Debt(asset, units, units) for asset, units in owed.items()]

    def flags(self) -> list[str]:
        return ["promise_on_principal", "pay_for_recruiting", "levels", "frozen_payouts"]

    def claims(self) -> list[Claim]:
        """They turn all their power into vouchers, less the fee."""
        return [
            Claim(
                member,
                person.assets["power"] * (1 - self.voucher_fee(person)),
                {"do": "convert", "who": member, "amount": "all"},
            )
            for member, person in self.people.items()
            if person.assets["power"]
        ]

    def audit(self, event: int) -> None:
        for asset in ASSETS:
            held = sum((person.assets[asset] for person in self.people.values()), ZERO)
            self.same(event, asset, self.total[asset], held)
        self.same(event, N_("power made"), self.made, self.total["power"] + self.used + self.fees_held)

    @classmethod
    def crowd(cls) -> "MakeCrowd":
        from coalition.lab.schemes.crowds.packages import PackagesCrowd

        return PackagesCrowd

    @classmethod
    def replay(cls, purchases: Sequence[Purchase]) -> list[dict[str, str]]:
        """Each row buys a package for money at the row's amount; each day that passes is everybody's task."""
        return with_days(purchases, lambda p: {"do": "buy", "who": p.member, "amount": p.amount, "pay": "money"})

    @classmethod
    def as_purchase(cls, event: ScenarioEvent, params: Params) -> dict[str, str] | None:  # noqa: ARG003
        """A package is a purchase at its price, unless power pays for it."""
        if event.do != "buy" or event.text("pay") == "power":
            return None
        return {"who": event.participant, "amount": event.text("amount") or event.text("price")}

    def one_more(self, amount: Fraction) -> tuple[Fraction, Fraction]:
        return amount, amount * self.params["package_return"]

    def _add(self, member: str, asset: str, amount: Fraction) -> None:
        self.people[member].assets[asset] += amount
        self.total[asset] += amount

    def _make_power(self, member: str, amount: Fraction) -> None:
        self._add(member, "power", amount)
        self.made += amount

    def _use_power(self, member: str, amount: Fraction) -> None:
        self._add(member, "power", -amount)
        self.used += amount

    def _join(self, member: str) -> PackageMember:
        """The participant; whoever is new comes with the free starter package."""
        if member not in self.joined:
            self.joined.add(member)
            self.people.setdefault(member, PackageMember())
            self._start_package(member, ZERO, self.params["starter_power"])
            self.money.enter(member)
        return self.people[member]

    def _start_package(self, member: str, price: Fraction, returns: Fraction) -> None:
        self.people[member].packages.append(Package(price, returns / RETURN_DAYS))
        self.to_come += returns

    def _member(self, event: ScenarioEvent) -> Row:
        rating = event.text("rating", "1")
        if problem := rating_problem(rating):
            raise event.refused(problem)
        rank = TITLES.get(event.text("rank"), event.text("rank", "0"))
        if rank not in map(str, range(len(RANKS) + 1)):
            raise event.refused(
                Phrase(
                    N_("rank {rank} is not one of 0 to {highest}, supervisor or manager"), rank=rank, highest=len(RANKS)
                )
            )
        declared = [event.number(name, default=ZERO) for name in THRESHOLDS]
        known = event.participant in self.relations.referrer
        self.relations.declare_member(event, self.money)
        person = self._join(event.participant)
        if event.text("referrer"):
            self._join(event.text("referrer"))
            if not known:
                self.recruits.setdefault(event.text("referrer"), []).append(event.participant)
        if "score" in event.keys:
            person.score = event.number("score")
        if "rating" in event.keys:
            person.rating = Fraction(rating)
        person.rank = max(person.rank, int(rank), rank_for(*declared))
        self._make_power(event.participant, event.number("power", default=ZERO))
        self._add(event.participant, "share_coupons", event.number("share_coupons", default=ZERO))
        return self._row(event.participant)

    def _task(self, event: ScenarioEvent) -> Row:
        member = event.participant
        last = self.people[member].day if member in self.people else 0
        day = event.number("day", default=Fraction(last + 1))
        if day.denominator != 1 or day <= last:
            raise event.refused(
                Phrase(
                    N_("day {day} is over: {member}'s last task was on day {last}, and there is one a day"),
                    day=day,
                    member=member,
                    last=last,
                )
            )
        self._join(member)
        self._do_task(member, int(day))
        return self._row(member, *self.paid)

    def _do_task(self, member: str, day: int) -> None:
        person = self.people[member]
        missed = person.day > 0 and day > person.day + 1
        brings, lapses = person.pass_days(day - person.day if person.day else 1)
        person.day = day
        self._make_power(member, brings)
        self.to_come -= brings + lapses
        referrer = self.relations.referrer.get(member)
        if missed:
            person.referral_day = REFERRAL_DAYS
        if referrer and person.referral_day < REFERRAL_DAYS:
            person.referral_day += 1
            self._commission(referrer, self.params["referral_coupon"])

    def _commission(self, member: str, coupons: Fraction) -> None:
        self._join(member)
        self._add(member, "share_coupons", coupons)
        self.award(member, coupons)

    def _buy(self, event: ScenarioEvent) -> Row:
        member, price = event.participant, event.number("amount", "price")
        has = self.people[member].assets["power"] if member in self.people else ZERO
        pay = event.text("pay", "power" if has >= price else "money")
        if pay not in ("power", "money"):
            raise event.refused(Phrase(N_("pay = {pay} is neither power nor money"), pay=repr(pay)))
        if pay == "power" and has < price:
            raise event.refused(
                Phrase(
                    N_("{member} has {has} power, and the package costs {price}"),
                    member=member,
                    has=number_text(has, 6),
                    price=number_text(price, 6),
                )
            )
        person = self._join(member)
        self.promises.buy(price)
        returns = carried(price * self.params["package_return"])
        if pay == "power":
            self._use_power(member, price)
        else:
            self.money.put(Party.member(member), HELD, price)
            self.promises.make(member, returns)
        self._start_package(member, price, returns)
        person.bought += 1
        person.largest = max(person.largest, price)
        referrer = self.relations.referrer.get(member)
        if referrer:
            base = min(price, self.people[referrer].largest)
            self._commission(referrer, base * self.params["package_commission"])
        return self._row(member, *self.paid) | {"paid_with": pay}

    def _release(self, event: ScenarioEvent) -> Row:
        rating = event.text("rating")
        if rating and (problem := rating_problem(rating)):
            raise event.refused(problem)
        rate = Fraction(rating) * SHARE_OF_PERCENT if rating else None
        if "rate" in event.keys:
            rate = event.number("rate")
        if rate is not None and rate > 1:
            raise event.refused(N_("rate is a share of the coupons, at most 1"))
        if event.participant:
            self._join(event.participant)
        holders = [name for name, person in self.people.items() if person.assets["share_coupons"]]
        touched = [event.participant] if event.participant else holders
        for member in touched:
            self._release_one(member, rate)
        return self._row(*touched)

    def _release_one(self, member: str, rate: Fraction | None = None) -> None:
        person = self.people[member]
        share = person.rating * SHARE_OF_PERCENT if rate is None else rate
        amount = carried(person.assets["share_coupons"] * share)
        self._add(member, "share_coupons", -amount)
        self._make_power(member, amount)

    def _spend_packet(self, event: ScenarioEvent) -> Row:
        member, shop, amount = event.participant, event.text("shop", "shop"), event.number("amount")
        person = self._join(member)
        from_packets = min(amount, person.assets["red_packets"])
        self.money.put(Party.member(member), HELD, amount - from_packets)
        self._add(member, "red_packets", -from_packets)
        honoured = self._pay_out(member, amount)
        self.money.buy(Party.member(member), Party.shop(shop), honoured, worth=amount)
        self.promises.deliver(member, min(honoured, from_packets))
        self.people.setdefault(shop, PackageMember())
        self._add(shop, "contribution", amount * self.params["shop_contribution"])
        above = self.relations.above(member)[1:3]
        for name, rate in zip(above, ("direct_contribution", "indirect_contribution"), strict=False):
            self._join(name)
            self._add(name, "contribution", amount * self.params[rate])
        return self._row(member, shop, *above) | {"shop": shop, "unpaid": amount - honoured}

    def _give(self, event: ScenarioEvent) -> Row:
        member, to, amount = event.participant, event.text("to"), event.number("amount")
        has = self.people[member].assets["red_packets"] if member in self.people else ZERO
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
        self._add(member, "red_packets", -amount)
        self._add(to, "red_packets", amount)
        return self._row(member, to)

    def _convert(self, event: ScenarioEvent) -> Row:
        member, to = event.participant, event.text("to", "vouchers")
        has = self.people[member].assets["power"] if member in self.people else ZERO
        amount = has if event.text("amount") == "all" else event.number("amount")
        if amount > has:
            raise event.refused(
                Phrase(
                    N_("{member} has {has} power, not {amount}"),
                    member=member,
                    has=number_text(has, 6),
                    amount=number_text(amount, 6),
                )
            )
        if to not in ("vouchers", "red_packets"):
            raise event.refused(Phrase(N_("to = {to} is neither vouchers nor red_packets"), to=repr(to)))
        person = self._join(member)
        if to == "red_packets":
            self._use_power(member, amount)
            self._add(member, "red_packets", amount)
            return self._row(member)
        fee_rate = self.voucher_fee(person)
        fee = amount * fee_rate
        self._use_power(member, amount - fee)
        self._add(member, "power", -fee)
        self.fees_held += fee
        honoured = self._pay_out(member, amount - fee)
        person.vouchers += amount - fee
        self.promises.deliver(member, honoured)
        figures: Row = {"fee_rate": fee_rate, "fee": fee, "vouchers": person.vouchers}
        return self._row(member) | figures | {"unpaid": amount - fee - honoured}

    def voucher_fee(self, person: PackageMember) -> Fraction:
        """The share of power that turning it into vouchers costs this person."""
        if person.rank >= 2:
            return self.params["voucher_fee_manager"]
        if person.rank == 1:
            return self.params["voucher_fee_supervisor"]
        low = person.own_score() < 3
        return self.params["voucher_fee_low"] if low else self.params["voucher_fee"]

    def _pay_out(self, member: str, amount: Fraction) -> Fraction:
        """Pay from what members paid in, as far as it reaches; the rest stays owed. Returns what was paid."""
        honoured = min(amount, self.money.held(HELD))
        self.money.pay(HELD, Party.member(member), honoured)
        self.unpaid += amount - honoured
        return honoured

    def _fees(self, event: ScenarioEvent) -> Row:
        scores = team_scores(self.people, self.recruits)
        for member, person in self.people.items():
            person.rank = max(person.rank, rank_of(scores, self.recruits.get(member, [])))
        elsewhere = event.number("amount", default=ZERO)
        self.made += elsewhere
        pool, self.fees_held = self.fees_held + elsewhere, ZERO
        for level, rank in enumerate(RANKS, start=1):
            heads = [member for member, person in self.people.items() if person.rank == level]
            for member in heads:
                amount = carried(pool * rank.fee_share / len(heads))
                self._add(member, "power", amount)
                self.award(member, amount)
        rest = pool - sum(self.paid.values(), ZERO)
        self.used += rest
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
        return {"power": self.total["power"], "share_coupons": self.total["share_coupons"]}

    def _shop(self, event: ScenarioEvent) -> Row:
        self.relations.declare_shop(event)
        return {"shop": event.text("shop")}

    def _row(self, *touched: str) -> Row:
        return {"holders": {member: dict(self.people[member].assets) for member in dict.fromkeys(touched)}}


MODEL = Packages
