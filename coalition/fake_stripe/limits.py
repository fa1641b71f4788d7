"""Rate limits as Stripe publishes them. Source: docs.stripe.com/rate-limits."""

from collections import deque
from dataclasses import dataclass, field

from coalition.fake_stripe.errors import RateLimited


@dataclass(frozen=True)
class RateLimits:
    """Requests that are let through per second of real time, for each account."""

    all_per_second: int = 100
    endpoint_per_second: int = 25
    special_per_second: tuple[tuple[str, int], ...] = (("POST /v1/payouts", 15), ("POST /v1/accounts", 30))


LIVE = RateLimits()
SANDBOX = RateLimits(all_per_second=25)
NONE = RateLimits(10**9, 10**9, ())


@dataclass
class Limiter:
    """Counts the last second's requests. `now` is in seconds of any clock that only goes forward."""

    limits: RateLimits
    _seen: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def let_through(self, account: str, endpoint: str, now: float) -> None:
        """Raises RateLimited, naming the limit as Stripe's header does; a refused request does not count."""
        special = dict(self.limits.special_per_second).get(endpoint, self.limits.endpoint_per_second)
        own, everything = self._last_second(account, endpoint, now), self._last_second(account, "", now)
        if len(everything) >= self.limits.all_per_second:
            raise RateLimited("global-rate")
        if len(own) >= special:
            raise RateLimited("endpoint-rate")
        own.append(now)
        everything.append(now)

    def _last_second(self, account: str, endpoint: str, now: float) -> deque[float]:
        seen = self._seen.setdefault((account, endpoint), deque())
        while seen and seen[0] <= now - 1:
            seen.popleft()
        return seen
