"""The people of the packages model: what each holds, which packages run, and what rank a team gives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from coalition.lab.numbers import ONE, ZERO, Exact, number
from coalition.locale.messages import N_
from settlement import Phrase

ASSETS = ("power", "share_coupons", "red_packets", "contribution")

THRESHOLDS = ("recruits", "team_score", "total_score")
TITLES = ("clerk", "supervisor", "manager", "president", "director")
"""The five ranks from the first up; a member without one has rank 0."""
SUPERVISOR, MANAGER = 2, 3
TIERS = ("basic", "advanced", "expert")
BASIC, ADVANCED, EXPERT = range(len(TIERS))

RETURN_DAYS = 30
LONGER_DAYS_MAX = 6
"""By how many days at most a package runs longer that is bought again."""
REFERRAL_DAYS = 6
MONTH_DAYS, WATCHED_MONTHS = 30, 3
"""Who does no task in one of the first three months loses their score."""


@dataclass(frozen=True)
class Rank:
    """What a rank takes of the trade fees, and what it needs: recruits, score of the team, score of all."""

    fee_share: Exact
    recruits: int
    team_score: int
    total_score: int


RANKS = (
    Rank(Exact(15, 100), 10, 50, 300),
    Rank(Exact(20, 100), 15, 500, 2_000),
    Rank(Exact(12, 100), 20, 3_000, 10_000),
    Rank(Exact(10, 100), 25, 20_000, 60_000),
    Rank(Exact(8, 100), 30, 80_000, 250_000),
)


@dataclass
class Package:
    """A package on its way: `per_day` of power for each day's task, `days_left` days to go."""

    per_day: Exact
    days_left: int = RETURN_DAYS


@dataclass
class PackageMember:
    """One participant. Assets in their own units; `largest` in units of money.

    `bought` counts packages by tier and `tier` is the highest of them. `first_day` and `day` are the days of the first
    and the last task; `referral_day` is the day of the referral that was last paid to the referrer, or REFERRAL_DAYS
    once it is over.
    """

    assets: dict[str, Exact] = field(default_factory=lambda: dict.fromkeys(ASSETS, ZERO))
    vouchers: Exact = ZERO
    packages: list[Package] = field(default_factory=list)
    bought: list[int] = field(default_factory=lambda: [0] * len(TIERS))
    largest: Exact = ZERO
    score: Exact = ZERO
    verified: bool = False
    rating: Exact = ONE
    rank: int = 0
    city: str = ""
    first_day: int = 0
    day: int = 0
    referral_day: int = 0

    @property
    def tier(self) -> int:
        """The highest tier of which they have bought a package."""
        return max((tier for tier, count in enumerate(self.bought) if count), default=BASIC)

    def months_missed_by(self, day: int) -> bool:
        """Whether one of the first three months has passed without a task when the next one is done on `day`."""
        starts = (self.first_day + MONTH_DAYS * month for month in range(WATCHED_MONTHS))
        return self.day > 0 and any(self.day < start and day >= start + MONTH_DAYS for start in starts)

    def pass_days(self, days: int) -> tuple[Exact, Exact]:
        """Let days pass, the last of them with its task. Returns the power it brings, and what lapses."""
        brings = lapses = ZERO
        for package in self.packages:
            gone = min(days, package.days_left)
            package.days_left -= gone
            if gone == days:
                brings += package.per_day
                gone -= 1
            lapses += package.per_day * gone
        self.packages = [package for package in self.packages if package.days_left]
        return brings, lapses


def team_scores(people: Mapping[str, PackageMember], recruits: Mapping[str, list[str]]) -> dict[str, Exact]:
    """Everybody's own score and all scores below, by one walk from the leaves up."""
    scores = {name: person.score for name, person in people.items()}
    order: list[str] = []
    below = {name for names in recruits.values() for name in names}
    waiting = [name for name in people if name not in below]
    while waiting:
        name = waiting.pop()
        order.append(name)
        waiting.extend(recruits.get(name, []))
    for name in reversed(order):
        scores[name] += sum((scores[recruit] for recruit in recruits.get(name, [])), ZERO)
    return scores


def rank_of(scores: Mapping[str, Exact], recruits: Iterable[str]) -> int:
    """The rank of somebody with these direct recruits.

    The total score is all scores below; the team score leaves out the strongest line.
    """
    lines = sorted(scores[name] for name in recruits)
    return rank_for(Exact(len(lines)), sum(lines[:-1], ZERO), sum(lines, ZERO))


def rank_for(recruits: Exact, team_score: Exact, total_score: Exact) -> int:
    """The highest rank, 1 to 5, all of whose thresholds are met; 0 for none."""
    met = [
        level
        for level, rank in enumerate(RANKS, start=1)
        if recruits >= rank.recruits and team_score >= rank.team_score and total_score >= rank.total_score
    ]
    return max(met, default=0)


def rank_named(text: str) -> int | None:
    """The rank that a title or a number from 0 to 5 names; None if it names none."""
    if text in TITLES:
        return TITLES.index(text) + 1
    return int(text) if text in map(str, range(len(RANKS) + 1)) else None


def rating_problem(text: str) -> str:
    """Why a text is no rating (percent of the coupons released a day, 1 to 3.5); empty if it is one."""
    value = number(text)
    if value is None or not 1 <= value <= Exact(7, 2):
        return Phrase(N_("rating {rating} is not between 1 and 3.5, the percentage released a day"), rating=repr(text))
    return ""
