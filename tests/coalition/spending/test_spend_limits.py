"""Limits of spending: what all of them allow and no point less, and terms stored as they are."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coalition.spending
from coalition.earning.kinds.base_rate import BaseRate
from coalition.earning.rule import Sale
from coalition.locale.check import english_runs
from coalition.locale.error_text import reason_text
from coalition.purchases.purchase import ALL, PurchasePlan
from coalition.spending.kinds.greatest_share import GreatestShare
from coalition.spending.kinds.minimum import Minimum
from coalition.spending.kinds.step import SpendStep
from coalition.spending.limit_kinds import decode_limit, encode_limit, limit_kinds
from coalition.spending.spend_limits import Limit, LimitTerms, LimitVersion, SpendLimits
from settlement import Calendar, Cutoff
from settlement.ledger import Earn, Leg, LotSlice, Refusal, Spend
from tests.support.books import make_settings, make_terms
from tests.support.clock import instant
from tests.support.effort import EFFORT

README = Path(coalition.spending.__file__).with_name("README.md")
CALENDAR = Calendar("Europe/Berlin", Cutoff("weekly"))
EXAMPLES = settings(max_examples=200 * EFFORT, deadline=None)
CENT = make_terms()

KINDS: Mapping[str, st.SearchStrategy[Limit]] = {
    "greatest_share": st.builds(
        lambda hundredths: GreatestShare(kind="greatest_share", percent=f"{hundredths / 100:.2f}"),
        st.integers(0, 9_999),
    ),
    "minimum": st.builds(lambda least: Minimum(kind="minimum", least=least), st.integers(2, 300)),
    "step": st.builds(lambda step: SpendStep(kind="step", step=step), st.integers(2, 120)),
}
"""What an alliance may state for each kind."""

TERMS = st.builds(
    LimitTerms,
    effect=st.one_of(*KINDS.values()),
    first_day=st.just(20240101),
    last_day=st.none() | st.just(20241231),
    shops=st.frozensets(st.sampled_from(("cafe", "bakery")), max_size=2),
)


class Purse:
    """What a plan looks at: what each member has, at one point a cent."""

    def __init__(self, **points: int) -> None:
        self.owned = points

    def points(self, member: str) -> int:
        return self.owned[member]

    def slices(self, member: str) -> Sequence[LotSlice]:
        return [LotSlice(self.owned[member], CENT)]

    def may_issue(self, _: str) -> bool:
        return True


def limits(*effects: Limit) -> list[LimitVersion]:
    return [LimitVersion(f"limit-{number}", 1, LimitTerms(each, 20240101), 0) for number, each in enumerate(effects)]


def buy(
    amount_minor: int,
    asked: int,
    *effects: Limit,
    payable_minor: int | None = None,
    exact: bool = False,
    ann: int = 1_000,
    bob: int = 0,
) -> Sequence[Leg] | Refusal:
    """The legs of a purchase of Ann's at the café, which Bob's points may pay for too."""
    plan = PurchasePlan(
        "cafe",
        "ann",
        amount_minor,
        amount_minor,
        asked,
        [BaseRate(Fraction(1, 10))],
        Sale("cafe", "ann", amount_minor, 0, CALENDAR, 1),
        20991231,
        pool=("bob",),
        exact=exact,
        payable_minor=payable_minor,
        limits=limits(*effects),
    )
    return plan(Purse(ann=ann, bob=bob))


def spent(legs: Sequence[Leg] | Refusal) -> int:
    assert not isinstance(legs, Refusal), legs
    return sum(leg.points for leg in legs if isinstance(leg, Spend))


HALF, HUNDREDS = GreatestShare(kind="greatest_share", percent="50"), SpendStep(kind="step", step=100)
AT_LEAST_500 = Minimum(kind="minimum", least=500)


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_every_kind_has_a_strategy_a_row_and_a_sentence_in_both_languages(data: st.DataObject) -> None:
    assert limit_kinds().keys() == KINDS.keys()
    rows = {line.split("`")[1] for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `")}
    assert rows == KINDS.keys()
    book = make_settings()
    for strategy in KINDS.values():
        sentence = data.draw(strategy).sentence()
        assert reason_text(sentence, "en", book) != reason_text(sentence, "zh", book)
        assert not english_runs(reason_text(sentence, "zh", book))


@EXAMPLES
@given(TERMS)
def test_terms_are_stored_as_they_are(terms: LimitTerms) -> None:
    assert decode_limit(encode_limit(terms)) == terms


@pytest.mark.parametrize(
    ("amount_minor", "asked", "effects", "points"),
    [
        (1_890, ALL, [HALF], 945),
        (1_891, ALL, [HALF], 945),
        (1_890, 300, [HALF], 300),
        (790, ALL, [HUNDREDS], 700),
        (790, 250, [HUNDREDS], 200),
        (499, ALL, [AT_LEAST_500], 0),
        (500, ALL, [AT_LEAST_500], 500),
        (1_000, ALL, [HALF, HUNDREDS, AT_LEAST_500], 500),
        (999, ALL, [HALF, HUNDREDS, AT_LEAST_500], 0),
        (800, ALL, [HUNDREDS, SpendStep(kind="step", step=250)], 500),
        (1_890, ALL, [GreatestShare(kind="greatest_share", percent="0")], 0),
    ],
)
def test_all_limits_hold_together(amount_minor: int, asked: int, effects: list[Limit], points: int) -> None:
    legs = buy(amount_minor, asked, *effects)
    assert spent(legs) == points
    assert not isinstance(legs, Refusal)
    earned = (amount_minor - points) // 10
    assert legs[-1] == (Earn("cafe", "ann", earned, 20991231) if earned else Spend("cafe", "ann", points))


@pytest.mark.parametrize(
    ("asked", "effects", "most"),
    [(600, [HALF], 500), (150, [HUNDREDS], 100), (400, [AT_LEAST_500], 0), (500, [HALF, AT_LEAST_500], None)],
)
def test_exactly_so_many_are_refused_where_limits_allow_fewer(
    asked: int, effects: list[Limit], most: int | None
) -> None:
    legs = buy(1_000, asked, *effects, exact=True)
    if most is None:
        assert spent(legs) == asked
    else:
        assert legs == Refusal("amount_too_large", {"amount": asked, "most": most})


def test_a_household_keeps_to_the_limits_as_one() -> None:
    """Ann's points come first; what Bob adds makes up the step."""
    legs = buy(1_000, ALL, HUNDREDS, ann=250, bob=230)
    assert legs[:2] == [Spend("cafe", "ann", 250), Spend("cafe", "bob", 150)]
    assert buy(1_000, ALL, AT_LEAST_500, ann=250, bob=249) == [Earn("cafe", "ann", 100, 20991231)]


def test_what_points_may_not_pay_for_is_paid_in_money_and_earns() -> None:
    assert buy(1_000, ALL, payable_minor=300) == [Spend("cafe", "ann", 300), Earn("cafe", "ann", 70, 20991231)]
    assert spent(buy(1_000, ALL, HALF, payable_minor=800)) == 500
    assert spent(buy(1_000, ALL, HALF, payable_minor=0)) == 0


@EXAMPLES
@given(
    st.lists(st.one_of(*KINDS.values()), min_size=1, max_size=4),
    st.integers(0, 600),
    st.integers(0, 700),
    st.integers(0, 700),
    st.integers(-1, 700),
    st.integers(0, 600),
)
def test_a_naive_search_agrees(
    effects: list[Limit], amount_minor: int, ann: int, bob: int, asked: int, payable_minor: int
) -> None:
    """Of all numbers of points that each limit allows as they are, the greatest is spent."""
    payable_minor = min(payable_minor, amount_minor)
    most = min([Fraction(payable_minor), *(each.most_minor(amount_minor) for each in effects)])
    most = min(most, ann + bob, most if asked == ALL else asked)
    allowed = [points for points in range(int(most) + 1) if all(each.points(points) == points for each in effects)]
    assert spent(buy(amount_minor, asked, *effects, payable_minor=payable_minor, ann=ann, bob=bob)) == max(allowed)


def test_a_sale_gets_the_versions_of_its_time_and_shop() -> None:
    noon = instant("2024-05-15T12:00", "Europe/Berlin")
    rules = SpendLimits(
        [
            LimitVersion("half", 1, LimitTerms(HALF, 20240101), 0),
            LimitVersion("half", 2, LimitTerms(HUNDREDS, 20240516), 0),
            LimitVersion("cafe", 1, LimitTerms(HUNDREDS, 20240101, None, frozenset({"cafe"})), 0, ended_at=noon + 1),
            LimitVersion("past", 1, LimitTerms(HUNDREDS, 20240101, 20240514), 0),
        ]
    )

    def names(shop: str, at: int) -> list[str]:
        return [version.name for version in rules.for_sale(Sale(shop, "ann", 1, at, CALENDAR, 100))]

    assert names("cafe", noon) == ["cafe@1", "half@1"]
    assert names("cafe", noon + 1) == ["half@1"]
    assert names("bakery", noon) == ["half@1"]
    assert names("bakery", instant("2024-05-16T00:00", "Europe/Berlin")) == ["half@2"]
    assert names("bakery", instant("2024-05-14T23:59", "Europe/Berlin")) == ["half@1", "past@1"]
