"""Shops in the database: the participants of the book, and what is known of them beside it."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from coalition.merchants.status import Status, status_of
from coalition.merchants.tables import shops
from settlement.ledger import OPERATOR, POOL, ExposureLimit, Participant


@dataclass(frozen=True, slots=True)
class Profile:
    """What people read of a shop; None where it is not known."""

    name: str
    email: str | None = None
    website: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop. `version` counts its changes; `created_at` is microseconds since 1970 UTC.

    Both are 0 where the book alone has it.
    """

    ref: str
    profile: Profile
    status: Status
    limit: ExposureLimit | None
    version: int
    created_at: int


def add_shop(connection: Connection, alliance_id: int, ref: str, profile: Profile, now: int) -> None:
    """Keep a shop that wants to join."""
    connection.execute(
        insert(shops).values(
            alliance_id=alliance_id,
            ref=ref,
            name=profile.name,
            email=profile.email,
            website=profile.website,
            category=profile.category,
            status=Status.APPLIED.value,
            version=1,
            created_at=now,
        )
    )


def all_shops(connection: Connection, alliance_id: int, participants: dict[str, Participant]) -> list[Shop]:
    """All shops of an alliance by ref: those of the book, and those that wait to be in it."""
    rows = connection.execute(select(shops).where(shops.c.alliance_id == alliance_id))
    known = {
        row.ref: Shop(
            row.ref,
            Profile(row.name, row.email, row.website, row.category),
            Status(row.status),
            participants[row.ref].limit if row.ref in participants else None,
            row.version,
            row.created_at,
        )
        for row in rows
    }
    for ref, one in participants.items():
        if ref not in (OPERATOR, POOL) and ref not in known:
            known[ref] = _from_book(one)
    return [known[ref] for ref in sorted(known)]


def find_shop(connection: Connection, alliance_id: int, ref: str, participant: Participant | None) -> Shop | None:
    """A shop, given its participant in the book if it has one; None where there is none of that ref."""
    row = connection.execute(select(shops).where(shops.c.alliance_id == alliance_id, shops.c.ref == ref)).one_or_none()
    if row is None:
        return None if participant is None or ref in (OPERATOR, POOL) else _from_book(participant)
    return Shop(
        ref,
        Profile(row.name, row.email, row.website, row.category),
        Status(row.status),
        None if participant is None else participant.limit,
        row.version,
        row.created_at,
    )


def save_shop(connection: Connection, alliance_id: int, shop: Shop, profile: Profile, status: Status) -> bool:
    """Write a change of a shop as it was read; False where somebody changed it since."""
    values = {
        "name": profile.name,
        "email": profile.email,
        "website": profile.website,
        "category": profile.category,
        "status": status.value,
        "version": shop.version + 1,
    }
    if shop.version == 0:
        # The book alone had it; of two that write its first row, the second finds the first's.
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


def _from_book(one: Participant) -> Shop:
    status = status_of(may_issue=one.may_issue, may_redeem=one.may_redeem)
    return Shop(one.ref, Profile(one.ref), status, one.limit, 0, 0)
