"""Failures on demand: what the next requests meet instead of a plain answer."""

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["error", "unavailable", "rate_limit", "lock_timeout", "timeout", "reset", "slow"]


@dataclass
class Fault:
    """What happens to the next `times` requests that fit.

    error: 500, kept for the idempotency key. unavailable: 503, kept for nobody. rate_limit, lock_timeout: 429.
    timeout: no answer, ever. reset: the connection breaks. slow: nothing but late. With `effect` an error, a timeout
    or a reset comes after the request took effect, else instead of it. A request that takes effect is under way for
    `seconds` of real time first. `path` is a regular expression for the whole path.
    """

    kind: Kind
    times: int = 1
    method: str | None = None
    path: str = ".*"
    effect: bool = False
    seconds: float = 0.0

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is meant."""
        return self.times > 0 and self.method in (None, method) and re.fullmatch(self.path, path) is not None


@dataclass
class Faults:
    """The faults that are set, the first that fits wins."""

    waiting: list[Fault] = field(default_factory=list)

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, used up by one."""
        for fault in self.waiting:
            if fault.fits(method, path):
                fault.times -= 1
                return fault
        return None
