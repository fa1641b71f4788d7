"""Read the feed: on from a number, or a member's history, the newest first."""

from collections.abc import Collection

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, literal_column, or_, select, union_all

from coalition.events.event import Event
from coalition.events.tables import events
from coalition.events.types import types_to_members


def events_from(
    connection: Connection,
    alliance_id: int,
    after: int,
    limit: int,
    *,
    types: Collection[str] = (),
    shop: str | None = None,
    member: str | None = None,
    since: int | None = None,
) -> list[Event]:
    """Events with a number above `after`, in order: those of these types, this shop, this member, from `since` on.

    What is for all members is for each.
    `since` is microseconds since 1970 UTC. What is committed later has a higher number than all that is read here.
    """
    wanted = [events.c.seq > after]
    if since is not None:
        wanted.append(events.c.at >= since)
    return _read(connection, alliance_id, limit, wanted, types, shop, member, newest_first=False, to_all=True)


def member_events(
    connection: Connection,
    alliance_id: int,
    member: str,
    limit: int,
    *,
    before: int | None = None,
    types: Collection[str] = (),
) -> list[Event]:
    """A member's history, the newest first: what they did, and what others did with them (a gift received, say).

    `before` is a number of the feed. Call `relay.catch_up` first to see what was posted just now.
    """
    wanted = [] if before is None else [events.c.seq < before]
    return _read(connection, alliance_id, limit, wanted, types, None, member, newest_first=True)


def newest_events(
    connection: Connection,
    alliance_id: int,
    limit: int,
    *,
    types: Collection[str],
    shop: str | None = None,
    member: str | None = None,
    since: int | None = None,
    until: int | None = None,
    after: int = 0,
    before: int | None = None,
) -> list[Event]:
    """Events of these types, the newest first: those of this shop, this member, from `since` until before `until`.

    `after` and `before` are numbers of the feed. Call `relay.catch_up` first to see what was posted just now.
    """
    wanted = [events.c.seq > after] if before is None else [events.c.seq > after, events.c.seq < before]
    if since is not None:
        wanted.append(events.c.at >= since)
    if until is not None:
        wanted.append(events.c.at < until)
    return _read(connection, alliance_id, limit, wanted, types, shop, member, newest_first=True)


def events_of_members(
    connection: Connection, alliance_id: int, members: Collection[str], after: int, types: Collection[str]
) -> list[Event]:
    """What these members did, of these types, with a number above `after`: in one query for all."""
    query = select(events).where(
        events.c.alliance_id == alliance_id,
        events.c.member.in_(sorted(members)),
        events.c.seq > after,
        events.c.type.in_(sorted(types)),
    )
    return [_event(row) for row in connection.execute(query)]


def find_event(connection: Connection, alliance_id: int, seq: int) -> Event | None:
    """The event of that number."""
    row = connection.execute(
        select(events).where(events.c.alliance_id == alliance_id, events.c.seq == seq)
    ).one_or_none()
    return None if row is None else _event(row)


def next_seq(connection: Connection, alliance_id: int) -> int:
    """The number above all that are in the feed."""
    newest = connection.execute(
        select(events.c.seq).where(events.c.alliance_id == alliance_id).order_by(events.c.seq.desc()).limit(1)
    ).scalar()
    return 1 if newest is None else int(newest) + 1


def first_since(connection: Connection, alliance_id: int, since: int) -> int:
    """A number of the feed below which nothing is of later: events are in the order of time, so halving finds it."""
    low, high = 1, next_seq(connection, alliance_id)
    columns = events.c
    while low < high:
        middle = (low + high) // 2
        at = connection.execute(
            select(columns.at)
            .where(columns.alliance_id == alliance_id, columns.seq >= middle)
            .order_by(columns.seq)
            .limit(1)
        ).scalar()
        if at is not None and at < since:
            low = middle + 1
        else:
            high = middle
    return low


def _read(
    connection: Connection,
    alliance_id: int,
    limit: int,
    wanted: list[ColumnElement[bool]],
    types: Collection[str],
    shop: str | None,
    member: str | None,
    *,
    newest_first: bool,
    to_all: bool = False,
) -> list[Event]:
    conditions = [events.c.alliance_id == alliance_id, *wanted]
    if types:
        conditions.append(events.c.type.in_(sorted(types)))
    if shop is not None:
        conditions.append(events.c.shop == shop)
    order = events.c.seq.desc() if newest_first else events.c.seq
    if member is None:
        query: Select[tuple[object, ...]] = select(events).where(*conditions).order_by(order).limit(limit)
        return [_event(row) for row in connection.execute(query)]
    # Each of the two is read by its own index; with an OR neither would be.
    roles = [
        _rare(connection, events.c.member == member),
        and_(
            _rare(connection, events.c.second_member == member),
            or_(events.c.member.is_(None), events.c.member != member),
        ),
    ]
    if to_all:
        roles.append(events.c.type.in_(sorted(types_to_members())))
    branches = [
        select(select(events).where(*conditions, role).order_by(order).limit(limit).subquery()) for role in roles
    ]
    both = union_all(*branches).subquery()
    ordered = select(both).order_by(both.c.seq.desc() if newest_first else both.c.seq).limit(limit)
    return [_event(row) for row in connection.execute(ordered)]


def _rare(connection: Connection, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that few rows meet, which SQLite has to be told: else it reads the whole feed in its order."""
    if connection.dialect.name != "sqlite":
        return condition
    return func.likelihood(condition, literal_column("0.0001"))


def _event(row: Row[tuple[object, ...]]) -> Event:
    return Event(
        seq=row.seq,
        type=row.type,
        at=row.at,
        posting_id=row.posting_id,
        shop=row.shop,
        member=row.member,
        second_member=row.second_member,
        payload=orjson.loads(row.payload),
    )
