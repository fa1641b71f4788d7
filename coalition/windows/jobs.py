"""Jobs that close windows, expire lots and release lapsed holds."""

from collections.abc import Sequence
from contextlib import closing

from coalition.jobs.job import JobKind, Work
from coalition.jobs.store import SECOND
from settlement import DatabaseUnusable
from settlement.clearing import close_due, windows_due
from settlement.ledger import Posting, lapsed_holds, sweep_lots

CHUNK = 1_000
"""Postings of a sweep in one batch, so that purchases go in between."""


def lapse_holds(work: Work) -> None:
    """Release what lapsed holds lock."""
    _post(work, _lapsed(work))


def has_lapsed_holds(work: Work) -> bool:
    """Whether a hold has lapsed."""
    return bool(_lapsed(work))


def expire_lots(work: Work) -> None:
    """Expire the lots whose last day is over."""
    book = work.alliance.book
    with closing(work.alliance.database.session()) as session:
        for postings in sweep_lots(book, session, book.clock()):
            _post(work, postings)
            if work.stopping():
                return


def close_windows(work: Work) -> None:
    """Close the windows whose grace period is over: until then, what offline tills send is still in time.

    Lots and holds that ended in them are posted first; afterwards they would count for a later window.
    """
    expire_lots(work)
    lapse_holds(work)
    with closing(work.alliance.database.session()) as session:
        close_due(work.alliance.book, session, _due_before(work))


def has_windows_to_close(work: Work) -> bool:
    """Whether there is a window to close."""
    with closing(work.alliance.database.session()) as session:
        return bool(windows_due(work.alliance.book, session, _due_before(work)))


def _due_before(work: Work) -> int:
    return work.alliance.book.clock() - work.settings.close_grace_seconds * SECOND


def _lapsed(work: Work) -> list[Posting]:
    book = work.alliance.book
    with closing(work.alliance.database.session()) as session:
        return lapsed_holds(book, session, book.clock())


def _post(work: Work, postings: Sequence[Posting]) -> None:
    """Post what time brought about. If another sweep has posted it already, its answer stands."""
    for at in range(0, len(postings), CHUNK):
        if work.stopping():
            return
        for outcome in work.alliance.poster.submit(postings[at : at + CHUNK]).result():
            if isinstance(outcome, DatabaseUnusable):
                raise outcome


JOBS = (
    JobKind("holds.lapse", lapse_holds, every_seconds=10, has_work=has_lapsed_holds, irreversible=True),
    JobKind("lots.expire", expire_lots, every_seconds=1800, irreversible=True),
    JobKind(
        "windows.close",
        close_windows,
        every_seconds=60,
        has_work=has_windows_to_close,
        lease_seconds=300,
        irreversible=True,
    ),
)
