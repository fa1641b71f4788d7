"""Patterns on sales alone: what each sees, and what it takes for an ordinary day."""

from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.findings.pattern import Limits, Sighting, Surroundings, busiest, patterns
from coalition.findings.patterns.far_apart import metres_between
from coalition.findings.sale import SaleEvent
from coalition.merchants.shop_profile import Place
from tests.support.clock import DAY, HOUR, MINUTE

BERLIN, POTSDAM, HAMBURG = Place(52_520_008, 13_404_954), Place(52_396_149, 13_058_540), Place(53_551_086, 9_993_682)
AROUND = Surroundings({"bakery": BERLIN, "cafe": POTSDAM, "diner": HAMBURG}, lambda _: frozenset({"ann"}))
_seqs = count(1)


def sale(
    at: int, shop: str = "bakery", member: str = "ann", cashier: str | None = "karla", **fields: object
) -> SaleEvent:
    seq = next(_seqs)
    first = {"is_refund": False, "amount_minor": 1_000, "earned": 50, **fields}
    return SaleEvent(seq=seq, id=f"pur_{seq}", at=at, shop=shop, member=member, cashier=cashier, **first)  # type: ignore[arg-type]


def refund(at: int, **fields: object) -> SaleEvent:
    return sale(at, **{"is_refund": True, "earned": 0, **fields})  # type: ignore[arg-type]


def seen(name: str, sales: Sequence[SaleEvent], **limits: int) -> Sighting | None:
    """What a pattern sees among the sales of one subject."""
    pattern = patterns()[name]
    subject = next(each for each in (pattern.subject(sale, AROUND) for sale in reversed(sales)) if each is not None)
    belongs = pattern.belongs or pattern.subject
    own = [sale for sale in sales if belongs(sale, AROUND) == subject]
    return pattern.look(own, pattern.limits(limits), AROUND)


def figures(name: str, sales: Sequence[SaleEvent], **limits: int) -> dict[str, int] | None:
    sighting = seen(name, sales, **limits)
    return None if sighting is None else dict(sighting.figures)


def test_every_pattern_says_what_its_thresholds_and_figures_are() -> None:
    assert len(patterns()) == 7
    for pattern in patterns().values():
        assert {each.name: each.default for each in pattern.thresholds} == pattern.limits({})
        assert all(each.least <= each.default <= each.most for each in pattern.thresholds)
        assert pattern.span(pattern.limits({})) > 0


def test_a_card_is_fast_within_the_time_and_not_outside_of_it() -> None:
    sales = [sale(number * 10 * MINUTE) for number in range(6)]
    assert figures("card_velocity", sales) == {"purchases": 6, "minutes": 50}
    assert figures("card_velocity", sales, minutes=49) is None
    assert figures("card_velocity", sales[1:]) is None
    assert figures("card_velocity", [*sales[1:], refund(MINUTE)]) is None


def test_a_cashier_is_faster_than_customers_come() -> None:
    sales = [sale(number * MINUTE // 6, member=f"m{number % 9}") for number in range(40)]
    assert figures("cashier_velocity", sales) == {"purchases": 40, "minutes": 7, "cards": 9}
    assert figures("cashier_velocity", sales[1:]) is None
    assert patterns()["cashier_velocity"].subject(sale(0, cashier=None), AROUND) is None, "a key is no cashier"


def test_one_cashier_and_the_same_card() -> None:
    sales = [sale(number * DAY // 2) for number in range(12)]
    assert figures("same_card", sales) == {"purchases": 12, "days": 6}
    assert figures("same_card", [*sales[:6], *(sale(each.at, cashier="otto") for each in sales[6:])]) is None


def test_staff_earn_at_their_own_shop_and_may_pay_with_points() -> None:
    sales = [sale(number * DAY) for number in range(5)]
    assert figures("staff_card", sales) == {"purchases": 5, "days": 4, "points": 250}
    assert figures("staff_card", [*sales[:4], sale(5 * DAY, earned=0), sale(6 * DAY, shop="cafe")]) is None


@pytest.mark.parametrize(("sold", "percent"), [(16, 50), (32, 25), (33, None), (0, ...)])
def test_refunds_are_compared_with_what_is_sold(sold: int, percent: object) -> None:
    sales = [sale(number, member=f"m{number}") for number in range(sold)]
    refunds = [refund(HOUR + number) for number in range(8)]
    expected = {"refunds": 8, "purchases": sold, **({"percent": percent} if sold else {})}
    assert figures("refund_ratio", [*sales, *refunds]) == (None if percent is None else expected)
    assert figures("refund_ratio", [*sales, *refunds[1:]]) is None, "a few are no pattern"


def test_tills_without_a_name_are_one_per_shop() -> None:
    unnamed = [refund(number, cashier=None, shop="cafe") for number in range(8)]
    assert figures("refund_ratio", unnamed) == {"refunds": 8, "purchases": 0}


def test_points_spent_before_the_purchase_came_back() -> None:
    loops = [refund(number * DAY, owed=40) for number in range(2)]
    assert figures("earn_burn", loops) == {"loops": 2, "points": 80}
    assert figures("earn_burn", [refund(0, owed=0), loops[0]]) is None
    assert figures("earn_burn", [loops[0], refund(31 * DAY, owed=9)]) is None


def test_nobody_is_at_two_shops_far_apart() -> None:
    trip = [sale(0), sale(10 * MINUTE, shop="cafe")]
    assert figures("far_apart", trip) == {"kilometres": 27, "minutes": 10}
    assert figures("far_apart", [sale(0), sale(20 * MINUTE, shop="cafe")]) is None, "by car"
    assert figures("far_apart", [sale(0), sale(0, shop="elsewhere")]) is None, "nobody knows where that is"
    assert figures("far_apart", [sale(0), sale(HOUR, shop="diner")], minutes=59) is None
    assert figures("far_apart", [sale(0), sale(0, shop="cafe")], kilometres=28) is None


def test_distances_are_those_of_a_map() -> None:
    assert metres_between(BERLIN, HAMBURG) == pytest.approx(255_000, rel=0.01)
    assert metres_between(BERLIN, BERLIN) == 0
    assert metres_between(Place(90_000_000, 0), Place(-90_000_000, 0)) == pytest.approx(20_015_000, rel=0.001)


@given(st.lists(st.integers(0, 300), max_size=30), st.integers(0, 100))
def test_the_busiest_time_is_as_a_plain_count_has_it(minutes: list[int], span: int) -> None:
    sales = [sale(minute) for minute in minutes]
    best = busiest(sales, span)
    assert len(best) == max((sum(at <= other <= at + span for other in minutes) for at in minutes), default=0)
    assert all(later.at - best[0].at <= span for later in best)


def test_limits_have_every_threshold_of_the_pattern() -> None:
    stated: Limits = {"purchases": 3}
    assert patterns()["card_velocity"].limits(stated) == {"purchases": 3, "minutes": 60}
