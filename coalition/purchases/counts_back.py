"""What a refund takes back of what a purchase counted on the meters of bonus rules."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from coalition.alliance import Alliance
from coalition.earning.bonus_outcome import over
from coalition.earning.cards import card_left, stamps_of_sale
from coalition.earning.meters import CAPPED, rule_and_counted
from coalition.purchases.bonus_lines import (
    BonusAccounts,
    Meters,
    Pots,
    earning_left,
    granted_by_version,
    taken_before,
)
from coalition.purchases.refund_shares import RefundedPoints, Sold
from settlement.ledger import MeterRef, MoveKind, PotRef, StoredPosting


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


def cards_to_take_back(
    alliance: Alliance,
    purchase: StoredPosting,
    earlier: Sequence[StoredPosting],
    pots: Pots,
    meters: Meters,
    sold: Sold,
    refund: RefundedPoints,
) -> tuple[dict[PotRef, int], dict[MeterRef, int]]:
    """What a refund takes back of cards: points by pot, and stamps by meter. As if what is left had been all of it."""
    points: dict[PotRef, int] = {}
    counts: dict[MeterRef, int] = {}
    bonuses, back = alliance.programme.bonuses, taken_before(earlier, pots)
    granted = granted_by_version(purchase, pots)
    _, earning = earning_left(sold, refund)
    # The version that paid a card is known by its pot, the one that stamped only by when that was.
    counting = {version.number: version for version in bonuses.in_effect(alliance.calendar, purchase.occurred_at)}
    counting |= {bonuses.by_name[name].number: bonuses.by_name[name] for name in granted}
    for number, version in counting.items():
        own = {id_: ref for id_, ref in meters.items() if rule_and_counted(ref)[0] == number}
        if version.card is None or not own:
            continue
        moves = [move for move in purchase.moves if move.kind == MoveKind.COUNT and move.credit in own]
        sale = stamps_of_sale((rule_and_counted(own[move.credit])[1], move.amount) for move in moves)
        left = card_left(version.card, sale, earning)
        if version.name in granted:
            points |= over(version, granted[version.name], back, left.points)
        for ref in own.values():
            counted = rule_and_counted(ref)[1]
            amount = left.gone.get(counted, 0) - _back_before(alliance, earlier, ref)
            if amount > 0:
                counts[ref] = amount
    return points, counts


def _back_before(alliance: Alliance, earlier: Sequence[StoredPosting], ref: MeterRef) -> int:
    """What these refunds took back of a count, under whichever id it lay by then."""
    moves = [move for posting in earlier for move in posting.moves if move.kind == -MoveKind.COUNT]
    if not moves:
        return 0
    meters = alliance.part(BonusAccounts).meters({move.debit for move in moves})
    return sum(move.amount for move in moves if move.debit in meters and meters[move.debit][1:] == ref[1:])
