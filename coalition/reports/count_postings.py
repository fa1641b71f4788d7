"""Count for reports what was posted: what shops sent each other, what members hold, who bought when and where."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from coalition.alliance import Alliance
from coalition.purchases.voided import VOID_KEYS
from coalition.reports.errors import CountsBehind
from coalition.reports.tables import bought_months, held_changes, pair_points, shop_customers
from settlement.clearing import held_points_changed, points_between_shops
from settlement.ledger import Session

BATCH = 5_000
"""Postings in one transaction, during which a SQLite file takes no purchases."""
CATCH_UP_MAX = 50_000
"""Postings that a reader waits for at most."""
QUARTER_US = 15 * 60 * 1_000_000
"""Days begin at whole quarters of an hour, in every time zone there is."""
PURCHASE, REFUND = "purchase", "refund"


class Bought(NamedTuple):
    """When a member bought what at a shop, and what it cost in minor units; `purchases` is -1 for a sale undone."""

    at: int
    shop: str
    member: str
    minor: int
    purchases: int = 1


def count_postings(alliance: Alliance) -> int:
    """Count what was posted since, for whoever reads; returns the number of the first posting that is not counted.

    Raises CountsBehind where that would take long, as after an upgrade: the job is at it.
    """
    with closing(alliance.database.session()) as session:
        counted, posted = _counted(session, alliance.id), _posted(session, alliance.id)
        if posted - counted > CATCH_UP_MAX:
            raise CountsBehind(posted - counted)
        while counted < posted:
            counted = count_next(alliance, session)
    return counted


def is_behind(alliance: Alliance) -> bool:
    """Whether a posting is not counted yet."""
    with closing(alliance.database.session()) as session:
        return _counted(session, alliance.id) < _posted(session, alliance.id)


def count_next(alliance: Alliance, session: Session) -> int:
    """Count the next postings in one transaction; returns the number of the first that is not counted then."""
    calendar = alliance.calendar

    @lru_cache(maxsize=10_000)
    def day_of(quarter: int) -> int:
        return calendar.local_date(quarter * QUARTER_US)

    with session.transaction():
        first = _lock(session, alliance.id)
        until = min(first + BATCH, _posted(session, alliance.id))
        pairs = points_between_shops(alliance.book, session, first, until)
        if pairs:
            session.upsert(pair_points, [(alliance.id, *pair) for pair in pairs], add=True)
        held = defaultdict[tuple[int, int, int, int], int](int)
        for at, issuer, expires_on, terms_id, points in held_points_changed(alliance.book, session, first, until):
            day = day_of(at // QUARTER_US)
            for period in (day, day // 100):
                held[period, issuer, expires_on, terms_id] += points
        if held:
            session.upsert(held_changes, [(alliance.id, *key, points) for key, points in held.items()], add=True)
        bought = defaultdict[tuple[str, int], int](int)
        at_shops = defaultdict[tuple[str, str, int], tuple[int, int]](lambda: (0, 0))
        for each in _bought(session, alliance.id, first, until):
            month = day_of(each.at // QUARTER_US) // 100 * 100 + 1
            bought[each.member, month] += each.purchases
            count, spent = at_shops[each.shop, each.member, month]
            at_shops[each.shop, each.member, month] = (count + each.purchases, spent + each.minor * each.purchases)
        if bought:
            session.upsert(bought_months, [(alliance.id, *key, count) for key, count in bought.items()], add=True)
            session.upsert(shop_customers, [(alliance.id, *key, *sums) for key, sums in at_shops.items()], add=True)
        session.execute("UPDATE report_counts SET next_posting = ? WHERE alliance_id = ?", until, alliance.id)
    return until


def _bought(session: Session, alliance_id: int, first: int, until: int) -> list[Bought]:
    """What was bought by these postings; and what was undone by them, whenever it had been bought."""
    rows = session.rows(
        "SELECT key, occurred_at, content FROM postings "
        "WHERE alliance_id = ? AND id >= ? AND id < ? AND refusal IS NULL",
        alliance_id,
        first,
        until,
    )
    posted: list[tuple[str, int, dict[str, Any]]] = [(key, at, orjson.loads(content)) for key, at, content in rows]
    undone = [
        content["purchase"] for key, _, content in posted if key.startswith(VOID_KEYS) and content.get("type") == REFUND
    ]
    made = [each for _, at, content in posted for each in _purchase(at, content)]
    if undone:
        rows = session.rows(
            "SELECT occurred_at, content FROM postings WHERE alliance_id = ? AND id = ANY(?)", alliance_id, undone
        )
        made += [each._replace(purchases=-1) for at, content in rows for each in _purchase(at, orjson.loads(content))]
    return made


def _purchase(at: int, content: Mapping[str, Any]) -> list[Bought]:
    """The purchase of a posting, if it is one of a member's."""
    if content.get("type") != PURCHASE or "member" not in content:
        return []
    return [Bought(at, content["shop"], content["member"], content["amount_minor"])]


def _lock(session: Session, alliance_id: int) -> int:
    query = "SELECT next_posting FROM report_counts WHERE alliance_id = ? FOR UPDATE"
    rows = session.rows(query, alliance_id)
    if not rows:
        first = "INSERT INTO report_counts (alliance_id, next_posting) VALUES (?, 1) ON CONFLICT DO NOTHING"
        session.execute(first, alliance_id)
        rows = session.rows(query, alliance_id)
    return int(rows[0][0])


def _counted(session: Session, alliance_id: int) -> int:
    rows = session.rows("SELECT next_posting FROM report_counts WHERE alliance_id = ?", alliance_id)
    return int(rows[0][0]) if rows else 1


def _posted(session: Session, alliance_id: int) -> int:
    return int(session.rows("SELECT next_posting FROM books WHERE alliance_id = ?", alliance_id)[0][0])
