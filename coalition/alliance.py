"""One alliance at work in this process, and all alliances of a database."""

import threading
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from math import ceil
from typing import Any, TypeVar

from coalition.clock import system_clock
from coalition.fresh import Fresh
from coalition.programme.programme import Programme
from coalition.programme.store import find_programme
from settlement import BookNotFound, Calendar, Terms
from settlement.ledger import (
    Book,
    Clock,
    Database,
    Poster,
    PosterWatch,
    Posting,
    Preview,
    StoredPosting,
    book_name,
    posting_by_id,
)

Part = TypeVar("Part")


class Alliance:
    """One alliance at work in this process: its book, its poster, its clock, and its programme as of just now.

    What a noun keeps in memory for an alliance, such as a cache of its members, is a part of it: see `part`.
    """

    def __init__(
        self, database: Database, name: str, programme: Programme, clock: Clock, watch: PosterWatch | None = None
    ) -> None:
        self.database = database
        self.machine_clock = clock
        self._programme = Fresh(programme)
        self.book = Book.open(database, name, self.clock)
        self.poster = Poster(self.book, watch=watch)
        self._worth: dict[int, Fraction] = {}
        self._parts: dict[Callable[[Alliance], Any], Any] = {}
        self._parts_lock = threading.RLock()

    @property
    def id(self) -> int:
        """The alliance's id."""
        return self.book.alliance_id

    @property
    def programme(self) -> Programme:
        """The programme, read anew once it is no longer fresh."""
        if not self._programme.is_fresh:
            self.refresh()
        return self._programme.value

    def part(self, make: Callable[["Alliance"], Part]) -> Part:
        """What `make` made of this alliance: once, when it is first asked for. Closed with the alliance if it can be.

        So a noun keeps its caches and connections with the alliance, and the alliance knows no noun.
        """
        try:
            part: Part = self._parts[make]
        except KeyError:
            with self._parts_lock:
                if make not in self._parts:
                    self._parts[make] = make(self)
                part = self._parts[make]
        return part

    def close(self) -> None:
        """Answer what was taken, and let go of what is open."""
        self.poster.close()
        for part in self._parts.values():
            if hasattr(part, "close"):
                part.close()

    def refresh(self) -> None:
        """Read the programme and what the book is to go by anew, now."""
        with self.database.engine.connect() as connection:
            changed = find_programme(connection, self._programme.value.alliance_id)
            self.book.refresh(connection)
        self._programme = Fresh(changed or self._programme.value)

    def terms_at(self, instant: int) -> Terms:
        """The terms of what is issued at an instant (microseconds since 1970 UTC)."""
        with closing(self.database.session()) as session:
            terms = self.book.config(session).terms
        return next(each for each in reversed(terms) if each.effective_at <= instant)

    def minor_per_point(self, terms_id: int) -> Fraction:
        """What a point of these terms is worth in minor units, exactly."""
        if terms_id not in self._worth:
            with closing(self.database.session()) as session:
                self._worth = {terms.id: terms.minor_per_point for terms in self.book.config(session).terms}
        return self._worth[terms_id]

    def points_per_unit_now(self) -> Fraction:
        """How many points pay for a whole unit of money, of those that are issued now."""
        now = self.clock()
        with closing(self.database.session()) as session:
            terms = self.book.config(session).terms
        return next(each for each in reversed(terms) if each.effective_at <= now).points_per_unit

    def point_worth_at_most(self) -> Fraction:
        """What a point can pay for, in minor units, exactly: lots keep the rates of their terms, of which this is the
        best."""
        with closing(self.database.session()) as session:
            terms = self.book.config(session).terms
        return max(each.minor_per_point for each in terms)

    def worth_at_most(self, points: int) -> int:
        """What so many points can pay for, in minor units, rounded up."""
        return ceil(points * self.point_worth_at_most())

    def posting(self, posting_id: int) -> StoredPosting:
        """A posting that the book has answered with."""
        with closing(self.database.session()) as session:
            stored = posting_by_id(self.book, session, posting_id)
        if stored is None:
            raise RuntimeError(f"posting {posting_id} was answered and is not there")
        return stored

    def preview(self, posting: Posting) -> Preview:
        """What the book would do now."""
        with closing(self.database.session()) as session:
            return self.book.preview(posting, session)

    def clock(self) -> int:
        """The alliance's own time, in microseconds since 1970 UTC: a sandbox's may be ahead of the machine's."""
        return self.machine_clock() + self.programme.clock_offset

    @property
    def calendar(self) -> Calendar:
        """Windows and local dates, as agreed on by just now."""
        if not self._programme.is_fresh:
            self.refresh()
        return self.book.calendar

    @property
    def today(self) -> int:
        """Today (yyyymmdd) in the alliance's time zone, by its own time."""
        return self.calendar.day(self.clock())[0]


class Alliances:
    """All alliances of a database; each is opened when it is first asked for."""

    def __init__(self, database: Database, clock: Clock = system_clock, watch: PosterWatch | None = None) -> None:
        self.database = database
        self._watch = watch
        self.clock = clock
        self._open: dict[int, Alliance] = {}
        self._lock = threading.Lock()

    def opened(self, alliance_id: int) -> Alliance | None:
        """The alliance of that id, where it was asked for before."""
        return self._open.get(alliance_id)

    def get(self, alliance_id: int) -> Alliance:
        """The alliance of that id. Raises BookNotFound where there is none, or it has no programme."""
        with self._lock:
            if alliance_id not in self._open:
                name = book_name(self.database, alliance_id)
                with self.database.engine.connect() as connection:
                    programme = find_programme(connection, alliance_id)
                if name is None or programme is None:
                    raise BookNotFound(f"number {alliance_id}")
                self._open[alliance_id] = Alliance(self.database, name, programme, self.clock, self._watch)
            return self._open[alliance_id]

    def close(self) -> None:
        """Answer what was taken, and stop."""
        with self._lock:
            for alliance in self._open.values():
                alliance.close()
            self._open.clear()
