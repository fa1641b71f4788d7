"""One alliance's book in its database: load → decide → write, in one transaction under one lock.

The lock is the book's own row. All who post to an alliance take it first and hold it to the commit, so batches
of one alliance follow one another (the hash chain needs that order anyway), nothing can deadlock, and what was
read under it can't change. Two alliances never wait for each other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields

from settlement.errors import BookExists, BookNotFound, ParticipantUnknown, SettlementError, TermsNotLater
from settlement.ledger import tables
from settlement.ledger.accounts import OPERATOR, POOL, AccountName
from settlement.ledger.chain import GENESIS, BatchLines, account_lines, batch_lines, seal
from settlement.ledger.config import BookSettings, Config, Participant, cutoff_from, cutoff_text, load_config
from settlement.ledger.database import Database
from settlement.ledger.decide import Decision, decide
from settlement.ledger.header import HEADER_COLUMNS, Header, write_header
from settlement.ledger.load import load_for, needs_of
from settlement.ledger.loaded import LoadedBook
from settlement.ledger.moves import Answer, Move, MoveKind, Posting
from settlement.ledger.sealed_rows import ConfigChange
from settlement.ledger.session import MANY_ROWS, Session
from settlement.terms import Terms

FOREVER_AGO = -(2**62)
"""Before any instant: the closed-until of a book that has closed no window, the start of its first terms."""

Clock = Callable[[], int]
"""Microseconds since 1970 UTC."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a posting would do, and the loaded book as it would be then."""

    outcome: Answer | SettlementError
    _loaded: LoadedBook
    _today: int

    @property
    def moves(self) -> Sequence[Move]:
        """The moves; none where it would be refused."""
        return self.outcome.moves if isinstance(self.outcome, Answer) else ()

    def points(self, kind: MoveKind) -> int:
        """Sum of the moves of this kind, less those that take it back."""
        return self.outcome.total(kind) if isinstance(self.outcome, Answer) else 0

    def points_of(self, member: str) -> int:
        """What the member could spend afterwards."""
        return self._loaded.points(member, self._today)

    def account(self, account_id: int) -> AccountName:
        """The name of an account that a move names."""
        return self._loaded.accounts[account_id].name

    def shop(self, participant_id: int) -> str:
        """The reference of a participant that a move names."""
        return self._loaded.shop_ids[participant_id].ref


class Book:
    """One alliance's book. Safe to share between threads; each Session belongs to one."""

    def __init__(self, database: Database, alliance_id: int, settings: BookSettings, clock: Clock) -> None:
        self.database = database
        self.alliance_id = alliance_id
        self.settings = settings
        self.calendar = settings.calendar
        self.clock = clock
        self._config: Config | None = None

    # -- opening --------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, database: Database, settings: BookSettings, terms: Terms, clock: Clock) -> "Book":
        """Open a book under these settings, or find the very same one. Raises BookExists if it differs."""
        settings.calendar.window(0)
        session = database.session()
        try:
            with session.transaction():
                # Two that open books at once would both find the name free and take the same id.
                session.serialize()
                stored = _find(session, settings.name)
                if stored is None:
                    row = session.rows("SELECT COALESCE(MAX(alliance_id), 0) + 1 FROM books")
                    alliance_id = int(row[0][0])
                    header = _insert_book(session, alliance_id, settings)
                    change = ConfigChange(session, alliance_id)
                    change.add_terms(terms)
                    change.set_participants([Participant(0, OPERATOR), Participant(0, POOL)])
                    change.write(header)
                    return cls(database, alliance_id, settings, clock)
                alliance_id, settings_stored = stored
            _same(settings.name, settings_stored, settings)
            book = cls(database, alliance_id, settings_stored, clock)
            _same(settings.name, book.config(session).terms[0], terms)
            return book
        finally:
            session.close()

    @classmethod
    def open(cls, database: Database, name: str, clock: Clock) -> "Book":
        """The book of that name. Raises BookNotFound."""
        with closing(database.session()) as session:
            stored = _find(session, name)
        if stored is None:
            raise BookNotFound(name, book_names(database))
        return cls(database, stored[0], stored[1], clock)

    # -- configuration --------------------------------------------------------------------------------------

    def config(self, session: Session) -> Config:
        """Terms and participants, read anew only when they changed."""
        version = session.rows("SELECT config_version FROM books WHERE alliance_id = ?", self.alliance_id)[0][0]
        return self.config_at(session, version)

    def add_participants(self, participants: Iterable[Participant]) -> None:
        """Take shops in (their `id` is given here) or change what those of the same `ref` may do."""
        with self._configuring() as (_, change):
            change.set_participants(participants)

    def change_participant(
        self, ref: str, change: Callable[[Participant], Participant], *, add: bool = True
    ) -> Participant:
        """Change what one participant may do, as it stands under the book's lock; a new one is added if `add`.

        Raises ParticipantUnknown.
        """
        with self._configuring() as (config, config_change):
            current = config.by_ref.get(ref)
            if current is None and not add:
                raise ParticipantUnknown(ref)
            changed = change(current or Participant(0, ref))
            config_change.set_participants([changed])
        return changed

    def add_terms(self, terms: Terms) -> None:
        """Let new terms take effect; lots that are there keep theirs. Raises TermsNotLater."""
        with self._configuring() as (config, change):
            last = config.terms[-1]
            if terms.effective_at <= max(last.effective_at, self.clock()):
                raise TermsNotLater(terms.effective_at, max(last.effective_at, self.clock()))
            change.add_terms(terms)

    @contextmanager
    def _configuring(self) -> Iterator[tuple[Config, ConfigChange]]:
        """What is agreed on under the book's lock, and a change of it that is written when the block ends."""
        with closing(self.database.session()) as session, session.transaction():
            header = self.lock(session)
            change = ConfigChange(session, self.alliance_id)
            yield self.config_at(session, header.config_version), change
            change.write(header)

    def config_at(self, session: Session, version: int) -> Config:
        config = self._config
        if config is None or config.version != version:
            config = load_config(session, self.alliance_id, version, self.settings.minor_digits)
            self._config = config
        return config

    # -- posting --------------------------------------------------------------------------------------------

    def post(self, requests: Sequence[Posting], session: Session) -> list[Answer | SettlementError]:
        """One round: lock, load, decide, write, commit. Answers in the order of `requests`.

        Raises DatabaseUnusable, with nothing posted.
        """
        with session.transaction():
            header = self.lock(session)
            decision = self.decide(session, header, requests)
            self.write(session, header, decision)
        return list(decision.outcomes)

    def preview(self, request: Posting, session: Session) -> "Preview":
        """What `post` would do now; nothing is written, and nobody is kept waiting."""
        header, now = self.header(session), self.clock()
        loaded = self.load(session, header)
        load_for(session, loaded, self.config_at(session, header.config_version), needs_of([request]), now)
        outcome = decide(loaded, [request], now).outcomes[0]
        return Preview(outcome, loaded, self.calendar.day(now)[0])

    def decide(self, session: Session, header: Header, requests: Sequence[Posting]) -> Decision:
        """Load what these postings touch, as of `header`, and decide them."""
        now = self.clock()
        loaded = self.load(session, header)
        load_for(session, loaded, self.config_at(session, header.config_version), needs_of(requests), now)
        return decide(loaded, requests, now)

    def lock(self, session: Session) -> Header:
        """Take the book's lock for this transaction and read what changes with every batch."""
        return self._header(session, "FOR UPDATE")

    def header(self, session: Session) -> Header:
        """Read the same without the lock."""
        return self._header(session, "")

    def _header(self, session: Session, lock: str) -> Header:
        rows = session.rows(f"SELECT {HEADER_COLUMNS} FROM books WHERE alliance_id = ? {lock}", self.alliance_id)
        return Header(*rows[0])

    # -- loading and writing ----------------------------------------------------------------------------------

    def load(self, session: Session, header: Header) -> LoadedBook:
        """An empty loaded book at `header`; `settlement.ledger.load` fills it."""
        return LoadedBook(
            alliance_id=self.alliance_id,
            calendar=self.calendar,
            terms=self.config_at(session, header.config_version).terms,
            closed_until=header.closed_until,
            next_posting=header.next_posting,
            next_account=header.next_account,
        )

    def write(self, session: Session, header: Header, decision: Decision, lines: BatchLines | None = None) -> Header:
        """Write a decision that was taken at `header`, and return the next header.

        The lock need not be held: it is taken here, and where the book is not at `header` any more (or has one of
        the keys already) nothing is written and DataRefused is raised, at the latest at the transaction's end.
        `lines` are the decision's, where they were made before.
        """
        if not decision.postings:
            return header
        alliance_id = self.alliance_id
        lines = batch_lines(decision) if lines is None else lines
        after = header._replace(
            version=header.version + 1,
            next_posting=decision.next_posting,
            next_account=decision.next_account,
            next_batch=header.next_batch + 1,
            chain=seal(header.chain, lines),
        )
        opened = [(alliance_id, *row) for row in decision.opened]
        write_header(session, alliance_id, header, after)
        # The totals first: they are small to send, and the database works on them while the rest is made ready.
        self._write_totals(session, decision)
        new = (
            (tables.postings, decision.postings, lambda: lines.postings),
            (tables.moves, decision.moves, lambda: lines.moves),
            (tables.accounts, opened, lambda: account_lines(opened)),
        )
        for table, rows, text in new:
            if len(rows) >= MANY_ROWS:
                session.insert_many(table, rows, text)
            elif rows:
                session.insert(table, rows)
        return after

    def _write_totals(self, session: Session, decision: Decision) -> None:
        alliance_id = self.alliance_id
        if decision.balances:
            session.set_balances(alliance_id, decision.balances)
        if decision.tallies:
            rows = [(alliance_id, *key, *tally) for key, tally in decision.tallies.items()]
            session.upsert(tables.tallies, rows, add=True)
        if decision.outstanding:
            session.upsert(tables.outstanding, [(alliance_id, *row) for row in decision.outstanding], add=False)
        if decision.omissions:
            session.insert(tables.omissions, [(alliance_id, *row) for row in decision.omissions])
        if decision.holds:
            session.upsert(tables.holds, [(alliance_id, *row) for row in decision.holds], add=False)


def book_names(database: Database) -> list[str]:
    """Names of all alliances in a database, in order."""
    with closing(database.session()) as session:
        return [name for (name,) in session.rows("SELECT name FROM books ORDER BY name")]


def book_ids(database: Database) -> list[int]:
    """Ids of all alliances in a database, in order."""
    with closing(database.session()) as session:
        return [id_ for (id_,) in session.rows("SELECT alliance_id FROM books ORDER BY alliance_id")]


def book_name(database: Database, alliance_id: int) -> str | None:
    """The name of an alliance; None where there is none of that id."""
    with closing(database.session()) as session:
        rows = session.rows("SELECT name FROM books WHERE alliance_id = ?", alliance_id)
    return rows[0][0] if rows else None


def book_id(database: Database, name: str) -> int | None:
    """The id of the alliance of that name; None where there is none."""
    with closing(database.session()) as session:
        rows = session.rows("SELECT alliance_id FROM books WHERE name = ?", name)
    return rows[0][0] if rows else None


def _find(session: Session, name: str) -> tuple[int, BookSettings] | None:
    rows = session.rows(
        "SELECT alliance_id, name, currency, minor_digits, timezone, cutoff FROM books WHERE name = ?", name
    )
    if not rows:
        return None
    alliance_id, name, currency, minor_digits, timezone, cutoff = rows[0]
    return alliance_id, BookSettings(name, currency, minor_digits, timezone, cutoff_from(cutoff))


def _insert_book(session: Session, alliance_id: int, settings: BookSettings) -> Header:
    header = Header(1, 1, FOREVER_AGO, 1, 1, 1, GENESIS)
    row = (
        alliance_id,
        settings.name,
        settings.currency,
        settings.minor_digits,
        settings.timezone,
        cutoff_text(settings.cutoff),
        header.closed_until,
        header.next_posting,
        header.next_account,
        header.next_batch,
        header.version,
        header.config_version,
        header.chain,
    )
    session.insert(tables.books, [row])
    return header


def _same(name: str, stored: "BookSettings | Terms", asked: "BookSettings | Terms") -> None:
    for field in fields(stored):
        if getattr(stored, field.name) != getattr(asked, field.name):
            raise BookExists(name, field.name, getattr(stored, field.name), getattr(asked, field.name))
