"""Stripe keeps the contract of rails, over real HTTP against the fake."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from settlement.rails.port import Direction, Observation, PaymentAttempt, RailAccount
from tests.settlement.rails.contract import RailContract, World

from .conftest import Scene


class StripeWorld(World):
    """One shop that is collected from by a bank debit and paid by transfers."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.rail = scene, scene.rail
        self.shop = scene.shop()

    def account(self, direction: Direction) -> RailAccount:
        return self.shop

    def unusable(self, direction: Direction) -> RailAccount:
        return RailAccount("new", {})

    def settle(self, attempt: PaymentAttempt) -> None:
        if attempt.direction is Direction.COLLECT:
            self.scene.control(f"payments/{self.look(attempt).reference}/settle")

    def refuse(self, attempt: PaymentAttempt) -> None:
        self.scene.control(f"payments/{self.look(attempt).reference}/fail")

    def make_doomed(self, attempt: PaymentAttempt) -> PaymentAttempt:
        if attempt.direction is Direction.COLLECT:
            return attempt
        stopped = self.scene.shop("stopped")
        self.scene.control(f"accounts/{stopped.details['account']}/restrict")
        return replace(attempt, account=stopped)

    def send_back(self, attempt: PaymentAttempt) -> None:
        reference = self.look(attempt).reference
        if attempt.direction is Direction.COLLECT:
            self.scene.control(f"payments/{reference}/dispute")
        else:
            self.scene.client.v1.transfers.reversals.create(reference)

    def instruct_unheard(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        self.scene.control("faults", kind="error", effect=True, method="POST", times=len(attempts))
        return self.rail.instruct(attempts)

    def fund(self, minor: int) -> None:
        self.scene.fund(minor)


class TestStripe(RailContract):
    @pytest.fixture
    def world(self, scene: Scene) -> World:
        return StripeWorld(scene)
