"""API keys in the database."""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, or_, select, tuple_, update

from coalition.access.caller import Caller, Role
from coalition.access.keys import NewKey, PresentedKey, is_same
from coalition.access.tables import api_keys

_NO_HASH = bytes(32)
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
class KeyListed:
    """A key as it is listed. Times are microseconds since 1970 UTC."""

    id: str
    role: Role
    shop: str | None
    label: str
    created_at: int
    revoked_at: int | None
    expires_at: int | None


def add_key(
    connection: Connection, alliance_id: int, key: NewKey, role: Role, label: str, now: int, shop: str | None = None
) -> None:
    """Keep a new key; one for a till names its shop."""
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


def caller_of(connection: Connection, presented: PresentedKey, now: int) -> Caller | None:
    """Whose key this is; None where there is none such, or it is revoked, or replaced and over at `now`."""
    row = connection.execute(
        select(api_keys.c.role, api_keys.c.shop, api_keys.c.secret_hash).where(
            api_keys.c.alliance_id == presented.alliance_id,
            api_keys.c.id == presented.id,
            api_keys.c.revoked_at.is_(None),
            or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now),
        )
    ).one_or_none()
    # A key that is not there takes the same comparison as one that is.
    kept = _NO_HASH if row is None else bytes(row.secret_hash)
    if not is_same(kept, presented.secret_hash) or row is None:
        return None
    return Caller(presented.alliance_id, f"key:{presented.id}", Role(row.role), row.shop)


def listed_keys(
    connection: Connection,
    alliance_id: int,
    shop: str | None = None,
    after: tuple[int, str] | None = None,
    limit: int | None = None,
) -> list[KeyListed]:
    """Keys of an alliance, or of one shop, the oldest first; `after` is where the last page ended."""
    columns = api_keys.c
    query = _LISTED.where(columns.alliance_id == alliance_id)
    if shop is not None:
        query = query.where(columns.shop == shop)
    if after is not None:
        query = query.where(tuple_(columns.created_at, columns.id) > tuple_(*after))
    rows = connection.execute(query.order_by(columns.created_at, columns.id).limit(limit))
    return [_listed(row) for row in rows.mappings()]


def find_key(connection: Connection, alliance_id: int, id_: str) -> KeyListed | None:
    """A key as it is listed; None where there is none of that id."""
    rows = connection.execute(_LISTED.where(api_keys.c.alliance_id == alliance_id, api_keys.c.id == id_))
    row = rows.mappings().one_or_none()
    return None if row is None else _listed(row)


def rotate_key(connection: Connection, alliance_id: int, id_: str, new: NewKey, now: int, old_until: int) -> bool:
    """Keep a new key in place of one, which counts until `old_until`; False where there is none that still counts."""
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
    """Revoke a key; False where there is none such that is not revoked."""
    done = connection.execute(
        update(api_keys)
        .where(api_keys.c.alliance_id == alliance_id, api_keys.c.id == id_, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return done.rowcount == 1


def _listed(row: RowMapping) -> KeyListed:
    return KeyListed(**{**row, "role": Role(row["role"])})
