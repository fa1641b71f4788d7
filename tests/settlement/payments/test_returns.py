"""Debits that come back weeks after they were paid, and what is told of a window and a deposit."""

import pytest

from settlement.clearing import exposures
from settlement.payments import DEPOSIT_RAIL, change_payment_profile, defaults_of, stored_notices
from tests.support.clock import DAY
from tests.support.paying import Paying
from tests.support.scripted import Fate


@pytest.mark.parametrize("attempts_max", [1, 2])
def test_a_debit_that_came_back_late_has_days_of_grace_of_its_own(town: Paying, attempts_max: int) -> None:
    town.set_rules(attempts_max=attempts_max, retry_days=3, grace_days=10)
    town.fates["bakery"] = Fate(back_after=40 * DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    assert town.balances() == {}
    # It comes back when the cafe was paid long ago.
    town.fates["bakery"] = Fate(fails=True)
    town.run(days=41)
    town.run(days=2)
    assert [payment.state for payment in town.payments("bakery")] == ["returned"]
    town.run(days=1)
    assert [payment.state for payment in town.payments("bakery")][1:] == ["failed"] * (attempts_max - 1)
    town.run(days=6)
    assert (town.balances()["bakery"], defaults_of(town.book, town.session)) == (-100, [])
    town.run(days=1)
    assert [default.participant for default in defaults_of(town.book, town.session)] == ["bakery"]


def test_who_has_every_debit_sent_back_is_not_debited_for_ever(town: Paying) -> None:
    town.set_rules(attempts_max=2, retry_days=3, grace_days=10)
    town.fates["bakery"] = Fate(back_after=5 * DAY)
    town.owe(("bakery", "cafe", 100))
    for _ in range(10):
        town.run(days=4)
    assert [payment.state for payment in town.payments("bakery")] == ["returned", "returned"]
    assert [default.open_minor for default in defaults_of(town.book, town.session)] == [100]


def test_what_was_made_good_is_no_reason_for_a_default_later(town: Paying) -> None:
    town.set_rules(retry_days=3, grace_days=10)
    town.fates["bakery"] = Fate(back_after=60 * DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    town.fates["bakery"] = Fate(back_after=5 * DAY)
    town.owe(("bakery", "cafe", 50))
    town.run()
    town.fates["bakery"] = Fate(ends_after=5 * DAY)
    # Of this week's the debit came back, and was made good by another; then last week's comes back.
    for days in (6, 3, 6):
        town.run(days=days)
    assert town.balances() == {}
    town.fates["bakery"] = Fate(ends_after=9 * DAY)
    town.run(days=45)
    town.run(days=3)
    town.run(days=5)
    assert (town.balances()["bakery"], defaults_of(town.book, town.session)) == (-100, [])
    town.run(days=4)
    assert town.balances() == {}


@pytest.mark.parametrize(("days", "defaults"), [(12, 0), (13, 1)])
def test_each_return_has_a_grace_of_its_own_and_so_has_what_is_collected_again(
    town: Paying, days: int, defaults: int
) -> None:
    town.set_rules(attempts_max=9, retry_days=3, grace_days=10)
    town.fates["bakery"] = Fate(back_after=20 * DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    town.run(days=21)
    town.run(days=3)
    assert [payment.state for payment in town.payments("bakery")] == ["returned", "paid"]
    # Then the second one comes back too, and its bank takes its time with a third.
    town.fates["bakery"] = Fate(ends_after=30 * DAY)
    town.run(days=21)
    town.run(days=3)
    assert defaults_of(town.book, town.session) == []
    town.run(days=days - 3)
    assert len(defaults_of(town.book, town.session)) == defaults


def test_a_deposit_should_hold_what_can_still_come_back(town: Paying) -> None:
    town.owe(("bakery", "cafe", 100))
    town.run()
    town.deposit("bakery", 30)

    def held() -> tuple[int, int]:
        (exposure,) = [exposure for exposure in exposures(town.book, town.session) if exposure.shop == "bakery"]
        return exposure.returnable_minor, exposure.deposit_short_minor

    # The deposit itself was collected too.
    assert held() == (130, 100)
    town.clock.forward(57 * DAY)
    assert held() == (0, 0)


def notices_of(town: Paying, kind: str) -> list[tuple[str, int]]:
    return [
        (notice.participant, int(notice.facts["minor"]))
        for notice in stored_notices(town.book, town.session)
        if notice.kind == kind
    ]


def test_that_a_window_is_settled_is_told_once_and_when_nothing_of_it_is_open(town: Paying) -> None:
    town.fates["bakery"] = Fate(ends_after=5 * DAY)
    town.owe(("bakery", "cafe", 300), ("diner", "butcher", 20))
    town.run()
    assert notices_of(town, "window_settled") == []
    town.run(days=6)
    town.run()
    assert notices_of(town, "window_settled") == [("operator", 320)]


def test_a_deposit_that_does_not_cover_a_debt_is_told_of_once_a_window(town: Paying) -> None:
    change_payment_profile(town.book, town.session, "bakery", rail=DEPOSIT_RAIL)
    town.deposit("bakery", 100)
    town.fates["bakery"] = Fate(ends_after=9 * DAY)
    town.owe(("bakery", "cafe", 300))
    town.run()
    town.run(days=1)
    assert notices_of(town, "deposit_short") == [("bakery", 200)]
