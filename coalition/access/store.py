"""API keys in the database."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from coalition.access.caller import Caller, Role
from coalition.access.keys import NewKey, PresentedKey, is_same
from coalition.access.tables import api_keys

_NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class KeyListed:
    """A key as it is listed. Times are microseconds since 1970 UTC."""

    id: str
    role: Role
    shop: str | None
    label: str
    created_at: int
    revoked_at: int | None


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


def caller_of(connection: Connection, presented: PresentedKey) -> Caller | None:
    """Whose key this is; None where there is none such, or it is revoked."""
    row = connection.execute(
        select(api_keys.c.role, api_keys.c.shop, api_keys.c.secret_hash).where(
            api_keys.c.alliance_id == presented.alliance_id,
            api_keys.c.id == presented.id,
            api_keys.c.revoked_at.is_(None),
        )
    ).one_or_none()
    # A key that is not there takes the same comparison as one that is.
    kept = _NO_HASH if row is None else bytes(row.secret_hash)
    if not is_same(kept, presented.secret_hash) or row is None:
        return None
    return Caller(presented.alliance_id, f"key:{presented.id}", Role(row.role), row.shop)


def listed_keys(connection: Connection, alliance_id: int) -> list[KeyListed]:
    """All keys of an alliance, the oldest first."""
    rows = connection.execute(
        select(
            api_keys.c.id,
            api_keys.c.role,
            api_keys.c.shop,
            api_keys.c.label,
            api_keys.c.created_at,
            api_keys.c.revoked_at,
        )
        .where(api_keys.c.alliance_id == alliance_id)
        .order_by(api_keys.c.created_at, api_keys.c.id)
    )
    return [KeyListed(row.id, Role(row.role), row.shop, row.label, row.created_at, row.revoked_at) for row in rows]


def revoke_key(connection: Connection, alliance_id: int, id_: str, now: int) -> bool:
    """Revoke a key; False where there is none such that is not revoked."""
    done = connection.execute(
        update(api_keys)
        .where(api_keys.c.alliance_id == alliance_id, api_keys.c.id == id_, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return done.rowcount == 1
