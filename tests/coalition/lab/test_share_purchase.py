"""Share purchase, worked by hand from its description."""

from fractions import Fraction

import pytest

from coalition.lab import Result, read_mapping, run
from coalition.lab.errors import EventRefused
from coalition.lab.parties import Party
from coalition.lab.scheme import Row

Keys = dict[str, str]


def buy(member: str = "u", amount: str = "1000", shop: str = "s") -> Keys:
    return {"do": "purchase", "who": member, "amount": amount, "shop": shop}


def play(events: list[Keys], **params: str) -> Result:
    return run(read_mapping({"model": "share-purchase", "params": params, "events": events}))


def holders(row: Row) -> dict[str, Row]:
    held = row["holders"]
    assert isinstance(held, dict)
    return held


def test_a_purchase_gives_the_buyer_all_of_it_and_the_shop_a_fifth_as_share_value() -> None:
    row = play([buy()]).rows[0]
    assert holders(row)["u"]["share_value"] == 1000
    assert holders(row)["s"]["share_value"] == 200


def test_the_shop_is_debited_points_worth_the_concession_from_its_deposit() -> None:
    rows = play([{"do": "price", "price": "2"}, buy()]).rows
    # 500 of deposit are 250 points at 2; 100 of concession are 50.
    assert (rows[1]["debited"], rows[1]["balance"], rows[1]["open"]) == (50, 200, True)


def test_a_day_issues_888_points_by_share_value_and_takes_their_worth_off_it() -> None:
    rows = play([{"do": "others", "amount": "98800"}, buy(), {"do": "price", "amount": "0.5"}, {"do": "day"}]).rows
    # 1000 of 100,000 get 8.88 points, worth 4.44.
    held = holders(rows[3])["u"]
    assert held == {
        "share_value": 1000 - Fraction("4.44"),
        "share_points": Fraction("8.88"),
        "got": Fraction("8.88"),
        "used": Fraction("4.44"),
    }
    assert rows[3]["issued"] == 888
    # 200 of 100,000 get 1.776; the shop had 500 − 100.
    assert holders(rows[3])["s"]["share_points"] == 400 + Fraction("1.776")


def test_972360_points_are_issued_over_three_years_and_then_no_more() -> None:
    result = play([{"do": "others", "amount": "1000000"}, *[{"do": "day"}] * 1096])
    issued = [row["issued"] for row in result.rows[1:]]
    assert sum(Fraction(str(day)) for day in issued) == 972360
    assert issued[1094:] == [888, 0]


def test_nobody_loses_more_share_value_than_they_have() -> None:
    rows = play([buy(amount="10"), {"do": "day"}]).rows
    # Alone with their shop: 10 of 12 get 740 points at 1, but only 10 of value is there.
    assert holders(rows[1])["u"] == {"share_value": 0, "share_points": 740, "got": 740, "used": 10}


def test_a_shop_below_zero_is_closed_until_it_pays_in() -> None:
    rows = play([*[buy()] * 6, buy(), {"do": "deposit", "shop": "s", "amount": "100"}, buy()]).rows
    assert (rows[4]["balance"], rows[4]["open"]) == (0, True)
    assert (rows[5]["balance"], rows[5]["open"]) == (-100, False)
    assert (rows[6]["debited"], rows[6]["balance"], "refused" in rows[6]) == (0, -100, True)
    assert holders(rows[6])["u"]["share_value"] == 6000
    assert (rows[7]["balance"], rows[7]["open"]) == (0, True)
    assert rows[8]["debited"] == 100


def test_a_shop_enters_with_a_deposit_of_500_at_least() -> None:
    with pytest.raises(EventRefused, match="500 at least"):
        play([{"do": "shop", "shop": "s", "deposit": "499"}])
    assert play([{"do": "shop", "shop": "s", "deposit": "600"}]).rows[0]["balance"] == 600


def test_a_trade_is_paid_by_the_buyer_and_carries_a_fee() -> None:
    sell = {"do": "sell", "who": "u", "to": "v", "points": "100"}
    result = play([buy(), {"do": "day"}, {"do": "price", "price": "2"}, sell], trade_fee="0.05")
    row = result.rows[3]
    assert (row["sold"], row["fee"], row["cash"]) == (100, 10, 190)
    assert holders(row)["v"]["share_points"] == 100
    assert result.verdict.kinds["platform"].received.total == 10
    assert result.verdict.of(Party.member("v")).paid == 200


def test_8_88_points_are_sold_for_17_76_at_2_a_point() -> None:
    start = [{"do": "others", "amount": "98800"}, buy(), {"do": "price", "price": "2"}, {"do": "day"}]
    rows = play([*start, {"do": "sell", "who": "u", "to": "v", "points": "all"}]).rows
    held = holders(rows[3])["u"]
    assert (held["got"], held["used"], held["share_value"]) == (
        Fraction("8.88"),
        Fraction("17.76"),
        Fraction("982.24"),
    )
    assert (rows[4]["sold"], rows[4]["cash"], rows[4]["fee"]) == (Fraction("8.88"), Fraction("17.76"), 0)


def test_points_are_spent_in_a_shop_at_the_days_price_and_the_shop_takes_them_for_its_goods() -> None:
    spend = {"do": "spend", "who": "u", "shop": "t", "points": "100"}
    result = play([buy(), {"do": "day"}, {"do": "price", "price": "2"}, spend])
    row = result.rows[3]
    # The shop enters with 500, which are 250 points at 2, and hands out goods worth 200 for no money.
    assert (row["spent"], row["worth"], row["balance"]) == (100, 200, 350)
    assert result.verdict.parties[Party.shop("t")].sold.unpaid == 200


def test_nobody_spends_at_a_shop_below_zero() -> None:
    spend = {"do": "spend", "who": "u", "shop": "s", "points": "1"}
    give = {"do": "give", "who": "v", "to": "u", "points": "1"}
    start = [buy("v", shop="t"), {"do": "day"}, give, *[buy()] * 6]
    row = play([*start, spend]).rows[-1]
    assert (row["spent"], row["balance"], "refused" in row) == (0, -100, True)


def test_points_are_given() -> None:
    give = {"do": "give", "who": "u", "to": "v", "points": "40"}
    row = play([buy(), {"do": "day"}, give]).rows[2]
    assert (holders(row)["u"]["share_points"], holders(row)["v"]["share_points"]) == (700, 40)


def test_a_sale_to_the_scheme_is_paid_only_as_far_as_deposits_reach() -> None:
    result = play([buy(), {"do": "day"}, {"do": "sell", "who": "u", "points": "all"}], trade_fee="0")
    # 1000 of 1200 get 740 points, but the shop has paid in only 500.
    assert (result.rows[2]["sold"], result.rows[2]["cash"]) == (500, 500)
    assert holders(result.rows[2])["u"]["share_points"] == 240


def test_referrers_and_agents_are_paid_here_too() -> None:
    member = {"do": "member", "who": "u", "referrer": "r"}
    shop = {"do": "shop", "shop": "s", "introducer": "i", "city": "c"}
    result = play([member, shop, buy()])
    assert result.rows[2]["paid"] == {"r": 3, "i": 5, "c": 2}
    shop = result.verdict.of(Party.shop("s"))
    assert (shop.sold.paid, shop.above_agreed, shop.paid) == (1000, 10, 510)
    assert "pay_for_recruiting" in result.verdict.flags


def test_what_is_not_there_cannot_be_sold() -> None:
    with pytest.raises(EventRefused, match="u has 0 share points, not 1"):
        play([{"do": "sell", "who": "u", "points": "1"}])


def test_the_flags_are_a_floating_price_a_promise_on_principal_and_slow_release() -> None:
    assert play([buy()]).verdict.flags == ("floating_price", "promise_on_principal", "frozen_payouts")
