"""API keys in the database."""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, or_, select, tuple_, update

from coalition.access.caller import Caller, Role
from coalition.access.tables import api_keys
from coalition.access.tokens import NewToken, PresentedToken, hashes_match

_LISTED = select(
    api_keys.c.id,
    api_keys.c.role,
    api_keys.c.shop,
    api_keys.c.label,
    api_keys.c.created_at,
    api_keys.c.revoked_at,
    api_keys.c.expires_at,
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key without its secret. Times are microseconds since 1970 UTC."""

    id: str
    role: Role
    shop: str | None
    label: str
    created_at: int
    revoked_at: int | None
    expires_at: int | None


def add_key(
    connection: Connection, alliance_id: int, key: NewToken, role: Role, label: str, now: int, shop: str | None = None
) -> None:
    """Store a new key; a till's key needs a `shop`."""
    connection.execute(
        insert(api_keys).values(
            alliance_id=alliance_id,
            id=key.id,
            role=role.value,
            shop=shop,
            label=label,
            secret_hash=key.secret_hash,
            created_at=now,
        )
    )


def find_key_caller(connection: Connection, presented: PresentedToken, now: int) -> Caller | None:
    """The caller that a key belongs to; None if the key is unknown, revoked, or expired at `now`."""
    row = connection.execute(
        select(api_keys.c.role, api_keys.c.shop, api_keys.c.secret_hash).where(
            api_keys.c.alliance_id == presented.alliance_id,
            api_keys.c.id == presented.id,
            api_keys.c.revoked_at.is_(None),
            or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now),
        )
    ).one_or_none()
    if not hashes_match(None if row is None else row.secret_hash, presented.secret_hash) or row is None:
        return None
    return Caller(presented.alliance_id, f"key:{presented.id}", Role(row.role), row.shop)


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


def rotate_key(connection: Connection, alliance_id: int, id_: str, new: NewToken, now: int, old_until: int) -> bool:
    """Replace a key by a new one; the old key stays valid until `old_until`.

    False if there is no such key, or it is revoked or replaced already.
    """
    columns = api_keys.c
    done = connection.execute(
        update(api_keys)
        .where(
            columns.alliance_id == alliance_id,
            columns.id == id_,
            columns.revoked_at.is_(None),
            columns.expires_at.is_(None),
        )
        .values(expires_at=old_until)
    )
    if done.rowcount != 1:
        return False
    old = find_key(connection, alliance_id, id_)
    if old is not None:
        add_key(connection, alliance_id, new, old.role, old.label, now, old.shop)
    return True


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
