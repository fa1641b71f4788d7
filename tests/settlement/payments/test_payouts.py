"""Payouts: whenever nothing is paid the reason is named, and many collections need not become many small payments."""

from typing import Any

import pytest

from settlement.payments import (
    change_payment_profile,
    payment_outlooks,
    plan_withdrawal,
    send_payments,
    set_rail_account,
    start_leaving,
    suspend_payouts,
)
from settlement.rails import CashLine, Rail
from tests.support.clock import DAY
from tests.support.paying import Paying
from tests.support.scripted import Fate, ScriptedRail

SHOPS = ("bakery", "butcher", "cafe", "diner")


def outlook(town: Paying, shop: str) -> tuple[str, str]:
    """What comes next for a shop, and why."""
    (row,) = [row for row in payment_outlooks(town.context()) if row.participant == shop]
    return row.action.value, str(row.why)


def second_rail(town: Paying) -> ScriptedRail:
    """Another rail, beside the one that all use."""
    rail = ScriptedRail("cash", town.clock, town.fate)
    rails: dict[str, Rail] = {**town.rails, "cash": rail}
    town.rails = rails
    return rail


def test_cash_that_lies_at_another_rail_is_named(town: Paying) -> None:
    second_rail(town)
    change_payment_profile(town.book, town.session, "cafe", rail="cash")
    town.owe(("bakery", "cafe", 300))
    town.run()
    assert town.summary() == ["collect bakery 300 paid 1"]
    assert outlook(town, "cafe") == ("short", "the cash at cash is 0 minor units; the rest lies at bank")


def test_a_day_to_wait_for_after_a_failure_is_named(town: Paying) -> None:
    town.fates["cafe"] = Fate(fails=True)
    town.owe(("bakery", "cafe", 300))
    town.run()
    action, why = outlook(town, "cafe")
    assert action == "retry"
    assert why == "the last payment failed; the next is made from 2024-05-22T23:00:00+00:00 on"
    del town.fates["cafe"]
    town.clock.forward(3 * DAY)
    assert outlook(town, "cafe") == ("pay", "")


def test_a_withdrawal_that_is_planned_is_named(town: Paying) -> None:
    town.deposit("diner", 500)
    plan_withdrawal(town.context(), "diner", 500)
    town.fates["bakery"] = Fate(ends_after=5 * DAY)
    town.owe(("bakery", "cafe", 300))
    assert outlook(town, "bakery")[0] == "collect"
    assert outlook(town, "cafe") == (
        "short",
        "the cash at bank is 500 minor units, of which 500 minor units is planned to go out already",
    )


def test_what_is_not_collected_yet_is_named_and_so_is_a_part(town: Paying) -> None:
    town.fates["diner"] = Fate(ends_after=5 * DAY)
    town.owe(("bakery", "cafe", 100), ("diner", "butcher", 300))
    assert outlook(town, "cafe") == ("short", "cash to pay creditors out of: 0 minor units")
    town.run()
    assert outlook(town, "cafe")[0] == "short"
    assert outlook(town, "diner")[0] == "on_its_way"


def test_who_is_suspended_or_has_no_account_is_named(town: Paying) -> None:
    town.owe(("bakery", "cafe", 100), ("diner", "butcher", 300))
    suspend_payouts(town.context(), "cafe")
    set_rail_account(town.book, town.session, "butcher", "bank", {"problem": "no IBAN"})
    assert outlook(town, "cafe") == ("hold", "its payouts are held back")
    assert outlook(town, "butcher") == ("wait", "no IBAN")


def test_attempts_that_failed_are_named(town: Paying) -> None:
    town.set_rules(attempts_max=2, grace_days=20, retry_days=3)
    town.fates["bakery"] = Fate(fails=True)
    town.owe(("bakery", "cafe", 300))
    town.run()
    assert outlook(town, "bakery")[0] == "retry"
    assert "the next is made from" in outlook(town, "bakery")[1]


# -- a minimum, and all at once -----------------------------------------------------------------------------------


def trickle(town: Paying, **rules: Any) -> list[str]:
    """Three shops owe a fourth, and pay on different days: what is paid out, run by run."""
    town.set_rules(**rules)
    for days, shop in enumerate(("bakery", "butcher", "diner"), start=1):
        town.fates[shop] = Fate(ends_after=days * DAY)
    town.owe(("bakery", "cafe", 56), ("butcher", "cafe", 70), ("diner", "cafe", 1_000))
    for _ in range(5):
        town.run(days=1)
    return [line for line in town.summary() if line.startswith("pay")]


def test_without_a_rule_each_collection_is_paid_on_at_once(town: Paying) -> None:
    assert trickle(town) == ["pay cafe 1000 paid 1", "pay cafe 56 paid 1", "pay cafe 70 paid 1"]
    assert town.balances() == {}


def test_below_the_minimum_nothing_is_paid(town: Paying) -> None:
    assert trickle(town, payout_min_minor=100) == ["pay cafe 1000 paid 1", "pay cafe 126 paid 1"]
    town.owe(("bakery", "cafe", 99))
    town.run(days=2)
    assert outlook(town, "cafe") == ("carry", "a payout is of at least 100 minor units; it is carried over")
    town.owe(("bakery", "cafe", 1))
    town.run()
    town.run(days=2)
    assert "pay cafe 100 paid 1" in town.summary()


def test_a_shop_that_leaves_is_paid_what_is_below_the_minimum(town: Paying) -> None:
    town.set_rules(payout_min_minor=100)
    town.owe(("bakery", "cafe", 56))
    start_leaving(town.context(), "cafe")
    town.run()
    assert "pay cafe 56 paid 1" in town.summary()


def test_one_payment_when_all_is_collected(town: Paying) -> None:
    assert trickle(town, pay_when_collected=True) == ["pay cafe 1126 paid 1"]
    assert town.balances() == {}


def test_what_is_waited_for_is_named_and_a_default_ends_the_wait(town: Paying) -> None:
    town.set_rules(pay_when_collected=True, attempts_max=1, grace_days=5)
    town.fates["diner"] = Fate(fails=True)
    town.owe(("bakery", "cafe", 1_000), ("diner", "butcher", 300))
    town.run()
    assert [line for line in town.summary() if line.startswith("pay")] != []


@pytest.mark.parametrize("shop", ["cafe", "butcher"])
def test_until_all_is_collected_everybody_hears_how_much_is_missing(town: Paying, shop: str) -> None:
    town.set_rules(pay_when_collected=True)
    town.fates["diner"] = Fate(ends_after=5 * DAY)
    town.owe(("bakery", "cafe", 1_000), ("diner", "butcher", 300))
    town.run()
    assert outlook(town, shop) == ("uncollected", "owed and not collected yet: 300 minor units")


@pytest.mark.parametrize(("least", "missing"), [(300, 300), (301, None)])
def test_what_is_too_little_to_be_collected_is_not_waited_for(town: Paying, least: int, missing: int | None) -> None:
    town.set_rules(pay_when_collected=True)
    town.fates["diner"] = Fate(ends_after=5 * DAY)
    town.rail.least = least
    town.owe(("bakery", "cafe", 1_000), ("diner", "cafe", 300))
    town.run()
    waits = outlook(town, "cafe") == ("uncollected", f"owed and not collected yet: {missing} minor units")
    assert waits == (missing is not None)


def test_what_is_paid_out_is_whole_steps_of_the_rail_and_the_rest_waits(town: Paying) -> None:
    town.rail.whole = 100
    town.owe(("bakery", "cafe", 1_000), ("diner", "butcher", 330), ("diner", "cafe", 70))
    town.run()
    assert [line for line in town.summary() if line.startswith("pay")] == [
        "pay butcher 300 paid 1",
        "pay cafe 1000 paid 1",
    ]
    assert town.balances() == {"butcher": 30, "cafe": 70}


def test_what_a_rail_lets_out_goes_to_the_first_and_the_next_waits(town: Paying) -> None:
    for shop in ("butcher", "cafe"):
        town.deposit(shop, 200)
    town.owe(("bakery", "diner", 10))
    town.run()
    withdrawals = [plan_withdrawal(town.context(), shop, 200).id for shop in ("butcher", "cafe")]
    town.rail.gifts.append(CashLine("payout", town.clock(), -100, 0, "", "to the bank"))
    assert send_payments(town.context(), withdrawals).payments == 1


def test_no_more_leaves_a_rail_than_it_lets_out_whatever_the_book_has(town: Paying) -> None:
    town.deposit("cafe", 500)
    town.owe(("bakery", "cafe", 300))
    # The rail paid most of the balance out to its owner's bank, of which nobody has told the book.
    payout = CashLine("payout", town.clock(), -600, 0, "", "to the bank")
    town.rail.gifts.append(payout)
    town.run()
    assert town.summary() == ["collect bakery 300 paid 1", "collect cafe 500 paid 1", "pay cafe 200 paid 1"]
    withdrawal = plan_withdrawal(town.context(), "cafe", 400)
    assert send_payments(town.context(), [withdrawal.id]).payments == 0
    town.rail.gifts.remove(payout)
    assert send_payments(town.context(), [withdrawal.id]).payments == 1
    town.check()
