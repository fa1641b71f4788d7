"""A purchase with points: the least of asked, owned and worth is spent, and cash alone earns."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.earning.kinds.base_rate import BaseRate
from coalition.earning.rule import Sale
from coalition.purchases.purchase import ALL, PurchasePlan, points_to_spend
from settlement import Calendar, Cutoff, Terms
from settlement.ledger import Earn, Leg, LotSlice, Refusal, Spend
from tests.support.books import make_terms

CENT = make_terms()
SALE = Sale("cafe", "ann", 1000, 0, Calendar("Europe/Berlin", Cutoff("weekly")), 1)
RATES = st.fractions(min_value=Fraction(1, 100), max_value=10_000, max_denominator=100)
POINTS = st.integers(0, 10**6)


@dataclass(frozen=True)
class Purse:
    """What a plan looks at: one member's points, in spending order."""

    held: Sequence[LotSlice]
    terms: Terms = CENT

    def points(self, member: str) -> int:
        return sum(part.points for part in self.held)

    def slices(self, member: str) -> Sequence[LotSlice]:
        return self.held


def buy(
    amount_minor: int, asked: int, held: Sequence[LotSlice] = (), earn: Fraction = Fraction(2, 100)
) -> Sequence[Leg]:
    """The legs of a purchase at the cafe."""
    return PurchasePlan("cafe", "ann", amount_minor, amount_minor, asked, [BaseRate(earn)], SALE, 20251231)(Purse(held))


@pytest.mark.parametrize(
    ("asked", "owned", "amount_minor", "spent"),
    [
        (0, 50, 1000, 0),
        (30, 50, 1000, 30),
        (80, 50, 1000, 50),
        (ALL, 50, 1000, 50),
        (80, 50, 20, 20),
        (ALL, 50, 20, 20),
    ],
)
def test_the_least_of_asked_owned_and_worth_is_spent(asked: int, owned: int, amount_minor: int, spent: int) -> None:
    assert [leg for leg in buy(amount_minor, asked, [LotSlice(owned, CENT)]) if isinstance(leg, Spend)] == (
        [Spend("cafe", "ann", spent)] if spent else []
    )


@pytest.mark.parametrize(
    ("asked", "owned", "amount_minor", "answer"),
    [
        (30, 50, 1000, Spend("cafe", "ann", 30)),
        (50, 50, 50, Spend("cafe", "ann", 50)),
        (51, 50, 1000, Refusal("points_short", {"points": 50, "asked": 51})),
        (51, 50, 20, Refusal("points_short", {"points": 50, "asked": 51})),
        (30, 50, 29, Refusal("amount_too_large", {"amount": 30, "most": 29})),
        (1, 0, 0, Refusal("points_short", {"points": 0, "asked": 1})),
    ],
)
def test_an_exact_purchase_spends_what_was_asked_or_is_refused(
    asked: int, owned: int, amount_minor: int, answer: Leg | Refusal
) -> None:
    plan = PurchasePlan("cafe", "ann", amount_minor, amount_minor, asked, [], SALE, 20251231, exact=True)
    planned = plan(Purse([LotSlice(owned, CENT)]))
    assert (planned if isinstance(planned, Refusal) else planned[0]) == answer


def test_only_what_is_paid_in_cash_earns() -> None:
    assert buy(1000, 0) == [Earn("cafe", "ann", 20, 20251231)]
    assert buy(1000, 400, [LotSlice(400, CENT)]) == [Spend("cafe", "ann", 400), Earn("cafe", "ann", 12, 20251231)]
    assert buy(1000, ALL, [LotSlice(1000, CENT)]) == [Spend("cafe", "ann", 1000)]


def test_what_earns_less_than_a_point_earns_nothing() -> None:
    assert buy(49, 0) == []
    assert buy(0, ALL, [LotSlice(5, CENT)]) == []


def test_a_plan_touches_the_shop_and_the_member_alone() -> None:
    assert PurchasePlan("cafe", "ann", 1, 1, 0, [], SALE, 20251231).owners == ("cafe", "ann")


@given(amount_minor=st.integers(0, 10**7), asked=st.one_of(st.just(ALL), POINTS), owned=POINTS, rate=RATES, earn=RATES)
def test_under_one_rate_both_figures_are_those_of_the_contract(
    amount_minor: int, asked: int, owned: int, rate: Fraction, earn: Fraction
) -> None:
    terms = make_terms(points_per_unit=rate)
    legs = buy(amount_minor, asked, [LotSlice(owned, terms)] if owned else [], earn / 100)
    amount = Fraction(amount_minor, 100)
    spent = min(owned if asked == ALL else asked, owned, floor(amount * rate))
    earned = floor((amount - spent / rate) * earn)
    assert legs == [
        *([Spend("cafe", "ann", spent)] if spent else []),
        *([Earn("cafe", "ann", earned, 20251231)] if earned else []),
    ]


@given(
    amount_minor=st.integers(0, 10**5),
    asked=st.one_of(st.just(ALL), st.integers(1, 500)),
    held=st.lists(st.tuples(st.integers(1, 300), RATES), max_size=4),
)
def test_lots_of_several_rates_pay_each_at_its_own_and_never_more_than_the_price(
    amount_minor: int, asked: int, held: list[tuple[int, Fraction]]
) -> None:
    purse = Purse([LotSlice(points, make_terms(points_per_unit=rate)) for points, rate in held])
    spent, cash = points_to_spend(purse, "ann", amount_minor, asked)
    # Point by point, in spending order, for as long as one is asked for and the next is worth no more than is due.
    due, taken = Fraction(amount_minor), 0
    worths = [Fraction(100) / rate for points, rate in held for _ in range(points)]
    for worth in worths:
        if taken == (len(worths) if asked == ALL else asked) or worth > due:
            break
        due -= worth
        taken += 1
    assert (spent, cash) == (taken, due)
