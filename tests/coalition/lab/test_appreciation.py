"""Appreciation, worked by hand from its description."""

from fractions import Fraction

import pytest

from coalition.lab import Result, read_mapping, run
from coalition.lab.errors import EventRefused, ScenarioInvalid
from coalition.lab.numbers import Exact
from coalition.lab.parties import Party

Keys = dict[str, str]


def buy(member: str, amount: str = "1000", **keys: str) -> Keys:
    return {"do": "purchase", "who": member, "amount": amount, **keys}


def play(events: list[Keys], preset: str = "local-life", **params: str) -> Result:
    return run(read_mapping({"model": "appreciation", "preset": preset, "params": params, "events": events}))


def two_decimals(value: object) -> str:
    assert isinstance(value, Exact)
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


def test_levels_are_paid_by_difference_at_any_depth_and_peers_get_a_share() -> None:
    line = [("a", "", "0.03"), ("b", "a", "0.02"), ("c", "b", "0.02"), ("d", "c", "0.01"), ("e", "d", "")]
    declare = [
        {"do": "member", "who": name} | {key: value for key, value in (("referrer", by), ("level", level)) if value}
        for name, by, level in line
    ]
    rates = {"direct_rate": "0", "indirect_rate": "0", "peer_rate": "0.1"}
    row = play([*declare, buy("e")], **rates).rows[-1]
    # d 10; c 20 less 10; b, of the same level, a tenth of c's 10; a 30 less 20.
    assert row["paid"] == {"d": 10, "c": 10, "b": 1, "a": 10}


def test_a_finding_moves_a_member_or_a_shop_from_then_on() -> None:
    declare = [{"do": "member", "who": "b", "referrer": "a"}, {"do": "shop", "shop": "s", "introducer": "i"}]
    moved = [
        {"do": "reassign", "who": "b", "referrer": "c"},
        {"do": "reassign", "shop": "s", "introducer": "j"},
    ]
    rows = play([*declare, buy("b", shop="s"), *moved, buy("b", shop="s")]).rows
    assert (rows[2]["paid"], rows[5]["paid"]) == ({"a": 3, "i": 5}, {"c": 3, "j": 5})
    with pytest.raises(EventRefused, match="needs who and referrer, or shop and introducer"):
        play([{"do": "reassign", "who": "b", "introducer": "j"}])


def test_an_agents_joining_fee_goes_to_the_platform_or_whom_it_names() -> None:
    result = play([{"do": "agent", "who": "d", "region": "city", "amount": "100000", "to": "p", "share": "0.2"}])
    assert result.verdict.parties[Party.agent("p")].received.total == 20_000
    assert result.verdict.kinds["platform"].received.total == 80_000
    assert "joining_fee" in result.verdict.flags


def test_shareholders_share_a_part_of_every_purchase_by_weight() -> None:
    holders = [{"do": "shareholder", "who": name, "shares": shares} for name, shares in (("i", "3"), ("j", "1"))]
    rows = play([*holders, buy("u1"), {"do": "dividend"}], dividend_rate="0.02").rows
    assert (rows[3]["paid"], rows[3]["dividends"]) == ({"i": 15, "j": 5}, 0)


def test_an_investor_keeps_the_name_of_a_funding_round() -> None:
    round_a = {"do": "inject", "who": "fund", "amount": "500", "round": "A"}
    rows = play([buy("u1"), round_a, {**round_a, "round": "B", "amount": "300"}]).rows
    assert [(row["round"], row["invested"]) for row in rows[1:]] == [("A", 500), ("B", 800)]
    paid = play([buy("u1"), round_a]).verdict.parties[Party.investor("fund")].paid
    assert paid == 500


def test_old_balances_are_released_in_stages_as_the_price_rises() -> None:
    old = {"do": "old_balance", "who": "o", "amount": "100"}
    result = play([buy("u1"), old, {"do": "inject", "amount": "16"}, {"do": "inject", "amount": "0"}])
    # 160 ÷ 112, then 176 ÷ 112, a tenth more: a tenth of the balance is minted at that price.
    price = Fraction(176, 112)
    assert result.rows[2]["released"] == {"o": 10}
    assert result.rows[2]["circulation"] == 112 + 10 / price
    assert result.rows[2]["price"] == 176 / (112 + 10 / price)
    assert "released" not in result.rows[3]
    assert [debt.owed for debt in result.verdict.debts if debt.asset == "old_balances"] == [90]


def test_a_shop_clears_stock_for_points_and_holds_them() -> None:
    clear = {"do": "clear", "shop": "s", "who": "u1", "amount": "100"}
    result = play([buy("u1"), clear, {"do": "sell", "who": "s", "points": "all"}])
    points = 50 / Fraction(160, 112)
    assert (result.rows[1]["points_paid"], result.rows[1]["cash_paid"], result.rows[1]["shop_points"]) == (
        points,
        50,
        points,
    )
    shop = result.verdict.parties[Party.shop("s")]
    assert (shop.sold.worth, shop.sold.unpaid, shop.received.total) == (100, 50, 40)


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
    with pytest.raises(ScenarioInvalid, match="more than all of a purchase"):
        play([], pool_rate="0.97")
