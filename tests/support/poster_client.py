"""A desk that asks a poster, and what a test wants to know of it without looking inside."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from itertools import count

from settlement import SettlementError
from settlement.ledger import Answer, Book, Leg, Poster, Posting, PostingOutcome, Session

PATIENCE = 60
"""Seconds after which an answer counts as never given."""


class PosterClient:
    """Asks a poster, each time under a key of its own unless one is given."""

    def __init__(self, poster: Poster) -> None:
        self.poster = poster
        self.book = poster.book
        self._keys = count(1)

    def posting(self, *legs: Leg, key: str | None = None, at: int | None = None, **content: str | int) -> Posting:
        """A request, at the book's own time if none is given."""
        return Posting(key or f"desk-{next(self._keys)}", self.book.clock() if at is None else at, content, legs)

    def ask(self, *legs: Leg, key: str | None = None, **content: str | int) -> "Future[list[PostingOutcome]]":
        """Queue a request without waiting for its answer."""
        return self.poster.submit([self.posting(*legs, key=key, **content)])

    def ask_in_turn(self, *batches: Sequence[Posting]) -> "list[Future[list[PostingOutcome]]]":
        """Queue batches, each with time enough to be decided, and sent if it is large, while the first has to wait."""
        asked = []
        for batch in batches:
            asked.append(self.poster.submit(batch))
            time.sleep(0.1)
        return asked

    def post(self, *legs: Leg, key: str | None = None, at: int | None = None, **content: str | int) -> Answer:
        """Ask and wait; an error is raised."""
        return self.poster.post(self.posting(*legs, key=key, at=at, **content))

    def take(self, *legs: Leg) -> Answer:
        """The same, where the book must not refuse."""
        answer = self.post(*legs)
        assert answer.refusal is None, answer.refusal
        return answer

    def refused(self, *legs: Leg) -> tuple[str, dict[str, str | int]]:
        """Why the book refuses."""
        refusal = self.post(*legs).refusal
        assert refusal is not None
        return refusal.code, dict(refusal.values)


def outcome_of(future: "Future[list[PostingOutcome]]") -> PostingOutcome:
    """What became of a single request."""
    try:
        (outcome,) = future.result(PATIENCE)
    except SettlementError as error:
        return error
    return outcome


def answer_of(future: "Future[list[PostingOutcome]]") -> Answer:
    outcome = outcome_of(future)
    assert isinstance(outcome, Answer), outcome
    return outcome


@contextmanager
def lock_held(town: Book) -> Iterator[Session]:
    """Another writer holds the book (or SQLite's file): what is asked meanwhile has to wait."""
    with closing(town.database.session()) as session, session.transaction():
        town.lock(session)
        yield session


def batches(town: Book, session: Session) -> int:
    return town.header(session).next_batch - 1


def key_ids(town: Book, session: Session) -> dict[str, int]:
    """The posting of every key; each is there once, or the database would have refused it."""
    return dict(session.rows("SELECT key, id FROM postings WHERE alliance_id = ?", town.alliance_id))
