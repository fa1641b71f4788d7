"""Whether this process was told to stop: it answers what it took, and tells balancers to send nothing more."""

import signal
import threading
from types import FrameType

STOPPING = threading.Event()


def notice_stop(drain_seconds: float) -> None:
    """Stand before the server's own handler of SIGTERM.

    Readiness answers 503 from then on, while the server goes on for `drain_seconds` more before it closes its
    socket: so long a balancer needs to notice.
    """
    stop = signal.getsignal(signal.SIGTERM)
    if not callable(stop):
        raise TypeError("the server's own handler of SIGTERM comes first")

    def handle(number: int, frame: FrameType | None) -> None:
        STOPPING.set()
        if drain_seconds:
            threading.Timer(drain_seconds, stop, (number, frame)).start()
        else:
            stop(number, frame)

    signal.signal(signal.SIGTERM, handle)
