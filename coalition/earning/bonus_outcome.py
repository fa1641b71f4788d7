"""What bonus rules give for a sale, with what is left in their pots and below their caps; and what refunds take back.

Pure: it looks at the sale, and through the plan's view at what is counted and set aside in that moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from coalition.earning.bonus import BonusVersion, NoBonus
from coalition.earning.cards import CardMark, split_stamps
from coalition.earning.meters import OF_SALES, Cap, MeterKind, meter, rule_and_counted
from coalition.earning.rule import Sale
from settlement.ledger import BookView, Count, PotRef


@dataclass(frozen=True, slots=True)
class BonusOutcome:
    """What a bonus gives for a sale: `parts` by the pot that they come from, or nothing, and why.

    It would give `wanted` points, if its budget and its caps allowed. `counts` is what it counts, `mark`
    what becomes of the member's card, where it has one.
    """

    version: BonusVersion
    wanted: int = 0
    parts: Sequence[tuple[PotRef, int]] = ()
    reason: NoBonus | None = None
    counts: Sequence[Count] = ()
    mark: CardMark | None = None

    @property
    def points(self) -> int:
        """Points that it gives."""
        return sum(points for _, points in self.parts)


def evaluate(
    candidates: Sequence[BonusVersion], view: BookView, sale: Sale, member: str, base: int, earning_minor: Fraction
) -> list[BonusOutcome]:
    """What each of these gives for a sale to a member, with what is left in their pots and below their caps now."""
    if not view.may_issue(sale.shop):
        return [BonusOutcome(version, reason=NoBonus.SHOP_STOPPED) for version in candidates]
    outcomes = [
        (_outcome if version.card is None else _card_outcome)(version, view, sale, member, base, earning_minor)
        for version in candidates
    ]
    best: dict[str, BonusOutcome] = {}
    for outcome in outcomes:
        group = outcome.version.terms.group
        if group is not None and (group not in best or outcome.points > best[group].points):
            best[group] = outcome
    return [
        _unpaid(outcome, NoBonus.BETTER_BONUS)
        if outcome.points and best.get(outcome.version.terms.group or "", outcome) is not outcome
        else outcome
        for outcome in outcomes
    ]


def _outcome(
    version: BonusVersion, view: BookView, sale: Sale, member: str, base: int, earning_minor: Fraction
) -> BonusOutcome:
    wanted = version.terms.points(base, earning_minor)
    if not wanted:
        return BonusOutcome(version, reason=NoBonus.NOTHING_EARNED)
    caps = version.caps(sale, member) if version.metered else ()
    granted, reason = _granted(version, view, caps, wanted)
    if not granted:
        return BonusOutcome(version, wanted, reason=reason)
    return BonusOutcome(version, wanted, _parts(version, granted), counts=[Count(cap.meter, granted) for cap in caps])


def _granted(version: BonusVersion, view: BookView, caps: Sequence[Cap], wanted: int) -> tuple[int, NoBonus]:
    """How much of this is below the caps and in the pots, and why not more where it is nothing."""
    if not all(view.may_issue(pot.shop) for pot in version.pots):
        return 0, NoBonus.FUNDER_STOPPED
    allowed, reason = wanted, NoBonus.BUDGET_USED_UP
    for cap in caps:
        if (left := max(0, cap.most - view.counted(cap.meter))) < allowed:
            allowed, reason = left, capped_by(cap)
    if not allowed:
        return 0, reason
    return most_within(allowed, version.terms.shares, [view.set_aside(pot) for pot in version.pots]), reason


def capped_by(cap: Cap) -> NoBonus:
    """Why nothing is given, where it is for this cap."""
    of_all = rule_and_counted(cap.meter)[1] is MeterKind.POINTS_OF_ALL
    return NoBonus.DAY_USED_UP if of_all else NoBonus.MEMBER_HAD_MOST


def _parts(version: BonusVersion, points: int) -> list[tuple[PotRef, int]]:
    return [(pot, part) for pot, part in zip(version.pots, split(points, version.terms.shares), strict=True) if part]


def _card_outcome(
    version: BonusVersion, view: BookView, sale: Sale, member: str, _base: int, earning_minor: Fraction
) -> BonusOutcome:
    """Stamps, and points for cards that they fill. A card that can't be paid now stays full, and is paid later."""
    card, terms = version.card, version.terms
    if card is None:
        return BonusOutcome(version)
    got = card.stamps(earning_minor)
    if not got:
        return BonusOutcome(version, reason=NoBonus.NOTHING_EARNED)
    until = card.until(version.day(sale))
    stamps, used = (meter(member, version.number, kind, until) for kind in (MeterKind.STAMPS, MeterKind.USED))
    of_day = meter(member, version.number, MeterKind.STAMPS_OF_DAY, version.day(sale))
    of_shop = meter(member, version.number, MeterKind.STAMPS_OF_SHOP, until, sale.shop)
    if card.a_day is not None:
        got = min(got, max(0, card.a_day - view.counted(of_day)))
        if not got:
            return BonusOutcome(version, reason=NoBonus.STAMPED_TODAY)
    if card.once_a_shop and view.counted(of_shop):
        return BonusOutcome(version, reason=NoBonus.STAMPED_HERE)

    def with_sale(kind: MeterKind, last: int) -> int:
        ref = meter(member, version.number, kind, last)
        return view.counted(ref) + (got if ref == stamps else 0)

    on_card = card.stamped(with_sale, until)
    wanted, full, reason = max(0, on_card) // card.needed * card.points, 0, NoBonus.CARD_NOT_FULL
    caps = version.caps(sale, member)
    if wanted:
        granted, reason = _granted(version, view, caps, wanted if terms.most is None else min(wanted, terms.most))
        full = granted // card.points
    left = on_card - full * card.needed
    before, after = split_stamps(got, left) if full else (0, got)
    points = full * card.points
    counted = (
        (stamps, before),
        (used, full * card.needed),
        (stamps, after),
        (of_day, got if card.a_day is not None else 0),
        (of_shop, got if card.once_a_shop else 0),
        *((cap.meter, points) for cap in caps),
    )
    return BonusOutcome(
        version,
        wanted,
        _parts(version, points),
        None if full else reason,
        [Count(ref, amount) for ref, amount in counted if amount],
        CardMark(got, max(0, left), card.needed, full),
    )


def _unpaid(outcome: BonusOutcome, reason: NoBonus) -> BonusOutcome:
    """What gives nothing, though it could: the stamps of a card are on it all the same."""
    mark = outcome.mark
    if mark is None:
        return replace(outcome, parts=(), counts=(), reason=reason)
    kept = [count for count in outcome.counts if rule_and_counted(count.meter)[1] in OF_SALES]
    mark = mark._replace(stamps=mark.stamps + mark.full * mark.needed, full=0)
    return replace(outcome, parts=(), counts=kept, reason=reason, mark=mark)


def split(points: int, shares: Sequence[int]) -> list[int]:
    """Points by share, each rounded down; the greatest share (of two, the first) takes what that leaves over."""
    whole = sum(shares)
    parts = [points * share // whole for share in shares]
    parts[shares.index(max(shares))] += points - sum(parts)
    return parts


def most_within(wanted: int, shares: Sequence[int], left: Sequence[int]) -> int:
    """How many of these points can be granted where so many are left for each share: nobody pays for another."""
    whole = sum(shares)
    # No part is less than its share rounded down, so no more than this can be had of any.
    points = min(wanted, *(((have + 1) * whole - 1) // share for have, share in zip(left, shares, strict=True)))
    # What is left over is less than a point for each other share.
    while any(part > have for part, have in zip(split(points, shares), left, strict=True)):
        points -= 1
    return points


def to_take_back(
    version: BonusVersion, granted: Mapping[PotRef, int], back: Mapping[PotRef, int], base: int, earning_minor: Fraction
) -> dict[PotRef, int]:
    """What a refund takes back of a bonus, by the pot that it goes to: as if what is kept had been all of the sale.

    The sale earns `base` points for `earning_minor` after the refund. `granted` is what it got, `back` what refunds
    took of that before.
    """
    kept = version.terms.points(base, earning_minor) if base or earning_minor else 0
    return over(version, granted, back, kept)


def over(
    version: BonusVersion, granted: Mapping[PotRef, int], back: Mapping[PotRef, int], kept: int
) -> dict[PotRef, int]:
    """What is to go back to each pot where so many points of a bonus are kept, at most what it gave."""
    kept = min(sum(granted.values()), kept)
    keep = dict(zip(version.pots, split(kept, version.terms.shares), strict=True))
    taken = {pot: points - min(points, keep.get(pot, 0)) - back.get(pot, 0) for pot, points in granted.items()}
    return {pot: points for pot, points in taken.items() if points > 0}
