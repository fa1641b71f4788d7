"""The only wiring: which database, which clock, which alliances are open, how the process is set up."""

import gc
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from coalition.bank.settings import read_bank
from coalition.jobs.store import JobKey, wake
from coalition.members.look_ups import LookUps
from coalition.members.standing import Standings
from coalition.migrations import migrate
from coalition.programme.programme import Programme
from coalition.programme.store import find_programme
from coalition.settings import read_settings
from settlement import (
    BankRail,
    Book,
    BookNotFound,
    ByHand,
    Clock,
    Database,
    Poster,
    Posting,
    Preview,
    Rail,
    StoredPosting,
    Watch,
    book_name,
    posting_by_id,
)

if TYPE_CHECKING:
    from coalition.settle.stripe import StripeAccount

ACT_ON_NEWS = "stripe.news"
"""The job that acts on what Stripe's webhooks told."""
FRESH_SECONDS = 2.0
"""How long a process works by the programme that it read, while another may have changed it."""


def system_clock() -> int:
    """Microseconds since 1970 UTC by this machine's clock."""
    return time.time_ns() // 1000


def open_database(url: str) -> Database:
    """The database at a URL, at the newest schema. Raises DatabaseUnusable."""
    database = Database(url)
    migrate(database)
    return database


def stripe_account(book: Book) -> "StripeAccount | None":
    """The alliance's account at Stripe, where this process is set up for one. Raises BookNotFound and DigitsTooFew."""
    settings = read_settings()
    if settings.stripe_key is None:
        return None
    # Stripe's library takes half a second to load: who has no account there does not wait for it.
    from coalition.settle.stripe import stripe_of

    return stripe_of(book, settings)


def rails_of(book: Book, stripe: "StripeAccount | None") -> dict[str, Rail]:
    """The rails that an alliance's payments can go over, by name: all that this process is set up for.

    Raises FileUnreadable and BankSettingsFileInvalid.
    """
    rails: list[Rail] = [ByHand(book)]
    bank = read_settings().bank
    if bank is not None:
        rails.append(BankRail(book, read_bank(bank, book.settings)))
    if stripe is not None:
        rails.append(stripe.rail)
    return {rail.name: rail for rail in rails}


def tune_process() -> None:
    """Set Python up for a process that keeps a book in memory.

    A loaded book is hundreds of thousands of small objects without cycles: looking through them for garbage
    every 700 allocations took half of the time of a decision. A thread that waits for the database gets its
    turn back after 1 ms instead of 5, which is the time of a whole small batch.
    """
    gc.set_threshold(200_000, 50, 1_000)
    sys.setswitchinterval(0.001)


@dataclass(slots=True)
class Fresh:
    """A programme, and until when (by the monotonic clock) it counts as read just now."""

    programme: Programme
    until: float


class Alliance:
    """One alliance at work in this process: its book, its poster, its members and its programme as of just now."""

    def __init__(
        self, database: Database, name: str, programme: Programme, clock: Clock, watch: Watch | None = None
    ) -> None:
        self.database = database
        self._machine_clock = clock
        self._fresh = Fresh(programme, time.monotonic() + FRESH_SECONDS)
        self.book = Book.open(database, name, self.clock)
        self.poster = Poster(self.book, watch=watch)
        settings = self.book.settings
        self.members = Standings(database, self.book.alliance_id, settings.timezone, settings.minor_digits)
        self.look_ups = LookUps(self.members)
        self._worth: dict[int, Fraction] = {}

    @property
    def id(self) -> int:
        """The alliance's id."""
        return self.book.alliance_id

    @property
    def programme(self) -> Programme:
        """The programme, read anew every FRESH_SECONDS."""
        if time.monotonic() >= self._fresh.until:
            self.refresh()
        return self._fresh.programme

    @cached_property
    def stripe(self) -> "StripeAccount | None":
        """Its account at Stripe, if it has one. Raises BookNotFound and DigitsTooFew."""
        return stripe_account(self.book)

    @cached_property
    def rails(self) -> Mapping[str, Rail]:
        """The rails that its payments can go over. Raises FileUnreadable and BankSettingsFileInvalid too."""
        return rails_of(self.book, self.stripe)

    def close(self) -> None:
        """Answer what was taken, and let go of what is open."""
        self.poster.close()
        if "stripe" in self.__dict__ and self.stripe is not None:
            self.stripe.close()

    def refresh(self) -> None:
        """Read the programme anew, now."""
        with self.database.engine.connect() as connection:
            found = find_programme(connection, self._fresh.programme.alliance_id)
        self._fresh = Fresh(found or self._fresh.programme, time.monotonic() + FRESH_SECONDS)

    def minor_per_point(self, terms_id: int) -> Fraction:
        """What a point of these terms is worth in minor units, exactly."""
        if terms_id not in self._worth:
            with closing(self.database.session()) as session:
                self._worth = {terms.id: terms.minor_per_point for terms in self.book.config(session).terms}
        return self._worth[terms_id]

    def posting(self, posting_id: int) -> StoredPosting:
        """A posting that the book has answered with."""
        with closing(self.database.session()) as session:
            found = posting_by_id(self.book, session, posting_id)
        if found is None:
            raise RuntimeError(f"posting {posting_id} was answered and is not there")
        return found

    def preview(self, posting: Posting) -> Preview:
        """What the book would do now."""
        with closing(self.database.session()) as session:
            return self.book.preview(posting, session)

    def clock(self) -> int:
        """The alliance's own time, in microseconds since 1970 UTC: a sandbox's may be ahead of the machine's."""
        return self._machine_clock() + self.programme.clock_offset


def stripe_receivers(alliances: "Alliances") -> dict[int, Callable[[bytes, str], bool]]:
    """What takes in the webhooks of the alliance that has an account at Stripe, by its id, and has them acted on.

    Raises BookNotFound and DigitsTooFew where the settings can't be used.
    """
    settings = read_settings()
    if settings.stripe_key is None:
        return {}
    from coalition.settle.stripe import stripe_owner

    owner = stripe_owner(alliances.database, settings)
    stripe = None if owner is None else alliances.get(owner).stripe
    if owner is None or stripe is None:
        return {}
    news, job = stripe.news, JobKey(owner, ACT_ON_NEWS)

    def receive(raw_body: bytes, signature: str) -> bool:
        is_news = news.receive(raw_body, signature)
        if is_news:
            # Whoever comes back from a page of Stripe's is waiting to see what became of it.
            with alliances.database.engine.begin() as connection:
                wake(connection, job, alliances.clock())
        return is_news

    return {owner: receive}


class Alliances:
    """All alliances of a database; each is opened when it is first asked for."""

    def __init__(self, database: Database, clock: Clock = system_clock, watch: Watch | None = None) -> None:
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
