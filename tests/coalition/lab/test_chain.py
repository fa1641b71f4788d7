"""The 2+1 chain, worked by hand from its description."""

from fractions import Fraction

import pytest

from coalition.lab import Result, read_mapping, run
from coalition.lab.errors import EventRefused, ScenarioInvalid
from coalition.lab.money import Goods
from coalition.lab.parties import Party
from coalition.lab.scheme import Row

Keys = dict[str, str]


def join(member: str, referrer: str = "", **keys: str) -> Keys:
    return {"do": "join", "who": member, **({"referrer": referrer} if referrer else {}), **keys}


def look(member: str) -> Keys:
    return {"do": "member", "who": member}


def play(events: list[Keys], **params: str) -> Result:
    return run(read_mapping({"model": "chain", "params": params, "events": events}))


def paid(row: Row) -> object:
    return row["paid"]


def boss(name: str, referrer: str = "") -> list[Keys]:
    """Joins that make somebody a boss; the recruits are name1, name2, name3."""
    return [join(name, referrer), *[join(f"{name}{n}", name) for n in (1, 2, 3)]]


def test_a_package_of_1000_is_split_into_its_eight_parts() -> None:
    result = play([join("a"), {"do": "collect", "who": "a", "shop": "point"}])
    verdict = result.verdict
    # Nobody above: 330 + 10 + 30 stay with the platform beside its 70; 200 goods, 40 + 300 held.
    assert verdict.kinds["platform"].received.total == 70 + 330 + 10 + 30
    assert verdict.of(Party.shop("goods")).sold == Goods(Fraction(200), Fraction(200))
    assert verdict.figures.held == 340
    assert paid(result.rows[1]) == {"point": 20}
    assert (result.rows[0]["dividends"], result.rows[0]["pool"], result.rows[0]["minted"]) == (40, 300, 210)


def test_an_agent_gets_100_for_each_of_two_sales_and_300_for_the_third_which_makes_a_boss() -> None:
    rows = play([*boss("a"), look("a")]).rows
    assert [paid(row) for row in rows[1:4]] == [{"a": 100}, {"a": 100}, {"a": 300}]
    assert rows[4]["role"] == "boss"


def test_the_third_sale_can_still_be_an_agents() -> None:
    rows = play([*boss("a"), *boss("b", "a")], third_sale="agent").rows
    assert [paid(row) for row in rows[1:4]] == [{"a": 100}] * 3
    # b's first three sales are an agent's in the team of a.
    assert [paid(row) for row in rows[5:8]] == [{"b": 100, "a": 200}] * 3


def test_the_boss_gets_200_for_a_sale_of_an_agent_below_at_any_depth() -> None:
    rows = play([*boss("a"), join("x", "a3"), join("y", "x"), join("z", "y")]).rows
    assert [paid(row) for row in rows[4:]] == [
        {"a3": 100, "a": 200},
        {"x": 100, "a": 200},
        {"y": 100, "a": 200},
    ]


def test_a_new_boss_leaves_two_recruits_with_the_upline_and_takes_the_rest_along() -> None:
    rows = play([*boss("a"), *boss("b", "a"), join("x", "b1"), join("y", "b3"), look("b"), look("b1")]).rows
    # b1's sale now counts for a, b3's for b; a referred b and gets 10 % of b's 200.
    assert paid(rows[8]) == {"b1": 100, "a": 200}
    assert paid(rows[9]) == {"b3": 100, "b": 200, "a": 20}
    assert (rows[10]["role"], rows[10]["upline"]) == ("boss", None)
    assert (rows[11]["role"], rows[11]["upline"]) == ("agent", "a")


def test_a_boss_who_referred_a_boss_gets_30_at_most_of_a_sale() -> None:
    rows = play([*boss("a"), *boss("b", "a"), join("x", "b")]).rows
    # The third recruit of b is a boss's sale already.
    assert paid(rows[7]) == {"b": 300, "a": 30}
    assert paid(rows[8]) == {"b": 300, "a": 30}


def test_regions_get_their_pay_by_difference() -> None:
    whole = {"district": "d", "city": "c", "province": "p", "greater_region": "g"}
    assert paid(play([join("a", **whole)]).rows[0]) == {"d": 3, "c": 2, "p": 3, "g": 2}
    assert paid(play([join("a", city="c", greater_region="g")]).rows[0]) == {"c": 5, "g": 5}
    declared = [{"do": "shop", "shop": "s", **whole}, join("a", shop="s")]
    assert paid(play(declared).rows[1]) == {"d": 3, "c": 2, "p": 3, "g": 2}


def test_ranks_above_a_sale_get_their_pay_by_difference_at_any_depth() -> None:
    line = [join("m0"), *[join(f"m{n}", f"m{n - 1}") for n in range(1, 13)]]
    ranks = [
        {"do": "member", "who": "m8", "rank": "partner"},
        {"do": "member", "who": "m5", "rank": "co-founder"},
        {"do": "member", "who": "m0", "rank": "director"},
    ]
    row = play([*line, *ranks, join("new", "m12")]).rows[-1]
    # Thirteen generations up, the director still gets 30 less the 20 that went below.
    assert paid(row) == {"m12": 100, "m8": 10, "m5": 10, "m0": 10}


def test_nine_ranks_can_be_set_and_no_tenth() -> None:
    more = [{"do": "rank", "rank": f"gold {n}", "pay": str(21 + n)} for n in range(6)]
    rows = play([*more, join("a"), {"do": "member", "who": "a", "rank": "gold 5"}, join("b", "a")]).rows
    assert paid(rows[-1]) == {"a": 126}
    with pytest.raises(EventRefused, match="9 ranks at most"):
        play([*more, {"do": "rank", "rank": "gold 6", "pay": "1"}])
    with pytest.raises(EventRefused, match="a sale can pay 31 out of it"):
        play([{"do": "rank", "rank": "platinum", "pay": "31"}])


def test_the_next_one_above_of_the_same_rank_gets_a_share_of_what_it_earns() -> None:
    ranks = [{"do": "member", "who": member, "rank": "co-founder"} for member in ("a", "b", "c")]
    events = [join("a"), join("b", "a"), join("c", "b"), *ranks, join("d", "c")]
    assert paid(play(events, peer_rate="0.5", director_pay="20").rows[-1]) == {"c": 100 + 20, "b": 10}
    with pytest.raises(ScenarioInvalid, match="team_part: a sale can pay 45"):
        play([], peer_rate="0.5")  # 30 for a director, and 15 for another one above.


def test_a_rank_is_bought_with_a_bigger_package_at_any_stage() -> None:
    upgrade = {"do": "upgrade", "who": "b", "rank": "partner", "amount": "3000", "district": "d"}
    rows = play([join("a"), join("b", "a"), upgrade, join("c", "b")]).rows
    # Three times the parts of the ordinary package: 300 for the sale, 9 for the district, 120 for dividends.
    assert paid(rows[2]) == {"a": 300, "d": 9}
    assert rows[2]["dividends"] == 40 + 40 + 120
    assert paid(rows[3]) == {"b": 100 + 10}
    bigger = play([join("a"), join("b", "a", amount="2000", rank="director"), join("c", "b")]).rows
    assert (paid(bigger[1]), paid(bigger[2])) == ({"a": 200}, {"b": 130})


def test_a_rank_is_earned_by_sales_below() -> None:
    earned = {"do": "rank", "rank": "partner", "sales": "2"}
    rows = play([earned, join("a"), join("b", "a"), join("c", "b"), join("d", "c")]).rows
    # The sales to b and c are a's; the one to d is the first under a partner.
    assert paid(rows[4]) == {"c": 100, "a": 10}


def test_agents_and_service_points_pay_to_join_and_it_is_said_who_gets_it() -> None:
    events = [
        {"do": "agent", "who": "g", "region": "greater_region", "amount": "10000000"},
        {"do": "agent", "who": "d", "region": "district", "amount": "50000", "to": "g", "share": "0.3"},
        {"do": "point", "shop": "s"},
    ]
    result = play(events)
    assert [row["fee"] for row in result.rows] == [10_000_000, 50_000, 9_800]
    parties = result.verdict.parties
    assert parties[Party.agent("g")].received.total == 15_000
    # Goods of 9,800 cost what a package's cost, 200 of 1,000.
    assert parties[Party.shop("goods")].sold.paid == 1_960
    assert result.verdict.kinds["platform"].received.total == 10_000_000 + 35_000 + 7_840
    with pytest.raises(EventRefused, match="'village' is not a region; allowed: district, city"):
        play([{"do": "agent", "who": "v", "region": "village", "amount": "1"}])


def test_a_finding_moves_a_member_to_another_referrer_from_then_on() -> None:
    moved = {"do": "reassign", "who": "b", "referrer": "c"}
    rows = play([join("a"), join("b", "a"), join("c"), join("x", "b"), moved, join("y", "b"), look("b")]).rows
    assert (paid(rows[3]), paid(rows[5])) == ({"b": 100}, {"b": 100})
    assert rows[6]["upline"] == "c"
    bosses = [*boss("a"), *boss("b", "a"), *boss("c")]
    before, after = play([*bosses, join("x", "b")]).rows[-1], play([*bosses, moved, join("x", "b")]).rows[-1]
    assert (paid(before), paid(after)) == ({"b": 300, "a": 30}, {"b": 300, "c": 30})
    with pytest.raises(EventRefused, match="can't refer each other"):
        play([join("a"), join("b", "a"), {"do": "reassign", "who": "a", "referrer": "b"}])


def test_a_recruit_whom_a_finding_moved_away_stays_there_when_the_seller_becomes_a_boss() -> None:
    moves = [{"do": "reassign", "who": "x", "referrer": "c"}, {"do": "reassign", "who": "a", "referrer": "x"}]
    story = [join("a"), join("b", "a"), join("c"), join("x", "b"), *moves, join("y", "b"), join("z", "b"), look("x")]
    rows = play([*story, join("w", "a")]).rows
    # With a, b's upline, a would stand below x and x below a.
    assert (rows[-2]["upline"], paid(rows[-1])) == ("c", {"a": 100})


def test_parcels_that_nobody_collects_are_money_that_shows() -> None:
    collect = {"do": "collect", "who": "a", "shop": "s"}
    rows = play([join("a"), join("b"), collect]).rows
    assert [row["uncollected"] for row in rows] == [20, 40, 20]


def test_shareholders_are_paid_dividends_by_weight() -> None:
    holders = [{"do": "shareholder", "who": name, "shares": shares} for name, shares in (("i", "3"), ("j", "1"))]
    row = play([join("a"), *holders, {"do": "dividend"}], shareholder_share="0.5").rows[-1]
    assert (paid(row), row["dividends"]) == ({"i": 15, "j": 5}, 20)


def test_dividends_go_30_30_40_to_directors_co_founders_and_partners_per_head() -> None:
    ranks = {"a": "director", "b": "co-founder", "c": "partner", "d": "partner"}
    events = [join(member) for member in ranks]
    events += [{"do": "member", "who": member, "rank": rank} for member, rank in ranks.items()]
    row = play([*events, {"do": "dividend"}]).rows[8]
    # 160 in the pool: 48, 48, and 64 for two.
    assert paid(row) == {"a": 48, "b": 48, "c": 32, "d": 32}
    assert row["dividends"] == 0


def test_20_percent_stays_frozen_until_both_left_recruits_are_bosses_with_more_than_20_sales_below() -> None:
    first, second = boss("a1")[1:], boss("a2")[1:]
    start = [join("a"), join("a1", "a"), join("a2", "a"), join("a3", "a")]
    more = [join(f"{member}x{n}", member) for n in range(18) for member in ("a1", "a2")]
    rows = play([*start, *first, *second, *more[:-1], look("a"), more[-1], look("a")]).rows
    before, after = rows[-3]["frozen"], rows[-1]["frozen"]
    # 100 + 100 + 300 of its own; a1 and a2 left nothing with a but their first two, then 10 % of 300 each.
    own = 500 + 2 * 30 + 35 * 30
    assert before == own * Fraction(2, 10)
    assert after == 0
    assert play([*start, *first, *second, *more, join("z", "a1")]).rows[-1]["paid"] == {"a1": 300, "a": 30}


def test_what_is_frozen_shows_in_the_holders_of_the_sale() -> None:
    row = play([join("a"), join("b", "a")]).rows[1]
    holders = row["holders"]
    assert isinstance(holders, dict)
    assert holders["a"] == {"role": "agent", "upline": None, "frozen": 20}


def test_the_three_three_slide_fills_line_3_then_lines_1_and_2_layer_after_layer() -> None:
    names = [f"r{n}" for n in range(1, 46)]
    rows = play([join("a"), *[join(name, "a") for name in names]], dead_lines="slide").rows
    upline = {str(row["who"]): row["upline"] for row in rows}
    assert [upline[f"r{n}"] for n in (1, 2, 3)] == ["a", "a", "a"]
    assert [upline[f"r{n}"] for n in (4, 5)] == ["r3", "r3"]
    assert [upline[f"r{n}"] for n in (6, 7, 8, 9)] == ["r1", "r1", "r2", "r2"]
    assert [upline[f"r{n}"] for n in (10, 11, 12, 13)] == ["r4", "r4", "r5", "r5"]
    below = ["r6", "r6", "r7", "r7", "r8", "r8", "r9", "r9"]
    assert [upline[f"r{n}"] for n in range(14, 22)] == below
    assert {upline[f"r{n}"] for n in range(22, 30)} == {"r10", "r11", "r12", "r13"}
    assert {upline[f"r{n}"] for n in range(30, 46)} == {f"r{n}" for n in range(14, 22)}


def test_a_slide_goes_on_where_the_line_has_filled_its_layer_itself() -> None:
    own = [join("x", "r3"), join("y", "r3")]
    rows = play([join("a"), *[join(f"r{n}", "a") for n in (1, 2, 3)], *own, join("r4", "a")], dead_lines="slide").rows
    assert rows[-1]["upline"] == "r1"


def test_on_its_date_the_swap_takes_a_left_line_back_for_the_most_active_of_the_team() -> None:
    # a's left lines are a1 and a2, and stand with top; x, two below a, sells most.
    grow = [join("x", "a3"), join("x1", "x"), join("x2", "x")]
    start = [join("top"), join("a", "top"), *boss("a")[1:], *grow]
    rows = play([*start, *[{"do": "day"}] * 7, look("a3")], dead_lines="swap", swap_every="week").rows
    assert "swapped" not in rows[-3]
    # a3 counts its own sale and x's: three, the most in the team.
    swapped = rows[-2]["swapped"]
    assert isinstance(swapped, list)
    assert [(swap["boss"], swap["left"]) for swap in swapped] == [("a", "a3")]
    assert rows[-1]["upline"] == "top"
    monthly = play([*start, *[{"do": "day"}] * 30], dead_lines="swap").rows
    assert ["swapped" in row for row in monthly[-30:]] == [False] * 29 + [True]


def test_chance_picks_between_the_two_lines_and_the_seed_decides_it() -> None:
    events = [*boss("a"), join("x", "a3"), *[{"do": "day"}] * 7]

    def back(seed: int) -> str:
        row = play(events, dead_lines="swap", swap_every="week", swap_seed=str(seed)).rows[-1]
        swapped = row["swapped"]
        assert isinstance(swapped, list)
        return str(swapped[0]["back"])

    assert {back(seed) for seed in range(8)} == {"a1", "a2"}
    assert back(3) == back(3)


def test_the_package_fills_a_points_pool_with_its_price() -> None:
    rows = play([join("a"), join("b"), join("c"), {"do": "sell", "who": "a", "points": "all"}]).rows
    assert [f"{float(Fraction(str(row['price']))):.2f}" for row in rows[:3]] == ["1.43", "1.68", "1.87"]
    assert rows[3]["cash"] == 210 * Fraction(900 * 10000, 4819500) * Fraction(8, 10)


def test_every_flag_is_raised() -> None:
    assert len(play([join("a")]).verdict.flags) == 6


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([join("a"), join("a")], "has joined already"),
        ([join("a", "nobody")], "nobody has not joined"),
        ([join("a"), {"do": "collect", "who": "a"}], "needs shop"),
        ([{"do": "collect", "who": "a", "shop": "s"}], "no parcel"),
        ([{"do": "member", "who": "a", "rank": "king"}], "allowed: partner, co-founder, director"),
    ],
)
def test_what_cannot_happen_is_refused_with_its_reason(events: list[Keys], reason: str) -> None:
    with pytest.raises(EventRefused, match=reason):
        play(events)


def test_a_package_must_add_up_and_cover_what_it_promises() -> None:
    with pytest.raises(ScenarioInvalid, match="add up to 1001"):
        play([], cost_part="201")
    with pytest.raises(ScenarioInvalid, match="chain_part: a sale can pay 341"):
        play([], boss_pay="310")
