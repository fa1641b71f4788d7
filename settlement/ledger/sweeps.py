"""What time brings about: lots whose last day is over expire, holds lapse. Both are postings like any other."""

from collections.abc import Iterator
from datetime import timedelta

from settlement.calendar import date_of, day_number
from settlement.ledger import tables
from settlement.ledger.accounts import AccountKind
from settlement.ledger.book import Book
from settlement.ledger.moves import Expire, Posting, Release
from settlement.ledger.session import Session

LOTS_AT_ONCE = 10_000
LOOKED_BACK_DAYS = 7
"""How many days before the last sweep's the next one begins: a process whose clock is behind may have filled a lot that
was over for the others."""


def sweep_lots(book: Book, session: Session, now: int) -> Iterator[list[Posting]]:
    """A posting for each lot whose last day is over at `now`, the soonest expiry first, in lists of LOTS_AT_ONCE.

    Each list is to be posted before the next is asked for. The end is kept, and the next sweep begins there: what
    comes to a lot that is over expires at once, so a day that was swept stays so.

    A lot expires at 00:00 local of the day after, whenever the sweep is run, and so falls into that window as long as
    it is open. Of two sweeps at once, the second changes nothing.
    """
    calendar = book.config(session).calendar
    today = calendar.day(now)[0]
    swept = session.rows("SELECT swept_on FROM lot_sweeps WHERE alliance_id = ?", book.alliance_id)
    swept_on = swept[0][0] if swept else None
    last_day, last = first_day_to_sweep(swept_on), 0
    while rows := session.rows(
        f"SELECT id, expires_on, balance FROM accounts WHERE alliance_id = ? AND expires_on >= {last_day:d} "
        f"AND expires_on < {today:d} AND kind = {AccountKind.LOT:d} AND balance > 0 "
        f"AND (expires_on > {last_day:d} OR id > {last:d}) ORDER BY expires_on, id LIMIT {LOTS_AT_ONCE:d}",
        book.alliance_id,
    ):
        last, last_day, _ = rows[-1]
        yield [
            Posting(
                key=f"expire:{lot}:{today}",
                occurred_at=calendar.end_of_day(expires_on),
                content={"type": "expiry", "lot": lot, "points": balance},
                legs=(Expire(lot),),
                recorded_at=now,
            )
            for lot, expires_on, balance in rows
        ]
    if swept_on == today:
        return
    with session.transaction():
        session.upsert(tables.lot_sweeps, [(book.alliance_id, today)], add=False)


def first_day_to_sweep(swept_on: int | None) -> int:
    """The first day (yyyymmdd) of which a lot may have points that have to expire, after a sweep on a day."""
    return 0 if swept_on is None else day_number(date_of(swept_on) - timedelta(days=LOOKED_BACK_DAYS))


def lapsed_holds(book: Book, session: Session, now: int) -> list[Posting]:
    """A posting for each open hold that lapsed by `now`, the oldest first: its points are released."""
    rows = session.rows(
        "SELECT posting_id, lapses_at FROM holds WHERE alliance_id = ? AND resolved_by IS NULL AND lapses_at <= ? "
        "ORDER BY lapses_at, posting_id",
        book.alliance_id,
        now,
    )
    return [
        Posting(
            key=f"lapse:{hold}",
            occurred_at=now,
            content={"type": "lapse", "hold": hold, "lapses_at": lapses_at},
            legs=(Release(hold),),
            recorded_at=now,
        )
        for hold, lapses_at in rows
    ]
