"""What purchases got beside the base rate, line by line: the pot that points came out of names their rule for ever."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from fractions import Fraction
from typing import NamedTuple, Protocol

from coalition.alliance import Alliance
from coalition.earning.bonus import NO_BONUSES
from coalition.earning.bonus_outcome import to_take_back
from coalition.earning.rule import Sale
from coalition.purchases.purchase import PointMove
from coalition.purchases.refund_shares import RefundedPoints, Sold
from settlement.ledger import AccountKind, MeterRef, MoveKind, PotRef, StoredPosting, account_names

TAKEN_BACK = (-MoveKind.ISSUE, MoveKind.OWE, MoveKind.WAIVE)
"""Kinds of moves by which points that were earned go back to where they came from."""


class IssuingMove(PointMove, Protocol):
    """What is looked at of a move: between which accounts its points went."""

    @property
    def debit(self) -> int: ...
    @property
    def credit(self) -> int: ...


class BonusLine(NamedTuple):
    """Points that a purchase got by a version of a bonus rule, and the shop (or the operator) that pays for them.

    `sentence` is what the bonus gives, as a phrase.
    """

    rule: str
    version: int
    funder: str
    points: int
    sentence: str


Pots = Mapping[int, PotRef]
"""Pots by the numbers of their accounts."""


Meters = Mapping[int, MeterRef]
"""Meters by the numbers of their accounts."""


class BonusAccounts:
    """An alliance's pots and meters by their accounts' numbers, which never change: each is looked up once."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._known: dict[int, PotRef | MeterRef | None] = {}

    def know(self, accounts: Iterable[int]) -> bool:
        """Whether none of these has to be looked up."""
        return self._known.keys() >= set(accounts)

    def pots(self, accounts: Iterable[int]) -> Pots:
        """Those of these accounts that are pots."""
        return {id_: name for id_, name in self._named(accounts) if isinstance(name, PotRef)}

    def meters(self, accounts: Iterable[int]) -> Meters:
        """Those of these accounts that are meters."""
        return {id_: name for id_, name in self._named(accounts) if isinstance(name, MeterRef)}

    def _named(self, accounts: Iterable[int]) -> list[tuple[int, PotRef | MeterRef | None]]:
        wanted = set(accounts)
        new = wanted - self._known.keys()
        if new:
            book = self._alliance.book
            with closing(self._alliance.database.session()) as session:
                names, shops = account_names(book, session, sorted(new)), book.config(session).by_id
            for id_, name in names.items():
                shop = shops[name.issuer].ref if name.issuer in shops else None
                if name.kind == AccountKind.METER:
                    self._known[id_] = MeterRef(name.owner, name.terms_id, name.expires_on, shop)
                else:
                    is_pot = name.kind == AccountKind.POT
                    self._known[id_] = PotRef(shop, name.owner) if is_pot and shop is not None else None
        return [(id_, self._known.get(id_)) for id_ in wanted]


def pots_of(alliance: Alliance, moves: Sequence[IssuingMove]) -> Pots:
    """The pots that these moves issued points out of. An alliance that never had a bonus has none."""
    if alliance.programme.bonuses is NO_BONUSES:
        return {}
    return alliance.part(BonusAccounts).pots(_issuing_accounts(moves))


def meters_of(alliance: Alliance, moves: Sequence[IssuingMove]) -> Meters:
    """The meters that these moves counted on. An alliance that never had a bonus has none."""
    counted = {move.credit for move in moves if move.kind == MoveKind.COUNT}
    if not counted or alliance.programme.bonuses is NO_BONUSES:
        return {}
    return alliance.part(BonusAccounts).meters(counted)


def bonus_lines(alliance: Alliance, moves: Sequence[IssuingMove]) -> list[BonusLine]:
    """What a purchase with these moves got by bonus rules."""
    versions = alliance.programme.bonuses.by_name
    return [
        BonusLine(version.rule, version.version, pot.shop, points, version.terms.effect.sentence())
        for pot, points in _granted(moves, pots_of(alliance, moves)).items()
        if (version := versions.get(pot.name)) is not None
    ]


async def read_bonus_lines(alliance: Alliance, moves: Sequence[IssuingMove]) -> list[BonusLine]:
    """The same for who must not wait: another thread reads, where an account was never looked up."""
    if alliance.programme.bonuses is NO_BONUSES:
        return []
    if alliance.part(BonusAccounts).know(_issuing_accounts(moves)):
        return bonus_lines(alliance, moves)
    return await asyncio.to_thread(bonus_lines, alliance, moves)


def _issuing_accounts(moves: Sequence[IssuingMove]) -> set[int]:
    return {move.debit for move in moves if move.kind == MoveKind.ISSUE}


def _granted(moves: Sequence[IssuingMove], pots: Pots) -> dict[PotRef, int]:
    """The points that these moves issued out of each pot."""
    granted: dict[PotRef, int] = defaultdict(int)
    for move in moves:
        if move.kind == MoveKind.ISSUE and move.debit in pots:
            granted[pots[move.debit]] += move.amount
    return granted


def base_points(alliance: Alliance, purchase: StoredPosting, earning_minor: Fraction) -> int:
    """What the rules beside bonuses give for so much of a purchase."""
    content, at, book = purchase.content, purchase.occurred_at, alliance.book
    amount_minor, minor_per_unit = int(content["amount_minor"]), 10**book.settings.minor_digits
    sale = Sale(str(content["shop"]), str(content["member"]), amount_minor, at, book.calendar, minor_per_unit)
    return sum(rule.points(sale, earning_minor) for rule in alliance.programme.rules_at(at).rules)


def bonuses_to_take_back(
    alliance: Alliance,
    purchase: StoredPosting,
    earlier: Iterable[StoredPosting],
    pots: Pots,
    sold: Sold,
    refund: RefundedPoints,
) -> dict[PotRef, int]:
    """What a refund takes back of what a purchase got by bonus rules, by the pot that it goes to; but for cards."""
    back = taken_before(earlier, pots)
    base, earning = base_left(alliance, purchase, sold, refund)
    versions = alliance.programme.bonuses.by_name
    taken: dict[PotRef, int] = {}
    for name, parts in granted_by_version(purchase, pots).items():
        if versions[name].card is None:
            taken |= to_take_back(versions[name], parts, back, base, earning)
    return taken


def base_left(alliance: Alliance, purchase: StoredPosting, sold: Sold, refund: RefundedPoints) -> tuple[int, Fraction]:
    """What a purchase keeps of its base points after a refund, and for how much: minor units, exact."""
    left_minor, earning = earning_left(sold, refund)
    if not left_minor:
        return 0, Fraction(0)
    if purchase.omitted is not None:
        # The shop could issue nothing itself: the bonus was for what the base rate would have given.
        return base_points(alliance, purchase, earning), earning
    return max(0, sold.earned - sold.earned_back - refund.from_member), earning


def granted_by_version(purchase: StoredPosting, pots: Pots) -> dict[str, dict[PotRef, int]]:
    """What a purchase got out of each pot, by the name of the rule's version."""
    granted: dict[str, dict[PotRef, int]] = defaultdict(dict)
    for pot, points in _granted(purchase.moves, pots).items():
        granted[pot.name][pot] = points
    return granted


def taken_before(earlier: Iterable[StoredPosting], pots: Pots) -> dict[PotRef, int]:
    """What these refunds put back into each pot."""
    back: dict[PotRef, int] = defaultdict(int)
    for posting in earlier:
        for move in posting.moves:
            if move.kind in TAKEN_BACK and move.credit in pots:
                back[pots[move.credit]] += move.amount
    return back


def earning_left(sold: Sold, refund: RefundedPoints) -> tuple[int, Fraction]:
    """What is left of a purchase after a refund, and the part of that which can earn: minor units, the second exact."""
    left_minor = sold.left_minor - refund.amount_minor
    return left_minor, sold.earning_minor * left_minor / max(sold.amount_minor, 1)
