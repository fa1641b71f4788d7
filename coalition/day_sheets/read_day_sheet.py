"""Read a shop's day from the book, for its sheet, its table and its e-mail."""

from collections.abc import Iterator
from contextlib import closing

from coalition.alliance import Alliance
from coalition.day_sheets.day_sheet import DaySheet, Seller, count_rows
from coalition.events.relay import catch_up
from coalition.events.types import posting_events
from coalition.feed.read import newest_events
from coalition.members.store import enrolled_at
from coalition.tills.store import names_of
from coalition.windows.find_window import find_window
from settlement.ledger import StoredPosting, postings_by_id

POSTING_TYPES = ("purchase", "refund", "capture")
AT_ONCE = 500
SLACK_US = 60 * 60 * 1_000_000
"""How far events may be out of the order of their times, where a clock was set back."""


def read_day_sheet(alliance: Alliance, shop: str, day: int) -> DaySheet:
    """A shop's day (yyyymmdd). Raises NoSuchDate."""
    calendar = alliance.calendar
    since, until = calendar.start_of_day(day), calendar.end_of_day(day)
    postings = list(_postings(alliance, shop, since, until))
    with alliance.database.engine.connect() as connection:
        enrolled: list[Seller] = enrolled_at(connection, alliance.id, shop, since, until)
        rows = count_rows(postings, enrolled, alliance.minor_per_point)
        wanted = {name for row in rows for name in (row.till, row.cashier) if name is not None}
        names = names_of(connection, alliance.id, wanted)
    opened = {posting.window_id for posting in postings} or {calendar.window(until - 1)[0]}
    windows = [find_window(alliance, opens_at) for opens_at in sorted(opened)]
    return DaySheet(shop, day, alliance.clock() >= until, rows, names, windows)


def _postings(alliance: Alliance, shop: str, since: int, until: int) -> Iterator[StoredPosting]:
    """The shop's sales, refunds and captured holds that happened within the day.

    The feed is read from its end back to where the day began, since what happened then may have been sent later.
    """
    catch_up(alliance)
    types = [str(posting_events()[name].event_type) for name in POSTING_TYPES]
    before: int | None = None
    while True:
        with alliance.database.engine.connect() as connection:
            events = newest_events(connection, alliance.id, AT_ONCE, types=types, shop=shop, before=before)
        ids = [event.posting_id for event in events if event.posting_id is not None and event.at >= since - SLACK_US]
        with closing(alliance.database.session()) as session:
            postings = postings_by_id(alliance.book, session, sorted(ids))
        yield from (posting for posting in postings if since <= posting.occurred_at < until)
        if len(events) < AT_ONCE or events[-1].at < since - SLACK_US:
            return
        before = events[-1].seq
