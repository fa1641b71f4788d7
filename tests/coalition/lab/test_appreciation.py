"""Appreciation, worked by hand from its description."""

from fractions import Fraction

import pytest

from coalition.lab import Result, read_mapping, run
from coalition.lab.errors import EventRefused, ScenarioInvalid
from coalition.lab.parties import Party

Keys = dict[str, str]


def buy(member: str, amount: str = "1000", **keys: str) -> Keys:
    return {"do": "purchase", "who": member, "amount": amount, **keys}


def play(events: list[Keys], preset: str = "local-life", **params: str) -> Result:
    return run(read_mapping({"model": "appreciation", "preset": preset, "params": params, "events": events}))


def two_decimals(value: object) -> str:
    assert isinstance(value, Fraction)
    return f"{float(value):.2f}"


@pytest.mark.parametrize("preset", ["local-life", "mall"])
def test_first_three_prices_of_both_presets_to_the_cent(preset: str) -> None:
    result = play([buy("u1"), buy("u2"), buy("u3")], preset)
    assert [two_decimals(row["price"]) for row in result.rows] == ["1.43", "1.68", "1.87"]


def test_local_life_puts_16_percent_in_the_pool_and_mints_11_2_percent_at_the_price_before() -> None:
    rows = play([buy("u1"), buy("u2")]).rows
    assert (rows[0]["pool"], rows[0]["minted"], rows[0]["circulation"]) == (160, 112, 112)
    # 112 / (160 / 112) = 78.4
    assert (rows[1]["pool"], rows[1]["minted"]) == (320, Fraction(784, 10))


def test_mall_splits_1000_into_300_pool_210_minted_100_platform_and_the_rest() -> None:
    result = play([buy("u1")], "mall")
    assert (result.rows[0]["pool"], result.rows[0]["minted"]) == (300, 210)
    assert result.verdict.of(Party.shop("shop")).net == 300 - 1000
    # Nobody referred the buyer, so the platform keeps its own 100 and the 300 for referrals.
    assert result.verdict.kinds["platform"].received.total == 400


def test_mint_rate_may_also_be_given_as_a_share_of_the_purchase() -> None:
    assert play([buy("u1")], mint_rate="0.112").rows == play([buy("u1")], mint_rate="0.7").rows


def test_a_sale_pays_the_price_less_the_hold_back_which_stays_in_the_pool() -> None:
    rows = play([buy("u1"), buy("u2"), {"do": "sell", "who": "u1", "points": "56"}]).rows
    # price 320 / 190.4; 56 points bring 56 × price × 0.8
    price = Fraction(3200, 1904)
    assert rows[2]["cash"] == 56 * price * Fraction(8, 10)
    assert rows[2]["pool"] == 320 - 56 * price * Fraction(8, 10)
    assert rows[2]["price"] == rows[2]["pool"] / (Fraction(1904, 10) - 56)
    assert rows[2]["points"] == 56


def test_a_member_is_forced_out_when_the_points_reach_the_multiple_of_the_spending() -> None:
    # 112 points reach 1200 when the pool holds 1200: 1040 more.
    below = play([buy("u1"), {"do": "inject", "who": "u1", "amount": "1039.99"}]).rows[1]
    assert (below["exited"], below["points"], below["cash"]) == (False, 112, 0)
    row = play([buy("u1"), {"do": "inject", "who": "u1", "amount": "1040"}]).rows[1]
    assert (row["exited"], row["points"], row["cash"], row["pool"]) == (True, 0, 960, 240)


def test_forced_exits_go_on_until_nobody_is_due_and_the_earliest_member_goes_first() -> None:
    row = play([buy("u1"), buy("u2"), buy("u3"), {"do": "inject", "amount": "3000"}]).rows[3]
    exits = row["exits"]
    assert isinstance(exits, list)
    assert [gone["who"] for gone in exits] == ["u1", "u2", "u3"]
    assert exits[0]["cash"] == 112 * Fraction(3480 * 100, 25704) * Fraction(8, 10)


def test_after_a_forced_exit_a_purchase_starts_again_with_its_own_spending() -> None:
    rows = play([buy("u1"), {"do": "inject", "amount": "1040"}, buy("u1", "100"), {"do": "inject", "amount": "1"}]).rows
    # The pool holds 240 from the hold-back; 100 adds 16, and 256 is more than 1.2 × 100: out again at once.
    assert rows[2]["exited"] is True
    assert rows[2]["cash"] == 960 + 256 * Fraction(8, 10)


def test_the_price_stands_where_it_was_while_nothing_circulates() -> None:
    rows = play([buy("u1"), {"do": "sell", "who": "u1", "points": "all"}]).rows
    assert (rows[1]["circulation"], rows[1]["pool"]) == (0, 32)
    assert rows[1]["price"] == Fraction(160, 112)


def test_referrers_introducer_and_agents_are_paid_by_difference() -> None:
    declare = [
        {"do": "member", "who": "b", "referrer": "a"},
        {"do": "member", "who": "c", "referrer": "b"},
        {"do": "shop", "shop": "s", "introducer": "i", "district": "d", "city": "e", "province": "p"},
    ]
    paid = play([*declare, buy("c", shop="s")]).rows[3]["paid"]
    assert paid == {"b": 3, "a": 2, "i": 5, "d": 1, "e": 1, "p": 1}
    skipped = play([{**declare[2], "city": ""}, buy("c", shop="s")]).rows[1]["paid"]
    assert skipped == {"i": 5, "d": 1, "p": 2}


def test_regional_agents_can_be_paid_flat() -> None:
    shop = {"do": "shop", "shop": "s", "district": "d", "city": "e", "province": "p"}
    flat = {"region": "flat", "city_rate": "0.0005", "province_rate": "0.0001"}
    paid = play([shop, buy("c", shop="s")], **flat).rows[1]["paid"]
    assert paid == {"d": 1, "e": Fraction(1, 2), "p": Fraction(1, 10)}


def test_the_double_points_mall_takes_half_in_points_and_gives_20_percent_of_the_cash_back() -> None:
    events = [
        buy("u", "100", shop="s"),
        buy("u", "300", shop="t"),
        {"do": "mall", "who": "u", "amount": "800"},
    ]
    row = play(events).rows[2]
    # 200 points from s and 600 from t; 400 are needed: 200 of s, 200 of t. 20 % of 400 cash is 80.
    assert (row["points_paid"], row["cash_paid"], row["mall_points"]) == (400, 400, 400)
    assert row["paid"] == {"s": 40, "t": 40}


def test_the_verdict_names_whose_money_paid_the_first_one_out() -> None:
    # u1's own 160 went in first, then the pool's next oldest money: u2's, then the subsidy.
    verdict = play([buy("u1"), buy("u2"), {"do": "inject", "amount": "2000"}]).verdict
    got = verdict.of(Party.member("u1")).received
    assert (got.purchases_margin, got.later_entrants) == (160, 160)
    assert got.subsidy == got.total - 320
    assert verdict.flags == ("floating_price", "promise_on_principal", "pay_for_recruiting")


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([{"do": "sell", "who": "u", "points": "1"}], "u has 0 points, not 1"),
        ([buy("u", "-1")], "is not a number of 0 or more"),
        ([buy("u", "ten")], "is not a number of 0 or more"),
        ([{"do": "mall", "who": "u", "amount": "2"}], "too few mall points"),
        (
            [{"do": "member", "who": "a", "referrer": "b"}, {"do": "member", "who": "b", "referrer": "a"}],
            "can't refer each other",
        ),
    ],
)
def test_what_cannot_happen_is_refused_with_its_reason(events: list[Keys], reason: str) -> None:
    with pytest.raises(EventRefused, match=reason):
        play(events)


def test_a_split_above_the_whole_purchase_is_refused() -> None:
    with pytest.raises(ScenarioInvalid, match="above 1"):
        play([], pool_rate="0.97")
