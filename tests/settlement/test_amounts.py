from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.amounts import apportion, largest_remainder, minor_per_point
from settlement.errors import NetsNotZero, PartsDoNotFit, RateNotPositive

FRACTIONS = st.fractions(min_value=-1000, max_value=1000, max_denominator=60)
PARTS = st.dictionaries(st.text("abc123", min_size=1, max_size=3), FRACTIONS, max_size=12)


@pytest.mark.parametrize(
    ("points_per_unit", "minor_digits", "expected"),
    [
        (Fraction(100), 2, Fraction(1)),
        (Fraction(1), 2, Fraction(100)),
        (Fraction(100), 0, Fraction(1, 100)),
        (Fraction(3), 2, Fraction(100, 3)),
        (Fraction(1, 2), 3, Fraction(2000)),
    ],
)
def test_a_point_is_worth_the_same_fraction_of_a_minor_unit_everywhere(points_per_unit, minor_digits, expected):
    assert minor_per_point(points_per_unit, minor_digits) == expected


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(-100)])
def test_a_rate_is_more_than_zero(rate):
    with pytest.raises(RateNotPositive) as error:
        minor_per_point(rate, 2)
    assert error.value.rate == rate


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        pytest.param({}, {}, id="nobody"),
        pytest.param({"a": "7", "b": "-7"}, {"a": 7, "b": -7}, id="whole units stay"),
        pytest.param({"c": "1/3", "a": "1/3", "b": "-2/3"}, {"a": 1, "b": -1, "c": 0}, id="three alike, first id"),
        pytest.param({"a": "1/2", "b": "1/2", "c": "-1"}, {"a": 1, "b": 0, "c": -1}, id="tie to the first id"),
        pytest.param({"2": "1/2", "10": "1/2", "x": "-1"}, {"2": 0, "10": 1, "x": -1}, id="ids are text"),
        pytest.param(
            {"a": "10/3", "b": "11/3", "c": "-7"}, {"a": 3, "b": 4, "c": -7}, id="the largest remainder goes up"
        ),
        pytest.param({"a": "-1/2", "b": "1/2"}, {"a": 0, "b": 0}, id="a debt of half a unit, first id"),
        pytest.param({"b": "-1/2", "a": "1/2"}, {"a": 1, "b": -1}, id="a claim of half a unit, first id"),
    ],
)
def test_missing_units_go_to_the_largest_remainders(exact, rounded):
    assert largest_remainder({shop: Fraction(value) for shop, value in exact.items()}) == rounded


def test_positions_that_do_not_cancel_are_not_rounded():
    with pytest.raises(NetsNotZero) as error:
        largest_remainder({"a": Fraction(1, 3), "b": Fraction(-1, 4)})
    assert error.value.total == Fraction(1, 12)


@given(PARTS)
@settings(deadline=None)
def test_rounded_positions_sum_to_zero_and_move_by_less_than_a_unit(parts):
    exact = {**parts, "rest": -sum(parts.values(), Fraction(0))}
    rounded = largest_remainder(exact)
    assert sum(rounded.values()) == 0
    assert all(abs(rounded[shop] - exact[shop]) < 1 for shop in exact)
    assert rounded == largest_remainder(dict(reversed(exact.items())))


@given(PARTS, st.booleans())
@settings(deadline=None)
def test_parts_add_up_to_their_rounded_whole(parts, up):
    whole = sum(parts.values(), Fraction(0))
    total = ceil(whole) if up else floor(whole)
    rounded = apportion(total, parts)
    assert sum(rounded.values()) == total
    assert all(floor(parts[shop]) <= rounded[shop] <= floor(parts[shop]) + 1 for shop in parts)


@pytest.mark.parametrize("total", [-1, 4])
def test_parts_that_cannot_add_up_to_their_whole_are_refused(total):
    with pytest.raises(PartsDoNotFit):
        apportion(total, {"a": Fraction(1, 2), "b": Fraction(1, 2), "c": Fraction(1, 2)})
