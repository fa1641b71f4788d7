"""The `stripe` library's client, at Stripe's pace and with another try wherever another try is safe.

The library's own retries are off: they know neither limits nor Retry-After, nor that a refusal after a lost answer
leaves the first try in doubt.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import requests
import stripe

from settlement.rails.stripe.pace import LIVE_LIMITS, SANDBOX_LIMITS, Pace, RequestLimits, endpoint_of

WORKERS = 8
"""Requests under way at once: well below Stripe's limits on concurrency, enough to use those per second."""

CONFLICT, TOO_MANY, SERVER_ERROR = 409, 429, 500
RETRY_AFTER_MAX_SECONDS = 30.0

HttpAnswer = tuple[bytes, int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait for an answer, how often to try, and the pause before the second try; each later one is twice
    as long. A pause is cut at random to between half and all of it, so that those who met do not meet again."""

    answer_seconds: float = 30.0
    tries: int = 5
    pause_seconds: float = 0.5

    def pause(self, tries: int, headers: Mapping[str, str]) -> float:
        """Seconds to wait after so many tries, at least as long as Stripe asks for (up to half a minute)."""
        whole: float = self.pause_seconds * 2 ** (tries - 1)
        asked = headers.get("Retry-After", "")
        asked_seconds = min(float(asked), RETRY_AFTER_MAX_SECONDS) if asked.isdigit() else 0.0
        return max(whole * random.uniform(0.5, 1.0), asked_seconds)  # noqa: S311 - spreads load, guards nothing


class PatientClient(stripe.RequestsClient):
    """One HTTP request of the library: as many tries as it takes, each with the same idempotency key.

    Every request may be sent again: the library gives each POST a key, and the rest only read.
    """

    def __init__(self, session: requests.Session, pace: Pace, patience: RetryPolicy, sleep: Callable[[float], None]):
        super().__init__(timeout=patience.answer_seconds, session=session)
        self._pace, self._patience, self._sleep = pace, patience, sleep

    def request(  # type: ignore[override]  # the library's own override leaves out the same parameter
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> HttpAnswer:
        """Send until there is an answer that stands, or no try is left. Raises stripe.APIConnectionError.

        When a try got no answer and a later one was merely refused for being too many, the first is still in doubt,
        and that is what the caller is told.
        """
        in_doubt: HttpAnswer | stripe.APIConnectionError | None = None
        outcome: HttpAnswer | stripe.APIConnectionError
        for tries in range(1, self._patience.tries + 1):
            self._pace.wait_for(endpoint_of(method, url))
            outcome = self._once(method, url, headers, post_data)
            if _leaves_doubt(outcome):
                in_doubt = outcome
            if tries == self._patience.tries or not _worth_another_try(method, outcome):
                break
            answered = {} if isinstance(outcome, stripe.APIConnectionError) else outcome[2]
            self._sleep(self._patience.pause(tries, answered))
        if in_doubt is not None and not isinstance(outcome, stripe.APIConnectionError) and outcome[1] == TOO_MANY:
            outcome = in_doubt
        if isinstance(outcome, stripe.APIConnectionError):
            raise outcome
        return outcome

    def _once(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any
    ) -> HttpAnswer | stripe.APIConnectionError:
        try:
            return super().request(method, url, headers, post_data)
        except stripe.APIConnectionError as error:
            return error


def _leaves_doubt(outcome: HttpAnswer | stripe.APIConnectionError) -> bool:
    """Whether the request may have taken effect, or may yet, without our being told."""
    if isinstance(outcome, stripe.APIConnectionError):
        return True
    return outcome[1] == CONFLICT or outcome[1] >= SERVER_ERROR


def _worth_another_try(method: str, outcome: HttpAnswer | stripe.APIConnectionError) -> bool:
    """By the status for what only reads; else Stripe's own word, where it gives one (Stripe-Should-Retry): an error
    that it keeps for the key comes again with every try."""
    if isinstance(outcome, stripe.APIConnectionError):
        return outcome.should_retry
    _, status, headers = outcome
    if status == TOO_MANY:
        return True
    advice = headers.get("Stripe-Should-Retry") if method.upper() == "POST" else None
    return advice == "true" if advice else status == CONFLICT or status >= SERVER_ERROR


class StripeConnection:
    """A StripeClient with all of the above; close it, or use it in a `with`.

    `api_key` tells live from sandbox, and with that the limits. `base_url` is another place than Stripe's own.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str | None = None,
        limits: RequestLimits | None = None,
        patience: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = requests.Session()
        self._session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=WORKERS))
        self._session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=WORKERS))
        pace = Pace(limits or (LIVE_LIMITS if "_live_" in api_key else SANDBOX_LIMITS))
        self.client = stripe.StripeClient(
            api_key,
            base_addresses={"api": base_url} if base_url else None,
            http_client=PatientClient(self._session, pace, patience or RetryPolicy(), sleep),
            max_network_retries=0,
        )

    def close(self) -> None:
        """Close what is still open."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
