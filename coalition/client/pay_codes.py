"""Pay codes as a member's phone makes them: by itself, and without reception."""

import hmac
import time
from hashlib import sha256

STEP_SECONDS = 30


def make_pay_code(key: str, number: str, now: float | None = None) -> str:
    """The 20 digits to show at a till, with `key` and `number` of `create_pay_device`.

    `now` is seconds since 1970 UTC by the alliance's clock, which may be a step of 30 seconds off; by default the
    machine's. A code is good for one purchase: the next one comes with the next step.
    """
    step = int((time.time() if now is None else now) // STEP_SECONDS)
    mac = hmac.digest(bytes.fromhex(key), str(step).encode(), sha256).hex()
    return f"29{number}{int(mac[:13], 16) % 10**9:09d}"
