"""What the sections of a statement are called. A shop, the operator and the pool each read their own side of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate
from settlement.clearing import LineKind
from settlement.ledger import OPERATOR, POOL


class Side(StrEnum):
    """Whose side a statement is written from."""

    SHOP = "shop"
    OPERATOR = "operator"
    POOL = "pool"


@dataclass(frozen=True, slots=True)
class Title:
    """What a section is called, what its amount means, and what it means when points moved and nothing is owed."""

    name: str
    note: str = ""
    nothing_owed: str = ""


TITLES: Mapping[Side, Mapping[LineKind, Title]] = {
    Side.SHOP: {
        LineKind.REDEEMED_HERE: Title(N_("Points redeemed here"), N_("You receive their value.")),
        LineKind.OWN_ELSEWHERE: Title(
            N_("Own points redeemed at other shops"), N_("You pay their value."), N_("The pool pays for them.")
        ),
        LineKind.OWN_HERE: Title(N_("Own points redeemed here"), nothing_owed=N_("Nothing is owed.")),
        LineKind.ISSUED: Title(
            N_("Points issued"), N_("You pay their value into the pool."), N_("You pay when other shops redeem them.")
        ),
        LineKind.EXPIRED: Title(N_("Own points expired"), N_("Their value comes back to you."), N_("Nothing is owed.")),
        LineKind.ADJUSTMENTS: Title(
            N_("Adjustments between shops"), N_("Commissions, and points that repaid a debt to another shop.")
        ),
        LineKind.REDEEM_FEE: Title(N_("Fee on points redeemed"), N_("To the operator.")),
        LineKind.ISSUE_FEE: Title(N_("Fee on points issued"), N_("To the operator.")),
    },
    Side.OPERATOR: {
        LineKind.EXPIRED: Title(N_("Points expired"), N_("The pool passes their value on to you.")),
        LineKind.REDEEM_FEE: Title(N_("Fee on points redeemed"), N_("From the redeeming shops.")),
        LineKind.ISSUE_FEE: Title(N_("Fee on points issued"), N_("From the issuing shops.")),
    },
    Side.POOL: {
        LineKind.REDEEMED_HERE: Title(N_("Points redeemed"), N_("Paid out to the redeeming shops.")),
        LineKind.ISSUED: Title(N_("Points issued"), N_("Paid in by the issuing shops.")),
        LineKind.EXPIRED: Title(N_("Points expired"), N_("Paid out of the pool.")),
    },
}


OF_ANOTHER: Mapping[str, str] = {
    "You receive their value.": N_("The shop receives their value."),
    "You pay their value.": N_("The shop pays their value."),
    "You pay their value into the pool.": N_("The shop pays their value into the pool."),
    "You pay when other shops redeem them.": N_("The shop pays when other shops redeem them."),
    "Their value comes back to you.": N_("Their value comes back to the shop."),
}
"""What the notes of a shop's own statement say to somebody else who reads it."""


def title_of(participant: str, kind: LineKind) -> Title:
    """What a section of this participant's statement is called, in English."""
    side = {OPERATOR: Side.OPERATOR, POOL: Side.POOL}.get(participant, Side.SHOP)
    return TITLES[side][kind]


def name_of(participant: str, lang: Lang) -> str:
    """A participant as it is called in a language: a shop's own name, or the word for operator or pool."""
    if participant == OPERATOR:
        return translate("Operator", lang)
    return translate("Pool", lang) if participant == POOL else participant
