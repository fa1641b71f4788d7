"""Consumption packages, worked by hand from their description."""

from fractions import Fraction

import pytest

from coalition.lab import Result, read_mapping, run
from coalition.lab.errors import EventRefused
from coalition.lab.money import Goods
from coalition.lab.parties import Party
from coalition.lab.scheme import Row
from coalition.lab.schemes.packages_people import RANKS, PackageMember, rank_of, team_scores

Keys = dict[str, str]


def member(name: str, referrer: str = "", **keys: str) -> Keys:
    return {"do": "member", "who": name, **({"referrer": referrer} if referrer else {}), **keys}


def task(name: str, **keys: str) -> Keys:
    return {"do": "task", "who": name, **keys}


def buy(name: str, amount: str, **keys: str) -> Keys:
    return {"do": "buy", "who": name, "amount": amount, **keys}


def play(events: list[Keys], **params: str) -> Result:
    return run(read_mapping({"model": "packages", "params": params, "events": events}))


def of(row: Row, name: str) -> dict[str, Fraction]:
    holders = row["holders"]
    assert isinstance(holders, dict)
    assets = holders[name]
    assert isinstance(assets, dict)
    return assets


def test_the_free_starter_brings_12_power_over_30_daily_tasks() -> None:
    rows = play([member("u"), *[task("u")] * 31]).rows
    assert of(rows[1], "u")["power"] == Fraction("0.4")
    assert of(rows[30], "u")["power"] == 12
    assert of(rows[31], "u")["power"] == 12


def test_a_package_returns_32_percent_over_its_price_and_a_missed_days_part_lapses() -> None:
    full = play([buy("u", "100"), *[task("u")] * 30]).rows[30]
    assert of(full, "u")["power"] == 132 + 12
    result = play([buy("u", "100"), task("u", day="1"), task("u", day="3")])
    assert of(result.rows[2], "u")["power"] == 2 * Fraction(144, 30)
    # 144 to come, less three days of 4.8, and 9.6 is there.
    assert result.verdict.figures.outstanding == 144 - 3 * Fraction(144, 30) + 2 * Fraction(144, 30)


def test_a_package_is_bought_with_power_where_there_is_enough_else_with_money() -> None:
    result = play([*[task("u")] * 30, buy("u", "10"), buy("u", "100")])
    assert (result.rows[30]["paid_with"], of(result.rows[30], "u")["power"]) == ("power", 2)
    assert (result.rows[31]["paid_with"], of(result.rows[31], "u")["power"]) == ("money", 2)
    assert result.verdict.figures.held == 100


def test_a_referral_brings_six_tenths_of_a_coupon_over_six_days() -> None:
    rows = play([member("a"), member("b", "a"), *[task("b")] * 7]).rows
    assert [of(row, "a")["share_coupons"] for row in rows[2:8]] == [Fraction(n, 10) for n in range(1, 7)]
    assert rows[2]["paid"] == {"a": Fraction(1, 10)}
    assert rows[8]["paid"] == {}


def test_a_referral_stops_for_good_when_a_day_is_missed() -> None:
    days = [task("b", day=day) for day in ("1", "2", "4", "5")]
    rows = play([member("b", "a"), *days]).rows
    assert [row["paid"] for row in rows[1:]] == [{"a": Fraction(1, 10)}, {"a": Fraction(1, 10)}, {}, {}]


def test_a_recruits_package_pays_6_percent_up_to_that_of_ones_own_largest() -> None:
    rows = play([member("b", "a"), buy("a", "500"), buy("b", "400"), buy("b", "1000")]).rows
    assert (rows[2]["paid"], rows[3]["paid"]) == ({"a": 24}, {"a": 30})
    assert play([member("b", "a"), buy("b", "1000")]).rows[1]["paid"] == {}


def test_coupons_are_released_into_power_at_the_rating() -> None:
    own = [member("u", share_coupons="100", rating="3.5"), {"do": "release"}]
    row = play(own).rows[1]
    assert (of(row, "u")["share_coupons"], of(row, "u")["power"]) == (Fraction("96.5"), Fraction("3.5"))
    released = play([member("u", share_coupons="100"), {"do": "release", "who": "u", "rating": "2"}]).rows[1]
    assert of(released, "u")["power"] == 2
    lowest = play([member("u", share_coupons="100"), {"do": "release", "who": "u"}]).rows[1]
    assert of(lowest, "u")["power"] == 1


def test_red_packets_spent_make_contribution_for_shop_and_referrers() -> None:
    events = [
        member("b", "a"),
        member("c", "b", power="100"),
        {"do": "convert", "who": "c", "amount": "100", "to": "red_packets"},
        buy("z", "50"),
        {"do": "spend_packet", "who": "c", "shop": "s", "amount": "80"},
    ]
    result = play(events)
    row = result.rows[4]
    assert of(row, "c")["red_packets"] == 20
    assert of(row, "s")["contribution"] == 80
    assert of(row, "b")["contribution"] == 48
    assert of(row, "a")["contribution"] == 20
    # Only 50 of money ever came in: the shop waits for the rest.
    assert row["unpaid"] == 30
    assert result.verdict.of(Party.shop("s")).sold == Goods(Fraction(80), Fraction(50))


def test_red_packets_that_are_missing_are_bought_with_money() -> None:
    result = play([{"do": "spend_packet", "who": "u", "shop": "s", "amount": "80"}])
    assert of(result.rows[0], "u")["red_packets"] == 0
    assert result.rows[0]["unpaid"] == 0
    assert result.verdict.of(Party.shop("s")).sold == Goods(Fraction(80), Fraction(80))


def test_red_packets_can_be_given() -> None:
    events = [
        member("u", power="10"),
        {"do": "convert", "who": "u", "amount": "10", "to": "red_packets"},
        {"do": "give", "who": "u", "to": "v", "amount": "4"},
    ]
    row = play(events).rows[2]
    assert (of(row, "u")["red_packets"], of(row, "v")["red_packets"]) == (6, 4)


@pytest.mark.parametrize(
    ("declared", "fee"),
    [
        ({"score": "2.9"}, 40),
        ({"score": "3"}, 25),
        ({"rank": "clerk"}, 40),
        ({"rank": "supervisor"}, 20),
        ({"rank": "manager"}, 15),
        ({"recruits": "15", "team_score": "500", "total_score": "2000"}, 20),
        ({"recruits": "15", "team_score": "499", "total_score": "2000"}, 40),
        ({}, 40),
    ],
)
def test_turning_power_into_vouchers_costs_by_score_and_rank(declared: Keys, fee: int) -> None:
    row = play([member("u", power="100", **declared), {"do": "convert", "who": "u", "amount": "100"}]).rows[1]
    assert (row["fee"], row["vouchers"]) == (fee, 100 - fee)
    assert of(row, "u")["power"] == 0


@pytest.mark.parametrize(("tier", "fee"), [("basic", 40), ("advanced", 20), ("expert", 15)])
def test_whoever_bought_an_advanced_or_expert_package_pays_less(tier: str, fee: int) -> None:
    events = [member("u", power="100"), buy("u", "10", tier=tier, pay="money")]
    assert play([*events, {"do": "convert", "who": "u", "amount": "100"}]).rows[2]["fee"] == fee


def test_the_score_grows_by_one_for_each_recruit_who_is_verified() -> None:
    recruits = [event for name in "bcd" for event in (member(name, "a"), {"do": "verify", "who": name})]
    rows = play([*recruits, member("a", power="100"), {"do": "convert", "who": "a", "amount": "100"}]).rows
    assert [row["score"] for row in rows[1:6:2]] == [1, 2, 3]
    assert rows[-1]["fee"] == 25
    with pytest.raises(EventRefused, match="b is verified already"):
        play([*recruits, {"do": "verify", "who": "b"}])


@pytest.mark.parametrize(
    ("days", "fee"),
    [
        (("1", "31", "61"), 25),  # a task in every month
        (("1", "61"), 40),  # none in the second month
        (("1", "60"), 25),
        (("1", "31", "61", "121"), 25),  # the fourth month is not watched
    ],
)
def test_the_score_falls_to_zero_when_one_of_the_first_three_months_has_no_task(
    days: tuple[str, ...], fee: int
) -> None:
    events = [member("u", score="5", power="100"), *[task("u", day=day) for day in days]]
    assert play([*events, {"do": "convert", "who": "u", "amount": "100"}]).rows[-1]["fee"] == fee


def test_a_package_that_is_bought_again_runs_a_day_longer_each_time_up_to_six() -> None:
    again = [buy("u", "30", pay="money") for _ in range(8)]
    rows = play([*again, *[task("u")] * 37]).rows
    # Eight times 39.6: over 30, 31, … 36 and once more 36 days, beside the starter's 12 over 30.
    per_day = [Fraction(396, 10) / days for days in (30, 31, 32, 33, 34, 35, 36, 36)]
    assert of(rows[8], "u")["power"] == sum(per_day) + Fraction(4, 10)
    assert of(rows[8 + 29], "u")["power"] == 30 * sum(per_day) + 12
    assert of(rows[8 + 30], "u")["power"] == 31 * sum(per_day) - per_day[0] + 12
    assert of(rows[-1], "u")["power"] == 8 * Fraction(396, 10) + 12


def test_power_has_a_market_price_and_packets_are_worth_it() -> None:
    packets = {"do": "convert", "who": "u", "amount": "3", "to": "red_packets"}
    rows = play(
        [member("u", power="10"), packets, buy("u", "100"), {"do": "price", "amount": "25"}], power_price="20"
    ).rows
    assert of(rows[1], "u")["red_packets"] == 60
    # A package of 100 costs 5 of the 7 power left, and returns 6.6.
    assert (rows[2]["paid_with"], of(rows[2], "u")["power"]) == ("power", 2)
    assert rows[3]["price"] == 25


def test_power_is_sold_to_another_member_at_the_market_price_less_the_fee() -> None:
    sell = {"do": "sell", "who": "u", "to": "v", "amount": "10"}
    result = play([member("u", power="10"), sell, {"do": "fees"}], power_price="20")
    row = result.rows[1]
    assert (row["fee"], row["cash"], of(row, "v")["power"]) == (4, 120, 6)
    assert result.rows[2]["fees"] == 4
    assert result.verdict.parties[Party.member("v")].paid == 120


def test_a_citys_provider_gets_a_daily_share_of_its_members_fees() -> None:
    provider = {"do": "provider", "who": "p", "city": "north", "amount": "1000"}
    events = [provider, member("u", power="100", city="north"), {"do": "convert", "who": "u", "amount": "100"}]
    result = play([*events, {"do": "fees"}, {"do": "day"}], provider_rate="0.1")
    assert (result.rows[3]["fees"], result.rows[4]["paid"]) == (36, {"p": 4})
    assert result.verdict.parties[Party.agent("p")].paid == 1000
    assert "joining_fee" in result.verdict.flags


def test_a_rank_gives_a_package_as_a_present() -> None:
    presents = {"clerk_present": "10", "supervisor_present": "20"}
    rows = play([member("u", rank="supervisor"), *[task("u")] * 30], **presents).rows
    assert of(rows[-1], "u")["power"] == 12 + Fraction(132, 100) * (10 + 20)


def test_a_finding_moves_a_recruit_to_another_referrer() -> None:
    moved = {"do": "reassign", "who": "b", "referrer": "c"}
    rows = play([member("b", "a"), member("c"), task("b"), moved, task("b")]).rows
    assert (rows[2]["paid"], rows[4]["paid"]) == ({"a": Fraction(1, 10)}, {"c": Fraction(1, 10)})


def test_the_five_ranks_share_the_trade_fees() -> None:
    ranked = [member(f"r{level}", rank=str(level)) for level in range(1, 6)]
    events = [
        *ranked,
        member("again", rank="5"),
        member("u", power="1000"),
        {"do": "convert", "who": "u", "amount": "1000"},
    ]
    row = play([*events, {"do": "fees"}]).rows[8]
    assert row["fees"] == 400
    assert row["paid"] == {"r1": 60, "r2": 80, "r3": 48, "r4": 40, "r5": 16, "again": 16, "platform": 140}
    assert of(row, "r1")["power"] == 60


def test_ranks_need_recruits_team_score_and_total_score() -> None:
    needs = [(rank.recruits, rank.team_score, rank.total_score) for rank in RANKS]
    assert needs == [
        (10, 50, 300),
        (15, 500, 2_000),
        (20, 3_000, 10_000),
        (25, 20_000, 60_000),
        (30, 80_000, 250_000),
    ]
    lines = {f"r{n}": Fraction(6) for n in range(9)} | {"strong": Fraction(246)}
    assert rank_of(lines, lines) == 1
    assert rank_of(lines | {"strong": Fraction(245)}, lines) == 0
    assert rank_of(lines, list(lines)[1:]) == 0
    assert rank_of(lines | {f"r{n}": Fraction(5) for n in range(9)}, lines) == 0


def test_a_members_score_and_all_below_add_up() -> None:
    people = {name: PackageMember(score=Fraction(2)) for name in "abcd"}
    assert team_scores(people, {"a": ["b", "c"], "c": ["d"]}) == {"a": 8, "b": 2, "c": 4, "d": 2}


def test_a_rank_earned_by_the_team_is_found_when_fees_are_shared() -> None:
    team = [member(f"r{n}", "top", score="150") for n in range(15)]
    events = [*team, member("top", power="10"), {"do": "convert", "who": "top", "amount": "5"}]
    rows = play([*events, {"do": "fees"}, {"do": "convert", "who": "top", "amount": "5"}]).rows
    assert (rows[16]["fee_rate"], rows[18]["fee_rate"]) == (Fraction("0.4"), Fraction("0.2"))


def test_a_day_is_everybodys_task_and_release() -> None:
    result = play([member("b", "a", share_coupons="10"), {"do": "day"}])
    # Two starters' 0.4 each, then 1 % of b's 10 coupons and of the 0.1 that a has just earned.
    assert result.rows[1]["power"] == Fraction("0.901")
    assert result.rows[1]["paid"] == {"a": Fraction(1, 10)}


def test_vouchers_are_honoured_only_with_what_members_paid_in() -> None:
    result = play([member("u", power="100"), buy("v", "30"), {"do": "convert", "who": "u", "amount": "100"}])
    assert (result.rows[2]["vouchers"], result.rows[2]["unpaid"]) == (60, 30)
    assert result.verdict.of(Party.member("u")).received.later_entrants == 30


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([task("u", day="2"), task("u", day="2")], "day 2 is over"),
        ([buy("u", "10", pay="power")], "u has 0 power, and the package costs 10"),
        ([buy("u", "10", pay="shells")], "neither power nor money"),
        ([{"do": "convert", "who": "u", "amount": "1"}], "u has 0 power, not 1"),
        ([{"do": "give", "who": "u", "to": "v", "amount": "1"}], "u has 0 red packets, not 1"),
        ([member("u", rating="4")], "not between 1 and 3.5"),
        ([member("u", rank="6")], "rank 6 is not one of 0 to 5, clerk, supervisor, manager, president, director"),
    ],
)
def test_what_cannot_happen_is_refused_with_its_reason(events: list[Keys], reason: str) -> None:
    with pytest.raises(EventRefused, match=reason):
        play(events)
