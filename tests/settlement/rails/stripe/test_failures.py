"""Whatever happens to a request: nothing is collected or paid twice, and FAILED is only said of what never will be."""

from typing import Any

import pytest

from settlement.rails.port import Direction, Observation, PaymentAttempt, RailStatus
from settlement.rails.stripe import RetryPolicy, StripeConnection, StripeRail

from .conftest import HURRIED, IMPATIENT, UNLIMITED, Scene

FOR_GOOD = HURRIED.tries
"""So many failures leave no try."""

MINUTE, DAY = 61, 86_400


def faulty(scene: Scene, times: int = 1, method: str = "POST", path: str = ".*", **fault: Any) -> None:
    if fault["kind"] == "timeout":
        scene.rail = scene.new_rail(IMPATIENT)
    scene.control("faults", method=method, path=path, times=times, **fault)


@pytest.fixture(params=list(Direction))
def attempt(scene: Scene, request: pytest.FixtureRequest) -> PaymentAttempt:
    """One in each direction: a debit, or a payment that there is money for."""
    scene.fund(10_000)
    return scene.attempt(scene.shop(), 4_100, request.param)


def instruct(scene: Scene, attempt: PaymentAttempt) -> Observation:
    return scene.rail.instruct([attempt])[0]


def observe(scene: Scene, attempt: PaymentAttempt) -> Observation:
    return scene.rail.observe([attempt])[0]


def under_way(attempt: PaymentAttempt) -> RailStatus:
    return RailStatus.PENDING if attempt.direction is Direction.COLLECT else RailStatus.PAID


def effects(scene: Scene) -> int:
    return len(scene.client.v1.charges.list().data) + len(scene.client.v1.transfers.list().data)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "timeout", "effect": True},
        {"kind": "timeout"},
        {"kind": "reset", "effect": True},
        {"kind": "reset"},
        {"kind": "rate_limit"},
        {"kind": "lock_timeout"},
    ],
    ids=str,
)
def test_another_try_under_the_same_key_settles_it(
    scene: Scene, attempt: PaymentAttempt, fault: dict[str, Any]
) -> None:
    faulty(scene, **fault)
    assert instruct(scene, attempt).status is under_way(attempt)
    assert effects(scene) == 1


def test_a_server_error_after_the_effect_is_in_doubt_until_it_is_looked_up(
    scene: Scene, attempt: PaymentAttempt
) -> None:
    faulty(scene, kind="error", effect=True)
    assert instruct(scene, attempt).status is RailStatus.AMBIGUOUS
    assert observe(scene, attempt).status is under_way(attempt)
    assert instruct(scene, attempt).status is under_way(attempt)
    assert effects(scene) == 1


def test_a_server_error_without_effect_stays_in_doubt_for_as_long_as_stripe_repeats_it(
    scene: Scene, attempt: PaymentAttempt
) -> None:
    faulty(scene, kind="error")
    assert instruct(scene, attempt).status is RailStatus.AMBIGUOUS
    scene.control("clock", advance_seconds=MINUTE)
    assert observe(scene, attempt).status is RailStatus.UNKNOWN
    assert instruct(scene, attempt).status is RailStatus.AMBIGUOUS
    scene.control("clock", advance_seconds=DAY)
    assert instruct(scene, attempt).status is under_way(attempt)
    assert effects(scene) == 1


@pytest.mark.parametrize(("kind", "times"), [("timeout", FOR_GOOD), ("reset", FOR_GOOD), ("unavailable", 1)])
def test_no_answer_after_all_tries_is_in_doubt_and_finding_nothing_proves_nothing_for_a_minute(
    scene: Scene, attempt: PaymentAttempt, kind: str, times: int
) -> None:
    faulty(scene, times, kind=kind)
    assert instruct(scene, attempt).status is RailStatus.AMBIGUOUS
    assert observe(scene, attempt).status is RailStatus.AMBIGUOUS
    scene.control("clock", advance_seconds=MINUTE)
    assert observe(scene, attempt).status is RailStatus.UNKNOWN
    assert instruct(scene, attempt).status is under_way(attempt)
    assert effects(scene) == 1


def test_refused_for_being_too_many_it_never_began(scene: Scene, attempt: PaymentAttempt) -> None:
    faulty(scene, FOR_GOOD, kind="rate_limit")
    refused = instruct(scene, attempt)
    assert (refused.status, refused.code) == (RailStatus.UNKNOWN, "RateLimitError")
    assert observe(scene, attempt).status is RailStatus.UNKNOWN
    assert effects(scene) == 0


def test_a_refusal_after_a_lost_answer_leaves_the_doubt(scene: Scene, attempt: PaymentAttempt) -> None:
    faulty(scene, kind="reset")
    faulty(scene, FOR_GOOD, kind="rate_limit")
    assert instruct(scene, attempt).status is RailStatus.AMBIGUOUS


def test_nothing_is_sent_as_long_as_nobody_can_tell_whether_it_was(scene: Scene, attempt: PaymentAttempt) -> None:
    faulty(scene, FOR_GOOD, "GET", kind="unavailable")
    assert instruct(scene, attempt).status is RailStatus.AMBIGUOUS
    faulty(scene, FOR_GOOD, "GET", kind="unavailable")
    assert observe(scene, attempt).status is RailStatus.AMBIGUOUS
    assert effects(scene) == 0


def test_a_dispute_that_can_not_be_read_is_in_doubt(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(pays_by="pm_card_visa"), 4_100)
    paid = instruct(scene, attempt)
    scene.control(f"payments/{paid.reference}/dispute")
    faulty(scene, FOR_GOOD, "GET", "/v1/disputes", kind="unavailable")
    assert observe(scene, attempt).status is RailStatus.AMBIGUOUS


def test_the_same_key_for_something_else_is_in_doubt(scene: Scene) -> None:
    shop = scene.shop()
    attempt = scene.attempt(shop, 4_100)
    faulty(scene, kind="error")
    instruct(scene, attempt)
    changed = scene.attempt(shop, 4_200, key=attempt.key)
    assert instruct(scene, changed).status is RailStatus.AMBIGUOUS
    assert effects(scene) == 0


def test_one_that_fails_stops_no_other(scene: Scene) -> None:
    shop = scene.shop(pays_by="pm_card_visa")
    attempts = [scene.attempt(shop, 100) for _ in range(10)]
    faulty(scene, times=3, kind="error")
    answers = scene.rail.instruct(attempts)
    assert sorted(each.status for each in answers) == [RailStatus.AMBIGUOUS] * 3 + [RailStatus.PAID] * 7
    scene.control("clock", advance_seconds=2 * DAY)
    assert {each.status for each in scene.rail.instruct(attempts)} == {RailStatus.PAID}
    assert effects(scene) == 10


def test_a_key_that_stripe_does_not_know_moves_nothing(scene: Scene, attempt: PaymentAttempt) -> None:
    with StripeConnection("sk_live_x", scene.fake.url, UNLIMITED, HURRIED) as connection:
        answer = StripeRail(connection, "EUR", 2, scene.now).instruct([attempt])[0]
    assert (answer.status, answer.code) == (RailStatus.AMBIGUOUS, "AuthenticationError")
    assert effects(scene) == 0


def test_pauses_double_are_cut_at_random_and_last_as_long_as_stripe_asks() -> None:
    patience = RetryPolicy(pause_seconds=1)
    for tries, whole in ((1, 1), (2, 2), (3, 4)):
        pauses = {patience.pause(tries, {}) for _ in range(50)}
        assert whole / 2 <= min(pauses) < max(pauses) <= whole
    assert patience.pause(1, {"Retry-After": "7"}) == 7
    assert patience.pause(1, {"Retry-After": "9999"}) == 30
