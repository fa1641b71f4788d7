"""What is seen of a poster: the size and the time of its batches, its queue, its spans."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from coalition.operation.metrics import BATCH_POSTINGS, BATCH_SECONDS, QUEUE
from coalition.operation.traces import Traces


class PosterTelemetry:
    """Counts batches, and traces them."""

    def __init__(self, traces: Traces) -> None:
        self._traces = traces

    def caller(self) -> object:
        """What the traces know a caller by."""
        return self._traces.caller()

    @contextmanager
    def batch(self, callers: Sequence[object], postings: int, waiting: int) -> Iterator[None]:
        """Time a batch from its being handed to the database until it is there."""
        BATCH_POSTINGS.observe(postings)
        QUEUE.set(waiting)
        started = time.perf_counter()
        with self._traces.batch(callers, postings):
            yield
        BATCH_SECONDS.observe(time.perf_counter() - started)
