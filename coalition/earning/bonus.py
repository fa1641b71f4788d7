"""A bonus rule: what a sale earns beside the base rate, who pays for it, and up to what budget. Pure.

A kind of bonus is one file in `kinds/`, or the `kinds.py` of a plugin: its BONUS is a model with what an alliance
states for it, what it gives, and how it is said. What all kinds share (where and when, funders, budget, most for a
sale) stands in the terms of a version.

Each bonus is computed from the sale alone and never from another bonus, in `bonus_outcome`. What one gives comes out of
the pots of its version, one for each funder, so it stops exactly at its budget and the move says for ever what it was
for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from operator import attrgetter
from typing import Protocol

from coalition.earning.cards import Card, CardMark
from coalition.earning.meters import NO_CAPS, Cap, Caps, caps_for
from coalition.earning.rule import Sale
from coalition.earning.rule_versions import RuleVersions
from coalition.locale.messages import N_
from settlement import Calendar
from settlement.ledger import METERED, NEVER, PotRef


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

    def stamped(self, mark: CardMark) -> str:
        """What a cashier says of what a sale put on the card, as a phrase."""


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
    STAMPED_HERE = "stamped_here"
    """The member had the stamp of that shop."""
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
    NoBonus.STAMPED_HERE: N_("This member's visit to this shop has counted already."),
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
    the member; it is `metered` where it counts anything, and `daily` where it counts until the end of some day.
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
        by_day = caps.member_day, caps.day, *(() if card is None else (card.a_day, card.period))
        object.__setattr__(self, "card", card)
        object.__setattr__(self, "metered", card is not None or caps != NO_CAPS)
        object.__setattr__(self, "daily", any(each is not None for each in by_day))
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
