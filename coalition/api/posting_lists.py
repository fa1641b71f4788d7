"""What the lists of purchases, refunds and holds are asked for, and the rows that answer it."""

from datetime import datetime
from typing import Annotated

from fastapi import Query

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.api.access import own_shop
from coalition.api.fields import Text
from coalition.api.idempotency import keys_meant
from coalition.api.paging import position_of
from coalition.locale.formats import instant
from coalition.members.store import member_after_merges, merged_ids
from coalition.purchases.list_postings import ListedPosting, PostingQuery, list_postings
from coalition.purchases.posting_kind import PostingKind

SentKey = Annotated[
    Text | None,
    Query(
        description="Only the one that was sent under this Idempotency-Key: by you, or, where the alliance names "
        "the `shop`, by a till of it."
    ),
]


def rows_asked_for(
    alliance: Alliance,
    caller: Caller,
    kind: PostingKind,
    *,
    key: str | None,
    shop: str | None,
    member: str | None,
    since: datetime | None,
    until: datetime | None,
    cursor: str | None,
    limit: int,
    external_ref: str | None = None,
) -> list[ListedPosting]:
    """A page's rows and one more, of what the caller may see. Answers 404 to another's shop, 422 to a bad cursor."""
    if shop is not None:
        own_shop(caller, shop)
    query = PostingQuery(
        shop=shop or caller.shop,
        members=() if member is None else _ids_of(alliance, member),
        since=None if since is None else instant(since),
        until=None if until is None else instant(until),
        external_ref=external_ref,
        keys=() if key is None else keys_meant(caller, key, shop),
    )
    position = position_of(cursor, int)
    return list_postings(alliance, kind, query, None if position is None else int(position[0]), limit + 1)


def _ids_of(alliance: Alliance, id_: str) -> list[str]:
    """All ids that stand for the member whom an id stands for since merges; the id itself where it is nobody's."""
    with alliance.database.engine.connect() as connection:
        member = member_after_merges(connection, alliance.id, id_)
        return [id_] if member is None else [member.id, *merged_ids(connection, alliance.id, member.id)]
