"""Rate limits: a number of requests in a number of seconds by kind of caller, counted in each process's memory.

The generic cell rate algorithm (ITU-T I.371) keeps one number a caller: the time at which all its requests would
have arrived at the allowed pace. A caller may be ahead of that pace by a whole window, so bursts are allowed, and
the edge of a window does not double them.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coalition.access.caller import Role
from coalition.access.errors import TooManyRequests

SECOND_NS = 1_000_000_000
KNOWN_MAX = 100_000
"""Callers kept in memory; beyond that, callers whose whole quota is available again are dropped."""


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `quota` requests in `window_seconds`."""

    name: str
    quota: int
    window_seconds: int

    def step(self, scale: int, second: int) -> int:
        """The time between two requests at the allowed pace, with the quota multiplied by `scale`.

        `second` is the number of time units in a second. Rounded up, so that the quota is never exceeded.
        """
        return -(-self.window_seconds * second // (self.quota * scale))

    @property
    def header(self) -> str:
        """The policy as the header RateLimit-Policy has it (draft-ietf-httpapi-ratelimit-headers-10)."""
        return f'"{self.name}";q={self.quota};w={self.window_seconds}'


@dataclass(frozen=True, slots=True)
class RateLimitStatus:
    """What is left of a caller's quota: requests, and seconds until the whole quota is available again."""

    policy: Policy
    left: int
    reset_seconds: int

    @property
    def header(self) -> str:
        """The same as the header RateLimit has it."""
        return f'"{self.policy.name}";r={self.left};t={self.reset_seconds}'


SYSTEMS = Policy("systems", 30_000, 60)
"""A till system, a wallet app, the alliance's own systems: 500 a second."""
STAFF = Policy("staff", 1_200, 60)
MEMBERS = Policy("members", 300, 60)
STRANGERS = Policy("strangers", 120, 60)
"""Requests without a valid key or session, by address: slows down whoever guesses keys."""
PUBLIC_READS = Policy("public-reads", 1_200, 60)
"""Requests for what everybody may see, by address: all phones in a shop's network share one."""
LAB_RUNS = Policy("lab-runs", 60, 900)
"""Runs of the lab: each keeps a processor busy for seconds."""
LOG_IN_ADDRESS = Policy("log-in-address", 60, 900)
LOG_IN_ACCOUNT = Policy("log-in-account", 10, 900)
"""Failed log-ins of one account; a successful log-in clears them."""
CODE_DEVICE = Policy("code-device", 10, 900)
"""Codes asked for by one browser: it comes first, so one phone leaves the others of a shop's network their codes."""
CODE_CONTACT = Policy("code-contact", 3, 900)
"""Codes sent to one contact: each costs the alliance a message."""
CODE_ADDRESS = Policy("code-address", 120, 900)
"""Codes asked for from one address: members in a shop's network share it, so contacts are what is limited closely."""
MEMBER_LOG_IN_DEVICE = Policy("member-log-in-device", 30, 900)
"""Members' log-ins from one browser, for the same reason."""
MEMBER_LOG_IN_ADDRESS = Policy("member-log-in-address", 300, 900)
"""Members' log-ins from one address: each of their codes can be guessed at five times, wherever from."""


@dataclass(frozen=True, slots=True)
class DailyCap:
    """At most `most` on one day (UTC). A Policy lets through up to twice its quota in the first of its windows."""

    name: str
    most: int


CODE_CONTACT_DAY = DailyCap("code-contact-day", 10)
CODE_ADDRESS_DAY = DailyCap("code-address-day", 1_000)
CODE_MEMBER_DAY = DailyCap("code-member-day", 15)
"""Codes sent to one member, whichever of their contacts."""
CODE_ALLIANCE_DAY = DailyCap("code-alliance-day", 10_000)
"""Codes sent to all members of an alliance: each can be guessed at five times."""
SMS_NOTICE_MEMBER_DAY = DailyCap("sms-notice-member-day", 5)
"""Messages by SMS to one member of what happened to their points."""
SMS_NOTICE_ALLIANCE_DAY = "sms-notice-alliance-day"
"""Name of the cap on such messages of an alliance: they leave half of what it pays for to codes, or nobody logs in."""
SMS_ALLIANCE_DAY = "sms-alliance-day"
"""Name of the cap on what an alliance pays for messages to phones in a day: its number comes from the settings."""

POLICY_OF_ROLE: Mapping[Role, Policy] = {
    Role.OPERATOR: SYSTEMS,
    Role.TILL: SYSTEMS,
    Role.APP: SYSTEMS,
    Role.OWNER: STAFF,
    Role.FINANCE: STAFF,
    Role.SUPPORT: STAFF,
    Role.MANAGER: STAFF,
    Role.CASHIER: STAFF,
    Role.MEMBER: MEMBERS,
}
"""The policy for the requests of each role."""


class Rates:
    """The counters of one process. `scale` multiplies every quota; 0 counts nothing and refuses nothing."""

    def __init__(self, scale: int = 1, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._scale = scale
        self._clock_ns = clock_ns
        self._paid_until: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def take(self, policy: Policy, key: str) -> RateLimitStatus:
        """Count a request of the caller identified by `key`. Raises TooManyRequests, and does not count it then."""
        if self._scale == 0:
            return RateLimitStatus(policy, policy.quota, 0)
        window = policy.window_seconds * SECOND_NS
        step = policy.step(self._scale, SECOND_NS)
        now = self._clock_ns()
        with self._lock:
            ahead = max(self._paid_until.get((policy.name, key), 0), now) + step - now
            if ahead > window:
                raise TooManyRequests(policy.name, -(-(ahead - window) // SECOND_NS))
            if len(self._paid_until) >= KNOWN_MAX:
                self._paid_until = {key: until for key, until in self._paid_until.items() if until > now}
            self._paid_until[policy.name, key] = now + ahead
        return RateLimitStatus(policy, (window - ahead) // step, -(-ahead // SECOND_NS))
