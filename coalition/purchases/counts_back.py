"""What a refund takes back of what a purchase counted on the meters of bonus rules."""

from collections import defaultdict
from collections.abc import Mapping

from coalition.alliance import Alliance
from coalition.earning.bonus import NO_BONUSES
from coalition.earning.meters import CAPPED, rule_and_counted
from coalition.purchases.bonus_lines import BonusAccounts, Meters
from settlement.ledger import MeterRef, MoveKind, PotRef, StoredPosting


def meters_of(alliance: Alliance, purchase: StoredPosting) -> Meters:
    """The meters that a purchase counted on."""
    counted = {move.credit for move in purchase.moves if move.kind == MoveKind.COUNT}
    if not counted or alliance.programme.bonuses is NO_BONUSES:
        return {}
    return alliance.part(BonusAccounts).meters(counted)


def counts_to_take_back(alliance: Alliance, meters: Meters, taken: Mapping[PotRef, int]) -> dict[MeterRef, int]:
    """By meter, where so many points are taken back by the pot that they came out of.

    What goes back to a rule's pots counts no more to its caps.
    """
    versions = alliance.programme.bonuses.by_name
    points: dict[int, int] = defaultdict(int)
    for pot, part in taken.items():
        points[versions[pot.name].number] += part
    back = {}
    for meter in meters.values():
        rule, counted = rule_and_counted(meter)
        if counted in CAPPED and points[rule]:
            back[meter] = points[rule]
    return back
