"""What a poster works with: a job is what one caller waits for; a batch is the jobs that share one commit."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, nullcontext
from itertools import islice
from typing import NamedTuple, Protocol

from settlement.errors import SettlementError
from settlement.ledger.chain import BatchLines
from settlement.ledger.decision import Decision
from settlement.ledger.header import Header
from settlement.ledger.moves import Answer, Posting

PostingOutcome = Answer | SettlementError
Answers = list[list[PostingOutcome] | Exception]
"""For each job of a batch its outcomes, or what went wrong for the whole job."""

APART_FROM = 256
"""From so many postings on a batch takes so long to send that this too is left to a thread of its own."""


class PosterWatch(Protocol):
    """Observes what a poster does."""

    def caller(self) -> object:
        """Called where a caller queues; what it returns comes back with the batch."""

    def batch(self, callers: Sequence[object], postings: int, waiting: int) -> AbstractContextManager[object]:
        """Entered while a batch is on its way into the database: its callers, its size, and how many callers wait."""


class NoWatch:
    """Observes nothing."""

    def caller(self) -> object:
        return None

    def batch(self, callers: Sequence[object], postings: int, waiting: int) -> AbstractContextManager[object]:  # noqa: ARG002
        return nullcontext()


class PostingJob(NamedTuple):
    """Postings that one caller waits for, how it is answered, and what the watch knows it by."""

    postings: Sequence[Posting]
    future: "Future[list[PostingOutcome]] | asyncio.Future[list[PostingOutcome]]"
    caller: object


class Guess(NamedTuple):
    """A decision made ahead with its lines, and the generation of the loaded book that it was made on."""

    decision: Decision
    lines: BatchLines
    generation: int


class PostingBatch(NamedTuple):
    """A batch to be written: its jobs, their postings in order, and what was decided ahead."""

    jobs: Sequence[PostingJob]
    postings: Sequence[Posting]
    guess: Guess | None = None

    @property
    def large(self) -> bool:
        """Whether it is written apart."""
        return len(self.postings) >= APART_FROM

    def answers(self, decision: Decision) -> Answers:
        """For each job what was decided on its postings."""
        outcomes = iter(decision.outcomes)
        return [list(islice(outcomes, len(job.postings))) for job in self.jobs]


class SentBatch(NamedTuple):
    """A guess on its way into the database; `settle` waits until it is there, and returns the next header.

    `apart` is the future of a large batch's header: only behind such a one another may be sent.
    """

    work: PostingBatch
    guess: Guess
    settle: Callable[[], Header]
    apart: "Future[Header] | None"
    watched: ExitStack


class QueuedBatch(NamedTuple):
    """A large batch that waits to be written: what tells the header that it follows, and the future of its own."""

    guess: Guess
    before: Callable[[], Header]
    after: "Future[Header]"
