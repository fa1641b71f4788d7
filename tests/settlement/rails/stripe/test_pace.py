"""Stripe's published limits are kept, and 500 payments go through as fast as they allow."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from coalition.fake_stripe import limits as stripe_limits
from settlement.rails.port import RailStatus
from settlement.rails.stripe import LIVE_LIMITS, SANDBOX_LIMITS, RequestLimits, StripeConnection, StripeRail
from settlement.rails.stripe.pace import Pace, endpoint_of

from .conftest import Scene


class Seconds:
    """A clock that goes forward only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.begun: list[tuple[float, str]] = []

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def run(self, limits: RequestLimits, *endpoints: str) -> None:
        pace = Pace(limits, lambda: self.now, self.sleep)
        for endpoint in endpoints:
            pace.wait_for(endpoint)
            self.begun.append((self.now, endpoint))

    def most_in_a_second(self, endpoint: str = "") -> int:
        times = [at for at, name in self.begun if endpoint in ("", name)]
        return max(sum(1 for other in times if at <= other <= at + 1) for at in times)


@pytest.mark.parametrize(("limits", "seconds"), [(LIVE_LIMITS, 20), (SANDBOX_LIMITS, 20)])
def test_500_requests_of_one_kind_take_as_long_as_the_endpoints_limit_makes_them(
    limits: RequestLimits, seconds: int
) -> None:
    clock = Seconds()
    clock.run(limits, *["POST /v1/transfers"] * 500)
    assert clock.most_in_a_second() == 25
    assert clock.now == pytest.approx(seconds, abs=0.1 * seconds)


def test_kinds_share_the_limit_on_all_and_some_have_their_own() -> None:
    clock = Seconds()
    clock.run(LIVE_LIMITS, *(f"GET /v1/{number % 8}" for number in range(400)))
    assert clock.most_in_a_second() == 100
    clock.run(LIVE_LIMITS, *["POST /v1/payouts"] * 60)
    assert clock.most_in_a_second("POST /v1/payouts") == 15


def test_threads_share_one_pace() -> None:
    pace, began = Pace(RequestLimits(20)), time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: pace.wait_for("GET /v1/events"), range(41)))
    assert time.monotonic() - began >= 2


@pytest.mark.parametrize(
    ("method", "url", "endpoint"),
    [
        ("post", "https://api.stripe.com/v1/transfers", "POST /v1/transfers"),
        ("get", "https://api.stripe.com/v1/charges?limit=100", "GET /v1/charges"),
        ("get", "http://127.0.0.1:99/v1/payment_intents/pi_1Fabc", "GET /v1/payment_intents/{}"),
        ("post", "https://api.stripe.com/v1/transfers/tr_1FX/reversals", "POST /v1/transfers/{}/reversals"),
        ("get", "https://api.stripe.com/v1/checkout/sessions/cs_test_1F", "GET /v1/checkout/sessions/{}"),
    ],
)
def test_requests_count_for_their_endpoint_whatever_the_id(method: str, url: str, endpoint: str) -> None:
    assert endpoint_of(method, url) == endpoint


def test_the_limits_are_those_that_the_fake_keeps_to() -> None:
    assert (LIVE_LIMITS.all_per_second, SANDBOX_LIMITS.all_per_second) == (100, 25)
    assert LIVE_LIMITS.endpoint_per_second == stripe_limits.LIVE.endpoint_per_second
    assert set(LIVE_LIMITS.special_per_second) <= set(stripe_limits.LIVE.special_per_second)


def test_500_legs_settle_within_the_limits_and_say_how_far_they_are(scene: Scene) -> None:
    shop = scene.shop(pays_by="pm_card_visa")
    attempts = [scene.attempt(shop, 100 + number) for number in range(500)]
    scene.control("limits", all_per_second=100, endpoint_per_second=25)
    heard: list[tuple[int, int]] = []
    with StripeConnection("sk_test_x", scene.fake.url, LIVE_LIMITS) as connection:
        rail = StripeRail(connection, "EUR", 2, scene.now, progress=lambda done, of: heard.append((done, of)))
        before, began = scene.control.get("requests")["count"], time.monotonic()
        answers = rail.instruct(attempts)
        took = time.monotonic() - began
    assert {each.status for each in answers} == {RailStatus.PAID}
    assert heard == [(number, 500) for number in range(1, 501)]
    # One look-up and 500 payments, and few that were refused for having caught up with another on their way: on a busy
    # machine some do.
    assert 501 <= scene.control.get("requests")["count"] - before < 750
    assert 19 < took < 120


def test_where_stripes_limits_are_lower_than_ours_its_refusals_slow_us_down(
    scene: Scene, new_scene: Callable[..., Scene]
) -> None:
    shop = scene.shop(pays_by="pm_card_visa")
    scene.control("limits", all_per_second=8, endpoint_per_second=8)
    with StripeConnection("sk_test_x", scene.fake.url) as connection:
        rail = StripeRail(connection, "EUR", 2, scene.now)
        answers = rail.instruct([scene.attempt(shop, 100) for _ in range(20)])
    assert {each.status for each in answers} == {RailStatus.PAID}
