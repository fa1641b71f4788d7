"""One alliance's book in its database: load → decide → write, in one transaction under one lock.

The lock is the book's own row. All who post to an alliance take it first and hold it to the commit, so batches
of one alliance follow one another (the hash chain needs that order anyway), nothing can deadlock, and what was
read under it can't change. Two alliances never wait for each other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from settlement.calendar import FOREVER_AGO
from settlement.errors import BookNotFound, ParticipantUnknown, SettlementError, TermsNotLater
from settlement.ledger import tables
from settlement.ledger.accounts import OPERATOR, POOL, AccountName
from settlement.ledger.chain import BatchLines, account_lines, batch_lines, seal
from settlement.ledger.config import (
    BookSettings,
    Config,
    Participant,
    calendar_of,
    load_config,
    settings_at,
)
from settlement.ledger.database import Database
from settlement.ledger.decide import CLOCK_SKEW, decide
from settlement.ledger.decision import Decision
from settlement.ledger.directory import book_names, check_name, check_same, find_book, insert_book
from settlement.ledger.errors import SettingsNotLater, SettingsUnchanged
from settlement.ledger.header import HEADER_COLUMNS, Header, write_header
from settlement.ledger.load import load_for, needs_of
from settlement.ledger.loaded import LoadedBook
from settlement.ledger.moves import Answer, Move, MoveKind, Posting
from settlement.ledger.sealed_rows import ConfigChange
from settlement.ledger.session import MANY_ROWS, Session
from settlement.terms import Terms

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

    def __init__(self, database: Database, alliance_id: int, eras: Sequence[BookSettings], clock: Clock) -> None:
        self.database = database
        self.alliance_id = alliance_id
        self.eras = eras
        self.calendar = calendar_of(eras)
        self.clock = clock
        self._config: Config | None = None

    @property
    def settings(self) -> BookSettings:
        """What is in effect now, as this process knows it; `config` has what others have agreed on since."""
        eras = self.eras
        return eras[0] if len(eras) == 1 else settings_at(eras, self.clock())

    # -- opening --------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, database: Database, settings: BookSettings, terms: Terms, clock: Clock) -> "Book":
        """Open a book under these settings, or find the one that has or had them. Raises BookExists if it differs."""
        settings.calendar.window(0)
        session = database.session()
        try:
            with session.transaction():
                # Two that open books at once would both find the name free and take the same id.
                session.serialize()
                stored = find_book(session, settings.name)
                if stored is None:
                    row = session.rows("SELECT COALESCE(MAX(alliance_id), 0) + 1 FROM books")
                    alliance_id = int(row[0][0])
                    header = insert_book(session, alliance_id, settings)
                    change = ConfigChange(session, alliance_id)
                    change.add_terms(terms)
                    change.set_participants([Participant(0, OPERATOR), Participant(0, POOL)])
                    change.write(header)
                    return cls(database, alliance_id, [settings], clock)
                alliance_id, eras = stored
            if not any(replace(era, since=settings.since) == settings for era in eras):
                check_same(settings.name, replace(eras[-1], name=settings.name, since=settings.since), settings)
            book = cls(database, alliance_id, eras, clock)
            check_same(settings.name, book.config(session).terms[0], terms)
            return book
        finally:
            session.close()

    @classmethod
    def open(cls, database: Database, name: str, clock: Clock) -> "Book":
        """The book that has, had or will have that name. Raises BookNotFound."""
        with closing(database.session()) as session:
            stored = find_book(session, name)
        if stored is None:
            raise BookNotFound(name, book_names(database))
        return cls(database, stored[0], stored[1], clock)

    # -- configuration --------------------------------------------------------------------------------------

    def config(self, session: Session) -> Config:
        """Eras, terms and participants, read anew only when they changed."""
        version = session.rows("SELECT config_version FROM books WHERE alliance_id = ?", self.alliance_id)[0][0]
        return self.config_at(session, version)

    def refresh(self, connection: Connection) -> None:
        """Take over what other processes have agreed on."""
        version = connection.execute(
            select(tables.books.c.config_version).where(tables.books.c.alliance_id == self.alliance_id)
        ).scalar_one()
        if self._config is None or self._config.version != version:
            with closing(self.database.session()) as session:
                self.config(session)

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

    def change_settings(self, effective_at: int, change: Callable[[BookSettings], BookSettings]) -> BookSettings:
        """Change name, time zone and cut-offs, as they stand under the book's lock. The currency stays.

        The new era begins with the first window that opens at `effective_at` (microseconds since 1970 UTC) or later,
        and in which nothing can have been booked yet: the settings that are returned have it as `since`. Windows
        before it stay as they are.
        Raises SettingsNotLater, SettingsUnchanged, NameTaken, UnknownTimeZone and InstantOutOfRange.
        """
        with self._configuring() as (_, agreed):
            # Two books that take a name at once would both find it free.
            agreed.session.serialize()
            settings = self.plan_settings(agreed.session, effective_at, change)
            agreed.add_era(settings)
        with closing(self.database.session()) as session:
            self.config(session)
        return settings

    def plan_settings(
        self, session: Session, effective_at: int, change: Callable[[BookSettings], BookSettings]
    ) -> BookSettings:
        """What `change_settings` would agree on now. Raises what it raises."""
        header, now = self.header(session), self.clock()
        config = self.config_at(session, header.config_version)
        latest = config.eras[-1]
        if effective_at <= max(latest.since, now):
            raise SettingsNotLater(effective_at, max(latest.since, now))
        booked_until = self._booked_until(session, header, now)
        since = config.calendar.window(max(effective_at - 1, booked_until))[1]
        changed = change(latest)
        settings = replace(latest, name=changed.name, timezone=changed.timezone, cutoff=changed.cutoff, since=since)
        if replace(settings, since=latest.since) == latest:
            raise SettingsUnchanged
        settings.calendar.window(since)
        check_name(session, self.alliance_id, settings.name)
        return settings

    def _booked_until(self, session: Session, header: Header, now: int) -> int:
        """An instant whose window, and each before it, may have something in it. A till's clock may run ahead."""
        moved = session.rows("SELECT MAX(window_id) FROM moves WHERE alliance_id = ?", self.alliance_id)[0][0]
        return max(now + CLOCK_SKEW, header.closed_until - 1, FOREVER_AGO if moved is None else moved)

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
            config = load_config(session, self.alliance_id, version)
            self._config = config
            if config.eras != tuple(self.eras):
                self.eras, self.calendar = config.eras, config.calendar
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
        config = self.config_at(session, header.config_version)
        return LoadedBook(
            alliance_id=self.alliance_id,
            calendar=config.calendar,
            terms=config.terms,
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
