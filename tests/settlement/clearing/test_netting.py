from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.amounts import largest_remainder
from settlement.clearing.netting import (
    EXACT_UP_TO,
    NetPayment,
    carry_forward,
    net_obligations,
    settle_directly,
    settle_through_house,
)
from settlement.errors import NetsNotZero


@st.composite
def cancelling(draw, most, size=9):
    """Nets of up to `most` participants that sum to zero; small figures, so that groups of them cancel too."""
    minors = draw(st.lists(st.integers(-size, size), max_size=most - 1))
    return {f"s{i}": minor for i, minor in enumerate([*minors, -sum(minors)])}


def settled_by(payments):
    """What each participant has received, less what it has paid."""
    got = Counter()
    for payment in payments:
        assert payment.minor > 0
        assert payment.payer != payment.payee
        got[payment.payee] += payment.minor
        got[payment.payer] -= payment.minor
    return {participant: minor for participant, minor in got.items() if minor}


def without_zeros(positions):
    return {participant: minor for participant, minor in positions.items() if minor}


def fewest(minors):
    """The fewest payments by trying: the first settles in full with each of the opposite sign in turn."""
    minors = [minor for minor in minors if minor]
    if not minors:
        return 0
    first, rest = minors[0], minors[1:]
    return 1 + min(
        fewest([*rest[:i], other + first, *rest[i + 1 :]]) for i, other in enumerate(rest) if other * first < 0
    )


@pytest.mark.parametrize(
    ("obligations", "expected"),
    [
        pytest.param([], {}, id="no obligations"),
        pytest.param([("a", "b", "5")], {"a": -5, "b": 5}, id="one"),
        pytest.param([("a", "b", "5"), ("b", "a", "5")], {"a": 0, "b": 0}, id="mutual"),
        pytest.param(
            [("c", "a", "1/3"), ("a", "b", "1/3"), ("b", "c", "1/3")], {"a": 0, "b": 0, "c": 0}, id="a circle"
        ),
        pytest.param(
            [("a", "b", "10/3"), ("a", "c", "1/3"), ("c", "b", "1")],
            {"a": Fraction(-11, 3), "b": Fraction(13, 3), "c": Fraction(-2, 3)},
            id="exact fractions",
        ),
        pytest.param([("a", "a", "7")], {"a": 0}, id="a debt to oneself"),
    ],
)
def test_obligations_add_up_to_one_net_each(obligations, expected):
    nets = net_obligations((debtor, creditor, Fraction(minor)) for debtor, creditor, minor in obligations)
    assert nets == expected
    assert list(nets) == sorted(expected)


OBLIGATIONS = st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.fractions(0, 99, max_denominator=12))


@given(st.lists(OBLIGATIONS, max_size=20))
@settings(deadline=None)
def test_nets_sum_to_zero_and_still_do_when_rounded(obligations):
    exact = net_obligations(obligations)
    assert sum(exact.values()) == 0
    rounded = largest_remainder(exact)
    assert settled_by(settle_through_house(rounded)) == without_zeros(rounded)


def test_debtors_pay_the_house_and_the_house_pays_creditors():
    assert settle_through_house({"b": 30, "d": 0, "c": -50, "a": 20}) == [
        NetPayment("c", "house", 50),
        NetPayment("house", "a", 20),
        NetPayment("house", "b", 30),
    ]


def test_a_net_of_the_house_itself_needs_no_payment():
    assert settle_through_house({"a": -5, "pot": 5}, house="pot") == [NetPayment("a", "pot", 5)]


@given(cancelling(30))
@settings(deadline=None)
def test_through_the_house_each_participant_pays_or_is_paid_once(positions):
    payments = settle_through_house(positions)
    assert settled_by(payments) == without_zeros(positions)
    assert len(payments) == len(without_zeros(positions))
    assert payments == sorted(payments)


@pytest.mark.parametrize(
    ("positions", "payments"),
    [
        pytest.param({}, [], id="nobody"),
        pytest.param({"a": 0, "b": 0}, [], id="nothing owed"),
        pytest.param({"a": 5, "b": -5}, ["b a 5"], id="one debt"),
        pytest.param({"a": 5, "b": 5, "c": -5, "d": -5}, ["c a 5", "d b 5"], id="opposites pair up by id"),
        pytest.param({"10": 5, "9": 5, "c": -5, "d": -5}, ["c 10 5", "d 9 5"], id="ids are text"),
        pytest.param({"a": 3, "b": 4, "c": -7}, ["c a 3", "c b 4"], id="a triple"),
        pytest.param(
            {"a": 6, "b": 5, "c": -4, "d": -3, "e": -3, "f": -1},
            ["c b 4", "d a 3", "e a 3", "f b 1"],
            id="two triples, where largest to largest would take five payments",
        ),
        pytest.param(
            {"a": 2, "b": 4, "c": -6, "d": 6, "e": 3, "f": -9},
            ["c d 6", "f a 2", "f b 4", "f e 3"],
            id="an opposite pair and four, as few as two triples",
        ),
        pytest.param(
            {"a": 1, "b": 2, "c": 4, "d": -7, "e": 11, "f": 13, "g": 17, "h": -41},
            ["d a 1", "d b 2", "d c 4", "h e 11", "h f 13", "h g 17"],
            id="two fours",
        ),
    ],
)
def test_shops_pay_each_other_with_the_fewest_payments(positions, payments):
    plan = settle_directly(positions)
    assert [f"{payment.payer} {payment.payee} {payment.minor}" for payment in plan.payments] == payments
    assert plan.proven_minimal


@given(cancelling(7))
@settings(deadline=None, max_examples=300)
def test_no_plan_of_fewer_payments_exists(positions):
    plan = settle_directly(positions)
    assert settled_by(plan.payments) == without_zeros(positions)
    assert len(plan.payments) == fewest(list(positions.values()))
    assert plan.proven_minimal


@given(st.lists(st.lists(st.integers(1, 10**6), min_size=2, max_size=3), min_size=2, max_size=5))
@settings(deadline=None, max_examples=30)
def test_hidden_groups_are_found(groups):
    positions = {}
    for i, group in enumerate(groups):
        for j, minor in enumerate([*group, -sum(group)]):
            positions[f"{j}{i}"] = minor
    plan = settle_directly(positions)
    assert settled_by(plan.payments) == positions
    assert len(plan.payments) <= len(positions) - len(groups)
    assert plan.proven_minimal


def test_the_largest_search_proves_that_nothing_cancels():
    positions = {f"s{i:02}": 3**i for i in range(EXACT_UP_TO - 1)}
    positions["t"] = -sum(positions.values())
    plan = settle_directly(positions)
    assert len(plan.payments) == EXACT_UP_TO - 1
    assert plan.proven_minimal


@given(cancelling(60, size=30), st.randoms())
@settings(deadline=None)
def test_a_plan_settles_every_net_and_does_not_depend_on_their_order(positions, random):
    plan = settle_directly(positions)
    assert settled_by(plan.payments) == without_zeros(positions)
    assert len(plan.payments) <= max(0, len(without_zeros(positions)) - 1)
    assert list(plan.payments) == sorted(plan.payments)
    shuffled = list(positions.items())
    random.shuffle(shuffled)
    assert settle_directly(dict(shuffled)) == plan


def test_a_plan_for_many_is_proven_only_where_it_needs_no_more_than_any_plan_must():
    one_debtor = {f"s{i:02}": 1 + i for i in range(40)}
    one_debtor["t"] = -sum(one_debtor.values())
    assert settle_directly(one_debtor).proven_minimal
    triples = {f"{group}{i:02}": sign * 7**i for i in range(10) for group, sign in [("a", 1), ("b", 2), ("c", -3)]}
    assert settle_directly(triples).proven_minimal
    assert len(settle_directly(triples).payments) == 20
    no_small_groups = {f"s{i:02}": 3**i for i in range(15)} | {f"t{i:02}": -(3**i) - 1 for i in range(15)}
    no_small_groups["u"] = 15
    plan = settle_directly(no_small_groups)
    assert len(plan.payments) <= 30
    assert not plan.proven_minimal


@pytest.mark.parametrize(
    ("positions", "at_least", "payable", "carried"),
    [
        pytest.param({"a": 90, "b": -90}, 50, {"a": 90, "b": -90}, {}, id="nothing small"),
        pytest.param({"a": 50, "b": -50}, 50, {"a": 50, "b": -50}, {}, id="just enough"),
        pytest.param({"a": 49, "b": -49}, 50, {}, {"a": 49, "b": -49}, id="all small"),
        pytest.param(
            {"a": 90, "b": -60, "c": -30}, 50,
            {"a": 90, "b": -60, "house": -30}, {"c": -30, "house": 30}, id="the house advances a small debt",
        ),
        pytest.param(
            {"a": -90, "b": 60, "c": 30}, 50,
            {"a": -90, "b": 60, "house": 30}, {"c": 30, "house": -30}, id="the house holds a small claim",
        ),
        pytest.param(
            {"a": -90, "b": 80, "house": 10}, 50, {"a": -90, "b": 80, "house": 10}, {}, id="the house's own net",
        ),
        pytest.param(
            {"a": 60, "b": -30, "house": -30}, 50, {"a": 60, "house": -60}, {"b": -30, "house": 30}, id="and a bridge",
        ),
        pytest.param({"a": 30, "house": -30}, 50, {}, {"a": 30, "house": -30}, id="a net and a bridge that cancel"),
    ],
)  # fmt: skip
def test_small_nets_wait_and_the_house_bridges_them(positions, at_least, payable, carried):
    assert carry_forward(positions, at_least) == (payable, carried)


@given(cancelling(20, size=40), st.integers(0, 50))
@settings(deadline=None)
def test_what_is_payable_and_what_is_carried_make_up_the_nets(positions, at_least):
    payable, carried = carry_forward(positions, at_least)
    assert sum(payable.values()) == sum(carried.values()) == 0
    together = {
        participant: payable.get(participant, 0) + carried.get(participant, 0) for participant in payable | carried
    }
    assert without_zeros(together) == without_zeros(positions)
    assert all(abs(minor) < at_least for participant, minor in carried.items() if participant != "house")
    assert all(abs(minor) >= at_least for participant, minor in payable.items() if participant != "house")


@pytest.mark.parametrize("use", [settle_through_house, settle_directly, lambda positions: carry_forward(positions, 10)])
def test_nets_that_do_not_cancel_are_not_settled(use):
    with pytest.raises(NetsNotZero) as error:
        use({"a": 5, "b": -4})
    assert error.value.total == 1
