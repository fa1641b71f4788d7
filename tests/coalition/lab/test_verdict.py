"""The verdict, the limits and the invariants, worked by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from coalition.lab import RunLimits, as_data, read_mapping, run
from coalition.lab.errors import MoneyNotConserved, PointsNotConserved, RunTooLarge, RunTooLong
from coalition.lab.money import Money, Sources
from coalition.lab.numbers import EXACT_BITS, carried, number_text, places
from coalition.lab.params import Params
from coalition.lab.parties import Party
from coalition.lab.scheme import ScenarioEvent
from coalition.lab.schemes.appreciation import Appreciation

Keys = dict[str, str]
A, SHOP = Party.member("a"), Party.shop("shop")


def buy(member: str, amount: str = "1000") -> Keys:
    return {"do": "purchase", "who": member, "amount": amount}


def local_life(events: list[Keys], **more: object) -> dict[str, object]:
    return {"model": "appreciation", "preset": "local-life", "events": events, **more}


def test_coverage_is_money_there_over_promises_outstanding() -> None:
    # Each is promised 1.2 × 1000 × 0.8; the pool has 320.
    verdict = run(read_mapping(local_life([buy("a"), buy("b")]))).verdict
    assert verdict.figures.coverage == Fraction(320, 2 * 960)
    assert (verdict.kept.share, verdict.waiting.participants, verdict.waiting.owed) == (0, 2, 1920)


def test_later_purchases_are_counted_from_ones_own_to_the_exit() -> None:
    # With an exit at 0.2, a's 112 points need a price of 200 / 112 = 1.79: two purchases after a's own.
    events = [buy("a"), buy("b"), buy("c")]
    verdict = run(read_mapping(local_life(events, params={"exit_multiple": "0.2"}))).verdict
    assert (verdict.kept.kept, verdict.kept.later_purchases) == (1, (2,))


def test_a_run_pays_the_first_share_of_holders_and_leaves_the_run_itself_alone() -> None:
    result = run(read_mapping(local_life([buy("a"), buy("b"), buy("c")], run_share="0.34")))
    day = result.verdict.run
    # 0.34 of three holders is rounded up to two: a's 112 at 480 / 257.04, then b's 78.4 at the new price.
    first = 112 * Fraction(48000, 25704) * Fraction(8, 10)
    second = Fraction(784, 10) * (480 - first) / (Fraction(25704, 100) - 112) * Fraction(8, 10)
    assert (list(day.got), day.paid) == (["a", "b"], first + second)
    assert (day.promised, day.short) == (1920, 1920 - first - second)
    assert result.rows[-1]["pool"] == 480


def test_in_the_coalition_members_gain_what_shops_give_and_no_more() -> None:
    verdict = run(read_mapping({"model": "coalition", "events": [buy("a"), buy("b", "77.77")]})).verdict
    nets = verdict.net_today
    assert (nets[A], nets[Party.member("b")], nets[SHOP]) == (20, Fraction(155, 100), -20 - Fraction(155, 100))


def test_money_is_traced_first_in_first_out() -> None:
    money = Money()
    for name in ("a", "b"):
        money.enter(name)
    money.put(SHOP, "pot", Fraction(3), buyer="a")
    money.put(SHOP, "pot", Fraction(3), buyer="b")
    money.pay("pot", A, Fraction(4))
    sides = money.parties()
    assert sides[A].received == Sources(purchases_margin=Fraction(3), later_entrants=Fraction(1))
    # The shop has paid all six, of which two still lie there.
    assert sides[SHOP].paid == 6
    assert money.flows == {(SHOP, A, "purchases_margin"): 3, (SHOP, A, "later_entrants"): 1}
    money.audit(0)


def test_money_that_vanishes_is_a_named_error() -> None:
    money = Money()
    money.put(A, "pot", Fraction(3))
    money.in_pots -= 1
    with pytest.raises(MoneyNotConserved, match="After event 7: paid in 3, but held 2 and paid out 0"):
        money.check(7)


def test_a_pot_that_pays_more_than_it_holds_is_a_named_error() -> None:
    money = Money()
    money.put(A, "pot", Fraction(3))
    money.pay("pot", SHOP, Fraction(5))
    with pytest.raises(MoneyNotConserved):
        money.check(0)


def test_points_that_appear_are_a_named_error() -> None:
    scheme = Appreciation(Params(Appreciation.specs, {}))
    scheme.step(ScenarioEvent(0, "purchase", buy("a")))
    scheme.pool.holders["a"].points += 1
    with pytest.raises(PointsNotConserved, match="members' points should be 112 and is 113"):
        scheme.audit(0)


def test_a_caller_can_limit_events_and_seconds() -> None:
    scenario = read_mapping(local_life([buy("a")] * 65))
    with pytest.raises(RunTooLarge, match="65 events; at most 64"):
        run(scenario, RunLimits(events=64))
    with pytest.raises(RunTooLong, match="Stopped after 0 s, 64 of 65"):
        run(scenario, RunLimits(seconds=0))


def test_progress_counts_every_event() -> None:
    calls: list[tuple[int, int]] = []
    run(read_mapping(local_life([buy("a")] * 50)), progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (50, 50)


def test_rows_and_verdict_are_written_as_decimal_strings_of_at_least_30_digits() -> None:
    data = as_data(run(read_mapping(local_life([buy("a"), buy("b"), buy("c")]))))
    assert set(data) == {"model", "preset", "currency", "params", "events", "rows", "vendor", "verdict"}
    rows = data["rows"]
    assert isinstance(rows, list)
    price = rows[2]["price"]
    assert abs(Fraction(price) - Fraction(48000, 25704)) < Fraction(1, 10**38)
    assert {"event": 2, "do": "purchase", "who": "c", "minted": "66.64", "exited": False}.items() <= rows[2].items()
    verdict = data["verdict"]
    assert isinstance(verdict, dict)
    assert verdict["flags"] == ["floating_price", "promise_on_principal", "pay_for_recruiting"]
    assert Fraction(verdict["coverage"]) == Fraction(number_text(Fraction(480, 2880)))
    assert verdict["words"]["zh"][0].startswith("承诺是")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 3), "0." + "3" * 40),
        (Fraction(5, 2), "2.5"),
        (Fraction(100), "100"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(0), "0"),
        (Fraction(1, 10**30), "0.000000000000000000000000000001"),
    ],
)
def test_a_figure_is_shown_as_a_plain_decimal(value: Fraction, text: str) -> None:
    assert number_text(value) == text


def test_a_figure_for_reading_is_rounded_half_to_even() -> None:
    assert [places(Fraction(n, 1000)) for n in (1005, 1015, -1, 1234567890)] == [
        "1.00",
        "1.02",
        "0.00",
        "1,234,567.89",
    ]


def test_figures_are_exact_until_they_outgrow_their_bound_and_then_cut_far_below_what_is_shown() -> None:
    exact = Fraction(1, 3 ** (EXACT_BITS // 2))
    assert carried(exact) is exact
    value = 7 + Fraction(1, 3**EXACT_BITS)
    assert 0 <= value - carried(value) < Fraction(1, 10**79)
    assert Decimal(number_text(carried(value))) == 7


def test_a_long_run_stays_conserved_and_quick() -> None:
    events = [buy(f"u{n % 97}", f"{n % 89 + 1}.{n % 10}") for n in range(1500)]
    result = run(read_mapping(local_life(events, params={"exit_multiple": "1000"})))
    assert result.rows[-1]["pool"] == sum(Fraction(event["amount"]) for event in events) * Fraction(16, 100)
