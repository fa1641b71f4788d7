"""Many callers, one batch: whoever waits shares one round and one commit.

The poster's thread takes what has queued up and decides it ahead, on a loaded book that it keeps from batch to
batch, and as if every key were new. Then it hands the decision to the database as it is; the database refuses it
if anybody else wrote since (the header is not the one expected) or a key is there already, and only then the book
is locked, loaded and decided on again. So a decision made ahead is only ever a guess, checked as it is written; and
a process that is alone with its book reads almost nothing, writes in one round trip, and decides the next batch
while the database still writes this one. Large batches queue up for the database, so that it never waits for the
poster either; each is written at the header that the one before it left, or not at all, and those that have queued
up by the time that one is written share its commit.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack

from settlement.errors import DatabaseUnusable, DataRefused, PosterClosed, SettlementError
from settlement.ledger.ahead import AheadDecider
from settlement.ledger.batches import (
    Answers,
    Guess,
    NoWatch,
    PosterWatch,
    PostingBatch,
    PostingJob,
    PostingOutcome,
    QueuedBatch,
    SentBatch,
)
from settlement.ledger.book import Book
from settlement.ledger.chain import batch_lines
from settlement.ledger.delivery import deliver_answers
from settlement.ledger.header import Header
from settlement.ledger.load import needs_of
from settlement.ledger.moves import Answer, Posting
from settlement.ledger.session import Session

BATCH_MAX = 2_000
"""Most postings in a batch: beyond it a batch gets no cheaper and its callers wait longer."""
KEPT_MAX = 500_000
"""Most accounts and owners kept loaded (some 400 bytes each); a book that outgrows it is loaded afresh."""
SENT_MAX = 3
"""So many large batches are under way at most: the database always has one, even if now and then one takes long."""
SHARE_MIN = 16
"""Fewer callers than this are not divided: what a commit costs by itself would be shared by too few."""
GATHER_SECONDS = 0.001
"""How long those who were answered together are waited for, if they come back: they share the next batch."""
IDLE_SECONDS = 60.0
"""For how long nobody must have come until a poster lets go of its thread and of what it has loaded."""
PAUSE_BATCHES = 32
"""For how many batches nothing is decided ahead once another process was met."""


Answered = tuple[Sequence[PostingJob], Answers]


class Poster:
    """Posts to one book for any number of threads and event loops. Close it to stop its threads.

    It has a thread as long as there is something to post; between batches it keeps its connections where there is room.
    """

    def __init__(
        self,
        book: Book,
        batch_max: int = BATCH_MAX,
        kept_max: int = KEPT_MAX,
        watch: PosterWatch | None = None,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.book = book
        self._idle_seconds = idle_seconds
        self._watch = watch or NoWatch()
        self._batch_max = batch_max
        # Guards the five below; all else is the poster's own thread's.
        self._lock = threading.Lock()
        self._queued = threading.Condition(self._lock)
        self._thread: threading.Thread | None = None
        self._waiting: deque[PostingJob] = deque()
        self._awaited = 1
        self._closing = False
        self._read_anew = False
        self._sent: deque[SentBatch] = deque()
        # Filled by the poster's thread, emptied by the one that writes apart.
        self._to_write: deque[QueuedBatch] = deque()
        # A generation ends when the book moves on by other means than the decisions made ahead in it.
        self._generation = 0
        self._expected: Header | None = None
        self._pause = 0
        self._session: Session | None = None
        self._ahead = AheadDecider(book, kept_max)

    # -- callers --------------------------------------------------------------------------------------------

    def submit(self, postings: Sequence[Posting]) -> "Future[list[PostingOutcome]]":
        """Queue postings, to be taken in order and in one batch. Raises PosterClosed.

        The future gives an answer or an error for each; it fails with DatabaseUnusable if nothing was posted.
        It can't be cancelled: what is queued is posted.
        """
        future: Future[list[PostingOutcome]] = Future()
        future.set_running_or_notify_cancel()
        self._enqueue(PostingJob(postings, future, self._watch.caller()))
        return future

    def post(self, posting: Posting) -> Answer:
        """Post and wait for the answer. Raises KeyReused, KeyMalformed, DatabaseUnusable, PosterClosed."""
        return _only(self.submit([posting]).result())

    async def post_async(self, posting: Posting) -> Answer:
        """The same for a coroutine. One that is cancelled hears no answer; what it queued is posted."""
        future: asyncio.Future[list[PostingOutcome]] = asyncio.get_running_loop().create_future()
        self._enqueue(PostingJob([posting], future, self._watch.caller()))
        return _only(await future)

    def read_anew(self) -> None:
        """Decide the next batch on what is stored by then: this process has changed the book by other means, by closing
        a window for example.

        Without it that batch would be refused as one that another process came before, and those after it would wait
        for the book's lock for a while.
        """
        with self._lock:
            self._read_anew = True

    def close(self) -> None:
        """Answer what was taken, refuse what comes, stop."""
        with self._lock:
            self._closing = True
            self._queued.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _enqueue(self, job: PostingJob) -> None:
        with self._lock:
            if self._closing:
                raise PosterClosed
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="poster", daemon=True)
                self._thread.start()
            elif len(self._waiting) in (1, self._awaited):
                self._queued.notify()

    # -- the poster's thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        with ThreadPoolExecutor(1, "poster-writer") as self._apart:
            while True:
                if jobs := self._take():
                    self._serve(jobs)
                elif self._sent:
                    self._deliver(self._settled())
                elif self._ends():
                    break

    def _ends(self) -> bool:
        """Let go of all that is kept, and end the thread unless somebody came meanwhile."""
        self._ahead.stop()
        self._forget()
        with self._lock:
            if self._waiting:
                return False
            self._thread = None
            return True

    def _take(self) -> list[PostingJob]:
        """The next batch: wait for callers, and a moment for those answered last to come back and share it.

        Nothing if nobody came while a batch is on its way, or for long, or will come any more. Of many callers only
        half are taken, so that there is somebody to decide for while the others' batch is written.
        """
        if not self._sent and self.book.database.is_crowded():
            # The posters of other alliances need the connections meanwhile.
            self._disconnect()
        with self._lock:
            if not self._sent:
                self._queued.wait_for(lambda: self._waiting or self._closing, self._idle_seconds)
                if not self._waiting:
                    return []
            elif (apart := self._sent[0].apart) is not None:
                # Whoever comes while it is written is not kept waiting for that.
                self._queued.wait_for(lambda: self._waiting or self._closing or apart.done())
                if not self._waiting:
                    return []
            self._queued.wait_for(lambda: len(self._waiting) >= self._awaited or self._closing, GATHER_SECONDS)
            on_their_way = sum(len(sent.work.jobs) for sent in self._sent)
            most = max(SHARE_MIN, -(-(len(self._waiting) + on_their_way) // 2))
            jobs: list[PostingJob] = []
            size = 0
            while self._waiting and len(jobs) < most:
                size += len(self._waiting[0].postings)
                if jobs and size > self._batch_max:
                    break
                jobs.append(self._waiting.popleft())
            return jobs

    def _serve(self, jobs: Sequence[PostingJob]) -> None:
        """Decide a batch while those before it are written; then hand it over, and answer those that are there."""
        work = PostingBatch(jobs, [posting for job in jobs for posting in job.postings])
        try:
            work = work._replace(guess=self._guess(work.postings))
        except Exception:  # noqa: BLE001 - the same error is met under the lock, and its callers hear of it then
            self._ahead.stop()
        answered = []
        while self._sent and not self._may_follow(work):
            answered.append(self._settled())
        answers = self._send(work)
        if answers is not None:
            answered.append((work.jobs, answers))
        self._deliver(*answered)

    def _may_follow(self, work: PostingBatch) -> bool:
        """Whether a batch may be sent behind those on their way: all are large, and none has been refused."""
        fresh = work.guess is not None and work.guess.generation == self._generation
        under_way = all(sent.apart is not None and not sent.apart.done() for sent in self._sent)
        return fresh and under_way and work.large and len(self._sent) < SENT_MAX

    def _guess(self, postings: Sequence[Posting]) -> Guess | None:
        """Decide ahead, unless another process posts to this book as well."""
        with self._lock:
            read_anew, self._read_anew = self._read_anew, False
        if read_anew:
            while self._sent:
                self._deliver(self._settled())
            self._move_on()
        if self._pause:
            self._pause -= 1
            return None
        needs = needs_of(postings)
        if needs.postings or not self._ahead.follows(self._generation):
            # An earlier posting that is referred to may still be on its way.
            while self._sent:
                self._deliver(self._settled())
        if not self._ahead.follows(self._generation):
            self._expected = self._ahead.start(self._generation)
        decision = self._ahead.decide(postings, needs)
        return None if decision is None else Guess(decision, batch_lines(decision), self._ahead.generation)

    def _settled(self) -> Answered:
        """Wait for the batch that was sent first: its jobs and their answers."""
        sent = self._sent.popleft()
        try:
            with sent.watched:
                if sent.guess.generation != self._generation:
                    # One before it was refused, so this one was not written.
                    return sent.work.jobs, self._post_locked(sent.work, None)
                try:
                    self._expected = sent.settle()
                    return sent.work.jobs, sent.work.answers(sent.guess.decision)
                except DataRefused:
                    return sent.work.jobs, self._post_locked(sent.work, self._expected)
        except Exception:  # noqa: BLE001 - what goes wrong again below is its callers' to hear of
            self._forget()
            return sent.work.jobs, self._one_by_one(sent.work)

    def _send(self, work: PostingBatch) -> Answers | None:
        """Hand a batch to the database as it was decided ahead; if that doesn't count, answer it here and now."""
        guess, expected = work.guess, self._expected
        try:
            with ExitStack() as watched:
                watched.enter_context(
                    self._watch.batch([job.caller for job in work.jobs], len(work.postings), len(self._waiting))
                )
                session = self._connected()
                if guess is None or guess.generation != self._generation or expected is None:
                    return self._post_locked(work, None)
                if work.large:
                    apart = self._write_apart(session, expected, guess)
                    self._sent.append(SentBatch(work, guess, apart.result, apart, watched.pop_all()))
                    return None
                try:
                    settle = self._write(session, expected, guess)
                except DataRefused:
                    return self._post_locked(work, expected)
                self._sent.append(SentBatch(work, guess, settle, None, watched.pop_all()))
                return None
        except Exception:  # noqa: BLE001 - what goes wrong again below is its callers' to hear of
            self._forget()
            return self._one_by_one(work)

    def _write_apart(self, session: Session, expected: Header, guess: Guess) -> "Future[Header]":
        """Have a batch written by the other thread, behind those that it has to write already."""
        before = self._sent[-1].settle if self._sent else lambda: expected
        queued = QueuedBatch(guess, before, Future())
        queued.after.add_done_callback(self._wake)
        self._to_write.append(queued)
        self._apart.submit(self._write_queued, session)
        return queued.after

    def _write_queued(self, session: Session) -> None:
        """Write the next large batch, and with the same commit those that queue up meanwhile."""
        if not self._to_write:
            # It was written with one before it.
            return
        batches = [self._to_write.popleft()]
        headers: list[Header] = []
        try:
            # If the one before it failed, its error is raised here too, and nothing is written.
            header = batches[0].before()
            with session.transaction():
                while len(headers) < len(batches):
                    guess = batches[-1].guess
                    header = self.book.write(session, header, guess.decision, guess.lines)
                    headers.append(header)
                    if self._to_write:
                        batches.append(self._to_write.popleft())
        except Exception as error:  # noqa: BLE001 - the poster's thread handles it, for each of them
            for batch in batches:
                batch.after.set_exception(error)
        else:
            for batch, header in zip(batches, headers, strict=True):
                batch.after.set_result(header)

    def _wake(self, _written: "Future[Header]") -> None:
        with self._lock:
            self._queued.notify()

    def _write(self, session: Session, expected: Header, guess: Guess) -> Callable[[], Header]:
        """Write a batch but for its end; what is returned waits for that, and returns the book's next header."""
        with session.sending():
            after = self.book.write(session, expected, guess.decision, guess.lines)
        end = session.settle if session.goes_on else self._apart.submit(session.settle).result

        def settle() -> Header:
            end()
            return after

        return settle

    def _post_locked(self, work: PostingBatch, refused_at: Header | None) -> Answers:
        """Post under the book's lock, where no guess was made or one was refused at this header."""
        session = self._connected()
        with session.transaction():
            header = self.book.lock(session)
            decision = self.book.decide(session, header, work.postings)
            self.book.write(session, header, decision)
        self._move_on()
        if refused_at is not None and header != refused_at:
            self._pause = PAUSE_BATCHES
        elif refused_at is not None:
            self._ahead.look_keys_up()
        return work.answers(decision)

    def _one_by_one(self, work: PostingBatch) -> Answers:
        """Post each job by itself after the batch failed, on a new connection.

        One bad request does not fail its neighbours, and a connection that was lost while idle fails nobody. But
        where the database itself fails again, nobody else is kept waiting to find that out for themselves.
        """
        answers: Answers = []
        for job in work.jobs:
            try:
                answers += self._post_locked(PostingBatch([job], job.postings), None)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the caller's to hear of
                self._forget()
                answers.append(error)
                if isinstance(error, DatabaseUnusable) and not isinstance(error, DataRefused):
                    unanswered = len(work.jobs) - len(answers)
                    return [*answers, *(DatabaseUnusable(error.url, error.why) for _ in range(unanswered))]
        return answers

    def _deliver(self, *answered: Answered) -> None:
        """Answer jobs. Whoever is answered now may be back in a moment; nobody else is waited for."""
        self._awaited = sum(len(jobs) for jobs, _ in answered)
        for jobs, answers in answered:
            deliver_answers(zip((job.future for job in jobs), answers, strict=True))

    def _connected(self) -> Session:
        self._session = self._session or self.book.database.session("write")
        return self._session

    def _move_on(self) -> None:
        self._generation += 1

    def _forget(self) -> None:
        """Let go of the writing connection, and of what was decided ahead on the strength of it."""
        wait(sent.apart for sent in self._sent if sent.apart is not None)
        self._move_on()
        self._disconnect()

    def _disconnect(self) -> None:
        self._ahead.disconnect()
        if self._session is not None:
            self._session.close()
            self._session = None


def _only(outcomes: Sequence[PostingOutcome]) -> Answer:
    outcome = outcomes[0]
    if isinstance(outcome, SettlementError):
        raise outcome
    return outcome
