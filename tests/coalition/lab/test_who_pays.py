"""Who pays, who gets and when it ends: what a shop owner asks of each scheme, worked by hand from what vendors say."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from coalition.lab import Result, read_mapping, run
from coalition.lab.growth import read_growth
from coalition.lab.outlook import month_of
from coalition.lab.parties import PLATFORM, Party
from coalition.lab.report.plain import percent
from coalition.lab.verdict import Verdict

Keys = dict[str, str]

ONE_SHOP_LEFT = [
    {"do": "purchase", "who": "u", "shop": "s", "amount": "5000"},
    *({"do": "day"} for _ in range(7)),
]
"""The shop's 500 of deposit are debited away by one sale; in seven days its buyer gets 7 × 740 points."""


def play(model: str, events: list[Keys], preset: str = "", **params: str) -> Result:
    return run(read_mapping({"model": model, "preset": preset, "params": params, "events": events, "run_share": "1"}))


def buy(member: str, shop: str = "s", amount: str = "1000") -> Keys:
    return {"do": "purchase", "who": member, "shop": shop, "amount": amount}


def buyers(count: int) -> list[Keys]:
    return [buy(f"u{n}") for n in range(count)]


def later_share(verdict: Verdict) -> str:
    got = verdict.kinds["member"].received
    return percent(got.later_entrants / got.total)


def ends_at(verdict: Verdict, shop: str) -> Fraction:
    side = verdict.of(Party.shop(shop))
    return side.sold.paid - side.paid + side.received.total


@pytest.mark.parametrize(
    ("preset", "count", "share"),
    # One exit of 3 × 1000 × 0.8 = 2400, of which the first buyer's own purchase brought 300: 2100 / 2400.
    # One exit of 1.2 × 1000 × 0.8 = 960, of which 160: 800 / 960.
    [("mall", 3_100, "87.5%"), ("local-life", 1_140, "83.3%")],
)
def test_what_members_get_was_brought_by_those_who_came_later(preset: str, count: int, share: str) -> None:
    verdict = play("appreciation", buyers(count), preset).verdict
    assert (verdict.kept.kept, later_share(verdict)) == (1, share)
    # The shop has given all of it, and the platform's part is counted apart.
    rate, platform = (Fraction(7, 10), Fraction(4, 10)) if preset == "mall" else (Fraction(2, 10), Fraction(4, 100))
    assert verdict.kinds["shop"].paid == 1000 * count * rate
    assert verdict.kinds["platform"].received.total == 1000 * count * platform
    assert verdict.kinds["member"].paid == 0


def test_in_the_chain_all_that_members_get_comes_from_those_who_came_later() -> None:
    joins: list[Keys] = [{"do": "join", "who": "m0"}]
    joins += [{"do": "join", "who": f"m{n}", "referrer": f"m{(n - 1) // 3}"} for n in range(1, 13)]
    verdict = play("chain", joins).verdict
    assert later_share(verdict) == "100%"
    # Each of the 13 pays 1000 for goods worth 200.
    members = verdict.kinds["member"]
    assert (members.paid, members.bought.worth) == (13 * 800, 13 * 200)


def test_each_shop_sees_what_it_gave_up() -> None:
    sales = {"s1": "1000", "s2": "500", "s3": "250.50", "s4": "99.90", "s5": "10"}
    events = [buy(f"u{n}", shop, amount) for n, (shop, amount) in enumerate(sales.items())]
    result = play("appreciation", events, "local-life")
    for shop, amount in sales.items():
        side = result.verdict.of(Party.shop(shop))
        assert (side.sold.worth, side.paid) == (Fraction(amount), Fraction(amount) / 5)
        # A coalition at 2 % costs it a tenth of that, cut to whole points.
        assert result.yardstick.of(Party.shop(shop)).paid == Fraction(int(Fraction(amount) * 2), 100)


def test_in_the_double_points_mall_the_shop_ends_at_1200_and_the_mall_is_short() -> None:
    # Of a sale of 1,000 the shop keeps 800. Its 2,000 points pay half of an order of 4,000, whose cash sends 20 % back.
    events = [buy("ann"), {"do": "mall", "who": "ann", "amount": "4000"}]
    verdict = play("appreciation", events, "local-life").verdict
    assert ends_at(verdict, "s") == 800 + 400
    mall = verdict.of(Party.shop("mall"))
    assert (mall.sold.worth, mall.sold.paid, mall.sold.unpaid, mall.paid) == (4000, 2000, 2000, 400)


def test_points_of_the_mall_are_its_debt_once_there_is_a_mall() -> None:
    events = [buy("ann"), {"do": "mall", "who": "ann", "amount": "1000"}]
    debts = {debt.asset: debt for debt in play("appreciation", events, "local-life").verdict.debts}
    assert (debts["mall_points"].owed, debts["mall_points"].debtor) == (2000 - 500, Party.shop("mall"))
    assert "mall_points" not in {debt.asset for debt in play("appreciation", [buy("ann")]).verdict.debts}


def test_a_shop_that_delivers_for_packets_is_short_of_what_the_packages_returned() -> None:
    names = [f"u{n}" for n in range(10)]
    events: list[Keys] = []
    for name in names:
        events += [{"do": "member", "who": name}, {"do": "buy", "who": name, "amount": "100", "pay": "money"}]
    events += [{"do": "day"} for _ in range(30)]
    for name in names:
        # 100 × 1.32 and the starter's 12.
        events += [{"do": "convert", "who": name, "amount": "all", "to": "red_packets"}]
        events += [{"do": "spend_packet", "who": name, "shop": "S", "amount": "144"}]
    verdict = play("packages", events).verdict
    shop = verdict.of(Party.shop("S"))
    assert (shop.sold.worth, shop.sold.paid, shop.sold.unpaid, shop.net) == (1440, 1000, 440, -440)
    assert verdict.net_today[Party.shop("S")] == -440
    assert {debt.asset: debt.owed for debt in verdict.debts} == {"unpaid": 440}


def test_a_promise_is_kept_in_money_and_not_in_points() -> None:
    verdict = play("share-purchase", ONE_SHOP_LEFT, trade_fee="0.05").verdict
    # All share value has turned into points, and nothing of what was promised has come: u's 5,000 and the shop's 1,000.
    assert (verdict.kept.made, verdict.kept.delivered, verdict.kept.kept) == (6000, 0, 0)
    assert verdict.waiting.participants == 2
    debts = {debt.asset: debt.owed for debt in verdict.debts}
    assert debts == {"share_points": 5180 + 1036}
    # Of 5,180 points, 475 can be paid: the deposit of 500, less the fee.
    assert verdict.figures.held == 500
    assert [leaving.paid for leaving in verdict.leaving] == [475, 475, 475]


def test_without_a_fee_the_whole_deposit_is_paid_for_points() -> None:
    verdict = play("share-purchase", ONE_SHOP_LEFT, trade_fee="0").verdict
    assert [leaving.paid for leaving in verdict.leaving] == [500, 500, 500]


def test_frozen_pay_is_a_debt_beside_the_points_exit() -> None:
    joins: list[Keys] = [{"do": "join", "who": "a"}, {"do": "join", "who": "b", "referrer": "a"}]
    verdict = play("chain", joins).verdict
    # a earned 100 on b, of which 20 are frozen; each package's points are to pay 3 × 1000 × 0.8.
    assert {debt.asset: debt.owed for debt in verdict.debts} == {"points": 2 * 2400, "frozen": 20}
    assert (verdict.kept.made, verdict.kept.delivered) == (2000, 80)


def by_order(verdict: Verdict) -> Mapping[str, Mapping[str, Fraction]]:
    return {leaving.order: leaving.got for leaving in verdict.leaving}


def test_who_leaves_last_loses() -> None:
    # Three holders of 90 power each, 60 after the fee of a third, and 100 of money.
    events: list[Keys] = [{"do": "member", "who": name, "power": "90"} for name in "abc"]
    events.append({"do": "buy", "who": "d", "amount": "100", "pay": "money"})
    verdict = play("packages", events, voucher_fee_low="0.3333333333333333333333333333333333333333").verdict
    got = {
        order: {name: round(amount, 9) for name, amount in gets.items()} for order, gets in by_order(verdict).items()
    }
    third = round(Fraction(100, 3), 9)
    assert got == {
        "joining": {"a": 60, "b": 40, "c": 0},
        "reverse": {"c": 60, "b": 40, "a": 0},
        "pro_rata": {"a": third, "b": third, "c": third},
    }
    assert [leaving.empty_handed for leaving in verdict.leaving] == [1, 1, 0]


def test_in_the_coalition_the_order_of_leaving_makes_no_difference() -> None:
    verdict = play("coalition", [buy("a"), buy("b", amount="500")]).verdict
    assert by_order(verdict) == {key: {"a": 20, "b": 10} for key in ("joining", "reverse", "pro_rata")}


@pytest.mark.parametrize("preset", ["local-life", "mall"])
def test_the_outlook_counts_the_purchases_until_the_next_exit_and_everybodys(preset: str) -> None:
    start = [buy(name) for name in ("a", "b", "c")]
    ahead = play("appreciation", start, preset, exit_multiple="0.5").verdict.outlook
    assert ahead.next_exit is not None
    assert ahead.everybody is not None
    rows = play("appreciation", start + buyers(ahead.everybody + 5), preset, exit_multiple="0.5").rows
    exits = [(row["event"], gone["who"]) for row in rows for gone in row.get("exits", [])]  # type: ignore[attr-defined]
    index = {name: event for event, name in exits}
    # Events count from 0, and three purchases were there before.
    assert index["a"] == 3 + ahead.next_exit - 1
    assert index["c"] == 3 + ahead.everybody - 1


def test_one_more_purchase_brings_less_than_it_is_promised() -> None:
    ahead = play("appreciation", [buy("a")]).verdict.outlook
    assert (ahead.purchase, ahead.brings, ahead.promises) == (1000, 160, 960)


def test_a_number_of_purchases_falls_into_a_month_of_the_growth() -> None:
    growth = read_growth({"shape": "constant", "members": "300", "months": "12"})
    assert [month_of(count, growth) for count in (1, 25, 26, 300, 301)] == [1, 1, 2, 12, None]


def test_commissions_above_what_the_shop_gives_are_the_shops() -> None:
    # 2 % of 1,000 is for referrals: 20. Due are 30 + 10, so the shop gives 20 more than it had agreed to.
    events = [{"do": "member", "who": "u", "referrer": "r"}, {"do": "member", "who": "r", "referrer": "q"}, buy("u")]
    verdict = play("appreciation", events, "local-life", direct_rate="0.03", indirect_rate="0.01").verdict
    shop = verdict.of(Party.shop("s"))
    assert (shop.paid, shop.above_agreed) == (200 + 20, 20)
    assert verdict.of(PLATFORM).received.total == 20
    assert verdict.of(Party.member("r")).received.total == 30
    assert verdict.of(Party.member("u")).paid == 0


def test_agents_and_investors_are_counted_apart_from_members() -> None:
    events = [
        {"do": "shop", "shop": "s", "district": "ann", "introducer": "ann"},
        {"do": "inject", "who": "fund", "amount": "500"},
        buy("ann"),
    ]
    verdict = play("appreciation", events, "local-life").verdict
    # District 0.1 % and introducer 0.5 % of 1,000, to ann as an agent and not as the member who bought.
    assert verdict.of(Party.agent("ann")).received.total == 6
    assert verdict.of(Party.member("ann")).received.total == 0
    assert verdict.of(Party.investor("fund")).paid == verdict.kinds["investor"].paid == 500


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 1500, "0.067%"), (1, 4, "25%"), (1999, 2000, "<100%"), (0, 5, "0%"), (5, 5, "100%"), (7, 8, "87.5%")],
)
def test_a_share_is_never_rounded_to_nothing_or_to_all(part: int, whole: int, text: str) -> None:
    assert percent(Fraction(part, whole)) == text
