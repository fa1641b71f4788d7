"""Stripe's published limits on requests, kept by waiting instead of by being refused.

Source: docs.stripe.com/rate-limits (all requests, each endpoint, and the endpoints with a limit of their own).
"""

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

WINDOW_SECONDS = 1.05
"""A second, and a little for requests that travel at different speeds."""

ID = re.compile(r"/(?=[^/]*[A-Z0-9])[A-Za-z0-9_]+(?=/|$)")


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Requests that Stripe lets through per second, for one account: all, each endpoint's, and special ones."""

    all_per_second: int
    endpoint_per_second: int = 25
    special_per_second: tuple[tuple[str, int], ...] = (
        ("POST /v1/accounts", 30),
        ("POST /v1/payouts", 15),
    )


LIVE_LIMITS = RequestLimits(100)
SANDBOX_LIMITS = RequestLimits(25)


def endpoint_of(method: str, url: str) -> str:
    """The endpoint that a request counts for: `POST /v1/transfers/{}/reversals`."""
    path = urlsplit(url).path
    version, slash, rest = path.lstrip("/").partition("/")
    return f"{method.upper()} /{version}{ID.sub('/{}', slash + rest)}"


class Pace:
    """Lets requests through, at most as many in any second as the limits allow. For all threads of a process.

    Other processes are not seen here: where several speak to Stripe at once, its own refusals (429) slow them down.
    """

    def __init__(
        self,
        limits: RequestLimits,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits
        self._now, self._sleep = now, sleep
        self._lock = threading.Lock()
        self._begun: dict[str, deque[float]] = {}

    def wait_for(self, endpoint: str) -> None:
        """Return once one more request to this endpoint may go, and count it."""
        while (seconds := self._try(endpoint)) > 0:
            self._sleep(seconds)

    def _try(self, endpoint: str) -> float:
        """Count a request that may go now, and return 0; else how long to wait before it is worth another look."""
        own = dict(self.limits.special_per_second).get(endpoint, self.limits.endpoint_per_second)
        with self._lock:
            now = self._now()
            both = [self._recent("", self.limits.all_per_second), self._recent(endpoint, own)]
            seconds = max(each[0] + WINDOW_SECONDS - now if len(each) == each.maxlen else 0.0 for each in both)
            if seconds <= 0:
                for each in both:
                    each.append(now)
            return seconds

    def _recent(self, name: str, per_second: int) -> deque[float]:
        """When the last requests began, as many as a second may have."""
        return self._begun.setdefault(name, deque(maxlen=per_second))
