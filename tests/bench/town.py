"""A town to measure in: a book with shops that all have a limit, members, and lots that are open already."""

import asyncio
import gc
import random
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from time import perf_counter
from typing import TypeVar

from settlement import Cutoff, Funding, Terms
from settlement.ledger import (
    FOREVER_AGO,
    Answer,
    Book,
    BookSettings,
    Database,
    Earn,
    ExposureLimit,
    Participant,
    Poster,
    Posting,
    PostingOutcome,
    Spend,
    metadata,
)

SHOPS = 500
SHOPS_A_MEMBER = 4
BATCH = 1_000
AHEAD = 4
"""Batches handed over before the first of them is waited for."""
WARM_UP = 20_000
"""Postings that go once around SQLite's log, and touch nearly all pages that the next ones will."""
TURNS = 3
"""Measurements of each thing beside one of pgbench: many short ones in turns, since the machine's speed varies."""
FILL = 100_000
"""Postings made at a time when a book is filled."""
EXPIRES_ON = 2027_12_31
NOON = 1_780_480_800_000_000
"""Wednesday 3 June 2026, 12:00 in Berlin: everything falls into one weekly window."""
WEEK = 7 * 86_400 * 1_000_000
POINTS = 10
OPENING_POINTS = 10**6
HOT_POINTS = 10**12
HOT = "everybody's"
"""The member whose one lot is in every posting of `hot_lot`."""
CREDIT_MINOR = 10**14


T = TypeVar("T")


class Town:
    """A book on one database. The same seed gives the same postings."""

    def __init__(self, url: str, members: int, name: str = "town") -> None:
        self.now = NOON
        self.database = Database(url)
        metadata.create_all(self.database.engine)
        settings = BookSettings(name, "EUR", 2, "Europe/Berlin", Cutoff("weekly"))
        terms = Terms(1, FOREVER_AGO, 100, 2, Funding.ON_REDEMPTION, redeem_fee_bps=100, issue_fee_bps=50)
        self.book = Book.create(self.database, settings, terms, lambda: self.now)
        self.shops = [f"shop-{n:03d}" for n in range(SHOPS)]
        limit = ExposureLimit(CREDIT_MINOR)
        self.book.add_participants(Participant(0, shop, limit=limit) for shop in self.shops)
        self._random = random.Random(20260603)
        self._receipts = 0
        self.members = [(f"member-{n:05d}", self._random.sample(self.shops, SHOPS_A_MEMBER)) for n in range(members)]
        self.moves = 0
        # One poster for the town's whole life, as in a server that has been up for a while.
        self._poster = Poster(self.book, BATCH)
        self._open_lots()

    def _open_lots(self) -> None:
        earns = [Earn(shop, member, OPENING_POINTS, EXPIRES_ON) for member, shops in self.members for shop in shops]
        earns.append(Earn(self.shops[0], HOT, HOT_POINTS, EXPIRES_ON))
        postings = [self._posting(earn.shop, earn) for earn in earns]
        self._drive(postings, moves=1)

    def close(self) -> None:
        """Stop posting and let go of the database."""
        self._poster.close()
        self.database.close()

    # -- postings: two moves each ---------------------------------------------------------------------------

    def uniform(self, count: int) -> list[Posting]:
        """Any member spends and earns at any of their shops."""
        return [self._two_moves(shop, member, member) for member, shop in self._any(count)]

    def hot_shop(self, count: int) -> list[Posting]:
        """Any member spends and earns at the one shop."""
        return [self._two_moves(self.shops[0], member, member) for member, _ in self._any(count)]

    def hot_lot(self, count: int) -> list[Posting]:
        """One member's one lot pays for what any member earns at any of their shops."""
        return [self._two_moves(shop, HOT, member) for member, shop in self._any(count)]

    def _any(self, count: int) -> Iterator[tuple[str, str]]:
        for member, shops in self._random.choices(self.members, k=count):
            yield member, shops[int(self._random.random() * SHOPS_A_MEMBER)]

    def _two_moves(self, shop: str, spender: str, earner: str) -> Posting:
        return self._posting(shop, Spend(shop, spender, POINTS), Earn(shop, earner, POINTS, EXPIRES_ON))

    def _posting(self, shop: str, *legs: Earn | Spend) -> Posting:
        self._receipts += 1
        content: dict[str, str | int] = {"shop": shop, "member": legs[-1].member, "points": legs[-1].points}
        return Posting(f"{shop}:{self._receipts:09d}", self.now, content, legs)

    # -- ways to post them, in postings per second ----------------------------------------------------------

    def fill(self, moves: int) -> None:
        """Post until the book has so many moves."""
        while self.moves < moves:
            self._drive(self.uniform(min(FILL, (moves - self.moves + 1) // 2)))

    def warm_up(self) -> None:
        """Post unmeasured, so that the files are in memory again.

        While pgbench runs, a system that pages out what is not in use takes SQLite's files, however much memory is
        free, but not PostgreSQL's shared buffers; SQLite would read 8 to 43 MB back between its commits.
        """
        self._drive(self.uniform(WARM_UP))

    def in_batches(self, postings: Sequence[Posting]) -> float:
        """Batches handed over ahead of their answers."""
        _clear_away()
        return len(postings) / self._drive(postings)

    def by_tasks(self, postings: Sequence[Posting], callers: int) -> float:
        """So many coroutines, each of which waits for its answer before it posts again."""

        async def caller(own: Sequence[Posting]) -> list[PostingOutcome]:
            return [await self._poster.post_async(posting) for posting in own]

        async def everybody() -> list[list[PostingOutcome]]:
            return await asyncio.gather(*(caller(postings[n::callers]) for n in range(callers)))

        _clear_away()
        started = perf_counter()
        answers = asyncio.run(everybody())
        seconds = perf_counter() - started
        for outcomes in answers:
            self._check(outcomes)
        return len(postings) / seconds

    def by_threads(self, postings: Sequence[Posting], callers: int) -> float:
        """So many threads that do the same."""
        answers: list[list[PostingOutcome]] = [[] for _ in range(callers)]

        def caller(n: int) -> None:
            answers[n].extend(self._poster.post(posting) for posting in postings[n::callers])

        threads = [threading.Thread(target=caller, args=(n,)) for n in range(callers)]
        _clear_away()
        started = perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = perf_counter() - started
        self._check([outcome for outcomes in answers for outcome in outcomes])
        if sum(map(len, answers)) != len(postings):
            raise RuntimeError("a caller got no answer")
        return len(postings) / seconds

    def _drive(self, postings: Sequence[Posting], moves: int = 2) -> float:
        """Post in batches, a few ahead; returns seconds, and checks the answers after they were taken."""
        batches = [postings[at : at + BATCH] for at in range(0, len(postings), BATCH)]
        waiting: deque[Future[list[PostingOutcome]]] = deque()
        answers = []
        started = perf_counter()
        for batch in batches:
            waiting.append(self._poster.submit(batch))
            if len(waiting) > AHEAD:
                answers.append(waiting.popleft().result())
        answers.extend(future.result() for future in waiting)
        seconds = perf_counter() - started
        for outcomes in answers:
            self._check(outcomes, moves)
        return seconds

    def _check(self, outcomes: Sequence[PostingOutcome], moves: int = 2) -> None:
        for outcome in outcomes:
            if not isinstance(outcome, Answer) or outcome.refusal is not None or len(outcome.moves) != moves:
                raise RuntimeError(f"not a posting of {moves} moves: {outcome}")
        self.moves += moves * len(outcomes)


def in_turn(what: Mapping[str, T], number: int) -> list[tuple[str, T]]:
    """What there is in the order of turn `number`: each comes first, and last, as often as the others."""
    first = number % len(what)
    order = list(what.items())
    return order[first:] + order[:first]


def _clear_away() -> None:
    """Collect what earlier measurements left, so that none of them is interrupted for the one before it.

    Python looks through all that a run keeps (its postings and answers) once in some 60,000 postings, for a tenth of
    a second: always in the same one of several short measurements, if nothing is done about it.
    """
    gc.collect()
