"""The machine's clock. An alliance has a clock of its own, which may be ahead of it: see `coalition.alliance`."""

import time


def system_clock() -> int:
    """Microseconds since 1970 UTC by this machine's clock."""
    return time.time_ns() // 1000
