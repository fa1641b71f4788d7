"""What processes and threads of a test do: post, all at once, and die."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple, TypeVar

from sqlalchemy import Table

from coalition.alliance import Alliances
from coalition.app import open_database
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.schedule import job_kinds
from settlement import SettlementError
from settlement.ledger import Answer, Book, Database, Earn, Poster, Posting, Session, Spend

T = TypeVar("T")

# Children are forked from a clean process that has imported what they need: as safe as spawned ones, and there
# at once.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["__main__", __name__])


class Place(NamedTuple):
    """Where a worker finds its book, and what time it is there."""

    url: str
    name: str
    now: int


class Job(NamedTuple):
    """Batches to post, from a moment (seconds of the machine's clock) when all workers are there."""

    place: Place
    start_at: float
    batches: Sequence[Sequence[Posting]]


class Result(NamedTuple):
    """What became of one request. `code` is that of the refusal or error, if any; `batch` counts within the job."""

    batch: int
    key: str
    code: str | None
    posting_id: int = 0
    replayed: bool = False
    moved: int = 0


@contextmanager
def opened(place: Place) -> Iterator[tuple[Book, Session]]:
    """The book there, and a connection of the worker's own."""
    database = Database(place.url)
    session = database.session()
    try:
        yield Book.open(database, place.name, lambda: place.now), session
    finally:
        session.close()
        database.close()


def post_batches(job: Job) -> list[Result]:
    """Post batch after batch."""
    with opened(job.place) as (book, session):
        _wait_until(job.start_at)
        return [
            result_of(number, request, outcome)
            for number, batch in enumerate(job.batches)
            for request, outcome in zip(batch, book.post(batch, session), strict=True)
        ]


def post_through_poster(job: Job) -> list[Result]:
    """Post each request by itself, from as many threads as there are batches, through one poster."""
    with opened(job.place) as (book, _):
        poster = Poster(book)

        def post_one_by_one(number: int) -> list[Result]:
            results = []
            for request in job.batches[number]:
                (outcome,) = poster.submit([request]).result()
                results.append(result_of(number, request, outcome))
            return results

        with ThreadPoolExecutor(len(job.batches)) as threads:
            _wait_until(job.start_at)
            results = [
                result
                for results_of_thread in threads.map(post_one_by_one, range(len(job.batches)))
                for result in results_of_thread
            ]
        poster.close()
        return results


def result_of(batch: int, request: Posting, outcome: Answer | SettlementError) -> Result:
    if isinstance(outcome, SettlementError):
        return Result(batch, request.key, outcome.code)
    code = None if outcome.refusal is None else outcome.refusal.code
    moved = sum(move.amount for move in outcome.moves)
    return Result(batch, request.key, code, outcome.posting_id, outcome.replayed, moved)


def _wait_until(start_at: float) -> None:
    time.sleep(max(0.0, start_at - time.time()))


# -- dying ----------------------------------------------------------------------------------------------------


class DyingSession(Session):
    """Passes every call on to a real session, and kills its process before or after the last call that it may make.

    With no last call it only counts.
    """

    def __init__(self, real: Session, last: int = 0, *, after: bool = False) -> None:
        super().__init__("")
        self.real = real
        self.calls = 0
        self.last = last
        self.after = after

    def _pass(self, call: Callable[[], T]) -> T:
        self.calls += 1
        if self.calls == self.last and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = call()
        if self.calls == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    def rows(self, sql: str, *params: object) -> list[tuple[object, ...]]:
        return self._pass(lambda: self.real.rows(sql, *params))

    def execute(self, sql: str, *params: object) -> None:
        self._pass(lambda: self.real.execute(sql, *params))

    def insert(self, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
        self._pass(lambda: self.real.insert(table, rows))

    def insert_many(self, table: Table, rows: Sequence[tuple[object, ...]], lines: Callable[[], bytes]) -> None:
        self._pass(lambda: self.real.insert_many(table, rows, lines))

    def upsert(self, table: Table, rows: Sequence[tuple[object, ...]], *, add: bool) -> None:
        self._pass(lambda: self.real.upsert(table, rows, add=add))

    def set_balances(self, alliance_id: int, balances: Sequence[tuple[int, int]]) -> None:
        self._pass(lambda: self.real.set_balances(alliance_id, balances))

    def serialize(self) -> None:
        self._pass(self.real.serialize)

    def disconnect(self) -> None:
        self.real.close()

    def is_idle(self) -> bool:
        return self.real.is_idle()

    def _begin(self) -> None:
        self._pass(self.real._begin)

    def _send(self) -> None:
        # Sent and waited for in one step: between the two nobody could tell whether it is there.
        pass

    def _settle(self) -> None:
        self._pass(self._send_and_settle)

    def _send_and_settle(self) -> None:
        self.real._send()
        self.real._settle()

    def _roll_back(self) -> None:
        self._pass(self.real._roll_back)


def post_and_die(place: Place, batch: Sequence[Posting], last: int, after: bool) -> None:  # noqa: FBT001
    """Post a batch, and die before or after the given call to the database."""
    with opened(place) as (book, session):
        book.post(batch, DyingSession(session, last, after=after))


def post_until_killed(place: Place, run: int, acknowledged: Path, posted: bool) -> None:  # noqa: FBT001
    """Post small batches, straight or through a poster, and note each key once it is answered."""
    with opened(place) as (book, session), acknowledged.open("ab", buffering=0) as file:
        poster = Poster(book) if posted else None
        for number in count():
            batch = [
                Posting(f"{run}.{number}.{part}", place.now, {}, [leg])
                for part, leg in enumerate(
                    [
                        Earn("bakery", f"m{number % 7}", 10, 20991231),
                        Spend("cafe", f"m{number % 5}", 7),
                        Earn("cafe", "ann", 1, 20991231),
                    ]
                )
            ]
            if poster is None:
                book.post(batch, session)
            else:
                poster.submit(batch).result()
            file.write("".join(f"{request.key}\n" for request in batch).encode())


def work_until_killed(url: str) -> None:
    """Do the jobs of a database, as `coalition work` does; webhooks may go to this machine."""
    Worker(Alliances(open_database(url)), job_kinds(), WorkSettings(allow_private=True), tick_seconds=0.05).start()
    time.sleep(3600)
