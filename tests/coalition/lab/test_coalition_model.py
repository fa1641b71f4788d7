"""The fixed-rate coalition, worked by hand from the replay contract."""

from fractions import Fraction

from coalition.lab import Result, read_mapping, run
from coalition.lab.parties import Party

Keys = dict[str, str]


def play(events: list[Keys], **params: str) -> Result:
    return run(read_mapping({"model": "coalition", "params": params, "events": events}))


def buy(amount: str, spend: str = "0") -> Keys:
    return {"do": "purchase", "who": "u", "amount": amount, "spend": spend}


def test_points_are_earned_on_cash_and_rounded_down() -> None:
    row = play([buy("12.70")]).rows[0]
    assert (row["earned"], row["points"]) == (25, 25)


def test_a_spend_is_capped_by_points_and_by_the_amount_and_earns_nothing_on_its_part() -> None:
    rows = play([buy("100"), buy("10", "150"), buy("0.30", "all")]).rows
    assert (rows[1]["spent"], rows[1]["cash"], rows[1]["earned"], rows[1]["points"]) == (150, 8.5, 17, 67)
    assert (rows[2]["spent"], rows[2]["cash"], rows[2]["points"]) == (30, 0, 37)


def test_referrers_are_paid_by_the_shop_beyond_its_points() -> None:
    result = play([{"do": "member", "who": "u", "referrer": "r"}, buy("100")])
    assert result.rows[1]["paid"] == {"r": Fraction(3, 10)}
    shop = result.verdict.of(Party.shop("shop"))
    assert (shop.paid, shop.above_agreed) == (2 + Fraction(3, 10), Fraction(3, 10))


def test_the_double_points_mall_works_on_coalition_purchases_too() -> None:
    events = [{**buy("100"), "shop": "s"}, {"do": "mall", "who": "u", "amount": "100"}]
    row = play(events).rows[1]
    assert (row["points_paid"], row["paid"], row["mall_points"]) == (50, {"s": 10}, 150)


def test_every_outstanding_point_is_covered_at_every_step() -> None:
    result = play([buy("100"), buy("50", "all"), buy("7")])
    assert all(sample.figures.coverage == 1 for sample in result.samples)
    assert result.verdict.kept.share == 1
    assert result.verdict.flags == ()


def test_what_a_member_gets_is_the_margin_of_their_own_purchases() -> None:
    got = play([buy("100"), buy("50", "all")]).verdict.of(Party.member("u")).received
    assert (got.purchases_margin, got.later_entrants, got.subsidy) == (2, 0, 0)


def test_everybody_can_leave_on_one_day_and_is_paid_in_full() -> None:
    day = play([buy("100"), {**buy("50"), "who": "v"}]).verdict.run
    assert (list(day.got), day.paid, day.short) == (["u"], 2, 0)
