"""A bonus rule: what a sale earns beside the base rate, who pays for it, and up to what budget. Pure.

A kind of bonus is one file in `kinds/`, or the `kinds.py` of a plugin: its BONUS is a model with what an alliance
states for it, what it gives, and how it is said. What all kinds share (where and when, funders, budget, most for a
sale) stands in the terms of a version.

Each bonus is computed from the sale alone and never from another bonus. What one gives comes out of the pots of its
version, one for each funder, so it stops exactly at its budget and the move says for ever what it was for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from operator import attrgetter
from typing import Protocol

from coalition.earning.cards import Card, CardMark, split_stamps
from coalition.earning.meters import NO_CAPS, OF_SALES, Cap, Caps, MeterKind, caps_for, meter, rule_and_counted
from coalition.earning.rule import Sale
from coalition.earning.rule_versions import RuleVersions
from coalition.locale.messages import N_
from settlement import Calendar
from settlement.ledger import METERED, NEVER, BookView, Count, PotRef


class Bonus(Protocol):
    """What a kind of bonus gives, and for what."""

    def points(self, base: int, earning_minor: Fraction) -> int:
        """Whole points, zero or more, for a sale that earns `base` points for what can earn: exact minor units."""

    def card(self) -> Card | None:
        """The card that sales fill, for a kind that has one."""

    def least_granted(self) -> int:
        """The fewest points that one bonus gives, whole; 1 where that goes by the sale."""

    def sentence(self) -> str:
        """What it gives, as a phrase that can be said in both languages."""


class NoBonus(StrEnum):
    """Why a bonus gives nothing for a sale."""

    OTHER_SHOP = "other_shop"
    OTHER_DAY = "other_day"
    OTHER_HOUR = "other_hour"
    SHOP_STOPPED = "shop_stopped"
    """The shop that sold may not issue points."""
    FUNDER_STOPPED = "funder_stopped"
    """A shop that pays for the bonus may not issue points."""
    NOTHING_EARNED = "nothing_earned"
    """The sale is too small, or nothing of it was paid in money."""
    BUDGET_USED_UP = "budget_used_up"
    CARD_NOT_FULL = "card_not_full"
    """The sale got its stamp, and the card needs more."""
    STAMPED_TODAY = "stamped_today"
    """The member had the most stamps of that day."""
    MEMBER_HAD_MOST = "member_had_most"
    """The member had the most that it gives to each of them, in all or on that day."""
    DAY_USED_UP = "day_used_up"
    """It gave the most that it gives on one day."""
    BETTER_BONUS = "better_bonus"
    """Another one of its group gives more."""


NO_BONUS = {
    NoBonus.OTHER_SHOP: N_("It is for sales at other shops."),
    NoBonus.OTHER_DAY: N_("It is for other days of the week."),
    NoBonus.OTHER_HOUR: N_("It is for other hours of the day."),
    NoBonus.SHOP_STOPPED: N_("This shop does not issue points now."),
    NoBonus.FUNDER_STOPPED: N_("A shop that pays for it does not issue points now."),
    NoBonus.NOTHING_EARNED: N_("This sale is too small for it."),
    NoBonus.BUDGET_USED_UP: N_("Its budget is used up."),
    NoBonus.CARD_NOT_FULL: N_("The card is not full yet."),
    NoBonus.STAMPED_TODAY: N_("This member has had the stamps of this day."),
    NoBonus.MEMBER_HAD_MOST: N_("This member has had the most that it gives to each."),
    NoBonus.DAY_USED_UP: N_("It has given the most that it gives in a day."),
    NoBonus.BETTER_BONUS: N_("Another bonus gives more, and a sale gets one of them."),
}
"""The same as sentences."""


@dataclass(frozen=True, slots=True)
class FunderShare:
    """A shop (or the operator) that pays for `share` parts of a bonus: parts of all shares together."""

    shop: str
    share: int


@dataclass(frozen=True, slots=True)
class BonusTerms:
    """What an alliance states for a version of a bonus rule, beside what its kind gives.

    It holds from `first_day` to the end of `last_day` (yyyymmdd, None for no end) on the clocks of the alliance's
    zone; at these `shops` (all of them where there are none), on these `days` (0 = Monday), from `from_hour` to before
    `until_hour`. `budget` are points, in whole shares of the funders. `most` is the most for one sale, `caps` are
    those that are counted from sale to sale. Of those of one `group` a sale gets the best alone; of two that give the
    same, the one of the higher `priority`.
    """

    effect: Bonus
    funders: tuple[FunderShare, ...]
    budget: int
    first_day: int
    last_day: int | None = None
    shops: frozenset[str] = frozenset()
    days: frozenset[int] = frozenset()
    from_hour: int = 0
    until_hour: int = 24
    most: int | None = None
    group: str | None = None
    priority: int = 0
    caps: Caps = NO_CAPS
    shares: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", tuple(funder.share for funder in self.funders))

    def points(self, base: int, earning_minor: Fraction) -> int:
        """What it gives for a sale, whatever is left of its budget."""
        points = self.effect.points(base, earning_minor)
        return points if self.most is None else min(points, self.most)

    def misses(self, shop: str, weekday: int, hour: int) -> NoBonus | None:
        """Why it is not for a sale at that shop, day of the week and hour; None where it is."""
        if self.shops and shop not in self.shops:
            return NoBonus.OTHER_SHOP
        if self.days and weekday not in self.days:
            return NoBonus.OTHER_DAY
        return None if self.from_hour <= hour < self.until_hour else NoBonus.OTHER_HOUR


@dataclass(frozen=True, slots=True)
class BonusVersion:
    """A version of a bonus rule, which counts for sales from `starts_at` on until `ended_at`, where it was ended.

    Instants are microseconds since 1970 UTC. `name` is what its `pots` are called, of which each funder has one.
    `number` is the rule's, by which its meters are known. `owners` are those whose pots and meters it may touch, beside
    the member; it is `metered` where it counts anything, and `daily` where it counts by the day.
    """

    rule: str
    version: int
    terms: BonusTerms
    starts_at: int
    ended_at: int | None = None
    number: int = 0
    name: str = field(init=False)
    pots: tuple[PotRef, ...] = field(init=False)
    card: Card | None = field(init=False)
    metered: bool = field(init=False)
    daily: bool = field(init=False)
    owners: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.rule}@{self.version}")
        object.__setattr__(self, "pots", tuple(PotRef(funder.shop, self.name) for funder in self.terms.funders))
        caps, card = self.terms.caps, self.terms.effect.card()
        by_day = caps.member_day, caps.day, None if card is None else card.a_day
        object.__setattr__(self, "card", card)
        object.__setattr__(self, "metered", card is not None or caps != NO_CAPS)
        object.__setattr__(self, "daily", any(most is not None for most in by_day))
        counting = (METERED, self.rule) if self.metered else ()
        object.__setattr__(self, "owners", (*counting, *(name for pot in self.pots for name in pot)))

    def caps(self, sale: Sale, member: str) -> list[Cap]:
        """The caps that hold for a sale to this member."""
        return caps_for(self.terms.caps, self.rule, self.number, member, self.day(sale))

    def day(self, sale: Sale) -> int:
        """The day of a sale (yyyymmdd), for a version that counts by the day."""
        return sale.calendar.day(sale.at)[0] if self.daily else NEVER


class BonusRules(RuleVersions[BonusVersion]):
    """An alliance's bonus rules: all versions that ever counted. `latest` is the last one of each, by rule's number."""

    def __init__(self, versions: Iterable[BonusVersion] = ()) -> None:
        super().__init__(versions)
        by_version = sorted(self.by_name.values(), key=attrgetter("version"))
        self.latest = {version.number: version for version in by_version}

    def in_effect(self, calendar: Calendar, at: int) -> list[BonusVersion]:
        """Of each rule the version that counts for a sale of that instant, by priority and then by name."""
        return sorted(super().in_effect(calendar, at), key=lambda version: -version.terms.priority)


NO_BONUSES = BonusRules()


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
    of_day = meter(member, version.number, MeterKind.STAMPS_OF_DAY, version.day(sale))
    if card.a_day is not None:
        got = min(got, max(0, card.a_day - view.counted(of_day)))
        if not got:
            return BonusOutcome(version, reason=NoBonus.STAMPED_TODAY)
    stamps, used = (meter(member, version.number, kind) for kind in (MeterKind.STAMPS, MeterKind.USED))
    on_card = view.counted(stamps) + got - view.counted(used)
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
