"""Many callers, one batch: whoever waits shares one round and one commit.

Two threads. The decider takes what has queued up and decides it ahead, on a loaded book that it keeps from
batch to batch. The writer locks the book and, if nobody else wrote since (the header is the one expected),
writes the decision as it is; if somebody did, it loads and decides again under the lock. So a decision made
ahead is only ever a guess, checked before it counts; and a process that is alone with its book reads almost
nothing, and works on the next batch while the database writes this one.
"""

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import NamedTuple, Protocol

from settlement.book import Book, Header
from settlement.chain import Lines, lines_of
from settlement.database import Session
from settlement.decide import Decision, decide
from settlement.errors import DatabaseUnusable, DataRefused, PosterClosed, SettlementError
from settlement.load import load_for, needs_of
from settlement.loaded import LoadedBook, under
from settlement.moves import Answer, Posting

Outcome = Answer | SettlementError

BATCH_MAX = 2_000
"""Most postings in a batch: beyond it a batch gets no cheaper and its callers wait longer."""
KEPT_MAX = 500_000
"""Most accounts and owners kept loaded (some 400 bytes each); a book that outgrows it is loaded afresh."""
HAND_OVER_FROM = 256
"""From so many postings on, deciding the next batch meanwhile is worth waking a second thread."""
BATCHES_BEHIND = 4
"""How many batches a key is looked up in memory: until then its batch may not be committed yet."""
PAUSE_BATCHES = 32
"""For how many batches nothing is decided ahead once another process was met."""


class Watch(Protocol):
    """Whoever wants to see what a poster does."""

    def caller(self) -> object:
        """Called where a caller queues; what it returns comes back with the batch."""

    def batch(self, callers: Sequence[object], postings: int, waiting: int) -> AbstractContextManager[object]:
        """Entered while a batch is written: its callers, its size, and how many callers wait for the next."""


class NobodyWatches:
    """Sees nothing."""

    def caller(self) -> object:
        return None

    def batch(self, callers: Sequence[object], postings: int, waiting: int) -> AbstractContextManager[object]:  # noqa: ARG002
        return nullcontext()


class Job(NamedTuple):
    """Postings that one caller waits for, how it is answered, and what the watch knows it by."""

    postings: Sequence[Posting]
    future: "Future[list[Outcome]] | asyncio.Future[list[Outcome]]"
    caller: object


class Guess(NamedTuple):
    """A decision made ahead with its lines, and the generation of the loaded book that it was made on."""

    decision: Decision
    lines: Lines
    generation: int


class Work(NamedTuple):
    """A batch on its way to the writer."""

    jobs: Sequence[Job]
    guess: Guess | None

    @property
    def postings(self) -> list[Posting]:
        """The postings of all jobs, in order."""
        return [posting for job in self.jobs for posting in job.postings]


class Poster:
    """Posts to one book for any number of threads and event loops. Close it to stop its two threads."""

    def __init__(
        self, book: Book, batch_max: int = BATCH_MAX, kept_max: int = KEPT_MAX, watch: Watch | None = None
    ) -> None:
        self.book = book
        self._watch = watch or NobodyWatches()
        self._batch_max = batch_max
        # Guards all below, but for the loaded book, which is the decider's alone.
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._closing = False
        self._decided: Work | None = None
        self._decider_done = False
        self._writing = False
        # A generation ends when the book moves on by other means than the decisions made ahead in it.
        self._generation = 0
        self._expected: Header | None = None
        self._pause = 0
        self._session: Session | None = None
        self._ahead = Ahead(book, kept_max)
        self._threads = [
            threading.Thread(target=run, name=f"poster-{name}", daemon=True)
            for name, run in (("decider", self._run_decider), ("writer", self._run_writer))
        ]
        for thread in self._threads:
            thread.start()

    # -- callers --------------------------------------------------------------------------------------------

    def submit(self, postings: Sequence[Posting]) -> "Future[list[Outcome]]":
        """Queue postings, to be taken in order and in one batch. Raises PosterClosed.

        The future gives an answer or an error for each; it fails with DatabaseUnusable if nothing was posted.
        It can't be cancelled: what is queued is posted.
        """
        future: Future[list[Outcome]] = Future()
        future.set_running_or_notify_cancel()
        self._enqueue(Job(postings, future, self._watch.caller()))
        return future

    def post(self, posting: Posting) -> Answer:
        """Post and wait for the answer. Raises KeyReused, KeyMalformed, DatabaseUnusable, PosterClosed."""
        return _only(self.submit([posting]).result())

    async def post_async(self, posting: Posting) -> Answer:
        """The same for a coroutine. One that is cancelled hears no answer; what it queued is posted."""
        future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        self._enqueue(Job([posting], future, self._watch.caller()))
        return _only(await future)

    def close(self) -> None:
        """Answer what was taken, refuse what comes, stop."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _enqueue(self, job: Job) -> None:
        with self._changed:
            if self._closing:
                raise PosterClosed
            self._waiting.append(job)
            if len(self._waiting) == 1:
                self._changed.notify_all()

    # -- the decider ----------------------------------------------------------------------------------------

    def _run_decider(self) -> None:
        while jobs := self._take():
            work = Work(jobs, None)
            try:
                work = Work(jobs, self._guess(work.postings))
            except Exception:  # noqa: BLE001 - the writer meets the same error under the lock, and answers with it
                self._ahead.stop()
            with self._changed:
                # A small batch is written where it was decided: to wake the writer would take longer.
                here = len(work.postings) < HAND_OVER_FROM and not self._writing
                if here:
                    self._writing = True
                else:
                    self._decided = work
                self._changed.notify_all()
            if here:
                self._serve(work)
        self._ahead.stop()
        with self._changed:
            self._decider_done = True
            self._changed.notify_all()

    def _take(self) -> list[Job]:
        """Wait for callers, and until the writer has taken the batch before: so long, this one may grow."""
        with self._changed:
            self._changed.wait_for(lambda: self._decided is None and (self._waiting or self._closing))
            jobs: list[Job] = []
            size = 0
            while self._waiting and (not jobs or size + len(self._waiting[0].postings) <= self._batch_max):
                jobs.append(self._waiting.popleft())
                size += len(jobs[-1].postings)
            return jobs

    def _guess(self, postings: Sequence[Posting]) -> Guess | None:
        """Decide ahead; not what refers to earlier postings, which may still be on their way."""
        with self._changed:
            if self._pause:
                self._pause -= 1
                return None
        if needs_of(postings).postings:
            return None
        if not self._ahead.follows(self._generation):
            with self._changed:
                self._changed.wait_for(lambda: not self._writing)
            # The writer is idle until it gets this batch, so nothing moves meanwhile; and nobody who wants to
            # queue waits for the database.
            self._expected = self._ahead.start(self._generation)
        decision = self._ahead.decide(postings)
        return Guess(decision, lines_of(decision), self._ahead.generation)

    # -- the writer -----------------------------------------------------------------------------------------

    def _run_writer(self) -> None:
        while work := self._receive():
            self._serve(work)
        self._forget()

    def _serve(self, work: Work) -> None:
        """Post a batch and answer its callers; whoever set `_writing` calls it, so one thread at a time."""
        try:
            with self._watch.batch([job.caller for job in work.jobs], len(work.postings), len(self._waiting)):
                self._session = self._session or self.book.database.session()
                answers = self._post(self._session, work)
        except Exception:  # noqa: BLE001 - what goes wrong again below is its callers' to hear of
            self._forget()
            answers = self._one_by_one(work)
        with self._changed:
            self._writing = False
            self._changed.notify_all()
        _deliver(work.jobs, answers)

    def _receive(self) -> Work | None:
        with self._changed:
            self._changed.wait_for(lambda: self._decided is not None or self._decider_done)
            work, self._decided = self._decided, None
            self._writing = work is not None
            self._changed.notify_all()
            return work

    def _post(self, session: Session, work: Work) -> list[list[Outcome] | Exception]:
        """Write what was decided ahead if the book is as expected; otherwise decide under its lock."""
        postings = work.postings
        with session.transaction():
            header = self.book.lock(session)
            guess = work.guess
            if guess is not None and guess.generation == self._generation and header == self._expected:
                decision, lines = guess.decision, guess.lines
            else:
                self._move_on(pause=guess is not None and guess.generation == self._generation)
                decision, lines = self.book.decide(session, header, postings), None
            after = self.book.write(session, header, decision, lines)
        self._expected = after
        outcomes = iter(decision.outcomes)
        return [[next(outcomes) for _ in job.postings] for job in work.jobs]

    def _one_by_one(self, work: Work) -> list[list[Outcome] | Exception]:
        """Post each job by itself after the batch failed, on a new connection.

        One bad request does not fail its neighbours, and a connection that was lost while idle fails nobody. But
        where the database itself fails again, nobody else is kept waiting to find that out for themselves.
        """
        answers: list[list[Outcome] | Exception] = []
        for job in work.jobs:
            try:
                self._session = self._session or self.book.database.session()
                answers += self._post(self._session, Work([job], None))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the caller's to hear of
                self._forget()
                answers.append(error)
                if isinstance(error, DatabaseUnusable) and not isinstance(error, DataRefused):
                    unanswered = len(work.jobs) - len(answers)
                    return [*answers, *(DatabaseUnusable(error.url, error.why) for _ in range(unanswered))]
        return answers

    def _move_on(self, *, pause: bool = False) -> None:
        with self._changed:
            self._generation += 1
            if pause:
                self._pause = PAUSE_BATCHES

    def _forget(self) -> None:
        """Drop the writing connection, and with it what was decided ahead on the strength of it."""
        self._move_on()
        if self._session is not None:
            self._session.close()
            self._session = None


class Ahead:
    """The decider's own loaded book: it runs ahead of what is stored, by the batches on their way."""

    def __init__(self, book: Book, kept_max: int) -> None:
        self.book = book
        self.kept_max = kept_max
        self.generation = -1
        self._session: Session | None = None
        self._loaded: LoadedBook | None = None
        self._config_version = 0
        self._recent: deque[list[str]] = deque()

    def follows(self, generation: int) -> bool:
        """Whether it was started in this generation, and has not outgrown its memory."""
        loaded = self._loaded
        return (
            loaded is not None
            and generation == self.generation
            and len(loaded.accounts) + len(loaded.owners) < self.kept_max
        )

    def start(self, generation: int) -> Header:
        """Begin anew from what is stored, with nothing on its way; returns the header that it begins at."""
        self._session = self._session or self.book.database.session()
        header = self.book.header(self._session)
        self._loaded = self.book.load(self._session, header)
        self._config_version = header.config_version
        self._recent.clear()
        self.generation = generation
        return header

    def decide(self, postings: Sequence[Posting]) -> Decision:
        """Decide a batch on top of those before it."""
        if self._loaded is None or self._session is None:
            raise RuntimeError("decide() before start()")
        now = self.book.clock()
        config = self.book.config_at(self._session, self._config_version)
        load_for(self._session, self._loaded, config, postings, now)
        decision = decide(self._loaded, postings, now)
        named = [under(posting.reference) for posting in postings if posting.reference is not None]
        self._recent.append([posting.key for posting in postings] + named)
        if len(self._recent) > BATCHES_BEHIND:
            for key in self._recent.popleft():
                self._loaded.stored.pop(key, None)
        return decision

    def stop(self) -> None:
        """Let go of the connection and of what was loaded."""
        self._loaded = None
        if self._session is not None:
            self._session.close()
            self._session = None


def _only(outcomes: Sequence[Outcome]) -> Answer:
    outcome = outcomes[0]
    if isinstance(outcome, SettlementError):
        raise outcome
    return outcome


def _deliver(jobs: Sequence[Job], answers: Sequence[list[Outcome] | Exception]) -> None:
    """Answer every job; the coroutines of one loop are woken together."""
    by_loop = defaultdict(list)
    for job, answer in zip(jobs, answers, strict=True):
        if isinstance(job.future, Future):
            _settle(job.future, answer)
        else:
            by_loop[job.future.get_loop()].append((job.future, answer))
    for loop, settled in by_loop.items():
        # On a loop that was closed meanwhile nobody waits any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle_all, settled)


def _settle_all(settled: "Sequence[tuple[asyncio.Future[list[Outcome]], list[Outcome] | Exception]]") -> None:
    for future, answer in settled:
        if not future.done():
            _settle(future, answer)


def _settle(future: "Future[list[Outcome]] | asyncio.Future[list[Outcome]]", answer: list[Outcome] | Exception) -> None:
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
