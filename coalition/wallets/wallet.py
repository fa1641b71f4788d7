"""A member's wallet: what can be spent, what is locked or promised, when it expires, what is owed."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.members.mates import household_members
from coalition.members.member import MemberRecord, MemberState
from coalition.members.releases import BalanceRelease, open_releases, points_now
from coalition.members.store import merged_ids, resolve_merged
from coalition.purchases.stamp_lines import CardHeld, cards_of
from settlement.ledger import DebtHeld, Holdings, LotHeld, holdings_of


class Expiry(NamedTuple):
    """Points that are good until the end of a day (yyyymmdd)."""

    expires_on: int
    points: int
    worth_minor: int


class MemberWallet(NamedTuple):
    """All of it; `promised` are parts in points of today's rate.

    `pool_points` are those of the household's other members, which this one may spend too, and are worth
    `pool_worth_minor`. `cards` are stamp cards with stamps on them.
    """

    member: str
    frozen: bool
    held: Holdings
    worth_minor: int
    expiries: Sequence[Expiry]
    promised: Sequence[BalanceRelease]
    household: str | None
    pool_points: int
    spend_locked: bool
    pool_worth_minor: int = 0
    cards: Sequence[CardHeld] = ()

    @property
    def locked_points(self) -> int:
        """Points that holds have locked."""
        return sum(lot.points for lot in self.held.locked)

    @property
    def pending_points(self) -> int:
        """Points that are promised for a later date."""
        return sum(part.points for part in self.promised)


def wallet_of(alliance: Alliance, connection: Connection, id_: str) -> MemberWallet:
    """The wallet of whom an id stands for, the ids that were merged into it included. Raises MemberUnknown."""
    member = resolve_merged(connection, alliance.id, id_)
    today = alliance.today
    held = holdings_of(alliance.book, connection, [member.id, *merged_ids(connection, alliance.id, member.id)], today)
    mates = [] if member.household is None else household_members(connection, alliance.id, member.household)
    promised = open_releases(connection, alliance.id, member.id)
    terms = alliance.terms_at(alliance.clock()) if promised else None
    others = [mate.id for mate in mates if mate.id != member.id and _can_be_spent(mate)]
    pool = holdings_of(alliance.book, connection, others, today) if others else None
    return MemberWallet(
        member.id,
        member.state is MemberState.FROZEN,
        held,
        worth_minor(alliance, held.lots),
        expiries(alliance, held.lots),
        [part._replace(points=points_now(alliance, part, terms)) for part in promised if terms is not None],
        member.household,
        0 if pool is None else pool.points,
        member.spend_locked,
        0 if pool is None else worth_minor(alliance, pool.lots),
        cards_of(alliance, connection, member.id),
    )


def _can_be_spent(mate: MemberRecord) -> bool:
    """Whether others of the household may spend a member's points."""
    return mate.state is MemberState.ACTIVE and not mate.spend_locked


def worth_minor(alliance: Alliance, lots: Sequence[LotHeld]) -> int:
    """What these points pay for, in minor units, rounded down: a part of a minor unit pays for nothing."""
    return int(sum((lot.points * alliance.minor_per_point(lot.terms_id) for lot in lots), Fraction(0)))


def debt_minor(alliance: Alliance, debt: DebtHeld) -> int:
    """What a debt is worth, in minor units, rounded up."""
    return ceil(debt.points * alliance.minor_per_point(debt.terms_id))


def expiries(alliance: Alliance, lots: Sequence[LotHeld]) -> list[Expiry]:
    """Every day on which some of these points expire, the next first."""
    by_day: dict[int, list[LotHeld]] = defaultdict(list)
    for lot in lots:
        by_day[lot.expires_on].append(lot)
    return [
        Expiry(day, sum(lot.points for lot in due), worth_minor(alliance, due)) for day, due in sorted(by_day.items())
    ]
