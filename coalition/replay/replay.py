"""The replay: rows → postings, month by month; lots expire and windows close when their time comes.

The book's clock is the purchases' own. Rows are posted in batches; at the start of each local month everything
that was taken is waited for, the windows that are over close, and the lots of the month before expire (lots
last to the end of a month, so nothing expires in between).
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace

from coalition.errors import CoalitionError, counted, listed
from coalition.locale.messages import N_
from coalition.members.add_members import add_missing_members
from coalition.programme.open_alliance import open_alliance
from coalition.programme.rules import AllianceRules
from coalition.purchases.file import PurchaseRow
from coalition.purchases.purchase_posting import purchase_posting
from coalition.replay.overlap import KeyedRow, compare, replayed_purchases
from settlement import BookExists, KeyReused, month_end, next_day
from settlement.clearing import (
    ClosedWindow,
    close_due,
    closed_windows,
    nets_so_far,
    outstanding_points,
    points_moved,
    windows_due,
)
from settlement.ledger import (
    Answer,
    Book,
    BookSettings,
    Database,
    MoveKind,
    Participant,
    Poster,
    Posting,
    PostingOutcome,
    Refusal,
    Session,
    sweep_lots,
)

CHUNK = 2_000
"""Rows in one batch."""
CHUNKS_AHEAD = 3
"""Batches handed over before the first of them is waited for."""
FOREVER = 2**62
"""An instant after all windows."""


class ReplayRefused(CoalitionError):
    """Purchases that the book would refuse, by line number. Nothing was posted."""

    code = "replay_refused"
    detail = N_("The book of {alliance:name} in {url} refuses {size}, so nothing was posted.{rows:lines}")
    left_out = ("problems", "book_settings")
    public = False
    alliance: str
    url: str
    problems: Sequence[tuple[int, object]]
    book_settings: BookSettings

    @property
    def rows(self) -> Sequence[str]:
        """The first of the rows, each with its reason."""
        return listed(self.problems)

    @property
    def size(self) -> str:
        """How many rows there are."""
        return counted(self.problems)


class ReplayCutShort(ReplayRefused):
    """Purchases that the book refused since somebody changed a shop meanwhile; those that it took before them stand."""

    code = "replay_cut_short"
    detail = N_("The book of {alliance:name} in {url} refused {size}. Those before stand.{rows:lines}")


class ReplayDiffers(ReplayRefused):
    """A file that does not go on where the last one ended, and does not repeat its rows either. Nothing was posted."""

    code = "replay_differs"
    detail = N_(
        "The book of {alliance:name} in {url} has other purchases, so nothing was posted. A file goes on where the "
        "last one ended, or repeats its rows as they were. What was changed needs another database, or another name."
        "{rows:lines}"
    )


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What the replay contract asks for. Points by shop, nets by window (minor units, positive receives).

    Windows that are still open come last, with their nets so far. `known` rows were replayed before.
    """

    book: Book
    windows: Sequence[ClosedWindow]
    outstanding: dict[str, int]
    earned: int
    spent: int
    expired: int
    known: int = 0


class SimulatedClock:
    """The book's clock during a replay: it stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        """Microseconds since 1970 UTC."""
        return self.now


def replay(
    rows: Sequence[PurchaseRow],
    rules: AllianceRules,
    database: Database,
    progress: Callable[[int], None],
    *,
    close_last: bool = True,
) -> ReplayResult:
    """Replay purchases into the alliance's book, opened if it is new; `progress` gets the rows done so far.

    Its shops and members are the alliance's from then on: `coalition serve` on that database knows them by the names
    that the file has for them. Running it again on the same database continues where it stopped, and another file
    where the last one ended: each row is posted once. The window of the last row stays open unless it is to
    `close_last`, after which no file can go on within it.

    Raises BookExists where the alliance exists under other rules, ReplayDiffers where the file and what was replayed
    before do not fit together, ReplayRefused where the book would refuse a row, ReplayCutShort where it did, and
    DatabaseUnusable.
    """
    clock = SimulatedClock()
    book = open_alliance(database, rules, clock)
    with closing(database.session()) as session:
        run = Run(book, clock, session, rules, progress)
        try:
            if not rows:
                return result_of(book, session)
            run.keep_rules(rows[0].at)
            replayed = replayed_purchases(book, session)
            overlap = compare(rows, replayed)
            if overlap.problems:
                raise ReplayDiffers(book.settings.name, database.public_url, overlap.problems, book.settings)
            refused = _not_redeeming(book, session, overlap.to_post)
            if refused:
                raise ReplayRefused(book.settings.name, database.public_url, refused, book.settings)
            new = {row.merchant for row in rows} - book.config(session).by_ref.keys()
            if new:
                book.add_participants(Participant(0, ref) for ref in sorted(new))
                run.poster.read_anew()
            _add_members(book, rows)
            run.done = len(rows) - len(overlap.to_post)
            run.take(overlap.to_post, replayed.end)
            latest = max(row.at for row in rows)
            run.close_until(book.calendar.window(latest)[1] if close_last else latest)
        finally:
            run.poster.close()
        return replace(result_of(book, session), known=len(rows) - len(overlap.to_post))


def _not_redeeming(book: Book, session: Session, to_post: Sequence[KeyedRow]) -> list[tuple[int, object]]:
    """Rows that spend points at a shop which takes none by then, by line number: all else of a row the book takes."""
    shops = book.config(session).by_ref
    return [
        (row.line, Refusal("shop_not_redeeming", {"shop": row.merchant}))
        for _, row in to_post
        if row.asked and row.merchant in shops and not shops[row.merchant].redeems_at(row.at)
    ]


def _add_members(book: Book, rows: Sequence[PurchaseRow]) -> None:
    """Everybody who buys is a member since their first purchase."""
    since: dict[str, int] = {}
    for row in rows:
        since.setdefault(row.member, row.at)
    with book.database.engine.begin() as connection:
        add_missing_members(connection, book.alliance_id, since)


def result_of(book: Book, session: Session) -> ReplayResult:
    """The figures of a book that was replayed into."""
    return ReplayResult(
        book=book,
        windows=[*closed_windows(book, session), *_open_windows(book, session)],
        outstanding=outstanding_points(book, session),
        earned=points_moved(book, session, MoveKind.ISSUE),
        spent=points_moved(book, session, MoveKind.REDEEM),
        expired=points_moved(book, session, MoveKind.EXPIRE),
    )


def _open_windows(book: Book, session: Session) -> Iterator[ClosedWindow]:
    for opens_at in windows_due(book, session, FOREVER):
        closes_at = book.calendar.window(opens_at)[1]
        yield ClosedWindow(opens_at, closes_at, nets_so_far(book, session, opens_at), {}, {}, "")


class Run:
    """One replay under way."""

    def __init__(
        self,
        book: Book,
        clock: SimulatedClock,
        session: Session,
        rules: AllianceRules,
        progress: Callable[[int], None],
    ) -> None:
        self.book = book
        self.clock = clock
        self.session = session
        self.poster = Poster(book)
        self.rules = rules
        self.earning = rules.earning
        self.progress = progress
        self.done = 0
        self.on_their_way: list[tuple[Sequence[KeyedRow], Future[list[PostingOutcome]]]] = []

    def take(self, rows: Sequence[KeyedRow], end: int | None) -> None:
        """All rows in order, and what happens between them since the last purchase before them, at `end`."""
        if not rows:
            return
        month_starts = self._month_after(rows[0][1].at if end is None else end)
        chunk: list[KeyedRow] = []
        for key, row in rows:
            while row.at >= month_starts:
                self._hand_over(chunk)
                chunk = []
                self._start_month(month_starts)
                month_starts = self._month_after(month_starts)
            chunk.append((key, row))
            if len(chunk) == CHUNK:
                self._hand_over(chunk)
                chunk = []
        self._hand_over(chunk)
        self._wait(0)

    def keep_rules(self, at: int) -> None:
        """Post the rules that the book's own terms leave out, so that a replay under other rules is refused."""
        content: dict[str, str | int] = {
            "earn_points_per_unit": str(self.rules.earn_points_per_unit),
            "expiry_months": self.rules.expiry_months,
        }
        (outcome,) = self.poster.submit([Posting("replay:rules", at, content, (), recorded_at=at)]).result()
        if isinstance(outcome, KeyReused):
            raise BookExists(self.rules.name, outcome.field, outcome.first, outcome.again)

    def _month_after(self, instant: int) -> int:
        calendar = self.book.calendar
        return calendar.start_of_day(next_day(month_end(calendar.local_date(instant), 0)))

    def _hand_over(self, chunk: Sequence[KeyedRow]) -> None:
        if chunk:
            self.on_their_way.append((chunk, self.poster.submit([self._posting(key, row) for key, row in chunk])))
            self._wait(CHUNKS_AHEAD)

    def _posting(self, key: str, row: PurchaseRow) -> Posting:
        return purchase_posting(
            self.book,
            self.earning,
            key,
            row.at,
            row.merchant,
            row.member,
            row.amount_minor,
            row.asked,
            content={"at": row.at},
            recorded_at=row.at,
        )

    def _wait(self, ahead: int) -> None:
        """Until no more than `ahead` chunks are on their way; stops at the first that was refused."""
        while len(self.on_their_way) > ahead:
            chunk, future = self.on_their_way.pop(0)
            problems = list(_problems(chunk, future.result()))
            if problems:
                raise ReplayCutShort(
                    self.book.settings.name, self.book.database.public_url, problems, self.book.settings
                )
            self.done += len(chunk)
            self.progress(self.done)

    def _start_month(self, starts_at: int) -> None:
        self._wait(0)
        self.close_until(starts_at)
        for postings in sweep_lots(self.book, self.session, starts_at):
            for at in range(0, len(postings), CHUNK):
                self.poster.submit(postings[at : at + CHUNK]).result()

    def close_until(self, instant: int) -> None:
        """Close the windows that are over at an instant, to which the book's clock is moved."""
        self.clock.now = instant
        close_due(self.book, self.session, instant)
        self.poster.read_anew()


def _problems(chunk: Sequence[KeyedRow], outcomes: Sequence[PostingOutcome]) -> Iterator[tuple[int, object]]:
    for (_, row), outcome in zip(chunk, outcomes, strict=True):
        if not isinstance(outcome, Answer):
            yield row.line, outcome
        elif outcome.refusal is not None:
            yield row.line, outcome.refusal
