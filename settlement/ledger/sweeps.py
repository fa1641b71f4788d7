"""What time brings about: lots whose last day is over expire, holds lapse. Both are postings like any other."""

from settlement.ledger.accounts import AccountKind
from settlement.ledger.book import Book
from settlement.ledger.moves import Expire, Posting, Release
from settlement.ledger.session import Session


def expired_lots(book: Book, session: Session, now: int) -> list[Posting]:
    """A posting for each lot whose last day is over at `now`, the soonest expiry first.

    It happens at 00:00 local of the day after, whenever the sweep is run, and so falls into that window as long
    as it is open. Running the sweep twice changes nothing: a lot is emptied once for each time it was filled.
    """
    calendar = book.config(session).calendar
    today = calendar.day(now)[0]
    rows = session.rows(
        f"SELECT id, expires_on, balance FROM accounts WHERE alliance_id = ? AND expires_on < {today:d} "
        f"AND kind = {AccountKind.LOT:d} AND balance > 0 ORDER BY expires_on, id",
        book.alliance_id,
    )
    return [
        Posting(
            key=f"expire:{lot}:{today}",
            occurred_at=calendar.end_of_day(expires_on),
            content={"type": "expiry", "lot": lot, "points": balance},
            legs=(Expire(lot),),
            recorded_at=now,
        )
        for lot, expires_on, balance in rows
    ]


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
