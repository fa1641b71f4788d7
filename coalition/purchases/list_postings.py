"""List purchases, refunds and holds by what a till or its owner knows of them: receipt, key, member, shop, time."""

from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.events.event import Event
from coalition.events.relay import catch_up
from coalition.events.types import posting_events
from coalition.feed.read import newest_events
from coalition.purchases.posting_kind import PostingKind
from settlement.ledger import OPERATOR, POOL, StoredPosting, postings_by_id, postings_by_key, postings_by_reference


class PostingQuery(NamedTuple):
    """What is wanted. `members` are all ids of one member, none where any will do.

    `since` and `until` (not included) are when it was recorded, in microseconds since 1970 UTC; `keys` are the keys of
    the book under which it may have been booked.
    """

    shop: str | None = None
    members: Sequence[str] = ()
    since: int | None = None
    until: int | None = None
    external_ref: str | None = None
    keys: Sequence[str] = ()


class ListedPosting(NamedTuple):
    """A posting, and its place in the list: a higher number is newer."""

    place: int
    posting: StoredPosting


def list_postings(
    alliance: Alliance, kind: PostingKind, query: PostingQuery, before: int | None, limit: int
) -> list[ListedPosting]:
    """Postings of a kind that are like this, the newest first: at most `limit`, from below a place on."""
    if query.external_ref is None and not query.keys:
        return _from_feed(alliance, kind, query, before, limit)
    wanted = [
        ListedPosting(posting.id, posting)
        for posting in _looked_up(alliance, query)
        if kind.has(posting) and _is_like(posting, query) and (before is None or posting.id < before)
    ]
    return sorted(wanted, key=lambda listed: -listed.place)[:limit]


def _looked_up(alliance: Alliance, query: PostingQuery) -> list[StoredPosting]:
    """What stands under the keys, or under the receipt in each shop that may be meant."""
    with closing(alliance.database.session()) as session:
        if query.keys:
            return postings_by_key(alliance.book, session, query.keys)
        refs = alliance.book.config(session).by_ref.keys() - {OPERATOR, POOL}
        shops = sorted(refs) if query.shop is None else [query.shop]
        return postings_by_reference(alliance.book, session, [f"{shop}:{query.external_ref}" for shop in shops])


def _is_like(posting: StoredPosting, query: PostingQuery) -> bool:
    asked = {"shop": query.shop, "external_ref": query.external_ref}
    return (
        all(value is None or posting.content.get(name) == value for name, value in asked.items())
        and (not query.members or posting.content.get("member") in query.members)
        and (query.since is None or posting.recorded_at >= query.since)
        and (query.until is None or posting.recorded_at < query.until)
    )


def _from_feed(
    alliance: Alliance, kind: PostingKind, query: PostingQuery, before: int | None, limit: int
) -> list[ListedPosting]:
    catch_up(alliance)
    event_type = str(posting_events()[kind.type].event_type)
    listed: list[ListedPosting] = []
    while True:
        with alliance.database.engine.connect() as connection:
            events = _newest(connection, alliance.id, event_type, query, before, limit)
        places = {event.posting_id: event.seq for event in events if event.posting_id is not None}
        with closing(alliance.database.session()) as session:
            postings = postings_by_id(alliance.book, session, sorted(places))
        listed += [ListedPosting(places[posting.id], posting) for posting in postings[::-1] if kind.has(posting)]
        # Some of a kind may not be wanted, and a page is to be full.
        if len(listed) >= limit or len(events) < limit:
            return listed[:limit]
        before = events[-1].seq


def _newest(
    connection: Connection, alliance_id: int, event_type: str, query: PostingQuery, before: int | None, limit: int
) -> list[Event]:
    """The newest events that are like this, of all ids of the member together."""
    by_seq = {
        event.seq: event
        for member in (query.members or (None,))
        for event in newest_events(
            connection,
            alliance_id,
            limit,
            types=[event_type],
            shop=query.shop,
            member=member,
            since=query.since,
            until=query.until,
            before=before,
        )
    }
    return [by_seq[seq] for seq in sorted(by_seq, reverse=True)[:limit]]
