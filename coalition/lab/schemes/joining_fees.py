"""What people pay to take part: agents for a region, and who gets it.

Vendors ask 20,000 to 100,000 of a district's agent, 100,000 to 300,000 of a city's, up to 3,000,000 of a
province's and 3,000,000 to 10,000,000 of a greater region's. The platform keeps a fee, or shares it with
whoever `to` names.
"""

from coalition.lab.money import Money
from coalition.lab.numbers import ONE, ZERO, Exact
from coalition.lab.parties import PLATFORM, Party
from coalition.lab.scheme import EventKind, Row, ScenarioEvent
from coalition.lab.schemes.referrals import REGIONS
from coalition.locale.messages import N_
from settlement import Phrase

ALL_REGIONS = (*REGIONS, "greater_region")

AGENT_EVENT = EventKind(
    "agent",
    ("who", "region", "amount"),
    ("to", "share"),
    N_("pays a joining fee as a region's agent; to gets share of it (all, if it does not say), the platform the rest"),
)


def join_as_agent(event: ScenarioEvent, money: Money) -> Row:
    """Do an `agent` event. Raises EventRefused for an unknown region."""
    if event.text("region") not in ALL_REGIONS:
        raise event.refused(
            Phrase(
                N_("{region} is not a region; allowed: {regions}"),
                region=repr(event.text("region")),
                regions=", ".join(ALL_REGIONS),
            )
        )
    row = pay_fee(event, Party.agent(event.participant), event.number("amount"), money)
    return {"region": event.text("region")} | row


def pay_fee(event: ScenarioEvent, payer: Party, amount: Exact, money: Money) -> Row:
    """Pay a joining fee to the platform and whoever the event names. Raises EventRefused for a share above 1."""
    to = event.text("to")
    share = event.number("share", default=ONE) if to else ZERO
    if share > 1:
        raise event.refused(N_("share is a part of the fee, at most 1"))
    receiver = Party.member(to) if to in money.entered else Party.agent(to)
    money.give(payer, receiver, amount * share)
    money.give(payer, PLATFORM, amount * (ONE - share))
    return {"fee": amount}
