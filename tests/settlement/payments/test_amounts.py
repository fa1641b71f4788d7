"""What arrives may differ from what was asked: the rest is open, what is too much is a credit, no more is a default."""

import pytest

from settlement.ledger import AccountKind
from settlement.payments import DefaultRecord, PaymentCoverage, defaults_of, match_line, reconcile_rail
from settlement.rails import CashLine
from tests.support.clock import DAY
from tests.support.paying import Paying
from tests.support.scripted import Fate


def defaults(town: Paying) -> list[DefaultRecord]:
    return defaults_of(town.book, town.session)


def test_of_a_debt_that_is_paid_in_part_the_rest_is_open_and_carried(town: Paying) -> None:
    town.fates["bakery"] = Fate(brings_bps=9_500)
    town.owe(("bakery", "cafe", 1000))
    town.run()
    (payment,) = town.payments("bakery")
    assert (payment.moved_minor, payment.rest_minor, payment.coverage) == (950, 50, PaymentCoverage.PART_PAID)
    # The cash reaches for as much to the cafe.
    assert town.balances() == {"bakery": -50, "cafe": 50}
    town.run(days=30)
    assert (defaults(town), len(town.payments("bakery"))) == ([], 1)
    town.fates["bakery"] = Fate()
    town.owe(("bakery", "cafe", 200))
    town.run()
    assert [payment.minor for payment in town.payments("bakery")] == [1000, 250]
    assert town.balances() == {}


def test_a_rest_beyond_the_tolerance_is_collected_again_and_is_all_that_can_be_a_default(town: Paying) -> None:
    town.set_rules(tolerance_minor=49, retry_days=3, grace_days=10, attempts_max=3)
    town.fates["bakery"] = Fate(brings_bps=9_500)
    town.owe(("bakery", "cafe", 1000))
    town.run()
    town.fates["bakery"] = Fate(fails=True)
    town.run(days=2)
    assert len(town.payments("bakery")) == 1
    town.run(days=1)
    assert [payment.minor for payment in town.payments("bakery")] == [1000, 50]
    town.run(days=8)
    (default,) = defaults(town)
    assert (default.waterfall.shortfall_minor, default.open_minor) == (50, 50)


def test_what_is_too_much_is_a_credit_for_the_next_window(town: Paying) -> None:
    town.fates["bakery"] = Fate(brings_bps=10_714)
    town.owe(("bakery", "cafe", 700))
    town.run()
    (payment,) = town.payments("bakery")
    assert (payment.moved_minor, payment.excess_minor, payment.coverage) == (749, 49, PaymentCoverage.OVER_PAID)
    town.run(days=20)
    assert (town.balances(), defaults(town), town.cash()) == ({"bakery": 49}, [], 49)
    town.fates["bakery"] = Fate()
    town.owe(("bakery", "cafe", 100))
    town.run()
    assert [payment.minor for payment in town.payments("bakery")] == [700, 51]
    assert town.balances() == {}


def test_the_operator_bears_a_rest_where_the_alliance_says_so(town: Paying) -> None:
    town.set_rules(tolerance_minor=50, tolerance_charged_to="operator")
    town.deposit("operator", 200, AccountKind.CAPITAL)
    town.fates["bakery"] = Fate(brings_bps=9_500)
    town.owe(("bakery", "cafe", 1000), ("diner", "cafe", 10))
    town.run()
    (payment,) = town.payments("bakery")
    assert (payment.moved_minor, payment.written_off_minor, payment.rest_minor) == (950, 50, 0)
    assert town.balances() == {}
    assert town.cash() == 150
    # Some of it comes after all, and the operator has it back.
    town.rail.gifts.append(CashLine("late", town.clock(), 20, 0, "", "the rest of it"))
    reconcile_rail(town.context(), "bank")
    late = match_line(town.context(), "bank", "late", payment.id)
    assert (late.moved_minor, late.written_off_minor, late.rest_minor) == (970, 30, 0)
    assert (town.balances(), town.cash()) == ({}, 170)
    town.check()
    town.run(days=30)
    assert defaults(town) == []


def test_a_part_that_comes_back_is_a_new_debt_of_that_part(town: Paying) -> None:
    town.set_rules(tolerance_minor=0, retry_days=3, grace_days=10, attempts_max=3)
    town.fates["bakery"] = Fate(back_after=30 * DAY, takes_bps=4_000)
    town.owe(("bakery", "cafe", 1000))
    town.run()
    assert town.balances() == {}
    town.fates["bakery"] = Fate()
    town.run(days=31)
    assert town.balances() == {"bakery": -400}
    town.run(days=4)
    assert [(payment.minor, payment.moved_minor) for payment in town.payments("bakery")] == [(1000, 600), (400, 400)]
    assert (town.balances(), defaults(town)) == ({}, [])


def test_a_part_of_a_payout_that_comes_back_is_owed_again(town: Paying) -> None:
    town.set_rules(retry_days=3)
    town.fates["cafe"] = Fate(back_after=DAY, takes_bps=2_500)
    town.owe(("bakery", "cafe", 1000))
    town.run()
    town.fates["cafe"] = Fate()
    town.run(days=2)
    assert (town.balances(), town.cash()) == ({"cafe": 250}, 250)
    town.run(days=4)
    assert [(payment.minor, payment.moved_minor) for payment in town.payments("cafe")] == [(1000, 750), (250, 250)]
    assert town.balances() == {}


def test_what_is_missing_after_a_default_is_repaid_to_those_who_bore_it_as_far_as_it_comes(town: Paying) -> None:
    town.set_rules(grace_days=10, cut_cap_bps=10_000)
    town.fates["bakery"] = Fate(ends_after=12 * DAY, brings_bps=6_000)
    town.owe(("bakery", "cafe", 1000))
    town.run()
    town.run(days=11)
    assert [default.open_minor for default in defaults(town)] == [1000]
    town.run(days=2)
    assert [default.open_minor for default in defaults(town)] == [400]
    town.run()
    assert town.balances() == {}


@pytest.mark.parametrize("days", [9, 11, 19])
def test_a_debit_that_its_rail_calls_pending_is_never_a_default(town: Paying, days: int) -> None:
    town.set_rules(grace_days=10)
    town.fates["bakery"] = Fate(ends_after=25 * DAY, decides_after=20 * DAY)
    town.owe(("bakery", "cafe", 1000))
    town.run()
    for _ in range(3):
        town.run(days=days / 3)
    assert (defaults(town), town.balances()) == ([], {"bakery": -1000, "cafe": 1000})
    town.clock.forward((25 - days) * DAY)
    town.run()
    assert (defaults(town), town.balances()) == ([], {})


def test_grace_counts_from_when_the_rail_knew_and_so_it_does_for_a_debit_that_is_tried_again(town: Paying) -> None:
    town.set_rules(grace_days=10, retry_days=3, attempts_max=99)
    town.fates["bakery"] = Fate(fails=True, ends_after=18 * DAY, decides_after=20 * DAY)
    town.owe(("bakery", "cafe", 1000))
    town.run()
    town.run(days=19)
    town.run(days=3)
    assert [(payment.state, payment.attempt) for payment in town.payments("bakery")] == [("sent", 2)]
    town.run(days=17)
    assert defaults(town) == []
    town.fates["bakery"] = Fate(fails=True)
    # It has failed again; what is tried after that fails at once.
    for _ in range(12):
        town.run(days=1)
    assert defaults(town) == []
    town.run(days=1)
    assert [default.open_minor for default in defaults(town)] == [1000]


def test_a_debt_of_an_earlier_window_does_not_wait_for_ever_for_its_default(town: Paying) -> None:
    town.set_rules(grace_days=10)
    town.fates["bakery"] = Fate(ends_after=300 * DAY)
    town.owe(("bakery", "cafe", 1000))
    town.run()
    town.owe(("bakery", "cafe", 30))
    town.run()
    assert defaults(town) == []
    town.run(days=4)
    # What was asked for this week is in time.
    assert [default.waterfall.shortfall_minor for default in defaults(town)] == [1000]
    town.run(days=7)
    assert [default.waterfall.shortfall_minor for default in defaults(town)] == [1000, 30]
