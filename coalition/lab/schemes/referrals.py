"""Commissions that any model with purchases can pay: referrers, levels, the shop's introducer, regional agents.

A commission is due where a relation was declared: `{do="member", who, referrer, level}` or
`{do="shop", shop, introducer, district, city, province}`. The rates default to the first that vendors
name; set them to 0 to run without. A finding (`reassign`) moves a relation to somebody else, from that event on.
"""

from dataclasses import dataclass, field

from coalition.lab.money import Money
from coalition.lab.numbers import ZERO, Exact
from coalition.lab.params import Param, Params
from coalition.lab.parties import Party
from coalition.lab.scheme import EventKind, ScenarioEvent
from coalition.lab.schemes.levels import PEER_PARAM, by_difference
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
    PEER_PARAM,
)

MEMBER_EVENT = EventKind(
    "member",
    ("who",),
    ("referrer", "level"),
    N_("declares a member, who referred them, and their level: a share of each purchase below, less what went below"),
)
SHOP_EVENT = EventKind(
    "shop", ("shop",), ("introducer", *REGIONS), N_("declares a shop, who introduced it, and its regions' agents")
)

REASSIGN_EVENT = EventKind(
    "reassign",
    ("who|shop", "referrer|introducer"),
    (),
    N_("a finding moves a member to another referrer, or a shop to another introducer, from now on"),
)


@dataclass
class Relations:
    """Who brought whom, at which level they are paid, and which agents a shop's regions have."""

    referrer: dict[str, str] = field(default_factory=dict)
    level: dict[str, Exact] = field(default_factory=dict)
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
        level = event.number("level", default=ZERO)
        if level > 1:
            raise event.refused(N_("level is a share of a purchase, at most 1"))
        if referrer:
            self._check_circle(event, referrer)
            money.enter(referrer)
            self.referrer[event.participant] = referrer
        money.enter(event.participant)
        if "level" in event.keys:
            self.level[event.participant] = level

    def declare_shop(self, event: ScenarioEvent, regions: tuple[str, ...] = REGIONS) -> None:
        """Take in a `shop` event; what it names replaces what was named before."""
        about = self.shops.setdefault(event.text("shop"), {})
        about |= {key: event.text(key) for key in ("introducer", *regions) if event.text(key)}

    def reassign(self, event: ScenarioEvent, money: Money) -> None:
        """Take in a `reassign` event: whoever it names is paid from now on. Refuses a circle."""
        member, referrer, introducer = event.participant, event.text("referrer"), event.text("introducer")
        if bool(member) != bool(referrer) or bool(event.text("shop")) != bool(introducer):
            raise event.refused(N_("needs who and referrer, or shop and introducer"))
        if referrer:
            self._check_circle(event, referrer)
            money.enter(referrer)
            self.referrer[member] = referrer
        if introducer:
            self.shops.setdefault(event.text("shop"), {})["introducer"] = introducer

    def _check_circle(self, event: ScenarioEvent, referrer: str) -> None:
        if event.participant in self.above(referrer):
            raise event.refused(
                Phrase(
                    N_("{member} and {referrer} can't refer each other"), member=event.participant, referrer=referrer
                )
            )

    def above(self, name: str) -> list[str]:
        """A member, their referrer, that one's referrer, and so on."""
        chain = [name]
        while chain[-1] in self.referrer:
            chain.append(self.referrer[chain[-1]])
        return chain


def commissions(params: Params, relations: Relations, buyer: str, shop: str, amount: Exact) -> dict[Party, Exact]:
    """What a purchase of `amount` by `buyer` at `shop` pays, in units of money, by participant."""
    if not (relations.referrer or relations.shops):
        return {}
    due: dict[Party, Exact] = {}

    def owe(to: Party, rate: Exact) -> None:
        if to.name and rate:
            due[to] = due.get(to, ZERO) + rate * amount

    direct = relations.referrer.get(buyer, "")
    owe(Party.member(direct), params["direct_rate"])
    owe(Party.member(relations.referrer.get(direct, "")), params["indirect_rate"])
    if relations.level:
        above = [(name, relations.level[name]) for name in relations.above(buyer)[1:] if name in relations.level]
        for name, rate in by_difference(above, params["peer_rate"]).items():
            owe(Party.member(name), rate)
    about = relations.shops.get(shop, {})
    owe(Party.agent(about.get("introducer", "")), params["introducer_rate"])
    agents = [(about[region], params[f"{region}_rate"]) for region in REGIONS if region in about]
    if params.text["region"] == "difference":
        agents = list(by_difference(agents).items())
    for agent, rate in agents:
        owe(Party.agent(agent), rate)
    return due
