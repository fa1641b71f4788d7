"""The "2+1 chain": a package whose price is paid out along a recruiting tree.

A buyer is an agent; a direct sale pays them 100 and the boss of their team 200. The third recruit makes an
agent a boss, and that sale is already a boss's: 100 + 100 + 300 (`third_sale` says otherwise). A boss's
referrer who is a boss gets 10 % of what the boss earns. What nobody may claim of the chain's, team's and
region's parts goes to the platform. 20 % of each payout to a member stays frozen until both recruits left
with the upline are bosses and have more than 20 sales below them. The appreciation part fills a points pool
as in the mall (forced exit at 3). A bigger package (`join` or `upgrade` with an amount) is split and pays in
the same proportions; it brings a rank, which may also be given (`member`) or earned (`rank`). The promise
measured is the package's price back.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING

from coalition.lab.errors import ScenarioInvalid
from coalition.lab.numbers import ONE, ZERO, Exact
from coalition.lab.params import Params
from coalition.lab.parties import PLATFORM, Party
from coalition.lab.purchases import Keys, Purchase, with_days
from coalition.lab.scheme import Claim, Debt, Row, ScenarioEvent, Scheme
from coalition.lab.schemes.chain_lines import BOSS, Tree
from coalition.lab.schemes.chain_pay import most_of_parts, sale_pay
from coalition.lab.schemes.chain_ranks import DIVIDEND_SHARES, Ranks
from coalition.lab.schemes.chain_terms import KINDS, PARTS, PRESETS, SPECS
from coalition.lab.schemes.dividends import DIVIDENDS, Shareholders
from coalition.lab.schemes.joining_fees import ALL_REGIONS, join_as_agent, pay_fee
from coalition.lab.schemes.levels import by_difference
from coalition.lab.schemes.points_pool import POOL, PointsPool
from coalition.lab.schemes.referrals import Relations
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.lab.crowd import MakeCrowd

SERVICE = "service"
GOODS = Party.shop("goods")
"""Whoever supplies what is in the package."""
SWAP_DAYS = {"week": 7, "month": 30}


class Chain(Scheme):
    """The chain with its package, teams, ranks, regions and points pool."""

    name = "chain"
    title = N_("2+1 chain")
    about = N_("A package whose price pays the people above: agents, bosses, ranks and regions.")
    promise = N_("the price of the package back")
    specs = SPECS
    kinds = KINDS
    presets = PRESETS

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        self.relations = Relations()
        self.shareholders = Shareholders()
        self.pool = PointsPool(params, self.money, params["appreciation_part"] / params["package"])
        self.tree = Tree()
        self.ranks = Ranks(params)
        self.declared_ranks: dict[str, str] = {}
        self.unfrozen: set[str] = set()
        self.frozen = ZERO
        self.parcels: dict[str, deque[tuple[str, Exact]]] = {}
        self.days = 0
        self.random = Random(int(params["swap_seed"]))  # noqa: S311 - no secret: the same seed swaps the same lines
        parts = sum((params[f"{part}_part"] for part in PARTS), ZERO)
        if parts != params["package"]:
            raise ScenarioInvalid(
                "params",
                Phrase(N_("the parts add up to {parts}"), parts=parts),
                Phrase(N_("package, which is {package}"), package=params["package"]),
            )
        for part, most in most_of_parts(params).items():
            if most > params[part]:
                raise ScenarioInvalid(
                    f"params.{part}", Phrase(N_("a sale can pay {most} out of it"), most=most), N_("at least that")
                )

    def handlers(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        return {
            "join": self._join,
            "upgrade": self._upgrade,
            "collect": self._collect,
            "day": self._day,
            "dividend": self._dividend,
            "shareholder": self._shareholder,
            "sell": self._sell,
            "inject": self._inject,
            "old_balance": self._old_balance,
            "member": self._member,
            "rank": self._rank,
            "reassign": self._reassign,
            "agent": lambda event: join_as_agent(event, self.money),
            "point": self._point,
            "shop": self._shop,
        }

    def point_price(self) -> Exact:
        return self.pool.price

    def held(self) -> Exact:
        """All money but what waits for parcels to be collected, which is the service points'."""
        return self.money.in_pots - self.money.held(SERVICE)

    def debts(self) -> list[Debt]:
        """Points at what they are promised to pay at the forced exit, old balances, and what is frozen of pay."""
        params = self.params
        exits = self.pool.spent * params["exit_multiple"] * (1 - params["hold_back"])
        return [
            Debt("points", self.pool.circulation, exits),
            *self.pool.old.debts(),
            Debt("frozen", self.frozen, self.frozen),
        ]

    def flags(self) -> list[str]:
        return [
            "floating_price",
            "promise_on_principal",
            "pay_for_recruiting",
            "levels",
            "joining_fee",
            "frozen_payouts",
        ]

    def claims(self) -> list[Claim]:
        return self.pool.claims()

    def exit_money(self) -> Exact:
        return self.money.held(POOL)

    def one_more(self, amount: Exact) -> tuple[Exact, Exact]:
        params = self.params
        appreciation = amount * params["appreciation_part"] / params["package"]
        return appreciation, amount * params["exit_multiple"] * (1 - params["hold_back"])

    def exits_ahead(self, amount: Exact) -> tuple[int | None, int | None]:
        return self.pool.exits_ahead(amount)

    def audit(self, event: int) -> None:
        held = sum((holding.points for holding in self.pool.holders.values()), ZERO)
        self.same(event, N_("members' points"), self.pool.minted - self.pool.sold, held)

    @classmethod
    def crowd(cls) -> "MakeCrowd":
        from coalition.lab.schemes.crowds.chain import ChainCrowd

        return ChainCrowd

    @classmethod
    def replay(cls, purchases: Sequence[Purchase]) -> Iterator[Keys]:
        """A member's first purchase is a join at the package's price; later ones mean nothing to a chain.

        A file does not say who recruited whom, so the chain gets the picture that its vendors draw: everybody
        finds three, the earliest member with fewer than three recruits being the next one's referrer.
        """
        first: dict[str, Purchase] = {}
        for purchase in purchases:
            first.setdefault(purchase.member, purchase)
        names = list(first)
        referrers = {member: names[i // 3] for i, member in enumerate(names[1:])}
        return with_days(
            first.values(),
            lambda p: (
                {"do": "join", "who": p.member, "shop": p.shop}
                | ({"referrer": referrers[p.member]} if p.member in referrers else {})
            ),
        )

    @classmethod
    def as_purchase(cls, event: ScenarioEvent, params: Params) -> dict[str, str] | None:
        """A package is a purchase at its price."""
        if event.do not in ("join", "upgrade"):
            return None
        return {"who": event.participant, "amount": event.text("amount", params.text["package"])}

    def _join(self, event: ScenarioEvent) -> Row:
        member, params, members = event.participant, self.params, self.tree.members
        referrer = event.text("referrer") or self.relations.referrer.get(member, "")
        if member in members:
            raise event.refused(Phrase(N_("{member} has joined already"), member=member))
        if referrer and referrer not in members:
            raise event.refused(
                Phrase(N_("{referrer} has not joined and can't refer {member}"), referrer=referrer, member=member)
            )
        rank, price = self.ranks.check(event), event.number("amount", default=params["package"])
        as_agent = sale_pay(self.tree, params, referrer)
        promoted = self.tree.join(member, referrer, slide=params.text["dead_lines"] == "slide")
        members[member].rank = rank or self.declared_ranks.get(member, "")
        as_sold = as_agent if params.text["third_sale"] == "agent" else sale_pay(self.tree, params, referrer)
        minted = self._sell_package(event, price, as_sold)
        counted = self.tree.count_sale(referrer)
        self._release([referrer] if promoted else [], counted)
        return self._row(member, minted)

    def _upgrade(self, event: ScenarioEvent) -> Row:
        """A bigger package, sold by the member's referrer, who recruits nobody by it."""
        member, members = event.participant, self.tree.members
        if member not in members:
            raise event.refused(Phrase(N_("{member} has not joined"), member=member))
        rank, price, seller = self.ranks.check(event), event.number("amount"), members[member].referrer
        minted = self._sell_package(event, price, sale_pay(self.tree, self.params, seller))
        members[member].rank = rank
        self._release([], self.tree.count_sale(seller))
        return self._row(member, minted)

    def _sell_package(self, event: ScenarioEvent, price: Exact, sold: list[tuple[str, Exact]]) -> Exact:
        """Book a package of that price: all parts in the proportions of the ordinary one. Returns the points minted."""
        member, params, buyer = event.participant, self.params, Party.member(event.participant)
        size = price / params["package"]
        self.promises.buy(price)
        self.money.enter(member)
        self.promises.make(member, price)
        due = [(Party.member(to), amount) for to, amount in (*sold, *self._team_pay(member))]
        due += [(Party.agent(to), amount) for to, amount in self._region_pay(event)]
        for to, amount in due:
            self._pay(buyer, to, amount * size)
        shared = params["chain_part"] + params["region_part"] + params["team_part"]
        unclaimed = shared - sum((amount for _, amount in due), ZERO)
        self.money.give(buyer, PLATFORM, (params["platform_part"] + unclaimed) * size)
        self.money.buy(buyer, GOODS, params["cost_part"] * size)
        self.money.put(buyer, DIVIDENDS, params["dividend_part"] * size)
        self.money.put(buyer, SERVICE, params["service_part"] * size)
        self.parcels.setdefault(member, deque()).append((event.text("shop"), params["service_part"] * size))
        return self.pool.buy(buyer, member, price)

    def _region_pay(self, event: ScenarioEvent) -> Iterable[tuple[str, Exact]]:
        about = {**self.relations.shops.get(event.text("shop"), {}), **event.keys}
        agents = [(about[region], self.params[f"{region}_pay"]) for region in ALL_REGIONS if about.get(region)]
        return by_difference(agents).items()

    def _team_pay(self, member: str) -> Iterable[tuple[str, Exact]]:
        members = self.tree.members
        ranked = [(name, members[name].rank) for name in self.tree.referrers(member) if members[name].rank]
        return self.ranks.team_pay(ranked).items()

    def _pay(self, payer: Party, to: Party, amount: Exact) -> None:
        """Pay out of a package: a member's frozen share is kept in a pot of their own."""
        frozen = amount * self.params["frozen_share"] if to.kind == "member" and self._freezes(to.name) else ZERO
        self.money.give(payer, to, amount - frozen)
        self.money.put(payer, _frozen(to.name), frozen)
        self.frozen += frozen
        if to.kind == "member":
            self.promises.deliver(to.name, amount - frozen)
        self.award(to.name, amount)

    def _freezes(self, member: str) -> bool:
        return member in self.tree.members and member not in self.unfrozen

    def _day(self, _event: ScenarioEvent) -> Row:
        self.days += 1
        due = self.days % SWAP_DAYS[self.params.text["swap_every"]] == 0
        swaps = self.tree.swap_all(self.random) if due and self.params.text["dead_lines"] == "swap" else []
        self._release([swap.boss for swap in swaps], [])
        row: Row = {"day": self.days} | self._row("", ZERO)
        return row | ({"swapped": [swap._asdict() for swap in swaps]} if swaps else {})

    def _release(self, touched: list[str], counted: list[str]) -> None:
        """Pay what was frozen to those whose two left recruits have come far enough, and give the ranks now earned.

        `counted` are those for whom a sale was just counted.
        """
        members = self.tree.members
        for name in counted:
            members[name].rank = self.ranks.earned(members[name]) or members[name].rank
        bosses = [boss for name in counted for boss in self.tree.left_by.get(name, ())]
        for name in dict.fromkeys([*touched, *bosses]):
            if self._freezes(name) and self._lines_alive(name):
                self.unfrozen.add(name)
                amount = self.money.held(_frozen(name))
                self.frozen -= amount
                self.money.pay(_frozen(name), Party.member(name), amount)
                self.promises.deliver(name, amount)

    def _lines_alive(self, boss: str) -> bool:
        left = [self.tree.members[recruit] for recruit in self.tree.members[boss].left]
        need = self.params["release_sales"]
        return len(left) > 0 and all(member.role == BOSS and member.sales_below > need for member in left)

    def _collect(self, event: ScenarioEvent) -> Row:
        member = event.participant
        if not self.parcels.get(member):
            raise event.refused(Phrase(N_("{member} has no parcel to collect"), member=member))
        point = event.text("shop") or self.parcels[member][0][0]
        if not point:
            raise event.refused(N_("needs shop, the service point that hands out the parcel"))
        amount = self.parcels[member].popleft()[1]
        self.money.pay(SERVICE, Party.shop(point), amount)
        self.award(point, amount)
        return self._row(member, ZERO)

    def _dividend(self, _event: ScenarioEvent) -> Row:
        pool = self.money.held(DIVIDENDS)
        shares = self.shareholders.weigh(pool * self.params["shareholder_share"])
        for name, amount in shares.items():
            self.money.pay(DIVIDENDS, Party.investor(name), amount)
            self.award(name, amount)
        pool *= ONE - self.params["shareholder_share"]
        for rank, share in DIVIDEND_SHARES.items():
            heads = [name for name, member in self.tree.members.items() if member.rank == rank]
            for name in heads:
                amount = pool * share / len(heads)
                frozen = amount * self.params["frozen_share"] if self._freezes(name) else ZERO
                self.money.pay(DIVIDENDS, Party.member(name), amount - frozen)
                self.money.shift(DIVIDENDS, _frozen(name), frozen)
                self.frozen += frozen
                self.promises.deliver(name, amount - frozen)
                self.award(name, amount)
        return self._row("", ZERO)

    def _shareholder(self, event: ScenarioEvent) -> Row:
        self.shareholders.declare(event)
        return self._row("", ZERO) | {"shares": self.shareholders.shares[event.participant]}

    def _sell(self, event: ScenarioEvent) -> Row:
        points = self.pool.points_to_sell(event)
        self.promises.deliver(event.participant, self.pool.sell(event.participant, points) if points else ZERO)
        return self._row(event.participant, ZERO)

    def _inject(self, event: ScenarioEvent) -> Row:
        invested = self.pool.inject(event)
        return self._row(event.participant, ZERO) | invested

    def _old_balance(self, event: ScenarioEvent) -> Row:
        self.pool.bring_old(event)
        self.promises.make(event.participant, event.number("amount"))
        return self._row(event.participant, ZERO)

    def _member(self, event: ScenarioEvent) -> Row:
        rank = self.ranks.check(event)
        self.relations.declare_member(event, self.money)
        if rank:
            self.declared_ranks[event.participant] = rank
            if event.participant in self.tree.members:
                self.tree.members[event.participant].rank = rank
        return self._row(event.participant, ZERO)

    def _rank(self, event: ScenarioEvent) -> Row:
        self.ranks.declare(event)
        return {"rank": event.text("rank"), "pay": self.ranks.of[event.text("rank")].pay}

    def _reassign(self, event: ScenarioEvent) -> Row:
        member, referrer = event.participant, event.text("referrer")
        if referrer and member in self.tree.members:
            if referrer not in self.tree.members:
                raise event.refused(
                    Phrase(N_("{referrer} has not joined and can't refer {member}"), referrer=referrer, member=member)
                )
            if self.tree.stands_below(referrer, member):
                raise event.refused(
                    Phrase(N_("{member} and {referrer} can't refer each other"), member=member, referrer=referrer)
                )
        self.relations.reassign(event, self.money)
        if referrer and member in self.tree.members:
            self.tree.reassign(member, referrer)
        return self._row(member, ZERO)

    def _point(self, event: ScenarioEvent) -> Row:
        """A service point pays its fee: the goods' cost goes to who supplies them, the rest as the event says."""
        point, fee = Party.shop(event.text("shop")), event.number("amount", default=self.params["point_fee"])
        cost = self.params["point_goods"] * self.params["cost_part"] / self.params["package"]
        if cost > fee:
            raise event.refused(N_("the goods cost more than the fee"))
        row = pay_fee(event, point, fee - cost, self.money)
        self.money.buy(point, GOODS, cost)
        return {"shop": point.name} | row | {"fee": fee, "goods": self.params["point_goods"]}

    def _shop(self, event: ScenarioEvent) -> Row:
        self.relations.declare_shop(event, ALL_REGIONS)
        return {"shop": event.text("shop")}

    def _row(self, member: str, minted: Exact) -> Row:
        released, exits = self.pool.settle()
        for gone in exits:
            self.promises.deliver(gone.participant, gone.cash)
        row = self.pool.row(member if member in self.tree.members else "", minted, exits, released)
        row["dividends"], row["uncollected"] = self.money.held(DIVIDENDS), self.money.held(SERVICE)
        row["holders"] = {
            name: self._of(name) for name in dict.fromkeys((member, *self.paid)) if name in self.tree.members
        }
        return row | (self._of(member) if member in self.tree.members else {})

    def _of(self, name: str) -> Row:
        member = self.tree.members[name]
        frozen = self.money.held(_frozen(name))
        return {"role": member.role, "upline": member.upline or None, "frozen": frozen}


def _frozen(member: str) -> str:
    return f"frozen for {member}"


MODEL = Chain
