"""Shops in the database: the participants of the book, with their profiles and states."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from coalition.merchants.shop_profile import Place, ShopProfile, profile_columns, profile_of
from coalition.merchants.shop_status import ShopStatus, status_of
from coalition.merchants.tables import shops
from settlement.ledger import OPERATOR, POOL, ExposureLimit, Participant


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop. `version` counts its changes; `created_at` is microseconds since 1970 UTC.

    Both are 0 if only the book has the shop.
    """

    ref: str
    profile: ShopProfile
    status: ShopStatus
    limit: ExposureLimit | None
    version: int
    created_at: int


def add_shop(connection: Connection, alliance_id: int, ref: str, profile: ShopProfile, now: int) -> None:
    """Store a shop that wants to join."""
    connection.execute(
        insert(shops).values(
            alliance_id=alliance_id,
            ref=ref,
            **profile_columns(profile),
            status=ShopStatus.APPLIED.value,
            version=1,
            created_at=now,
        )
    )


def all_shops(connection: Connection, alliance_id: int, participants: dict[str, Participant]) -> list[Shop]:
    """All shops of an alliance by ref: those in the book, and those that wait to join."""
    rows = connection.execute(select(shops).where(shops.c.alliance_id == alliance_id)).mappings()
    known = {
        row["ref"]: Shop(
            row["ref"],
            profile_of(row),
            ShopStatus(row["status"]),
            participants[row["ref"]].limit if row["ref"] in participants else None,
            row["version"],
            row["created_at"],
        )
        for row in rows
    }
    for ref, participant in participants.items():
        if ref not in (OPERATOR, POOL) and ref not in known:
            known[ref] = _from_book(participant)
    return [known[ref] for ref in sorted(known)]


def all_states(
    connection: Connection, alliance_id: int, participants: Mapping[str, Participant]
) -> dict[str, ShopStatus]:
    """How each shop of an alliance stands, by ref: those in the book, and those that wait to join."""
    in_book = {ref: _status_in_book(each) for ref, each in participants.items() if ref not in (OPERATOR, POOL)}
    rows = connection.execute(select(shops.c.ref, shops.c.status).where(shops.c.alliance_id == alliance_id))
    return in_book | {row.ref: ShopStatus(row.status) for row in rows}


def places_of(connection: Connection, alliance_id: int) -> dict[str, Place]:
    """Where the shops are that say so, by ref."""
    columns = shops.c
    rows = connection.execute(
        select(columns.ref, columns.latitude_e6, columns.longitude_e6).where(
            columns.alliance_id == alliance_id, columns.latitude_e6.is_not(None)
        )
    )
    return {row.ref: Place(row.latitude_e6, row.longitude_e6) for row in rows}


def find_shop(connection: Connection, alliance_id: int, ref: str, participant: Participant | None) -> Shop | None:
    """The shop with this ref, given its participant in the book if any; None if there is neither."""
    rows = connection.execute(select(shops).where(shops.c.alliance_id == alliance_id, shops.c.ref == ref))
    row = rows.mappings().one_or_none()
    if row is None:
        return None if participant is None or ref in (OPERATOR, POOL) else _from_book(participant)
    return Shop(
        ref,
        profile_of(row),
        ShopStatus(row["status"]),
        None if participant is None else participant.limit,
        row["version"],
        row["created_at"],
    )


def save_shop(connection: Connection, alliance_id: int, shop: Shop, profile: ShopProfile, status: ShopStatus) -> bool:
    """Store a change of a shop as it was read; False if it was changed since."""
    values = {**profile_columns(profile), "status": status.value, "version": shop.version + 1}
    if shop.version == 0:
        # Only the book had the shop. If two write its first row at once, the second is refused.
        try:
            connection.execute(insert(shops).values(alliance_id=alliance_id, ref=shop.ref, created_at=0, **values))
        except IntegrityError:
            return False
        return True
    done = connection.execute(
        update(shops)
        .where(shops.c.alliance_id == alliance_id, shops.c.ref == shop.ref, shops.c.version == shop.version)
        .values(**values)
    )
    return done.rowcount == 1


def _from_book(participant: Participant) -> Shop:
    return Shop(participant.ref, ShopProfile(participant.ref), _status_in_book(participant), participant.limit, 0, 0)


def _status_in_book(participant: Participant) -> ShopStatus:
    return status_of(may_issue=participant.may_issue, may_redeem=participant.may_redeem)
