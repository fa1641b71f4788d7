"""Who has not paid since when, and what the next run moves: said before, and true after."""

from settlement.payments import change_payment_profile, run_outlook, settle_window, unpaid_minor, unpaid_windows
from settlement.payments.outlook import PaymentOutlook
from tests.support.clock import DAY
from tests.support.paying import Paying
from tests.support.scripted import Fate


def rows_of(town: Paying) -> dict[str, PaymentOutlook]:
    """The outlook by participant."""
    return {row.participant: row for row in run_outlook(town.context()).rows}


def test_the_oldest_debt_is_paid_first(town: Paying) -> None:
    opened = []
    for minor in (100, 200, 50):
        town.fates["bakery"] = Fate(fails=True)
        opened.append(town.book.calendar.window(town.clock())[0])
        town.owe(("bakery", "cafe", minor))
        settle_window(town.context())
    assert rows_of(town)["bakery"].oldest_window == opened[0]
    assert unpaid_minor(town.book, town.session) == {"bakery": 350}
    rests = unpaid_windows(town.book, town.session, {"bakery": 310})
    assert rests == {"bakery": [(opened[2], 50), (opened[1], 200), (opened[0], 60)]}, "the oldest is paid first"
    # What the shop is owed later pays the oldest of its debts.
    town.owe(("cafe", "bakery", 99))
    assert rows_of(town)["bakery"].oldest_window == opened[0], "a cent of it is left"
    town.owe(("cafe", "bakery", 1))
    assert rows_of(town)["bakery"].oldest_window == opened[1]
    town.owe(("cafe", "bakery", 250))
    assert rows_of(town) == {}
    assert unpaid_minor(town.book, town.session) == {}


def test_a_run_moves_what_was_said_before_it(town: Paying) -> None:
    town.deposit("diner", 30)
    change_payment_profile(town.book, town.session, "diner", rail="deposit")
    town.fates["butcher"] = Fate(ends_after=5 * DAY)
    town.owe(("bakery", "cafe", 100), ("butcher", "cafe", 300), ("diner", "cafe", 50))
    for _ in range(3):
        before = run_outlook(town.context())
        moved = settle_window(town.context())
        # What is collected at once is paid on by the same run, which nobody can know before.
        at_once = moved.collecting_minor if moved.collecting else 0
        owing, owed = ([row for row in before.rows if sign * row.net_minor > 0] for sign in (-1, 1))
        assert sum(row.now_minor for row in owing) == moved.collecting_minor + moved.drawn_minor
        assert sum(row.now_minor for row in owed) <= min(before.cash_minor, moved.paying_minor)
        assert moved.paying_minor - sum(row.now_minor for row in owed) <= at_once
        for row in before.rows:
            assert row.now_minor + row.waiting_minor == abs(row.net_minor - row.on_its_way_minor)
        town.clock.forward(2 * DAY)
    assert town.balances() == {"cafe": 300, "butcher": -300}


def test_cash_that_does_not_reach_is_paid_in_parts_that_were_said(town: Paying) -> None:
    town.fates["butcher"] = Fate(ends_after=30 * DAY)
    town.deposit("bakery", 100)
    change_payment_profile(town.book, town.session, "bakery", rail="deposit")
    town.owe(("bakery", "cafe", 100), ("butcher", "diner", 300))
    before = run_outlook(town.context())
    assert before.cash_minor == 100, "what is drawn from the deposit by then"
    planned = {row.participant: (row.now_minor, row.waiting_minor) for row in before.rows if row.net_minor > 0}
    assert planned == {"cafe": (25, 75), "diner": (75, 225)}
    assert settle_window(town.context()).paying_minor == 100
