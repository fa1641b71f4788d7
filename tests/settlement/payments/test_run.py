"""The run of a window as a whole, a story a test: what is collected, paid, held, drawn, borne and given back."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from settlement import Funding, WindowNotFound
from settlement.clearing import close_due
from settlement.ledger import AccountKind, Book, Earn, Participant, Session, Spend
from settlement.payments import (
    DEPOSIT_RAIL,
    change_payment_profile,
    defaults_of,
    look_up_attempts,
    payment_outlooks,
    set_rail_account,
    settle_window,
    stored_notices,
)
from settlement.payments.drive import LEASE, lease_payments, record_answers
from settlement.rails.port import Observation, PaymentAttempt, RailStatus
from tests.support.books import BookClient, make_terms
from tests.support.clock import DAY, HOUR, Clock
from tests.support.paying import LATER, Paying
from tests.support.scripted import Fate


def notices(town: Paying) -> list[str]:
    return [f"{notice.kind} {notice.participant}" for notice in stored_notices(town.book, town.session)]


# -- collect, then pay ----------------------------------------------------------------------------------------------


def test_what_is_collected_is_paid_in_the_same_run(town: Paying) -> None:
    town.owe(("bakery", "cafe", 300), ("diner", "cafe", 50), ("diner", "butcher", 20))
    town.run()
    assert town.summary() == [
        "collect bakery 300 paid 1",
        "collect diner 70 paid 1",
        "pay butcher 20 paid 1",
        "pay cafe 350 paid 1",
    ]
    assert town.balances() == {}
    assert town.cash() == 0


def test_running_again_sends_nothing_again(town: Paying) -> None:
    town.owe(("bakery", "cafe", 300))
    town.run()
    town.run()
    town.run(days=3)
    assert len(town.rail.remotes) == len(town.payments()) == 2


def test_without_a_closed_window_there_is_nothing_to_settle(town: Paying) -> None:
    with pytest.raises(WindowNotFound):
        settle_window(town.context())


def test_too_little_for_the_rail_waits_for_the_next_window(town: Paying) -> None:
    town.rail.least = 50
    town.owe(("bakery", "cafe", 30))
    assert [row.action for row in payment_outlooks(town.context())] == ["carry", "carry"]
    town.run()
    assert town.payments() == []
    town.owe(("bakery", "cafe", 30))
    town.run()
    assert town.summary() == ["collect bakery 60 paid 1", "pay cafe 60 paid 1"]


def test_creditors_are_paid_as_far_as_cash_reaches_and_the_rest_when_it_has_come(town: Paying) -> None:
    town.fates["diner"] = Fate(ends_after=5 * DAY)
    town.owe(("bakery", "cafe", 100), ("diner", "butcher", 300))
    town.run()
    assert "pay cafe 25 paid 1" in town.summary()
    assert "pay butcher 75 paid 1" in town.summary()
    assert town.balances() == {"butcher": 225, "cafe": 75, "diner": -300}
    town.run(days=6)
    assert town.balances() == {}


def test_the_guarantee_fund_bridges_and_deposits_do_not(town: Paying) -> None:
    town.deposit("butcher", 500)
    town.deposit("butcher", 40, AccountKind.FUND)
    town.fates["bakery"] = Fate(ends_after=5 * DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    assert "pay cafe 40 paid 1" in town.summary()
    town.set_rules(pay_from_fund=False)
    town.run()
    assert town.balances() == {"bakery": -100, "cafe": 60}
    town.run(days=6)
    assert town.balances() == {}
    assert town.cash() == 540


def test_what_the_rail_kept_for_itself_is_not_paid_out(town: Paying) -> None:
    town.owe(("bakery", "cafe", 100))
    town.fates["bakery"] = Fate(fee_minor=30)
    town.run()
    # The rail kept 30 of what was collected, which no capital of the operator's bears.
    assert town.balances() == {"cafe": 30}
    assert town.cash() == 0


def test_what_backs_the_points_outstanding_stays_with_the_alliance(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    town = Paying(book(terms=make_terms(funding=Funding.ON_ISSUE)), session, clock)
    till = BookClient(town.book, session)
    till.take(Earn("bakery", "ann", 100, LATER))
    town.owe()
    town.run()
    assert town.summary() == ["collect bakery 100 paid 1"]
    assert (town.balances(), town.cash()) == ({"pool": 100}, 100)
    till.take(Spend("cafe", "ann", 60))
    town.owe(("diner", "butcher", 1))
    town.run()
    assert "pay cafe 60 paid 1" in town.summary()
    assert (town.balances(), town.cash()) == ({"pool": 40}, 40)


def test_five_hundred_legs_go_in_portions_with_progress(town: Paying) -> None:
    shops = [f"s{number:03d}" for number in range(500)]
    town.book.add_participants(Participant(0, shop) for shop in shops)
    till = BookClient(town.book, town.session)
    legs = []
    for number in range(250):
        legs += [Earn(shops[number], f"n{number}", 100, LATER), Spend(shops[number + 250], f"n{number}", 100)]
    till.take(*legs, key="all")
    town.clock.set(town.book.calendar.window(town.clock())[1] + HOUR)
    close_due(town.book, town.session, town.clock())
    heard: list[tuple[str, int, int]] = []
    settle_window(town.context(), lambda *step: heard.append(step))
    assert [step for step in heard if step[0] == "collect"] == [
        ("collect", 100, 250),
        ("collect", 200, 250),
        ("collect", 250, 250),
    ]
    assert [step for step in heard if step[0] == "pay"][-1] == ("pay", 250, 250)
    assert town.balances() == {}
    town.check()


# -- what goes wrong ------------------------------------------------------------------------------------------------


def test_a_failure_is_tried_again_under_a_new_key_after_the_days_of_the_rules(town: Paying) -> None:
    town.fates["bakery"] = Fate(fails=True)
    town.owe(("bakery", "cafe", 100))
    town.run()
    town.run(days=1)
    assert town.summary() == ["collect bakery 100 failed 1"]
    del town.fates["bakery"]
    town.run(days=3)
    assert town.summary() == ["collect bakery 100 paid 2", "pay cafe 100 paid 1"]
    assert len(town.rail.remotes) == 3


def test_a_lost_answer_is_looked_up_and_never_sent_under_another_key(town: Paying) -> None:
    town.fates["bakery"] = Fate(heard=False)
    town.owe(("bakery", "cafe", 100))
    town.run()
    assert town.summary() == ["collect bakery 100 ambiguous 1"]
    town.run(days=2)
    assert town.summary() == ["collect bakery 100 paid 1", "pay cafe 100 paid 1"]


def test_what_never_arrived_is_sent_again_under_the_same_key(town: Paying) -> None:
    town.fates["bakery"] = Fate(arrives=False)
    town.owe(("bakery", "cafe", 100))
    town.run()
    del town.fates["bakery"]
    town.run(days=2)
    town.run(days=2)
    assert town.summary() == ["collect bakery 100 paid 1", "pay cafe 100 paid 1"]


def test_whoever_was_too_slow_is_not_heard(town: Paying) -> None:
    town.fates["bakery"] = Fate(ends_after=DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    (payment,) = town.payments("bakery")
    slow = lease_payments(town.context(), [payment.id])
    assert lease_payments(town.context(), [payment.id]) == []
    town.clock.forward(LEASE)
    town.run(days=1)
    record_answers(town.context(), slow, [Observation(RailStatus.FAILED, town.clock(), why="too late")])
    assert town.summary() == ["collect bakery 100 paid 1", "pay cafe 100 paid 1"]


def test_a_return_weeks_later_is_a_new_debt(town: Paying) -> None:
    town.fates["bakery"] = Fate(back_after=20 * DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    assert town.balances() == {}
    del town.fates["bakery"]
    town.owe(("cafe", "diner", 1))
    town.run(days=20)
    assert town.summary() == [
        "collect bakery 100 paid 1",
        "collect bakery 100 returned 1",
        "collect cafe 1 paid 1",
        "pay cafe 100 paid 1",
        "pay diner 1 paid 1",
    ]
    assert "payment_returned bakery" in notices(town)


def test_a_return_of_money_that_is_paid_out_overdraws_the_rail_and_the_next_money_fills_it(town: Paying) -> None:
    town.fates["bakery"] = Fate(back_after=20 * DAY)
    town.set_rules(attempts_max=3)
    town.owe(("bakery", "cafe", 100))
    town.run()
    town.fates["bakery"] = Fate(ends_after=DAY)
    town.run(days=20)
    assert town.cash() == -100
    town.run(days=4)
    assert town.cash() == -100
    town.run(days=2)
    assert town.cash() == 0


def test_a_payment_out_that_bounces_is_owed_again(town: Paying) -> None:
    town.fates["cafe"] = Fate(back_after=2 * DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    town.run(days=2)
    assert town.balances() == {"cafe": 100}
    del town.fates["cafe"]
    town.run(days=4)
    assert town.balances() == {}
    assert town.cash() == 0


def test_a_dispute_that_is_won_counts_as_paid_again(town: Paying) -> None:
    town.fates["bakery"] = Fate(back_after=2 * DAY, again_after=3 * DAY)
    town.set_rules(grace_days=0)
    town.owe(("bakery", "cafe", 100))
    town.run()
    town.run(days=2)
    assert [default.open_minor for default in defaults_of(town.book, town.session)] == [100]
    town.run(days=4)
    assert town.balances() == {}
    assert [default.open_minor for default in defaults_of(town.book, town.session)] == [0]


def test_a_hint_is_only_a_reason_to_look(town: Paying) -> None:
    town.fates["bakery"] = Fate(ends_after=DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    (collection,) = town.payments("bakery")
    town.clock.forward(DAY)
    for _ in range(3):
        look_up_attempts(town.context(), [collection.key, "nobody-1", f"{collection.id}-7"])
    assert [payment.events for payment in town.payments("bakery")] == [4]
    assert town.cash() == 100


# -- who does not pay -------------------------------------------------------------------------------------------------


def test_who_never_pays_is_in_default_and_a_late_payment_makes_all_whole(town: Paying) -> None:
    town.deposit("bakery", 30)
    town.deposit("diner", 25, AccountKind.FUND)
    town.fates["bakery"] = Fate(ends_after=30 * DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    assert town.balances() == {"bakery": -100, "cafe": 75}
    town.run(days=11)
    (default,) = defaults_of(town.book, town.session)
    assert [(draw.source, draw.participant, draw.minor) for draw in default.waterfall.draws] == [
        ("deposit", "bakery", 30),
        ("mutual_fund", "diner", 25),
    ]
    assert [(cut.participant, cut.minor) for cut in default.waterfall.cuts] == [("cafe", 37)]
    assert default.waterfall.uncovered_minor == 8
    assert "default bakery" in notices(town)
    town.run(days=20)
    assert [default.open_minor for default in defaults_of(town.book, town.session)] == [0]
    assert town.balances() == {}
    assert town.balances(AccountKind.DEPOSIT) == {"bakery": 30}
    assert town.balances(AccountKind.FUND) == {"diner": 25}
    assert "default_recovered bakery" in notices(town)


def test_all_attempts_used_up_is_a_default_before_the_days_of_grace(town: Paying) -> None:
    town.set_rules(attempts_max=2, retry_days=1, grace_days=30)
    town.fates["bakery"] = Fate(fails=True)
    town.owe(("bakery", "cafe", 100))
    town.run()
    assert defaults_of(town.book, town.session) == []
    town.run(days=2)
    assert [default.participant for default in defaults_of(town.book, town.session)] == ["bakery"]


def test_who_can_not_be_collected_from_is_drawn_on_and_then_waited_for(town: Paying) -> None:
    town.deposit("bakery", 30)
    set_rail_account(town.book, town.session, "bakery", "bank", {"problem": "no mandate"})
    town.owe(("bakery", "cafe", 100))
    assert [(row.action, row.why) for row in payment_outlooks(town.context())] == [
        ("draw", "no mandate"),
        ("pay", "cash to pay creditors out of: 30 minor units"),
    ]
    town.run()
    assert "collect bakery 30 paid 1" in town.summary()
    assert "collect bakery 70 planned 0" in town.summary()
    set_rail_account(town.book, town.session, "bakery", "bank", {})
    town.run()
    assert town.balances() == {}


def test_who_chose_its_deposit_is_collected_from_for_the_rest(town: Paying) -> None:
    town.deposit("bakery", 30)
    change_payment_profile(town.book, town.session, "bakery", rail=DEPOSIT_RAIL)
    town.owe(("bakery", "cafe", 100))
    town.run()
    assert "collect bakery 30 paid 1" in town.summary()
    assert "collect bakery 70 paid 1" in town.summary()
    assert town.balances(AccountKind.DEPOSIT) == {}


# -- notices --------------------------------------------------------------------------------------------------------


def test_a_notice_that_could_not_be_told_is_told_by_the_next_run(town: Paying) -> None:
    class Deaf:
        def notify(self, _: object) -> None:
            raise ConnectionError

    town.owe(("bakery", "cafe", 100))
    context = town.context()
    with pytest.raises(ConnectionError):
        settle_window(replace(context, notifier=Deaf()))
    assert len(stored_notices(town.book, town.session, unpublished=True)) == 1
    town.run(days=1)
    assert stored_notices(town.book, town.session, unpublished=True) == []
    assert notices(town) == ["payment_paid bakery", "payment_paid cafe", "window_settled operator"]


def test_a_rail_is_told_the_same_of_an_attempt_each_time(town: Paying) -> None:
    heard: list[PaymentAttempt] = []

    def script(attempt: PaymentAttempt) -> Fate:
        heard.append(attempt)
        return Fate(arrives=len(heard) > 1)

    town.rail.script = script
    town.owe(("bakery", "cafe", 100))
    town.run()
    set_rail_account(town.book, town.session, "bakery", "bank", {"iban": "changed since"})
    town.run(days=1)
    town.run(days=1)
    assert len(heard) == 3
    assert heard[0] == heard[1]
    assert heard[1].account.details == {}
