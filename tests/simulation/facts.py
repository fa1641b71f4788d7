"""What the twin remembers: accounts by name, moves, holds, postings and what was answered to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor
from typing import NamedTuple

HOUR = 3_600_000_000
DAY = 24 * HOUR
NEVER = 9999_12_31
NOT_BELOW_ZERO = ("redeem", "expired", "lot", "held", "pot", "meter", "deposit", "fund", "capital")
NOT_ABOVE_ZERO = ("issue", "debt", "metered", "cash")


class Name(NamedTuple):
    """An account: what it is, whose, and for points issued by which shop, until when, under which terms."""

    kind: str
    owner: str
    issuer: str = ""
    expires_on: int = NEVER
    terms: int = 0


class Moved(NamedTuple):
    """Points or money that went from one account to another; `back` is -1 where it undoes an earlier move."""

    window: int
    what: str
    back: int
    terms: int
    issuer: str
    shop: str
    source: Name
    target: Name
    amount: int


class Refused(Exception):
    """Why a posting is refused."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code, self.values = code, values


@dataclass
class Held:
    """A hold: until when, at which shop, out of which lots, and which posting ended it."""

    lapses_at: int
    shop: str
    parts: list[tuple[Name, int]]
    ended_by: int | None = None


class Past:
    """A posting that was taken: its moves, what can still be refunded of it, and who took some of it back.

    `left` goes along with the moves and matters for points that were spent and debts that were paid; `earned`
    is by member and where the points came from.
    """

    def __init__(self, moves: list[Moved]) -> None:
        self.moves = moves
        self.left = [move.amount for move in moves]
        self.earned: dict[tuple[str, Name], int] = defaultdict(int)
        for move in moves:
            if earner(move):
                self.earned[earner(move)] += move.amount
        self.takers: list[int] = []


@dataclass
class TwinAnswer:
    """The answer to a posting."""

    posting: int
    window: int
    late_for: int | None
    changes: dict[Name, int]
    refusal: tuple[str, dict[str, str | int]] | None = None
    again: bool = False


def earner(move: Moved) -> tuple[str, Name] | None:
    """Who got points issued by this move, and from where: what a shop issues, or a pot."""
    return (move.target.owner, move.source) if (move.what, move.back) == ("issue", 1) else None


def own(kind: str, shop: str) -> Name:
    """A shop's own account of a kind."""
    return Name(kind, shop, shop)


def round_to_zero_sum(exact: dict[str, Fraction]) -> dict[str, int]:
    """Down to whole units, and the units that are missing then to the largest remainders, ties by name."""
    rounded = {participant: floor(value) for participant, value in exact.items()}
    by_remainder = sorted(exact, key=lambda participant: (rounded[participant] - exact[participant], participant))
    for participant in by_remainder[: -sum(rounded.values())]:
        rounded[participant] += 1
    return {participant: value for participant, value in rounded.items() if value}


def changes_of(moves: Iterable[Moved]) -> dict[Name, int]:
    """What moves add up to, account by account."""
    changes: dict[Name, int] = defaultdict(int)
    for move in moves:
        changes[move.source] -= move.amount
        changes[move.target] += move.amount
    return {name: change for name, change in changes.items() if change}


def date_of(instant: int) -> int:
    """The local date of an instant, as yyyymmdd."""
    day = date.fromordinal(date(1970, 1, 1).toordinal() + (instant + 8 * HOUR) // DAY)
    return day.year * 10_000 + day.month * 100 + day.day


def window_of(instant: int) -> tuple[int, int]:
    """The local day of an instant, as two instants."""
    opens_at = (instant + 8 * HOUR) // DAY * DAY - 8 * HOUR
    return opens_at, opens_at + DAY
