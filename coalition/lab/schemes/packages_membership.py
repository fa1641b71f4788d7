"""The people of the packages model: they join, are verified, do their tasks, rise in rank, and get referrals."""

from coalition.lab.numbers import ZERO, Exact, carried
from coalition.lab.params import Params
from coalition.lab.parties import Party
from coalition.lab.scheme import Row, ScenarioEvent, Scheme
from coalition.lab.schemes.joining_fees import pay_fee
from coalition.lab.schemes.packages_assets import Assets
from coalition.lab.schemes.packages_people import (
    BASIC,
    RANKS,
    REFERRAL_DAYS,
    RETURN_DAYS,
    THRESHOLDS,
    TITLES,
    Package,
    PackageMember,
    rank_for,
    rank_named,
    rating_problem,
)
from coalition.lab.schemes.referrals import Relations
from coalition.locale.messages import N_
from settlement import Phrase

SHARE_OF_PERCENT = Exact(1, 100)


class PackageMembership(Scheme):
    """A scheme whose members get power for daily tasks; `Packages` says what it buys, and how it leaves."""

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        self.relations = Relations()
        self.book = Assets(params["power_price"])
        self.people = self.book.people
        self.joined: set[str] = set()
        self.recruits: dict[str, list[str]] = {}
        self.providers: dict[str, str] = {}
        self.to_come = self.unpaid = ZERO
        self.takes_fees = False

    def _join(self, member: str) -> PackageMember:
        """The participant; whoever is new comes with the free starter package."""
        if member not in self.joined:
            self.joined.add(member)
            self.people.setdefault(member, PackageMember())
            self._start_package(member, self.params["starter_power"], RETURN_DAYS)
            self.money.enter(member)
        return self.people[member]

    def _start_package(self, member: str, returns: Exact, days: int) -> None:
        self.people[member].packages.append(Package(returns / days, days))
        self.to_come += returns

    def _member(self, event: ScenarioEvent) -> Row:
        rating = event.text("rating", "1")
        if problem := rating_problem(rating):
            raise event.refused(problem)
        rank = rank_named(event.text("rank", "0"))
        if rank is None:
            raise event.refused(
                Phrase(
                    N_("rank {rank} is not one of 0 to {highest}, {titles}"),
                    rank=event.text("rank"),
                    highest=len(RANKS),
                    titles=", ".join(TITLES),
                )
            )
        score, power, coupons = (event.number(key, default=ZERO) for key in ("score", "power", "share_coupons"))
        declared = [event.number(name, default=ZERO) for name in THRESHOLDS]
        known = event.participant in self.relations.referrer
        self.relations.declare_member(event, self.money)
        person = self._join(event.participant)
        if event.text("referrer"):
            self._join(event.text("referrer"))
            if not known:
                self.recruits.setdefault(event.text("referrer"), []).append(event.participant)
        if "score" in event.keys:
            person.score = score
        if "rating" in event.keys:
            person.rating = Exact(rating)
        person.city = event.text("city", person.city)
        self._rise(event.participant, max(rank, rank_for(*declared)))
        self.book.make_power(event.participant, power)
        self.book.add(event.participant, "share_coupons", coupons)
        return self._row(event.participant)

    def _rise(self, member: str, rank: int) -> None:
        """Give a rank, if it is above the one held, with the presents of every rank on the way."""
        person = self.people[member]
        for title in TITLES[person.rank : rank]:
            returns = self._returns(self.params[f"{title}_present"], BASIC)
            if returns:
                self._start_package(member, returns, RETURN_DAYS)
        person.rank = max(person.rank, rank)

    def _verify(self, event: ScenarioEvent) -> Row:
        member = event.participant
        if member in self.people and self.people[member].verified:
            raise event.refused(Phrase(N_("{member} is verified already"), member=member))
        self._join(member).verified = True
        referrer = self.relations.referrer.get(member, "")
        if not referrer:
            return self._row(member)
        self._join(referrer).score += 1
        return self._row(member, referrer) | {"score": self.people[referrer].score}

    def _task(self, event: ScenarioEvent) -> Row:
        member = event.participant
        last = self.people[member].day if member in self.people else 0
        day = event.number("day", default=Exact(last + 1))
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
        if person.months_missed_by(day):
            person.score = ZERO
        person.first_day = person.first_day or day
        person.day = day
        self.book.make_power(member, brings)
        self.to_come -= brings + lapses
        referrer = self.relations.referrer.get(member)
        if missed:
            person.referral_day = REFERRAL_DAYS
        if referrer and person.referral_day < REFERRAL_DAYS:
            person.referral_day += 1
            self._commission(referrer, self.params["referral_coupon"])

    def _commission(self, member: str, coupons: Exact) -> None:
        self._join(member)
        self.book.add(member, "share_coupons", coupons)
        self.award(member, coupons)

    def _returns(self, price: Exact, tier: int) -> Exact:
        """The power that a package of that price in money returns in all."""
        rate = ("package_return", "advanced_return", "expert_return")[tier]
        return carried(price * self.params[rate] / self.book.price)

    def _release(self, event: ScenarioEvent) -> Row:
        rating = event.text("rating")
        if rating and (problem := rating_problem(rating)):
            raise event.refused(problem)
        rate = Exact(rating) * SHARE_OF_PERCENT if rating else None
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

    def _release_one(self, member: str, rate: Exact | None = None) -> None:
        person = self.people[member]
        share = person.rating * SHARE_OF_PERCENT if rate is None else rate
        amount = carried(person.assets["share_coupons"] * share)
        self.book.add(member, "share_coupons", -amount)
        self.book.make_power(member, amount)

    def _provider(self, event: ScenarioEvent) -> Row:
        member, fee = event.participant, event.number("amount", default=ZERO)
        row = pay_fee(event, Party.agent(member), fee, self.money)
        self.takes_fees = self.takes_fees or fee > 0
        self.providers[event.text("city")] = member
        self._join(member)
        return self._row(member) | row

    def _reassign(self, event: ScenarioEvent) -> Row:
        member, before = event.participant, self.relations.referrer.get(event.participant, "")
        self.relations.reassign(event, self.money)
        self._join(member)
        self._join(event.text("referrer"))
        if before:
            self.recruits[before].remove(member)
        self.recruits.setdefault(event.text("referrer"), []).append(member)
        return self._row(member, event.text("referrer"))

    def _row(self, *touched: str) -> Row:
        return {"holders": {member: dict(self.people[member].assets) for member in dict.fromkeys(touched)}}
