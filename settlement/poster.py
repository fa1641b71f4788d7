"""Many callers, one batch: whoever waits shares one round and one commit.

Two threads. The decider takes what has queued up and decides it ahead, on a loaded book that it keeps from
batch to batch, and as if every key were new. The writer writes the decision as it is; the database refuses it
if anybody else wrote since (the header is not the one expected) or a key is there already, and only then the
writer locks the book, loads and decides again. So a decision made ahead is only ever a guess, checked as it is
written; and a process that is alone with its book reads almost nothing, writes in one round trip, and works on
the next large batch while the database writes this one. A small batch the decider writes itself.
"""

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import islice
from typing import NamedTuple, Protocol

from settlement.book import Book, Header
from settlement.chain import Lines, lines_of
from settlement.database import Session
from settlement.decide import Decision, decide
from settlement.errors import DatabaseUnusable, DataRefused, PosterClosed, SettlementError
from settlement.load import Needs, load_for, needs_of
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
GATHER_SECONDS = 0.001
"""How long those who were answered together are waited for, if they come back: they share the next batch."""
PAUSE_BATCHES = 32
"""For how many batches nothing is decided ahead once another process was met."""
LOOK_UP_BATCHES = 1_000
"""For how many batches keys are looked up before they are decided on, once one was met that was there already."""


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
        self._lock = threading.Lock()
        self._for_decider = threading.Condition(self._lock)
        self._for_writer = threading.Condition(self._lock)
        self._waiting: deque[Job] = deque()
        self._taken = 1
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
        with self._lock:
            self._closing = True
            self._for_decider.notify()
        for thread in self._threads:
            thread.join()

    def _enqueue(self, job: Job) -> None:
        with self._lock:
            if self._closing:
                raise PosterClosed
            self._waiting.append(job)
            if len(self._waiting) in (1, self._taken):
                self._for_decider.notify()

    # -- the decider ----------------------------------------------------------------------------------------

    def _run_decider(self) -> None:
        while jobs := self._take():
            work = Work(jobs, None)
            try:
                work = Work(jobs, self._guess(work.postings))
            except Exception:  # noqa: BLE001 - the writer meets the same error under the lock, and answers with it
                self._ahead.stop()
            with self._lock:
                # A small batch is written where it was decided: to wake the writer would take longer.
                here = len(work.postings) < HAND_OVER_FROM and not self._writing
                if here:
                    self._writing = True
                else:
                    self._decided = work
                    self._for_writer.notify()
            if here:
                self._serve(work)
        self._ahead.stop()
        with self._lock:
            self._decider_done = True
            self._for_writer.notify()

    def _take(self) -> list[Job]:
        """Wait for callers, and until the writer has taken the batch before: so long, this one may grow."""
        with self._lock:
            self._for_decider.wait_for(lambda: self._decided is None and (self._waiting or self._closing))
            self._for_decider.wait_for(lambda: len(self._waiting) >= self._taken or self._closing, GATHER_SECONDS)
            jobs: list[Job] = []
            size = 0
            while self._waiting and (not jobs or size + len(self._waiting[0].postings) <= self._batch_max):
                jobs.append(self._waiting.popleft())
                size += len(jobs[-1].postings)
            self._taken = len(jobs)
            return jobs

    def _guess(self, postings: Sequence[Posting]) -> Guess | None:
        """Decide ahead, unless another process posts to this book as well."""
        with self._lock:
            if self._pause:
                self._pause -= 1
                return None
        needs = needs_of(postings)
        if needs.postings or not self._ahead.follows(self._generation):
            # An earlier posting that is referred to may still be on its way. Once the writer is idle it stays so
            # until it gets this batch, and nothing moves meanwhile.
            with self._lock:
                self._for_decider.wait_for(lambda: not self._writing)
        if not self._ahead.follows(self._generation):
            self._expected = self._ahead.start(self._generation)
        decision = self._ahead.decide(postings, needs)
        return None if decision is None else Guess(decision, lines_of(decision), self._ahead.generation)

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
        with self._lock:
            self._writing = False
            self._for_decider.notify()
        _deliver(work.jobs, answers)

    def _receive(self) -> Work | None:
        with self._lock:
            self._for_writer.wait_for(lambda: self._decided is not None or self._decider_done)
            work, self._decided = self._decided, None
            self._writing = work is not None
            self._for_decider.notify()
            return work

    def _post(self, session: Session, work: Work) -> list[list[Outcome] | Exception]:
        """Write what was decided ahead; if that doesn't count, decide under the book's lock."""
        guess, expected = work.guess, self._expected
        if guess is None or guess.generation != self._generation or expected is None:
            decision = self._decide_locked(session, work, None)
        else:
            decision = guess.decision
            try:
                with session.transaction():
                    after = self.book.write(session, expected, decision, guess.lines)
                self._expected = after
            except DataRefused:
                decision = self._decide_locked(session, work, expected)
        outcomes = iter(decision.outcomes)
        return [list(islice(outcomes, len(job.postings))) for job in work.jobs]

    def _decide_locked(self, session: Session, work: Work, refused_at: Header | None) -> Decision:
        """Decide and write under the book's lock, where no guess was made or one was refused at this header."""
        with session.transaction():
            header = self.book.lock(session)
            decision = self.book.decide(session, header, work.postings)
            self.book.write(session, header, decision)
        self._move_on()
        if refused_at is not None and header != refused_at:
            self._pause = PAUSE_BATCHES
        elif refused_at is not None:
            self._ahead.look_up = LOOK_UP_BATCHES
        return decision

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

    def _move_on(self) -> None:
        with self._lock:
            self._generation += 1

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
        self.look_up = 0
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
            and len(loaded.accounts) + len(loaded.owners) + len(loaded.originals) < self.kept_max
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

    def decide(self, postings: Sequence[Posting], needs: Needs) -> Decision | None:
        """Decide a batch on top of those before it; its keys pass for new unless some were met that were not.

        A known key is refused with its row. So one whose posting leaves no row, an error, has to be looked up after
        all: then there is no decision. References always are, since a refusal keeps none.
        """
        if self._loaded is None or self._session is None:
            raise RuntimeError("decide() before start()")
        blind = self.look_up == 0
        if blind:
            needs = needs._replace(keys=[])
        else:
            self.look_up -= 1
        now = self.book.clock()
        config = self.book.config_at(self._session, self._config_version)
        load_for(self._session, self._loaded, config, needs, now)
        decision = decide(self._loaded, postings, now)
        if blind and any(isinstance(outcome, SettlementError) for outcome in decision.outcomes):
            self.look_up = LOOK_UP_BATCHES
            return None
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
