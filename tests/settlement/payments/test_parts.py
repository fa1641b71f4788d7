"""What is more than a rail moves at once, or in a week, is collected in parts, before it fails."""

import pytest

from settlement.ledger import AccountKind
from settlement.payments import (
    defaults_of,
    payment_by_id,
    payment_history,
    payment_outlooks,
    plan_deposit,
    send_payments,
    set_rail_account,
)
from settlement.rails import RailAccount
from settlement.rails.port import WeekLimit
from tests.support.clock import DAY
from tests.support.paying import Paying
from tests.support.scripted import Fate, ScriptedRail


class LimitedByAccount(ScriptedRail):
    """A rail that moves no more at once than an account says."""

    def greatest_minor(self, account: RailAccount) -> int:
        return int(account.details.get("greatest", "1000000"))

    def week_limit(self, account: RailAccount) -> WeekLimit | None:
        week = account.details.get("week")
        return WeekLimit("debit", int(week)) if week else None


@pytest.fixture
def limited(town: Paying) -> Paying:
    """The town of a rail with limits: 10.00 at once and in a week."""
    town.rail = LimitedByAccount("bank", town.clock, town.fate)
    town.rails = {"bank": town.rail}
    for shop in ("bakery", "butcher"):
        set_rail_account(town.book, town.session, shop, "bank", {"greatest": "1000", "week": "1000"})
    return town


def test_what_is_more_than_a_rail_moves_at_once_is_collected_in_parts_that_are_one_attempt(town: Paying) -> None:
    town.rail = LimitedByAccount("bank", town.clock, town.fate)
    town.rails = {"bank": town.rail}
    town.set_rules(attempts_max=2, retry_days=1, grace_days=30)
    set_rail_account(town.book, town.session, "bakery", "bank", {"greatest": "1000"})
    town.fates["bakery"] = Fate(fails=True)
    town.owe(("bakery", "cafe", 2_500))
    town.run()
    assert sorted(payment.minor for payment in town.payments("bakery")) == [500, 1_000, 1_000]
    # All three failed: that was the first attempt of two, and no default yet.
    town.run()
    assert defaults_of(town.book, town.session) == []
    town.fates["bakery"] = Fate()
    town.run(days=2)
    town.run()
    assert town.summary() == [
        "collect bakery 1000 paid 2",
        "collect bakery 1000 paid 2",
        "collect bakery 500 paid 2",
        "pay cafe 2500 paid 1",
    ]


def test_what_was_planned_when_more_could_be_moved_is_planned_anew_in_parts(town: Paying) -> None:
    town.rail = LimitedByAccount("bank", town.clock, town.fate)
    town.rails = {"bank": town.rail}
    set_rail_account(town.book, town.session, "bakery", "bank", {"problem": "no mandate yet"})
    town.owe(("bakery", "cafe", 2_500))
    town.run()
    assert town.summary() == ["collect bakery 2500 planned 0"]
    set_rail_account(town.book, town.session, "bakery", "bank", {"greatest": "2000"})
    town.run()
    assert town.summary() == [
        "collect bakery 2000 paid 1",
        "collect bakery 2500 cancelled 0",
        "collect bakery 500 paid 1",
        "pay cafe 2500 paid 1",
    ]


def paid_minor(town: Paying, *shops: str) -> int:
    """How much was collected from these."""
    return sum(payment.moved_minor for shop in shops for payment in town.payments(shop))


def test_what_is_more_than_a_week_lets_through_waits_its_turn_and_is_no_default(limited: Paying) -> None:
    limited.set_rules(grace_days=1)
    limited.owe(("bakery", "cafe", 2_000))
    limited.run()
    assert sorted(payment.state for payment in limited.payments("bakery")) == ["paid", "planned"]
    (outlook,) = [row for row in payment_outlooks(limited.context()) if row.participant == "bakery"]
    assert (outlook.net_minor, outlook.on_its_way_minor) == (-1_000, -1_000)
    assert "bank collects at most 1000 minor units in seven days by `debit`" in outlook.why
    for days in (3, 3.9):
        limited.run(days=days)
        assert (paid_minor(limited, "bakery"), defaults_of(limited.book, limited.session)) == (1_000, [])
    limited.run(days=0.1)
    assert (limited.balances(), defaults_of(limited.book, limited.session)) == ({}, [])


def test_a_weeks_limit_is_shared_by_shops_and_the_last_waits_longest(limited: Paying) -> None:
    limited.owe(("bakery", "cafe", 1_000), ("butcher", "cafe", 2_000))
    limited.run()
    waiting = [payment for payment in limited.payments() if payment.state == "planned" and payment.route == "collect"]
    turns = [(payment.decided_by or 0) - limited.clock() for payment in waiting]
    assert sorted(turns) == [7 * DAY, 14 * DAY]
    for paid in (2_000, 3_000):
        limited.run(days=7)
        assert paid_minor(limited, "bakery", "butcher") == paid
    assert limited.balances() == {}


def test_what_will_wait_for_its_turn_is_named_before_the_first_run_as_after_it(limited: Paying) -> None:
    limited.owe(("bakery", "cafe", 2_500), ("butcher", "cafe", 900))

    def late() -> dict[str, tuple[str, str]]:
        rows = payment_outlooks(limited.context())
        return {row.participant: (row.action.value, row.why) for row in rows if row.net_minor < 0}

    before = late()
    assert [action for action, _ in before.values()] == ["collect", "collect"]
    assert "at most 1000 minor units in seven days by `debit`; what is more is sent from" in before["bakery"][1]
    limited.run()
    assert {shop: why.replace("it is sent", "what is more is sent") for shop, (_, why) in late().items()} == {
        shop: why.replace("it is sent", "what is more is sent") for shop, (_, why) in before.items()
    }
    # The turns that were told are kept, however the ids of the payments sort.
    turns = sorted((each.decided_by or 0, each.id) for each in limited.payments() if each.state == "planned")
    limited.run(days=1)
    assert turns == sorted((each.decided_by or 0, each.id) for each in limited.payments() if each.state == "planned")


def test_what_has_failed_takes_nothing_of_a_weeks_limit(limited: Paying) -> None:
    limited.set_rules(attempts_max=3, retry_days=1, grace_days=30)
    limited.fates["bakery"] = Fate(fails=True)
    limited.owe(("bakery", "cafe", 700))
    limited.run()
    limited.fates.clear()
    limited.run(days=1)
    assert limited.balances() == {}


def test_a_deposit_is_collected_in_parts_that_are_found_again_under_its_key(limited: Paying) -> None:
    set_rail_account(limited.book, limited.session, "bakery", "bank", {"greatest": "1000"})
    first, again = (plan_deposit(limited.context(), "bakery", 2_500, asked_as="d1") for _ in range(2))
    assert [payment.minor for payment in first] == [1_000, 1_000, 500]
    assert [payment.id for payment in again] == [payment.id for payment in first]
    send_payments(limited.context(), [payment.id for payment in first])
    assert {payment_by_id(limited.book, limited.session, each.id).state for each in first} == {"paid"}


def test_why_a_deposit_waits_is_in_its_history_once(limited: Paying) -> None:
    parts = plan_deposit(limited.context(), "bakery", 1_500, AccountKind.FUND)
    for _ in range(2):
        send_payments(limited.context(), [payment.id for payment in parts])
    histories = (payment_history(limited.book, limited.session, payment.id) for payment in parts)
    assert [step.code for steps in histories for step in steps].count("week_limit") == 1
