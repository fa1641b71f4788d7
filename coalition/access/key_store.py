"""API keys in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, insert, or_, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from coalition.access.caller import Caller, Role
from coalition.access.tables import api_keys
from coalition.access.tokens import NewToken, PresentedToken, hashes_match
from coalition.access.user import DAY

OPERATOR_KEY_DAYS = 365
"""How long an operator's key is good for: whoever has it does not have it for ever."""
END_NEAR_DAYS = 30
"""How long before a key ends people hear of it, who need that time to bring another one to where it is used."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key without its secret. Times are microseconds since 1970 UTC.

    `keeper` is who answers for an operator's key: `user:usr_…`, or `command` for the command on the server.
    """

    id: str
    role: Role
    shop: str | None
    label: str
    created_at: int
    revoked_at: int | None = None
    expires_at: int | None = None
    replaced: bool = False
    keeper: str | None = None


_LISTED = select(*(api_keys.c[name] for name in ApiKey.__slots__))


def begun(
    token: NewToken,
    role: Role,
    label: str,
    keeper: str,
    now: int,
    shop: str | None = None,
    expires_at: int | None = None,
) -> ApiKey:
    """A key that begins now. An operator's has a keeper, and an end where none is given."""
    if role is not Role.OPERATOR:
        return ApiKey(token.id, role, shop, label, now, expires_at=expires_at)
    return ApiKey(
        token.id, role, shop, label, now, expires_at=expires_at or now + OPERATOR_KEY_DAYS * DAY, keeper=keeper
    )


def add_key(connection: Connection, alliance_id: int, token: NewToken, key: ApiKey) -> None:
    """Store a new key; a till's key needs a `shop`, an operator's a `keeper` and an end."""
    columns = {name: getattr(key, name) for name in ApiKey.__slots__}
    values = {**columns, "role": key.role.value, "alliance_id": alliance_id, "secret_hash": token.secret_hash}
    connection.execute(insert(api_keys).values(**values))


def find_key_caller(connection: Connection, presented: PresentedToken, now: int) -> Caller | None:
    """The caller that a key belongs to; None if the key is unknown, revoked, or expired at `now`."""
    row = connection.execute(
        select(api_keys.c.role, api_keys.c.shop, api_keys.c.keeper, api_keys.c.secret_hash).where(
            api_keys.c.alliance_id == presented.alliance_id,
            api_keys.c.id == presented.id,
            api_keys.c.revoked_at.is_(None),
            or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now),
        )
    ).one_or_none()
    if not hashes_match(None if row is None else row.secret_hash, presented.secret_hash) or row is None:
        return None
    return Caller(presented.alliance_id, f"key:{presented.id}", Role(row.role), row.shop, keeper=row.keeper)


def find_keys(
    connection: Connection,
    alliance_id: int,
    shop: str | None = None,
    after: tuple[int, str] | None = None,
    limit: int | None = None,
) -> list[ApiKey]:
    """Keys of an alliance, or of one shop, oldest first; `after` is the (created_at, id) of the last one seen."""
    columns = api_keys.c
    query = _LISTED.where(columns.alliance_id == alliance_id)
    if shop is not None:
        query = query.where(columns.shop == shop)
    if after is not None:
        query = query.where(tuple_(columns.created_at, columns.id) > tuple_(*after))
    rows = connection.execute(query.order_by(columns.created_at, columns.id).limit(limit))
    return [_listed(row) for row in rows.mappings()]


def find_key(connection: Connection, alliance_id: int, id_: str) -> ApiKey | None:
    """The key with this id; None if there is none."""
    rows = connection.execute(_LISTED.where(api_keys.c.alliance_id == alliance_id, api_keys.c.id == id_))
    row = rows.mappings().one_or_none()
    return None if row is None else _listed(row)


def keys_of(connection: Connection, alliance_id: int, keeper: str) -> Sequence[ApiKey]:
    """The operator's keys that somebody answers for and that are not revoked."""
    mine = _LISTED.where(api_keys.c.alliance_id == alliance_id, api_keys.c.keeper == keeper)
    return [_listed(row) for row in connection.execute(mine.where(api_keys.c.revoked_at.is_(None))).mappings()]


def keys_ending(connection: Connection, alliance_id: int, now: int) -> Sequence[ApiKey]:
    """The keys that soon expire by themselves: none has replaced them."""
    query = _LISTED.where(*_ends_soon(alliance_id, now)).order_by(api_keys.c.id)
    return [_listed(row) for row in connection.execute(query).mappings()]


def are_ends_unannounced(connection: Connection, alliance_id: int, now: int) -> bool:
    """Whether a key soon expires and nobody was told."""
    first = select(api_keys.c.id).where(*_is_end_unannounced(alliance_id, now)).limit(1)
    return connection.execute(first).first() is not None


def take_unannounced_ends(connection: Connection, alliance_id: int, now: int) -> Sequence[ApiKey]:
    """The keys that soon expire without anybody having been told; from now on somebody was. The first end first."""
    taken = update(api_keys).where(*_is_end_unannounced(alliance_id, now)).values(end_announced_at=now)
    keys = connection.execute(taken.returning(*_LISTED.selected_columns)).mappings().all()
    return sorted((_listed(row) for row in keys), key=lambda key: (key.expires_at or 0, key.id))


def _ends_soon(alliance_id: int, now: int) -> Sequence[ColumnElement[bool]]:
    columns = api_keys.c
    near = columns.expires_at > now, columns.expires_at <= now + END_NEAR_DAYS * DAY
    return columns.alliance_id == alliance_id, *near, columns.revoked_at.is_(None), columns.replaced.is_(False)


def _is_end_unannounced(alliance_id: int, now: int) -> Sequence[ColumnElement[bool]]:
    """Whoever makes a key for a few days knows when it ends."""
    columns = api_keys.c
    lasting = columns.expires_at - columns.created_at > END_NEAR_DAYS * DAY
    return *_ends_soon(alliance_id, now), lasting, columns.end_announced_at.is_(None)


def replace_key(
    connection: Connection, alliance_id: int, old: ApiKey, token: NewToken, key: ApiKey, until: int
) -> bool:
    """Replace a key by another; the old one stays valid until `until`, or until its own end if that comes sooner.

    False if it is revoked or replaced already.
    """
    columns = api_keys.c
    ends = until if old.expires_at is None else min(until, old.expires_at)
    done = connection.execute(
        update(api_keys)
        .where(
            columns.alliance_id == alliance_id,
            columns.id == old.id,
            columns.revoked_at.is_(None),
            columns.replaced.is_(False),
        )
        .values(expires_at=ends, replaced=True)
    )
    if done.rowcount != 1:
        return False
    add_key(connection, alliance_id, token, key)
    return True


def set_keeper(connection: Connection, alliance_id: int, key: ApiKey, keeper: str) -> ApiKey:
    """Let somebody else answer for a key."""
    mine = api_keys.c.alliance_id == alliance_id, api_keys.c.id == key.id
    connection.execute(update(api_keys).where(*mine).values(keeper=keeper))
    return replace(key, keeper=keeper)


def revoke_key(connection: Connection, alliance_id: int, id_: str, now: int) -> bool:
    """Revoke a key; False if there is no such key, or it is revoked already."""
    done = connection.execute(
        update(api_keys)
        .where(api_keys.c.alliance_id == alliance_id, api_keys.c.id == id_, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return done.rowcount == 1


def _listed(row: RowMapping) -> ApiKey:
    return ApiKey(**{**row, "role": Role(row["role"])})
