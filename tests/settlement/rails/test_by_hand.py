"""The rail by hand: what people say of a payment is what became of it."""

from collections.abc import Callable

import pytest

from settlement.ledger import Book, Session
from settlement.payments import by_hand_rail
from settlement.payments.store import PaymentRules, set_payment_rules
from settlement.rails.by_hand import MarkKind, marks_of, next_mark
from settlement.rails.by_hand_tables import payment_marks
from settlement.rails.port import Direction, PaymentAttempt, RailAccount, RailStatus
from tests.settlement.rails.contract import RailContract, World
from tests.support.clock import Clock


class ByHandWorld(World):
    """People who say what they did."""

    def __init__(self, book: Book, session: Session, clock: Clock) -> None:
        self.book, self.session, self.clock = book, session, clock
        self.rail = by_hand_rail(book)

    def account(self, direction: Direction) -> RailAccount:
        return RailAccount("bakery")

    def say(self, attempt: PaymentAttempt, kind: MarkKind, actor: str = "ann") -> None:
        self.clock.forward(1)
        marks = marks_of(self.book, self.session, [attempt.key])[attempt.key]
        mark = next_mark(self.book, marks, kind, actor, f"receipt {len(marks)}")
        with self.session.transaction():
            self.session.insert(payment_marks, [mark])

    def settle(self, attempt: PaymentAttempt) -> None:
        self.say(attempt, MarkKind.PAID)

    def refuse(self, attempt: PaymentAttempt) -> None:
        self.say(attempt, MarkKind.FAILED)

    def send_back(self, attempt: PaymentAttempt) -> None:
        self.say(attempt, MarkKind.RETURNED)

    def fund(self, minor: int) -> None:
        """Nobody counts what is in the drawer."""


@pytest.fixture
def hand(book: Callable[..., Book], session: Session, clock: Clock) -> ByHandWorld:
    return ByHandWorld(book(), session, clock)


class TestByHand(RailContract):
    @pytest.fixture
    def world(self, hand: ByHandWorld) -> World:
        return hand


def test_from_the_limit_on_two_people_say_that_money_moved(hand: ByHandWorld) -> None:
    set_payment_rules(hand.book, hand.session, PaymentRules(two_people_from_minor=500))
    small, large = hand.attempt(Direction.PAY, 499), hand.attempt(Direction.PAY, 500)
    hand.rail.instruct([small, large])
    for actor in ("ann", "ann"):
        hand.say(small, MarkKind.PAID, actor)
        hand.say(large, MarkKind.PAID, actor)
        assert [seen.status for seen in hand.rail.observe([small, large])] == [RailStatus.PAID, RailStatus.PENDING]
    hand.say(large, MarkKind.PAID, "ben")
    assert hand.look(large).status is RailStatus.PAID
    assert hand.moved(large) == -500


def test_a_new_limit_changes_nothing_that_was_said(hand: ByHandWorld) -> None:
    attempt = hand.attempt(Direction.COLLECT, 500)
    hand.rail.instruct([attempt])
    hand.settle(attempt)
    set_payment_rules(hand.book, hand.session, PaymentRules(two_people_from_minor=1))
    assert hand.look(attempt).status is RailStatus.PAID
    assert hand.moved(attempt) == 500
