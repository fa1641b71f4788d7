"""Reserves: what a shop near its limit leaves in its deposit when a window closes in its favour."""

import json
from collections.abc import Callable

import pytest

from settlement.clearing import close_due, pay_in_leg
from settlement.ledger import AccountKind, Book, Earn, ExposureLimit, Participant, Session, Spend
from tests.support.books import BookClient, check_book, shop_balance
from tests.support.clock import DAY, Clock
from tests.support.statements import check_statements

LATER = 20301231
WEEK = 7 * DAY

CORNER = Participant(0, "corner", limit=ExposureLimit(credit_minor=1000, reserve_bps=5000))
"""A shop that has to keep its points at risk below half of its limit of 10.00."""


@pytest.fixture
def corner(book: Callable[..., Book], session: Session) -> BookClient:
    """The corner shop has 8.00 at risk: 3.00 more of a limit would bring it to half."""
    till = BookClient(book(shops=("bakery", "cafe", CORNER)), session)
    till.take(Earn("corner", "bob", 800, LATER))
    return till


def money(till: BookClient, kind: AccountKind, shop: str) -> int:
    return shop_balance(till.book, till.session, kind, shop)


def takes(till: BookClient, points: int) -> None:
    """The corner shop takes points of the bakery's: so much will be its net."""
    till.take(Earn("bakery", "ann", points, LATER), Spend("corner", "ann", points))


@pytest.mark.parametrize(("net", "kept"), [(1, 1), (599, 599), (600, 600), (700, 600)])
def test_a_creditor_near_its_limit_leaves_what_brings_it_below_in_its_deposit(
    corner: BookClient, clock: Clock, net: int, kept: int
) -> None:
    takes(corner, net)
    clock.forward(WEEK)
    closed = close_due(corner.book, corner.session, clock())[0]
    assert (closed.nets["corner"], closed.kept) == (net, {"corner": kept})
    assert money(corner, AccountKind.DEPOSIT, "corner") == kept
    assert money(corner, AccountKind.SETTLEMENT, "corner") == net - kept
    assert json.loads(closed.document)["kept_in_deposit"] == {"corner": kept}
    check_statements(corner.book, corner.session, closed)
    check_book(corner.book)


def test_a_reserve_is_rounded_up(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(
        book(shops=("bakery", Participant(0, "corner", limit=ExposureLimit(100, reserve_bps=7000)))), session
    )
    till.take(Earn("corner", "bob", 71, LATER))
    takes(till, 50)
    clock.forward(WEEK)
    # 71 ÷ 0.7 is 101.43, so the limit of 100 lacks 2.
    assert close_due(till.book, session, clock())[0].kept == {"corner": 2}


def test_what_a_creditor_owes_from_before_is_paid_first(corner: BookClient, clock: Clock) -> None:
    corner.take(Earn("corner", "ann", 50, LATER), Spend("cafe", "ann", 50))
    clock.forward(WEEK)
    close_due(corner.book, corner.session, clock())
    assert money(corner, AccountKind.SETTLEMENT, "corner") == -50
    takes(corner, 30)
    clock.forward(WEEK)
    assert close_due(corner.book, corner.session, clock())[0].kept == {}
    assert money(corner, AccountKind.SETTLEMENT, "corner") == -20
    takes(corner, 30)
    clock.forward(WEEK)
    assert close_due(corner.book, corner.session, clock())[0].kept == {"corner": 10}
    assert money(corner, AccountKind.SETTLEMENT, "corner") == 0
    check_book(corner.book)


def test_what_a_creditor_owes_from_before_comes_off_its_exposure(corner: BookClient, clock: Clock) -> None:
    corner.take(Earn("corner", "ann", 50, LATER), Spend("cafe", "ann", 50))
    clock.forward(WEEK)
    close_due(corner.book, corner.session, clock())
    takes(corner, 700)
    clock.forward(WEEK)
    # Of 700, 50 pay the debt; then 800 are at risk, and a limit of 1,600 makes that half.
    assert close_due(corner.book, corner.session, clock())[0].kept == {"corner": 600}
    assert money(corner, AccountKind.SETTLEMENT, "corner") == 50
    check_book(corner.book)


def test_a_shop_below_its_reserve_level_keeps_nothing_back(corner: BookClient, clock: Clock) -> None:
    corner.take(pay_in_leg(corner.book.config(corner.session), "corner", 600, to=AccountKind.DEPOSIT))
    takes(corner, 300)
    clock.forward(WEEK)
    closed = close_due(corner.book, corner.session, clock())[0]
    assert (closed.nets["corner"], closed.kept) == (300, {})
