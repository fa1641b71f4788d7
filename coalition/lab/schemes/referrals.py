"""Commissions that any model with purchases can pay: referrers, the shop's introducer, regional agents.

A commission is due where a relation was declared: `{do="member", who, referrer}` or
`{do="shop", shop, introducer, district, city, province}`. The rates default to the first that vendors
name; set them to 0 to run without.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from coalition.lab.money import Money
from coalition.lab.numbers import ZERO
from coalition.lab.params import Param, Params
from coalition.lab.parties import Party
from coalition.lab.scheme import EventKind, ScenarioEvent
from coalition.locale.messages import N_
from settlement import Phrase

REGIONS = ("district", "city", "province")

REFERRAL_PARAMS = (
    Param("direct_rate", "0.003", "share", N_("of a purchase, to the buyer's referrer (also sold with 0.01)")),
    Param("indirect_rate", "0.002", "share", N_("of a purchase, to the referrer's referrer (also 0.005)")),
    Param("introducer_rate", "0.005", "share", N_("of a shop's turnover, to who introduced it (also 0.01)")),
    Param("region", "difference", "choice", N_("regional agents: by difference, or flat"), ("difference", "flat")),
    Param("district_rate", "0.001", "share", N_("of a purchase, to the district's agent (flat: 0.001)")),
    Param("city_rate", "0.002", "share", N_("of a purchase, to the city's agent, less what went below (flat: 0.0005)")),
    Param(
        "province_rate",
        "0.003",
        "share",
        N_("of a purchase, to the province's agent, less what went below (flat: 0.0001)"),
    ),
)

MEMBER_EVENT = EventKind("member", ("who",), ("referrer",), N_("declares a member and who referred them"))
SHOP_EVENT = EventKind(
    "shop", ("shop",), ("introducer", *REGIONS), N_("declares a shop, who introduced it, and its regions' agents")
)


@dataclass
class Relations:
    """Who brought whom, and which agents a shop's regions have."""

    referrer: dict[str, str] = field(default_factory=dict)
    shops: dict[str, dict[str, str]] = field(default_factory=dict)

    def declare_member(self, event: ScenarioEvent, money: Money) -> None:
        """Take in a `member` event. A referrer, once named, stays; a circle is refused."""
        referrer = event.text("referrer")
        if referrer and self.referrer.get(event.participant, referrer) != referrer:
            raise event.refused(
                Phrase(
                    N_("{member} was referred by {referrer} already"),
                    member=event.participant,
                    referrer=self.referrer[event.participant],
                )
            )
        if referrer and event.participant in self.above(referrer):
            raise event.refused(
                Phrase(
                    N_("{member} and {referrer} can't refer each other"), member=event.participant, referrer=referrer
                )
            )
        if referrer:
            money.enter(referrer)
            self.referrer[event.participant] = referrer
        money.enter(event.participant)

    def declare_shop(self, event: ScenarioEvent, regions: tuple[str, ...] = REGIONS) -> None:
        """Take in a `shop` event; what it names replaces what was named before."""
        about = self.shops.setdefault(event.text("shop"), {})
        about |= {key: event.text(key) for key in ("introducer", *regions) if event.text(key)}

    def above(self, name: str) -> list[str]:
        """A member, their referrer, that one's referrer, and so on."""
        chain = [name]
        while chain[-1] in self.referrer:
            chain.append(self.referrer[chain[-1]])
        return chain


def by_difference(agents: list[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """Each gets their rate less what was already paid below. `agents` go from the lowest level up."""
    due: dict[str, Fraction] = {}
    paid = ZERO
    for agent, rate in agents:
        if rate > paid:
            due[agent] = due.get(agent, ZERO) + rate - paid
            paid = rate
    return due


def commissions(params: Params, relations: Relations, buyer: str, shop: str, amount: Fraction) -> dict[Party, Fraction]:
    """What a purchase of `amount` by `buyer` at `shop` pays, in units of money, by participant."""
    due: dict[Party, Fraction] = {}

    def owe(to: Party, rate: Fraction) -> None:
        if to.name and rate:
            due[to] = due.get(to, ZERO) + rate * amount

    direct = relations.referrer.get(buyer, "")
    owe(Party.member(direct), params["direct_rate"])
    owe(Party.member(relations.referrer.get(direct, "")), params["indirect_rate"])
    about = relations.shops.get(shop, {})
    owe(Party.agent(about.get("introducer", "")), params["introducer_rate"])
    agents = [(about[region], params[f"{region}_rate"]) for region in REGIONS if region in about]
    if params.text["region"] == "difference":
        agents = list(by_difference(agents).items())
    for agent, rate in agents:
        owe(Party.agent(agent), rate)
    return due
