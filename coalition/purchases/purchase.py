"""A purchase with points: how many are spent, and how many are earned on what was paid in cash.

Pure rules. The plan is called by the book inside the batch, with the member's balance at that moment, so two
tills can't spend the same points and no purchase earns on what another one paid in points.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Protocol

from coalition.earning.bonus import BonusVersion
from coalition.earning.bonus_outcome import BonusOutcome, evaluate
from coalition.earning.rule import EarningRule, Sale
from coalition.events.posting import BY_CONTACT
from coalition.spending.spend_limits import LimitVersion, most_minor, points_within
from settlement.ledger import BookView, EarnIfAllowed, EarnOutOf, Leg, MoveKind, Refusal, Spend, TakeToken

PARTIES = ("shop", "member", BY_CONTACT)
PURCHASE_PREFIX = "pur"
"""What the public id of a purchase begins with."""
ALL = -1
"""Asked points meaning: as many as there are."""


@dataclass(frozen=True, slots=True)
class PurchasePlan:
    """A purchase of `amount_minor` at `shop`, with `asked` points to spend (or ALL): at most, or exactly where `exact`.

    Earned is what each of `rules` gives for min(cash, earning_minor) of the `sale`, where cash is the amount less the
    exact value of the points spent, and `earning_minor` is the part of the amount that earns: points pay first for
    what does not. Points pay for no more than `payable_minor`, the part of the amount that they may pay for, and only
    for what the `limits` allow.
    `pool` are members whose points may be spent too once the member's own are, in this order. `token` is what the
    purchase takes once and for all: the pay code that it was made with. What is earned is good until the end of
    `last_day` (yyyymmdd). `bonuses` are those that the sale may get on top, each out of its pots; who wants to know
    what became of each passes a `trace` to write it to.
    """

    shop: str
    member: str
    amount_minor: int
    earning_minor: int
    asked: int
    rules: Sequence[EarningRule]
    sale: Sale
    last_day: int
    pool: Sequence[str] = ()
    token: str | None = None
    exact: bool = False
    bonuses: Sequence[BonusVersion] = ()
    trace: list[BonusOutcome] | None = None
    payable_minor: int | None = None
    limits: Sequence[LimitVersion] = ()

    @property
    def owners(self) -> Sequence[str]:
        """Whose accounts the plan may touch."""
        tokens = () if self.token is None else (self.token,)
        others = [name for bonus in self.bonuses for name in bonus.owners] if self.bonuses else ()
        return self.shop, self.member, *self.pool, *tokens, *others

    @property
    def expires_on(self) -> int:
        """The last day of what is earned, or the day of the sale where something is counted by the day."""
        if self.bonuses and any(bonus.daily for bonus in self.bonuses):
            return min(self.last_day, self.sale.calendar.day(self.sale.at)[0])
        return self.last_day

    def __call__(self, view: BookView) -> Sequence[Leg] | Refusal:
        """At most what was asked, what the member has, and what the purchase is worth: the least of the three.

        An exact purchase refuses where that is less than what was asked.
        """
        legs: list[Leg] = [] if self.token is None else [TakeToken(self.token)]
        cash = Fraction(self.amount_minor)
        if self.asked:
            payable, asked = self._spendable(view, cash)
            parts, left = self._parts(view, payable, asked)
            legs += [Spend(self.shop, owner, points) for owner, points in parts]
            cash = left if payable is cash else cash - payable + left
            if self.exact and (missing := self.asked - sum(points for _, points in parts)):
                return self._short(view, self.asked - missing)
        if cash > self.earning_minor:
            cash = Fraction(self.earning_minor)
        earned = sum([rule.points(self.sale, cash) for rule in self.rules])
        if earned:
            # It is sold already, so that the shop may not issue stops only what it would have earned.
            legs.append(EarnIfAllowed(self.shop, self.member, earned, self.last_day))
        if self.bonuses:
            legs += self._bonus_legs(view, earned, cash)
        return legs

    def _spendable(self, view: BookView, amount: Fraction) -> tuple[Fraction, int]:
        """What of the amount points may pay for, in exact minor units, and how many may at the most, or ALL."""
        minor = self.payable_minor
        payable = amount if minor is None or minor == self.amount_minor else Fraction(minor)
        if not self.limits:
            return payable, self.asked
        payable = min(payable, most_minor(self.limits, self.amount_minor))
        parts, _ = self._parts(view, payable, self.asked)
        return payable, points_within(self.limits, sum(points for _, points in parts))

    def _parts(self, view: BookView, due_minor: Fraction, asked: int) -> tuple[list[tuple[str, int]], Fraction]:
        """Points of the member, then of each in the pool, that pay for up to `due_minor`, and what is left of that."""
        parts, left = [], asked
        for owner in (self.member, *self.pool):
            points, due_minor = points_to_spend(view, owner, due_minor, left)
            if points:
                parts.append((owner, points))
            left = ALL if left == ALL else left - points
        return parts, due_minor

    def _bonus_legs(self, view: BookView, earned: int, earning_minor: Fraction) -> list[Leg]:
        outcomes = evaluate(self.bonuses, view, self.sale, self.member, earned, earning_minor)
        if self.trace is not None:
            self.trace[:] = outcomes
        parts = [part for outcome in outcomes for part in outcome.parts]
        earns = [EarnOutOf(pot, self.member, points, self.last_day) for pot, points in parts]
        return [*earns, *(count for outcome in outcomes for count in outcome.counts)]

    def _short(self, view: BookView, spent: int) -> Refusal:
        """Why it can't be exactly what was asked: the members have fewer points, or the amount takes fewer."""
        available = sum(view.points(owner) for owner in (self.member, *self.pool))
        if available < self.asked:
            return Refusal("points_short", {"points": available, "asked": self.asked})
        return Refusal("amount_too_large", {"amount": self.asked, "most": spent})


def points_to_spend(view: BookView, member: str, due_minor: Fraction, asked: int) -> tuple[int, Fraction]:
    """Points that pay for up to `due_minor`, in spending order, and what is left to pay in cash.

    Lots keep the rate under which they were issued, so each pays at its own.
    """
    spent = 0
    # In whole numbers: the fractions of one purchase would cost more than all else that is decided about it.
    cash, parts = due_minor.numerator, due_minor.denominator
    for points, terms in view.slices(member):
        minor, by = terms.minor_per_point.numerator, terms.minor_per_point.denominator
        worth = cash * by // (parts * minor)
        part = min(points, worth) if asked == ALL else min(points, worth, asked - spent)
        spent += part
        cash, parts = cash * by - part * minor * parts, parts * by
        if part < points:
            break
    return spent, Fraction(cash, parts)


class PointMove(Protocol):
    """What the figures of a purchase need of a move: `amount` points of lots under these terms."""

    @property
    def kind(self) -> int: ...
    @property
    def terms_id(self) -> int: ...
    @property
    def amount(self) -> int: ...


def parties_of(content: Mapping[str, str | int]) -> dict[str, str | int]:
    """Whose it is, out of a posting's content, for the content of what follows it."""
    return {name: content[name] for name in PARTIES if name in content}


def points_spent(moves: Iterable[PointMove]) -> int:
    """Points that paid for a part of a purchase with these moves."""
    return sum(move.amount for move in moves if move.kind == MoveKind.REDEEM)


def points_earned(moves: Iterable[PointMove]) -> int:
    """Points that a purchase with these moves issued: those too that paid a debt of the member or had expired."""
    return sum(move.amount for move in moves if move.kind == MoveKind.ISSUE)


def points_expired(moves: Iterable[PointMove]) -> int:
    """Points of them whose last day was over already when the purchase was booked."""
    return sum(move.amount for move in moves if move.kind == MoveKind.EXPIRE)


def cash_due(amount_minor: int, moves: Iterable[PointMove], minor_per_point: Callable[[int], Fraction]) -> int:
    """What is left to pay in money, in minor units, rounded up: the shop is never short of a part of one.

    `minor_per_point` gives what a point under some terms is worth.
    """
    points: dict[int, int] = {}
    for move in moves:
        if move.kind == MoveKind.REDEEM:
            points[move.terms_id] = points.get(move.terms_id, 0) + move.amount
    # Points of the same terms first: fractions take long, and nearly all sales are paid under one set of terms.
    return amount_minor - floor(sum(spent * minor_per_point(terms_id) for terms_id, spent in points.items()))
