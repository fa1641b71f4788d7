"""Find purchases by what a till or its owner knows of them: receipt, key, member, shop, time."""

from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.events.relay import catch_up
from coalition.feed.read import newest_events
from coalition.purchases.event_types import PURCHASE_CREATED
from coalition.purchases.find_purchase import FoundPurchase, found_purchase, is_purchase
from settlement.ledger import OPERATOR, POOL, StoredPosting, postings_by_id, postings_by_key, postings_by_reference


class PurchaseQuery(NamedTuple):
    """What purchases are to be like. `since` and `until` (not included) are when they were recorded, in microseconds
    since 1970 UTC; `keys` are the keys of the book under which they may have been booked.
    """

    shop: str | None = None
    member: str | None = None
    since: int | None = None
    until: int | None = None
    external_ref: str | None = None
    keys: Sequence[str] = ()


class ListedPurchase(NamedTuple):
    """A purchase, and its place in the list: a higher number is newer."""

    place: int
    purchase: FoundPurchase


def purchase_of_receipt(alliance: Alliance, shop: str, external_ref: str) -> FoundPurchase | None:
    """The purchase that a shop's till reported under its own number; None where there is none."""
    listed = find_purchases(alliance, PurchaseQuery(shop=shop, external_ref=external_ref), None, 1)
    return listed[0].purchase if listed else None


def find_purchases(alliance: Alliance, query: PurchaseQuery, before: int | None, limit: int) -> list[ListedPurchase]:
    """Purchases that are like this, the newest first: at most `limit`, from below a place on."""
    if query.external_ref is None and not query.keys:
        return _from_feed(alliance, query, before, limit)
    postings = [posting for posting in _looked_up(alliance, query) if before is None or posting.id < before]
    wanted = sorted(filter(lambda posting: _is_like(posting, query), postings), key=lambda posting: -posting.id)
    return [ListedPurchase(posting.id, found_purchase(alliance, posting)) for posting in wanted[:limit]]


def _looked_up(alliance: Alliance, query: PurchaseQuery) -> list[StoredPosting]:
    """What stands under the keys, or under the receipt in each shop that may be meant."""
    with closing(alliance.database.session()) as session:
        if query.keys:
            return postings_by_key(alliance.book, session, query.keys)
        refs = alliance.book.config(session).by_ref.keys() - {OPERATOR, POOL}
        shops = sorted(refs) if query.shop is None else [query.shop]
        return postings_by_reference(alliance.book, session, [f"{shop}:{query.external_ref}" for shop in shops])


def _is_like(posting: StoredPosting, query: PurchaseQuery) -> bool:
    content = posting.content
    asked = {"shop": query.shop, "member": query.member, "external_ref": query.external_ref}
    return (
        is_purchase(posting)
        and all(value is None or content.get(name) == value for name, value in asked.items())
        and (query.since is None or posting.recorded_at >= query.since)
        and (query.until is None or posting.recorded_at < query.until)
    )


def _from_feed(alliance: Alliance, query: PurchaseQuery, before: int | None, limit: int) -> list[ListedPurchase]:
    catch_up(alliance)
    with alliance.database.engine.connect() as connection:
        events = newest_events(
            connection,
            alliance.id,
            limit,
            types=[PURCHASE_CREATED],
            shop=query.shop,
            member=query.member,
            since=query.since,
            until=query.until,
            before=before,
        )
    ids = [event.posting_id for event in events if event.posting_id is not None]
    with closing(alliance.database.session()) as session:
        postings = {posting.id: posting for posting in postings_by_id(alliance.book, session, ids)}
    return [
        ListedPurchase(event.seq, found_purchase(alliance, postings[event.posting_id]))
        for event in events
        if event.posting_id is not None
    ]
