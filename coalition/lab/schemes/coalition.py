"""The fixed-rate coalition, the yardstick: points earned on cash, spent anywhere, always worth the same.

Points are whole. A purchase spends what is asked, at most what the member has and what the amount allows;
the rest is cash, which earns. The shop pays for the points when it gives them (funding on issue), so the
pool always equals the outstanding points. Nothing expires here.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from coalition.lab.errors import ScenarioInvalid
from coalition.lab.numbers import ONE, ZERO, Exact, number_text
from coalition.lab.params import Param, Params
from coalition.lab.parties import Party
from coalition.lab.purchases import Keys, Purchase, as_purchase
from coalition.lab.scheme import Claim, Debt, EventKind, Preset, Row, ScenarioEvent
from coalition.lab.schemes.dividends import DIVIDENDS
from coalition.lab.schemes.purchase_scheme import ADDON_EVENTS, ADDON_PARAMS, PurchaseScheme, shop_of
from coalition.lab.schemes.referrals import SHOP_EVENT
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.lab.crowd import MakeCrowd


class Coalition(PurchaseScheme):
    """Points at one fixed rate, paid for when they are issued."""

    name = "coalition"
    title = N_("Fixed-rate coalition")
    about = N_("Points at one fixed rate, paid for by the issuing shop, honoured at every shop.")
    promise = N_("every point spent at the fixed rate, at any shop, at any time")
    specs = (
        Param("points_per_unit", "100", "positive", N_("points worth one unit of money")),
        Param("earn_points_per_unit", "2", "amount", N_("points for each unit of money paid in cash")),
        *ADDON_PARAMS,
    )
    kinds = (
        EventKind("purchase", ("who", "amount"), ("shop", "spend"), N_("a member buys; spend: points, or all")),
        *ADDON_EVENTS,
        SHOP_EVENT,
    )
    presets = (
        Preset("two-percent", N_("2 points back on 100 points' worth of cash: 2 %")),
        Preset("five-percent", N_("5 %"), {"earn_points_per_unit": "5"}),
    )

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        self.points: dict[str, Exact] = {}
        self.earned = self.spent = ZERO
        if params["earn_points_per_unit"] >= params["points_per_unit"]:
            raise ScenarioInvalid(
                "params.earn_points_per_unit",
                N_("gives back the whole purchase"),
                N_("less than the points that one unit of money is worth"),
            )

    def handlers(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        return {
            "purchase": self._purchase,
            **self.addons(),
        }

    def point_price(self) -> Exact:
        return ONE

    def held(self) -> Exact:
        return self.money.in_pots - self.money.held(DIVIDENDS)

    def debts(self) -> list[Debt]:
        points = self.earned - self.spent
        return [Debt("points", points, self.worth(points)), *self.mall.debts()]

    def flags(self) -> list[str]:
        return self.addon_flags()

    def member_row(self, member: str) -> Row:
        return self._row(member) if member else {}

    def claims(self) -> list[Claim]:
        """Everybody buys for exactly what their points are worth."""
        worth = {member: self.worth(points) for member, points in self.points.items() if points}
        return [
            Claim(member, amount, {"do": "purchase", "who": member, "amount": number_text(amount), "spend": "all"})
            for member, amount in worth.items()
        ]

    def audit(self, event: int) -> None:
        self.same(event, N_("points held"), self.earned - self.spent, sum(self.points.values(), ZERO))
        self.same(event, N_("money behind points"), self.worth(self.earned - self.spent), self.held())

    def one_more(self, amount: Exact) -> tuple[Exact, Exact]:
        worth = self.worth(amount * self.params["earn_points_per_unit"])
        return worth, worth

    @classmethod
    def crowd(cls) -> "MakeCrowd":
        from coalition.lab.schemes.crowds.coalition import CoalitionCrowd

        return CoalitionCrowd

    @classmethod
    def replay(cls, purchases: Sequence[Purchase]) -> Iterator[Keys]:
        """Each row is a purchase, with the points that it asks to spend."""
        return map(as_purchase, purchases)

    def worth(self, points: Exact) -> Exact:
        """Points in units of money."""
        return points / self.params["points_per_unit"]

    def _purchase(self, event: ScenarioEvent) -> Row:
        member, amount = event.participant, event.number("amount")
        has = self.points.get(member, ZERO)
        asked = has if event.text("spend") == "all" else event.number("spend", default=ZERO)
        spent = min(asked, has, Exact(amount * self.params["points_per_unit"] // 1))
        if asked.denominator != 1:
            raise event.refused(Phrase(N_("spend = {asked} is not a whole number of points"), asked=asked))
        redeemed = self.worth(spent)
        cash = amount - redeemed
        earned = Exact(cash * self.params["earn_points_per_unit"] // 1)
        back = self.worth(earned)
        due = self.commissions(member, shop_of(event), cash)
        seller, pot = self.book_sale(event, cash, back, due), _pot(member)
        if spent:
            # A point spent is paid to the member who spends it, and by them to the shop, like any other money.
            buyer = Party.member(member)
            self.money.pay(pot, buyer, redeemed)
            self.money.buy(buyer, seller, redeemed)
        self.money.put(seller, pot, back, buyer=member)
        # The pool holds every point in full from the moment it is given: the promise is kept at once.
        self.promises.make(member, back)
        self.promises.deliver(member, back)
        self.points[member] = has - spent + earned
        self.earned += earned
        self.spent += spent
        self.mall.earn(member, shop_of(event), cash)
        return {"earned": earned, "spent": spent, "cash": cash} | self._row(member)

    def _row(self, member: str) -> Row:
        outstanding = self.earned - self.spent
        return {
            "points": self.points.get(member, ZERO),
            "outstanding": outstanding,
            "pool": self.worth(outstanding),
        }


def _pot(member: str) -> str:
    """Every member's points lie in a pot of their own: each is paid with what their purchases gave."""
    return f"points of {member}"


MODEL = Coalition
