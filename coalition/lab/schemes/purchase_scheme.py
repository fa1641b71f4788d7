"""What every scheme of purchases can have besides: commissions, levels, agents, dividends, a double-points mall."""

from collections.abc import Callable

from coalition.lab.numbers import ZERO, Exact
from coalition.lab.params import Params
from coalition.lab.parties import Party
from coalition.lab.scheme import Row, ScenarioEvent, Scheme
from coalition.lab.schemes import double_points
from coalition.lab.schemes.dividends import (
    DIVIDEND_EVENT,
    DIVIDEND_PARAM,
    DIVIDENDS,
    SHAREHOLDER_EVENT,
    Shareholders,
)
from coalition.lab.schemes.joining_fees import AGENT_EVENT, join_as_agent
from coalition.lab.schemes.referrals import (
    MEMBER_EVENT,
    REASSIGN_EVENT,
    REFERRAL_PARAMS,
    Relations,
    commissions,
)
from coalition.locale.messages import N_

ADDON_PARAMS = (*REFERRAL_PARAMS, DIVIDEND_PARAM, *double_points.DOUBLE_PARAMS)
ADDON_EVENTS = (
    double_points.MALL_EVENT,
    MEMBER_EVENT,
    REASSIGN_EVENT,
    AGENT_EVENT,
    SHAREHOLDER_EVENT,
    DIVIDEND_EVENT,
)


class PurchaseScheme(Scheme):
    """A scheme of purchases: it books each sale here, and has the add-ons that its vendor may sell with it."""

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        self.relations = Relations()
        self.shareholders = Shareholders()
        self.mall = double_points.Mall(params, self.money)
        self.pays_recruiting = self.takes_fees = False

    def addons(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        """The handlers of the add-ons' events."""
        return {
            "mall": lambda event: self.mall.spend(event, self.paid),
            "member": self._declare_member,
            "shop": self._declare_shop,
            "reassign": self._reassign,
            "agent": self._agent,
            "shareholder": self._shareholder,
            "dividend": self._dividend,
        }

    def member_row(self, member: str) -> Row:
        """The model's own figures of a member (or of nobody), for the row of an add-on's event."""
        raise NotImplementedError

    def addon_flags(self, floating: tuple[str, ...] = (), frozen: tuple[str, ...] = ()) -> list[str]:
        """A scheme's own flags, with those that its add-ons deserve between them."""
        recruiting = ["pay_for_recruiting"] if self.pays_recruiting else []
        levels = ["levels"] if self.relations.level else []
        fees = ["joining_fee"] if self.takes_fees else []
        return [*floating, *recruiting, *levels, *fees, *frozen]

    def commissions(self, member: str, shop: str, amount: Exact) -> dict[Party, Exact]:
        """What the relations of buyer and shop make due on `amount`."""
        return commissions(self.params, self.relations, member, shop, amount)

    def book_sale(
        self, event: ScenarioEvent, paid: Exact, gives: Exact, due: dict[Party, Exact], agreed: Exact = ZERO
    ) -> Party:
        """Book a sale for `paid` in money, of which the shop gives away `gives`, dividends and the commissions `due`.

        `agreed` is what it had agreed to give for commissions; what they take above it is marked as the shop's.
        Returns the shop. Raises EventRefused before anything is booked if all that is more than what was paid.
        """
        member, seller = event.participant, Party.shop(shop_of(event))
        dividend, owed = paid * self.params["dividend_rate"], sum(due.values(), ZERO)
        if gives + dividend + owed > paid:
            raise event.refused(N_("the commissions are more than the shop keeps of this purchase"))
        self.promises.buy(paid)
        self.money.enter(member)
        self.money.buy(Party.member(member), seller, paid)
        if dividend:
            self.money.put(seller, DIVIDENDS, dividend, buyer=member)
        for to, commission in due.items():
            self.money.give(seller, to, commission, buyer=member)
            self.award(to.name, commission)
        if owed > agreed:
            self.money.exceed(seller, owed - agreed)
        self.pays_recruiting = self.pays_recruiting or member in self.relations.referrer
        return seller

    def _declare_member(self, event: ScenarioEvent) -> Row:
        self.relations.declare_member(event, self.money)
        return self.member_row(event.participant)

    def _declare_shop(self, event: ScenarioEvent) -> Row:
        self.relations.declare_shop(event)
        return {"shop": event.text("shop")} | self.member_row("")

    def _reassign(self, event: ScenarioEvent) -> Row:
        self.relations.reassign(event, self.money)
        shop: Row = {"shop": event.text("shop")} if event.text("shop") else {}
        return shop | self.member_row(event.participant)

    def _agent(self, event: ScenarioEvent) -> Row:
        row = join_as_agent(event, self.money)
        self.takes_fees = True
        return row

    def _shareholder(self, event: ScenarioEvent) -> Row:
        self.shareholders.declare(event)
        return {"shares": self.shareholders.shares[event.participant], "dividends": self.money.held(DIVIDENDS)}

    def _dividend(self, _event: ScenarioEvent) -> Row:
        for name, amount in self.shareholders.weigh(self.money.held(DIVIDENDS)).items():
            self.money.pay(DIVIDENDS, Party.investor(name), amount)
            self.award(name, amount)
        return {"dividends": self.money.held(DIVIDENDS)}


def shop_of(event: ScenarioEvent) -> str:
    """The shop of a purchase; one that is not named is called `shop`."""
    return event.keys.get("shop", "shop")
