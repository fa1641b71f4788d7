"""The "2+1 chain": a package whose price is paid out along a recruiting tree.

A buyer is an agent; a direct sale pays them 100 and the boss of their team 200. The third recruit makes an
agent a boss, and that sale is already a boss's: 100 + 100 + 300 (`third_sale` says otherwise). A boss's
referrer who is a boss gets 10 % of what the boss earns. What nobody may claim of the chain's, team's and
region's parts goes to the platform. 20 % of each payout to a member stays frozen until both recruits left
with the upline are bosses and have more than 20 sales below them. The appreciation part fills a points pool
as in the mall (forced exit at 3). Ranks are given, not earned: `{do="member", who, rank="partner"}`. The
promise measured is the package's price back.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from coalition.lab.errors import ScenarioInvalid
from coalition.lab.numbers import ZERO
from coalition.lab.params import Param, Params
from coalition.lab.parties import PLATFORM, Party
from coalition.lab.purchases import Purchase
from coalition.lab.scheme import Claim, Debt, EventKind, Preset, Row, ScenarioEvent, Scheme
from coalition.lab.schemes.appreciation import INJECT_EVENT, POOL, POOL_PARAMS, SELL_EVENT, PointsPool
from coalition.lab.schemes.chain_lines import BOSS, Tree
from coalition.lab.schemes.referrals import REGIONS, Relations, by_difference
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.lab.crowd import MakeCrowd

DIVIDENDS = "dividends"
SERVICE = "service"
GOODS = Party.shop("goods")
"""Whoever supplies what is in the package."""
CHAIN_REGIONS = (*REGIONS, "greater_region")
RANKS = ("partner", "co-founder", "director")
DIVIDEND_SHARES = {
    "director": Fraction(30, 100),
    "co-founder": Fraction(30, 100),
    "partner": Fraction(40, 100),
}
PARTS = ("chain", "dividend", "appreciation", "cost", "platform", "service", "region", "team")


def _chain_pool_params() -> tuple[Param, ...]:
    """The pool's parameters, with the mall's exit at 3."""
    return tuple(Param(p.name, "3" if p.name == "exit_multiple" else p.default, p.kind, p.note) for p in POOL_PARAMS)


class Chain(Scheme):
    """The chain with its package, teams, ranks, regions and points pool."""

    name = "chain"
    title = N_("2+1 chain")
    about = N_("A package whose price pays the people above: agents, bosses, ranks and regions.")
    promise = N_("the price of the package back")
    specs = (
        Param("package", "1000", "positive", N_("price of the package; the eight parts add up to it")),
        Param("chain_part", "330", "amount", N_("of a package, for direct sales and bosses")),
        Param("dividend_part", "40", "amount", N_("of a package, for dividends")),
        Param("appreciation_part", "300", "amount", N_("of a package, for the points pool")),
        Param("cost_part", "200", "amount", N_("of a package, for the goods")),
        Param("platform_part", "70", "amount", N_("of a package, for the platform")),
        Param("service_part", "20", "amount", N_("of a package, for the service point, when the parcel is collected")),
        Param("region_part", "10", "amount", N_("of a package, for regional agents")),
        Param("team_part", "30", "amount", N_("of a package, for ranks")),
        Param("agent_pay", "100", "amount", N_("to an agent for a direct sale")),
        Param("boss_pay", "300", "amount", N_("to a boss for a direct sale")),
        Param("below_pay", "200", "amount", N_("to the boss for a sale of an agent below, at any depth")),
        Param("third_sale", "boss", "choice", N_("paid as a boss's sale or an agent's"), ("boss", "agent")),
        Param("boss_referrer_rate", "0.1", "share", N_("of a boss's earnings, to their referrer who is a boss")),
        Param("frozen_share", "0.2", "share", N_("of each payout to a member, frozen")),
        Param("release_sales", "20", "count", N_("both left recruits need more sales than this below them")),
        Param("dead_lines", "none", "choice", N_("option against dead lines"), ("none", "swap", "slide")),
        Param("swap_every", "30", "positive", N_("with swap: joins between two swaps")),
        Param("district_pay", "3", "amount", N_("region by difference: district")),
        Param("city_pay", "5", "amount", N_("region by difference: city")),
        Param("province_pay", "8", "amount", N_("region by difference: province")),
        Param("greater_region_pay", "10", "amount", N_("region by difference: greater region")),
        Param("partner_pay", "10", "amount", N_("team by difference: partner")),
        Param("co-founder_pay", "20", "amount", N_("team by difference: co-founder")),
        Param("director_pay", "30", "amount", N_("team by difference: director")),
        Param("team_levels", "9", "count", N_("levels above a sale that share in the team's part")),
        *_chain_pool_params(),
    )
    kinds = (
        EventKind("join", ("who",), ("referrer", "shop", *CHAIN_REGIONS), N_("buys the package; regions name agents")),
        EventKind("collect", ("who",), ("shop",), N_("collects the parcel at a service point")),
        EventKind("dividend", (), (), N_("shares out the dividend pool")),
        SELL_EVENT,
        INJECT_EVENT,
        EventKind(
            "member",
            ("who",),
            ("referrer", "rank"),
            Phrase(N_("declares a referrer, or a rank: {ranks}"), ranks=", ".join(RANKS)),
        ),
        EventKind("shop", ("shop",), ("introducer", *CHAIN_REGIONS), N_("declares a service point and its agents")),
    )
    presets = (
        Preset("two-plus-one", N_("the chain as sold, without options")),
        Preset("two-plus-one-swap", N_("with the periodic swap"), {"dead_lines": "swap"}),
        Preset("two-plus-one-slide", N_("with the three-three slide"), {"dead_lines": "slide"}),
    )

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        self.relations = Relations()
        self.pool = PointsPool(params, self.money)
        self.tree = Tree()
        self.ranks: dict[str, str] = {}
        self.frozen = ZERO
        self.unfrozen: set[str] = set()
        self.point_of: dict[str, str] = {}
        parts = sum((params[f"{part}_part"] for part in PARTS), ZERO)
        if parts != params["package"]:
            raise ScenarioInvalid(
                "params",
                Phrase(N_("the parts add up to {parts}"), parts=parts),
                Phrase(N_("package, which is {package}"), package=params["package"]),
            )
        for part, most in self._most().items():
            if most > params[part]:
                raise ScenarioInvalid(
                    f"params.{part}", Phrase(N_("a sale can pay {most} out of it"), most=most), N_("at least that")
                )

    def handlers(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        return {
            "join": self._join,
            "collect": self._collect,
            "dividend": self._dividend,
            "sell": self._sell,
            "inject": self._inject,
            "member": self._member,
            "shop": self._shop,
        }

    def point_price(self) -> Fraction:
        return self.pool.price

    def held(self) -> Fraction:
        return self.money.in_pots - self.money.held(SERVICE)

    def debts(self) -> list[Debt]:
        """Points at what they are promised to pay at the forced exit, and what is frozen of pay."""
        params = self.params
        exits = self.pool.spent * params["exit_multiple"] * (1 - params["hold_back"])
        return [Debt("points", self.pool.circulation, exits), Debt("frozen", self.frozen, self.frozen)]

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

    def exit_money(self) -> Fraction:
        return self.money.held(POOL)

    def one_more(self, amount: Fraction) -> tuple[Fraction, Fraction]:
        params = self.params
        return params["appreciation_part"], amount * params["exit_multiple"] * (1 - params["hold_back"])

    def exits_ahead(self, amount: Fraction) -> tuple[int | None, int | None]:
        return self.pool.exits_ahead(amount, self.params["appreciation_part"] / self.params["package"])

    def audit(self, event: int) -> None:
        held = sum((holding.points for holding in self.pool.holders.values()), ZERO)
        self.same(event, N_("members' points"), self.pool.minted - self.pool.sold, held)

    @classmethod
    def crowd(cls) -> "MakeCrowd":
        from coalition.lab.schemes.crowds.chain import ChainCrowd

        return ChainCrowd

    @classmethod
    def replay(cls, purchases: Sequence[Purchase]) -> list[dict[str, str]]:
        """A member's first purchase is a join at the package's price; later ones mean nothing to a chain.

        A file does not say who recruited whom, so the chain gets the picture that its vendors draw: everybody
        finds three, the earliest member with fewer than three recruits being the next one's referrer.
        """
        joined: dict[str, None] = dict.fromkeys(p.member for p in purchases)
        shops = {p.member: p.shop for p in reversed(purchases)}
        names = list(joined)
        return [
            {"do": "join", "who": member, "shop": shops[member]} | ({"referrer": names[(i - 1) // 3]} if i else {})
            for i, member in enumerate(names)
        ]

    @classmethod
    def as_purchase(cls, event: ScenarioEvent, params: Params) -> dict[str, str] | None:
        """A join is a purchase at the package's price."""
        if event.do != "join":
            return None
        return {"who": event.participant, "amount": params.text["package"]}

    def _join(self, event: ScenarioEvent) -> Row:
        member, params, members = event.participant, self.params, self.tree.members
        referrer = event.text("referrer") or self.relations.referrer.get(member, "")
        if member in members:
            raise event.refused(Phrase(N_("{member} has joined already"), member=member))
        if referrer and referrer not in members:
            raise event.refused(
                Phrase(N_("{referrer} has not joined and can't refer {member}"), referrer=referrer, member=member)
            )
        self.promises.buy(params["package"])
        self.money.enter(member)
        buyer = Party.member(member)
        as_agent = self._chain_pay(referrer)
        promoted = self.tree.join(member, referrer, slide=params.text["dead_lines"] == "slide")
        as_sold = as_agent if params.text["third_sale"] == "agent" else self._chain_pay(referrer)
        members[member].rank = self.ranks.get(member, "")
        self.promises.make(member, params["package"])
        due = [(Party.member(to), amount) for to, amount in (*as_sold, *self._team_pay(member))]
        due += [(Party.agent(to), amount) for to, amount in self._region_pay(event)]
        for to, amount in due:
            self._pay(buyer, to, amount)
        claimed = sum((amount for _, amount in due), ZERO)
        shared = params["chain_part"] + params["region_part"] + params["team_part"]
        self.money.give(buyer, PLATFORM, params["platform_part"] + shared - claimed)
        self.money.buy(buyer, GOODS, params["cost_part"])
        self.money.put(buyer, DIVIDENDS, params["dividend_part"])
        self.money.put(buyer, SERVICE, params["service_part"])
        self.point_of[member] = event.text("shop")
        minted = self.pool.buy(buyer, member, params["package"], params["appreciation_part"] / params["package"])
        counted = list(self.tree.above(referrer)) if referrer else []
        for name in counted:
            members[name].sales_below += 1
        swapped = self._swaps()
        self._release([referrer] if promoted else [], counted, swapped)
        return self._row(member, minted) | ({"swapped": swapped} if swapped else {})

    def _most(self) -> dict[str, Fraction]:
        """The most that one sale can pay out of each shared part."""
        params = self.params
        again = 1 + params["boss_referrer_rate"]
        return {
            "chain_part": max(params["boss_pay"] * again, params["agent_pay"] + params["below_pay"] * again),
            "region_part": max(params[f"{region}_pay"] for region in CHAIN_REGIONS),
            "team_part": max(params[f"{rank}_pay"] for rank in RANKS),
        }

    def _chain_pay(self, seller: str) -> list[tuple[str, Fraction]]:
        """What a sale pays its seller, the boss above, and that boss's referrer."""
        if not seller:
            return []
        members, params = self.tree.members, self.params
        if members[seller].role == BOSS:
            return [(seller, params["boss_pay"]), *self._boss_referrer_pay(seller, params["boss_pay"])]
        due = [(seller, params["agent_pay"])]
        boss = self.tree.boss_above(seller)
        if boss:
            due += [(boss, params["below_pay"]), *self._boss_referrer_pay(boss, params["below_pay"])]
        return due

    def _boss_referrer_pay(self, boss: str, earned: Fraction) -> list[tuple[str, Fraction]]:
        referrer = self.tree.members[boss].referrer
        if not referrer or self.tree.members[referrer].role != BOSS:
            return []
        return [(referrer, earned * self.params["boss_referrer_rate"])]

    def _region_pay(self, event: ScenarioEvent) -> Iterable[tuple[str, Fraction]]:
        about = {**self.relations.shops.get(event.text("shop"), {}), **event.keys}
        agents = [(about[region], self.params[f"{region}_pay"]) for region in CHAIN_REGIONS if about.get(region)]
        return by_difference(agents).items()

    def _team_pay(self, member: str) -> Iterable[tuple[str, Fraction]]:
        above = self.tree.referrers(member, int(self.params["team_levels"]))
        ranked = [(name, self.tree.members[name].rank) for name in above if self.tree.members[name].rank]
        return by_difference([(name, self.params[f"{rank}_pay"]) for name, rank in ranked]).items()

    def _pay(self, payer: Party, to: Party, amount: Fraction) -> None:
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

    def _swaps(self) -> list[dict[str, object]]:
        joins = len(self.tree.members)
        if self.params.text["dead_lines"] != "swap" or joins % self.params["swap_every"]:
            return []
        bosses = [name for name, member in self.tree.members.items() if member.role == BOSS]
        pairs = [(name, self.tree.swap(name)) for name in bosses]
        return [{"boss": name, "back": pair[0], "left": pair[1]} for name, pair in pairs if pair]

    def _release(self, promoted: list[str], counted: list[str], swapped: list[dict[str, object]]) -> None:
        """Pay what was frozen to those whose two left recruits have come far enough."""
        members = self.tree.members
        touched = [*promoted, *(members[name].referrer for name in counted)]
        for name in dict.fromkeys([*touched, *(str(swap["boss"]) for swap in swapped)]):
            if name and self._freezes(name) and members[name].role == BOSS and self._lines_alive(name):
                self.unfrozen.add(name)
                amount = self.money.held(_frozen(name))
                self.frozen -= amount
                self.money.pay(_frozen(name), Party.member(name), amount)
                self.promises.deliver(name, amount)

    def _lines_alive(self, boss: str) -> bool:
        left = [self.tree.members[recruit] for recruit in self.tree.members[boss].left]
        need = self.params["release_sales"]
        return all(member.role == BOSS and member.sales_below > need for member in left)

    def _collect(self, event: ScenarioEvent) -> Row:
        member = event.participant
        if member not in self.point_of:
            raise event.refused(Phrase(N_("{member} has no parcel to collect"), member=member))
        point = event.text("shop") or self.point_of[member]
        if not point:
            raise event.refused(N_("needs shop, the service point that hands out the parcel"))
        del self.point_of[member]
        self.money.pay(SERVICE, Party.shop(point), self.params["service_part"])
        self.award(point, self.params["service_part"])
        return self._row(member, ZERO)

    def _dividend(self, _event: ScenarioEvent) -> Row:
        pool = self.money.held(DIVIDENDS)
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

    def _sell(self, event: ScenarioEvent) -> Row:
        points = self.pool.points_to_sell(event)
        self.promises.deliver(event.participant, self.pool.sell(event.participant, points) if points else ZERO)
        return self._row(event.participant, ZERO)

    def _inject(self, event: ScenarioEvent) -> Row:
        self.pool.inject(event.participant, event.number("amount"))
        return self._row(event.participant, ZERO)

    def _member(self, event: ScenarioEvent) -> Row:
        rank = event.text("rank")
        if rank and rank not in RANKS:
            raise event.refused(
                Phrase(N_("{rank} is not a rank; allowed: {ranks}"), rank=repr(rank), ranks=", ".join(RANKS))
            )
        self.relations.declare_member(event, self.money)
        if rank:
            self.ranks[event.participant] = rank
            if event.participant in self.tree.members:
                self.tree.members[event.participant].rank = rank
        return self._row(event.participant, ZERO)

    def _shop(self, event: ScenarioEvent) -> Row:
        self.relations.declare_shop(event, CHAIN_REGIONS)
        return {"shop": event.text("shop")}

    def _row(self, member: str, minted: Fraction) -> Row:
        exits = self.pool.forced_exits()
        for gone in exits:
            self.promises.deliver(gone.participant, gone.cash)
        row = self.pool.row(member if member in self.tree.members else "", minted, exits)
        row["dividends"] = self.money.held(DIVIDENDS)
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
