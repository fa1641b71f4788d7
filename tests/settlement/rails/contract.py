"""What every rail must pass. A rail's test module makes a class of it and a fixture `world`:

    class TestMyRail(RailContract):
        @pytest.fixture
        def world(self, ...) -> World: ...

The world stands for what lies behind the rail: banks and people that pay, refuse and send back.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest

from settlement.amounts import Minor
from settlement.rails.port import CashLine, Direction, Observation, PaymentAttempt, Rail, RailAccount, RailStatus

FOREVER = 2**62
_numbers = count(1)

COLLECT, PAY = Direction.COLLECT, Direction.PAY
BOTH = pytest.mark.parametrize("direction", [COLLECT, PAY])


class World(ABC):
    """The rail under test, and what a test makes happen behind it."""

    rail: Rail
    currency = "EUR"
    minor_digits = 2

    @abstractmethod
    def account(self, direction: Direction) -> RailAccount:
        """An account that the rail can use in that direction."""

    @abstractmethod
    def settle(self, attempt: PaymentAttempt) -> None:
        """Let an attempt that was sent be paid: the next look says PAID, where it does not say so by itself."""

    @abstractmethod
    def refuse(self, attempt: PaymentAttempt) -> None:
        """Let an attempt that was sent fail. It is called before it could be paid."""

    @abstractmethod
    def send_back(self, attempt: PaymentAttempt) -> None:
        """Let a paid attempt come back in full."""

    def make_doomed(self, attempt: PaymentAttempt) -> PaymentAttempt:
        """An attempt that will fail, for rails that decide at once; others fail by `refuse`."""
        return attempt

    def instruct_unheard(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        """Send attempts, so that they have their effect and the answer is lost; what the rail makes of that."""
        self.rail.instruct(attempts)
        return [Observation(RailStatus.AMBIGUOUS, 0)] * len(attempts)

    def unusable(self, direction: Direction) -> RailAccount | None:
        """An account that the rail can't use in that direction; None where it can use any."""
        return None

    @abstractmethod
    def fund(self, minor: int) -> None:
        """Let the alliance have this much at the rail to pay out of."""

    def attempt(self, direction: Direction, minor: int = 1234, number: int = 1, payment: str = "") -> PaymentAttempt:
        """An attempt of a payment of its own, or of one named."""
        payment = payment or f"p{next(_numbers):07d}"
        return PaymentAttempt(
            key=f"{payment}-{number}",
            payment_id=payment,
            direction=direction,
            account=self.account(direction),
            minor=Minor(minor),
            currency=self.currency,
            minor_digits=self.minor_digits,
            group="1-1771801200000000",
            text=f"Old Town 20260223 {payment}-{number}",
            due_on=2026_03_02,
        )

    def look(self, attempt: PaymentAttempt) -> Observation:
        """What became of one attempt."""
        (seen,) = self.rail.observe([attempt])
        return seen

    def lines_of(self, attempt: PaymentAttempt) -> list[CashLine]:
        """Movements that belong to an attempt."""
        return [line for line in self.rail.lines(0, FOREVER) if line.key == attempt.key]

    def moved(self, attempt: PaymentAttempt) -> int:
        """What an attempt has brought the alliance in all, fees apart."""
        return sum(line.minor for line in self.lines_of(attempt))


def worth(attempt: PaymentAttempt) -> int:
    """What a paid attempt brings the alliance."""
    return attempt.minor if attempt.direction is COLLECT else -attempt.minor


class RailContract:
    """The contract, as tests."""

    @pytest.fixture
    def world(self) -> World:
        """Each rail brings its own."""
        raise NotImplementedError

    def sent(self, world: World, direction: Direction, minor: int = 1234) -> PaymentAttempt:
        world.fund(10 * minor)
        attempt = world.attempt(direction, minor)
        (seen,) = world.rail.instruct([attempt])
        assert seen.status in (RailStatus.PENDING, RailStatus.PAID)
        return attempt

    def paid(self, world: World, direction: Direction, minor: int = 1234) -> PaymentAttempt:
        attempt = self.sent(world, direction, minor)
        world.settle(attempt)
        assert world.look(attempt).status is RailStatus.PAID
        return attempt

    @BOTH
    def test_what_was_never_sent_is_unknown(self, world: World, direction: Direction) -> None:
        assert world.look(world.attempt(direction)).status is RailStatus.UNKNOWN

    @BOTH
    def test_each_attempt_has_its_answer_in_order(self, world: World, direction: Direction) -> None:
        world.fund(100_000)
        attempts = [world.attempt(direction, 1000 + number) for number in range(3)]
        sent = world.rail.instruct(attempts[:2])
        assert [observation.status in (RailStatus.PENDING, RailStatus.PAID) for observation in sent] == [True, True]
        seen = world.rail.observe(attempts)
        assert [observation.status is RailStatus.UNKNOWN for observation in seen] == [False, False, True]
        assert world.rail.instruct([]) == world.rail.observe([]) == []

    @BOTH
    def test_the_same_attempt_sent_again_has_one_effect(self, world: World, direction: Direction) -> None:
        attempt = self.sent(world, direction)
        world.rail.instruct([attempt])
        world.settle(attempt)
        again = world.rail.instruct([attempt])
        assert [observation.status for observation in again] == [RailStatus.PAID]
        assert world.moved(attempt) == worth(attempt)

    @BOTH
    def test_the_same_attempt_sent_by_several_at_once_has_one_effect(self, world: World, direction: Direction) -> None:
        world.fund(100_000)
        attempt = world.attempt(direction)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: world.rail.instruct([attempt])[0].status, range(4)))
        assert RailStatus.FAILED not in answers
        world.settle(attempt)
        assert world.look(attempt).status is RailStatus.PAID
        assert world.moved(attempt) == worth(attempt)

    @BOTH
    def test_a_lost_answer_is_never_a_failure_and_the_truth_is_found_by_looking(
        self, world: World, direction: Direction
    ) -> None:
        world.fund(100_000)
        attempt = world.attempt(direction)
        (heard,) = world.instruct_unheard([attempt])
        assert heard.status in (RailStatus.AMBIGUOUS, RailStatus.PENDING, RailStatus.PAID)
        assert world.look(attempt).status in (RailStatus.PENDING, RailStatus.PAID)
        world.rail.instruct([attempt])
        world.settle(attempt)
        assert world.look(attempt).status is RailStatus.PAID
        assert world.moved(attempt) == worth(attempt)

    @BOTH
    def test_what_is_paid_has_arrived_to_the_cent(self, world: World, direction: Direction) -> None:
        attempt = self.paid(world, direction, 98_765)
        seen = world.look(attempt)
        assert seen.reference
        assert seen.fee_minor >= 0
        assert [line.minor for line in world.lines_of(attempt)] == [worth(attempt)]
        if seen.returnable_until is not None:
            assert direction is COLLECT
            assert seen.returnable_until > seen.at

    @BOTH
    def test_what_failed_moved_nothing_and_says_why(self, world: World, direction: Direction) -> None:
        world.fund(100_000)
        attempt = world.make_doomed(world.attempt(direction))
        (seen,) = world.rail.instruct([attempt])
        if seen.status is not RailStatus.FAILED:
            world.refuse(attempt)
            seen = world.look(attempt)
        assert seen.status is RailStatus.FAILED
        assert seen.why
        assert world.look(attempt).status is RailStatus.FAILED
        assert world.moved(attempt) == 0

    @BOTH
    def test_another_attempt_after_a_failure_moves_the_money_once(self, world: World, direction: Direction) -> None:
        world.fund(100_000)
        first = world.make_doomed(world.attempt(direction))
        (seen,) = world.rail.instruct([first])
        if seen.status is not RailStatus.FAILED:
            world.refuse(first)
        second = world.attempt(direction, number=2, payment=first.payment_id)
        world.rail.instruct([second])
        world.settle(second)
        assert world.look(second).status is RailStatus.PAID
        assert world.look(first).status is RailStatus.FAILED
        assert world.moved(first) + world.moved(second) == worth(second)

    @BOTH
    def test_what_comes_back_is_returned_in_full(self, world: World, direction: Direction) -> None:
        attempt = self.paid(world, direction)
        world.send_back(attempt)
        seen = world.look(attempt)
        assert seen.status is RailStatus.RETURNED
        assert seen.why
        assert world.moved(attempt) == 0
        assert sorted(line.minor for line in world.lines_of(attempt)) == sorted([worth(attempt), -worth(attempt)])

    @BOTH
    def test_an_account_that_can_be_used_has_no_problem(self, world: World, direction: Direction) -> None:
        assert world.rail.problem(world.account(direction), direction) == ""

    @BOTH
    def test_an_account_that_can_not_be_used_says_so_and_moves_nothing(
        self, world: World, direction: Direction
    ) -> None:
        account = world.unusable(direction)
        if account is not None:
            assert world.rail.problem(account, direction)
            attempt = replace(world.attempt(direction), account=account)
            (seen,) = world.rail.instruct([attempt])
            assert seen.status is RailStatus.FAILED
            assert seen.why
            assert world.moved(attempt) == 0

    def test_movements_come_once_in_order_and_within_their_time(self, world: World) -> None:
        self.paid(world, COLLECT, 5_000)
        self.paid(world, PAY, 2_000)
        self.paid(world, COLLECT, 7_000)
        lines = list(world.rail.lines(0, FOREVER))
        assert len({line.id for line in lines}) == len(lines)
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        cut = lines[-1].at
        assert [*world.rail.lines(0, cut), *world.rail.lines(cut, FOREVER)] == lines

    def test_the_least_amount_can_be_moved(self, world: World) -> None:
        least = world.rail.least_minor(world.currency)
        assert least >= 1
        attempt = self.paid(world, COLLECT, least)
        assert world.moved(attempt) == least
        assert least % world.rail.step_minor(world.currency) == 0

    def test_what_is_available_is_a_figure_or_left_to_the_book(self, world: World) -> None:
        world.fund(5_000)
        available = world.rail.available_minor(world.currency)
        assert available is None or available >= 0
