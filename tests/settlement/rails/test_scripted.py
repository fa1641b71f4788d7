"""The rail of the simulations keeps the contract that it stands in for."""

from collections.abc import Sequence

import pytest

from settlement.rails.port import Direction, Observation, PaymentAttempt, RailAccount
from tests.settlement.rails.contract import RailContract, World
from tests.support.clock import DAY, Clock
from tests.support.scripted import NEVER, Fate, ScriptedRail


class ScriptedWorld(World):
    """Attempts wait until the test decides about them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.heard = True
        self.rail = self.scripted = ScriptedRail(
            "scripted", clock, lambda _: Fate(heard=self.heard, ends_after=365 * DAY)
        )

    def account(self, direction: Direction) -> RailAccount:
        return RailAccount("bakery")

    def unusable(self, direction: Direction) -> RailAccount:
        return RailAccount("bakery", {"problem": "no mandate"})

    def settle(self, attempt: PaymentAttempt) -> None:
        self._turn(attempt, Fate())

    def refuse(self, attempt: PaymentAttempt) -> None:
        self._turn(attempt, Fate(fails=True))

    def send_back(self, attempt: PaymentAttempt) -> None:
        self._turn(attempt, Fate(back_after=0, again_after=NEVER))

    def fund(self, minor: int) -> None:
        """Its money is nowhere."""

    def instruct_unheard(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        self.heard = False
        answers = self.rail.instruct(attempts)
        self.heard = True
        return answers

    def _turn(self, attempt: PaymentAttempt, fate: Fate) -> None:
        self.clock.forward(1)
        remote = self.scripted.remotes[attempt.key]
        ends_after = self.clock() - remote.sent_at
        if remote.fate.ends_after < ends_after:
            fate = fate._replace(back_after=ends_after - remote.fate.ends_after)
            ends_after = remote.fate.ends_after
        remote.fate = fate._replace(ends_after=ends_after)


class TestScripted(RailContract):
    @pytest.fixture
    def world(self, clock: Clock) -> World:
        return ScriptedWorld(clock)
