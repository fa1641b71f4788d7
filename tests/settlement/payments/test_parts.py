"""What is more than a rail moves at once is collected in parts, before it fails."""

from settlement.payments import defaults_of, set_rail_account
from settlement.rails import RailAccount
from tests.support.paying import Paying
from tests.support.scripted import Fate, ScriptedRail


class LimitedByAccount(ScriptedRail):
    """A rail that moves no more at once than an account says."""

    def greatest_minor(self, account: RailAccount) -> int:
        return int(account.details.get("greatest", "1000000"))


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
