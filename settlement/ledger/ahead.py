"""Deciding ahead: a loaded book kept from batch to batch, that runs ahead of what is stored."""

from collections import deque
from collections.abc import Sequence

from settlement.errors import SettlementError
from settlement.ledger.book import Book
from settlement.ledger.decide import decide
from settlement.ledger.decision import Decision
from settlement.ledger.header import Header
from settlement.ledger.load import Needs, load_for
from settlement.ledger.loaded import LoadedBook, reference_key
from settlement.ledger.moves import Posting
from settlement.ledger.session import Session

BATCHES_BEHIND = 4
"""For how many batches a key is looked up in memory: its own may not be committed yet, and retries come soon."""
LOOK_UP_BATCHES = 1_000
"""For how many batches keys are looked up before deciding, once one came that was stored already."""


class AheadDecider:
    """What batches are decided on before those ahead of them are stored. For one thread."""

    def __init__(self, book: Book, kept_max: int) -> None:
        self.book = book
        self.kept_max = kept_max
        self.generation = -1
        self._look_up = 0
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
        session = self._connected()
        header = self.book.header(session)
        self._loaded = self.book.load(session, header)
        self._config_version = header.config_version
        self._recent.clear()
        self.generation = generation
        return header

    def decide(self, postings: Sequence[Posting], needs: Needs) -> Decision | None:
        """Decide a batch on top of those before it, on the assumption that every key is new while all were lately.

        A known key is refused with its row. So one whose posting leaves no row, an error, has to be looked up after
        all: then there is no decision. References always are, since a refusal keeps none.
        """
        if self._loaded is None:
            raise RuntimeError("decide() before start()")
        blind = self._look_up == 0
        if not blind:
            self._look_up -= 1
        session, now = self._connected(), self.book.clock()
        config = self.book.config_at(session, self._config_version)
        load_for(session, self._loaded, config, needs._replace(keys=[]) if blind else needs, now)
        decision = decide(self._loaded, postings, now)
        if blind and any(isinstance(outcome, SettlementError) for outcome in decision.outcomes):
            self.look_keys_up()
            return None
        self._recent.append([*needs.keys, *map(reference_key, needs.references)])
        if len(self._recent) > BATCHES_BEHIND:
            for key in self._recent.popleft():
                self._loaded.stored.pop(key, None)
        return decision

    def look_keys_up(self) -> None:
        """Look keys up for a while before deciding: one came that was stored already."""
        self._look_up = LOOK_UP_BATCHES

    def stop(self) -> None:
        """Let go of the connection and of what was loaded."""
        self._loaded = None
        self.disconnect()

    def disconnect(self) -> None:
        """Let go of the connection alone: the next decision takes another."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _connected(self) -> Session:
        self._session = self._session or self.book.database.session("decide")
        return self._session
