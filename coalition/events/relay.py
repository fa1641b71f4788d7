"""The relay: postings become events, each once, in the order in which they were committed.

The postings themselves are the outbox: they are committed with all that their events say, and their ids count up
without gaps. So the relay needs a cursor only. It moves with the events that it stands for, in one transaction.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import text

from coalition.alliance import Alliance
from coalition.events.event import EXPIRE, ISSUE, Event, event_of
from coalition.events.hooks import Published, further_events
from coalition.events.payload import payload_text
from coalition.events.posting import EventContext, Posted, PostedMove
from coalition.events.tables import events
from settlement.ledger import AccountKind, Database, Session, copy_lines, owner_changes, stored_omissions

BATCH = 2_000
"""Postings in one transaction: some 100 ms, during which a SQLite file takes no purchases."""
CATCH_UP_MAX = 20_000
"""Postings that a reader waits for at most; the jobs bring a feed that is further behind up to date."""
MOVES_WITH_LOT = frozenset({ISSUE, EXPIRE})
"""Moves whose lot is published: what was earned, and what expired."""

_BEHIND = text(
    "SELECT b.next_posting - COALESCE(f.next_posting, 1) FROM books b "
    "LEFT JOIN event_feeds f ON f.alliance_id = b.alliance_id WHERE b.alliance_id = :alliance_id"
)


def postings_behind(alliance: Alliance) -> int:
    """How many postings are not in the feed yet."""
    return behind(alliance.database, alliance.id)


def behind(database: Database, alliance_id: int) -> int:
    """The same of an alliance that is not at work in this process."""
    with database.engine.connect() as connection:
        return int(connection.execute(_BEHIND, {"alliance_id": alliance_id}).scalar_one())


def catch_up(alliance: Alliance, most: int = CATCH_UP_MAX) -> int:
    """Bring the feed up to the postings that are there now, but for no more than `most`; returns how many they were.

    A reader of a history calls it first, and so sees what it wrote itself.
    """
    behind = min(postings_behind(alliance), most)
    done = 0
    if behind > 0:
        with closing(alliance.database.session()) as session:
            while done < behind:
                published = relay(alliance, session, min(BATCH, behind - done))
                if not published:
                    break
                done += published
    return done


def relay(alliance: Alliance, session: Session, most: int = BATCH) -> int:
    """Publish up to `most` further postings in one transaction; returns how many they were."""
    with session.transaction():
        next_seq, next_posting = _lock(session, alliance.id)
        rows = session.rows(
            "SELECT id, content, occurred_at, recorded_at, window_id, late_for, refers_to, refusal FROM postings "
            f"WHERE alliance_id = ? AND id >= ? ORDER BY id LIMIT {most:d}",
            alliance.id,
            next_posting,
        )
        if not rows:
            return 0
        made = _events(session, _posted(alliance, session, rows), next_seq, alliance)
        if made:
            rows_made = [_row(alliance.id, event) for event in made]
            session.insert_many(events, rows_made, lambda: copy_lines(rows_made))
        session.execute(
            "UPDATE event_feeds SET next_seq = ?, next_posting = ? WHERE alliance_id = ?",
            next_seq + len(made),
            rows[-1][0] + 1,
            alliance.id,
        )
    return len(rows)


def _lock(session: Session, alliance_id: int) -> tuple[int, int]:
    """Take the feed's lock for this transaction: its next number, and the next posting to publish."""
    query = "SELECT next_seq, next_posting FROM event_feeds WHERE alliance_id = ? FOR UPDATE"
    rows = session.rows(query, alliance_id)
    if not rows:
        first = "INSERT INTO event_feeds (alliance_id, next_seq, next_posting) VALUES (?, 1, 1) ON CONFLICT DO NOTHING"
        session.execute(first, alliance_id)
        rows = session.rows(query, alliance_id)
    return rows[0][0], rows[0][1]


def _posted(alliance: Alliance, session: Session, rows: Sequence[tuple[Any, ...]]) -> list[Posted]:
    """What was taken of these postings, with moves and originals. A refused one is no fact."""
    taken = [(row, orjson.loads(row[1])) for row in rows if row[7] is None]
    moves, owners = _moves(alliance, session, [row for row, _ in taken])
    wanted = {
        row[6] for row, content in taken if row[6] is not None and not ("shop" in content and "member" in content)
    }
    originals: dict[int, str] = dict(
        session.rows(
            "SELECT id, content FROM postings WHERE alliance_id = ? AND id = ANY(?)", alliance.id, sorted(wanted)
        )
    )
    omitted = stored_omissions(session, alliance.id, [row[0] for row, _ in taken])
    return [
        Posted(
            id=id_,
            content=content,
            occurred_at=occurred_at,
            recorded_at=recorded_at,
            window_id=window_id,
            late=late_for is not None,
            refers_to=refers_to,
            original=orjson.loads(originals[refers_to]) if refers_to in originals else {},
            moves=moves.get(id_, ()),
            omitted=omitted[id_].code if id_ in omitted else None,
            changes=owner_changes(moves.get(id_, ()), owners),
        )
        for (id_, _, occurred_at, recorded_at, window_id, late_for, refers_to, _), content in taken
    ]


def _moves(
    alliance: Alliance, session: Session, rows: Sequence[tuple[Any, ...]]
) -> tuple[dict[int, list[PostedMove]], Mapping[int, str]]:
    """The moves of postings, read window by window as they lie; and the owners of the lots among their accounts."""
    by_window: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_window[row[4]].append(row[0])
    read: list[tuple[Any, ...]] = []
    for window_id, ids in by_window.items():
        read += session.rows(
            "SELECT posting_id, kind, terms_id, issuer, debit, credit, amount FROM moves "
            "WHERE alliance_id = ? AND window_id = ? AND posting_id BETWEEN ? AND ? ORDER BY posting_id, line",
            alliance.id,
            window_id,
            ids[0],
            ids[-1],
        )
    touched = {account for move in read for account in (move[4], move[5])}
    lots = {
        id_: (owner, expires_on)
        for id_, owner, expires_on in session.rows(
            "SELECT id, owner, expires_on FROM accounts WHERE alliance_id = ? AND id = ANY(?) AND kind = ?",
            alliance.id,
            sorted(touched),
            int(AccountKind.LOT),
        )
    }
    shops = alliance.book.config(session).by_id
    moves: dict[int, list[PostedMove]] = defaultdict(list)
    for move in read:
        posting_id, kind, terms_id, issuer, debit, credit, amount = move
        # Money belongs to the clearing house and has no issuer.
        ref = shops[issuer].ref if issuer in shops else ""
        owner, expires_on = lots[_lot(move)] if kind in MOVES_WITH_LOT else (None, None)
        moves[posting_id].append(PostedMove(kind, terms_id, ref, amount, owner, expires_on, debit, credit))
    return moves, {id_: owner for id_, (owner, _) in lots.items()}


def _lot(move: tuple[Any, ...]) -> int:
    _, kind, _, _, debit, credit, _ = move
    return int(credit if kind == ISSUE else debit)


def _events(session: Session, posted: Sequence[Posted], next_seq: int, alliance: Alliance) -> list[Event]:
    """The events of postings in their order, each followed by those for others whom it is news to."""
    calendar = alliance.calendar
    context = EventContext(
        alliance.programme.ids,
        alliance.book.settings.currency,
        alliance.minor_per_point,
        lambda opens_at: calendar.window(opens_at)[1],
    )
    own = [(posting, event_of(posting, 0, context)) for posting in posted]
    published = [Published(posting, event) for posting, event in own if event is not None]
    further = further_events(session, alliance, published)
    events = [each for posting, event in published for each in (event, *further.get(posting.id, ()))]
    return [replace(event, seq=seq) for seq, event in enumerate(events, start=next_seq)]


def _row(alliance_id: int, event: Event) -> tuple[Any, ...]:
    return (
        alliance_id,
        event.seq,
        event.type,
        event.at,
        event.posting_id,
        event.shop,
        event.member,
        event.second_member,
        payload_text(event.payload),
    )
