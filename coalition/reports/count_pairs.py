"""Count which shop's points were spent where, as postings come in: so a map of a year reads no moves."""

from contextlib import closing

from coalition.alliance import Alliance
from coalition.reports.tables import pair_points
from settlement.clearing import points_between_shops
from settlement.ledger import Session

BATCH = 10_000
"""Postings in one transaction, during which a SQLite file takes no purchases."""


def count_pairs(alliance: Alliance) -> int:
    """Count what was posted since; returns the number of the first posting that is not counted."""
    with closing(alliance.database.session()) as session:
        counted, posted = _counted(session, alliance.id), _posted(session, alliance.id)
        while counted < posted:
            counted = _count(alliance, session)
    return counted


def is_behind(alliance: Alliance) -> bool:
    """Whether a posting is not counted yet."""
    with closing(alliance.database.session()) as session:
        return _counted(session, alliance.id) < _posted(session, alliance.id)


def _count(alliance: Alliance, session: Session) -> int:
    """Count the next postings in one transaction."""
    with session.transaction():
        first = _lock(session, alliance.id)
        until = min(first + BATCH, _posted(session, alliance.id))
        pairs = points_between_shops(alliance.book, session, first, until)
        if pairs:
            session.upsert(pair_points, [(alliance.id, *pair) for pair in pairs], add=True)
        session.execute("UPDATE pair_counts SET next_posting = ? WHERE alliance_id = ?", until, alliance.id)
    return until


def _lock(session: Session, alliance_id: int) -> int:
    query = "SELECT next_posting FROM pair_counts WHERE alliance_id = ? FOR UPDATE"
    rows = session.rows(query, alliance_id)
    if not rows:
        session.execute("INSERT INTO pair_counts VALUES (?, 1) ON CONFLICT DO NOTHING", alliance_id)
        rows = session.rows(query, alliance_id)
    return int(rows[0][0])


def _counted(session: Session, alliance_id: int) -> int:
    rows = session.rows("SELECT next_posting FROM pair_counts WHERE alliance_id = ?", alliance_id)
    return int(rows[0][0]) if rows else 1


def _posted(session: Session, alliance_id: int) -> int:
    return int(session.rows("SELECT next_posting FROM books WHERE alliance_id = ?", alliance_id)[0][0])
