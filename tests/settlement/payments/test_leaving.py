"""Who is held back, and who leaves: nobody loses a cent by it, and no deposit goes before its time."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from settlement import MoneyShort, ParticipantUnknown
from settlement.ledger import AccountKind, Book, Earn, EarnOutOf, PotRef, PutBack, Session, SetAside, Spend
from settlement.payments import buy_out_shop, payment_outlooks, start_leaving, suspend_payouts
from tests.support.books import BookClient, make_terms
from tests.support.clock import Clock
from tests.support.paying import LATER, Paying


def test_a_suspended_shop_is_not_paid_and_its_money_stays(town: Paying) -> None:
    town.owe(("bakery", "cafe", 100))
    suspend_payouts(town.context(), "cafe")
    assert [row.action for row in payment_outlooks(town.context())] == ["collect", "hold"]
    town.run()
    assert town.balances() == {"cafe": 100}
    assert town.cash() == 100
    suspend_payouts(town.context(), "cafe", suspended=False)
    town.run()
    assert town.balances() == {}
    with pytest.raises(ParticipantUnknown):
        suspend_payouts(town.context(), "nobody")


def test_a_shop_that_leaves_has_its_deposit_back_when_its_tail_is_over(town: Paying) -> None:
    town.deposit("bakery", 500)
    town.deposit("bakery", 20, AccountKind.FUND)
    till = BookClient(town.book, town.session)
    till.take(Earn("bakery", "ann", 80, LATER))
    start_leaving(town.context(), "bakery")
    assert str(till.post(Earn("bakery", "ann", 1, LATER)).refusal) == "Shop 'bakery' does not issue points now."
    town.owe(("diner", "cafe", 5))
    town.run()
    assert town.balances(AccountKind.DEPOSIT) == {"bakery": 500}
    till.take(Spend("cafe", "ann", 80))
    town.owe()
    town.run()
    assert "collect bakery 80 paid 1" in town.summary()
    assert town.balances(AccountKind.DEPOSIT) == {"bakery": 500}
    town.run(days=30)
    assert town.balances(AccountKind.DEPOSIT) == {"bakery": 500}
    town.run(days=27)
    assert town.balances(AccountKind.DEPOSIT) == town.balances(AccountKind.FUND) == {}
    assert "pay bakery 500 paid 1" in town.summary()
    assert town.cash() == 0


def test_a_shop_that_leaves_issues_nothing_out_of_its_pots_and_waits_for_its_deposit(town: Paying) -> None:
    pot = PotRef("bakery", "double@1")
    town.deposit("bakery", 500)
    till = BookClient(town.book, town.session)
    till.take(SetAside(pot, 50))
    start_leaving(town.context(), "bakery")
    assert str(till.post(EarnOutOf(pot, "ann", 1, LATER)).refusal) == "Shop 'bakery' does not issue points now."
    town.owe(("diner", "cafe", 5))
    town.run(days=60)
    assert town.balances(AccountKind.DEPOSIT) == {"bakery": 500}
    till.take(PutBack(pot, 50))
    town.owe(("diner", "cafe", 5))
    town.run(days=60)
    assert town.balances(AccountKind.DEPOSIT) == {}


def test_a_shop_that_is_bought_out_owes_nothing_any_more(town: Paying) -> None:
    town.deposit("bakery", 100)
    BookClient(town.book, town.session).take(Earn("bakery", "ann", 80, LATER))
    start_leaving(town.context(), "bakery")
    town.owe(("diner", "cafe", 5))
    assert buy_out_shop(town.context(), "bakery") == 80
    assert buy_out_shop(town.context(), "bakery") == 0
    town.run()
    assert "pay operator 80 paid 1" in town.summary()
    BookClient(town.book, town.session).take(Spend("cafe", "ann", 80), key="late")
    town.owe()
    town.run()
    assert "collect operator 80 paid 1" in town.summary()
    town.run(days=57)
    assert "pay bakery 20 paid 1" in town.summary()
    assert town.cash() == 0


def test_points_that_are_no_whole_minor_units_are_bought_out_at_their_exact_worth(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    town = Paying(book(terms=make_terms(points_per_unit=Fraction(300))), session, clock)
    town.deposit("bakery", 100)
    BookClient(town.book, town.session).take(Earn("bakery", "ann", 80, LATER))
    start_leaving(town.context(), "bakery")
    # A point is a third of a cent: 26.67 cents, rounded up once.
    assert buy_out_shop(town.context(), "bakery") == 27


def test_a_deposit_that_does_not_cover_its_points_buys_nobody_out(town: Paying) -> None:
    BookClient(town.book, town.session).take(Earn("bakery", "ann", 80, LATER))
    with pytest.raises(MoneyShort):
        buy_out_shop(town.context(), "bakery")
