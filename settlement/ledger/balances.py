"""What one owner holds in a book: lots with issuer and expiry, points that a hold has locked, debts."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Select, literal_column, select

from settlement.ledger.accounts import NOBODY, AccountKind
from settlement.ledger.book import Book
from settlement.ledger.tables import accounts, participants


class LotHeld(NamedTuple):
    """Points of one issuer, good until the end of `expires_on` (yyyymmdd), worth what terms `terms_id` say."""

    owner: str
    issuer: str
    expires_on: int
    terms_id: int
    points: int


class DebtHeld(NamedTuple):
    """Points owed to a shop since a purchase was refunded, worth what terms `terms_id` say."""

    shop: str
    terms_id: int
    points: int


class Holdings(NamedTuple):
    """What owners hold, each list in spending order; debts by the shop they are owed to."""

    lots: Sequence[LotHeld]
    locked: Sequence[LotHeld]
    debts: Sequence[DebtHeld]

    @property
    def points(self) -> int:
        """Points that can be spent."""
        return sum(lot.points for lot in self.lots)


_WITH_ISSUER = accounts.join(
    participants, (participants.c.alliance_id == accounts.c.alliance_id) & (participants.c.id == accounts.c.issuer)
)
_HELD = (accounts.c.owner, participants.c.ref, accounts.c.expires_on, accounts.c.terms_id, accounts.c.balance)


def holdings_of(book: Book, connection: Connection, owners: Sequence[str], today: int) -> Holdings:
    """What these owners hold together on `today` (yyyymmdd). Lots that are over by then count no more."""
    rows = connection.execute(
        select(accounts.c.kind, *_HELD)
        .select_from(_WITH_ISSUER)
        .where(
            accounts.c.alliance_id == book.alliance_id,
            accounts.c.owner.in_(owners),
            # What a hold has locked counts until the hold ends, whatever became of the lot.
            (accounts.c.expires_on >= today) | (accounts.c.kind == AccountKind.HELD),
            accounts.c.kind.in_((AccountKind.LOT, AccountKind.HELD, AccountKind.DEBT)),
            accounts.c.balance != 0,
        )
        .order_by(accounts.c.expires_on, accounts.c.id)
    ).all()
    lots, locked = (
        [LotHeld(*row) for kind, *row in rows if kind == wanted] for wanted in (AccountKind.LOT, AccountKind.HELD)
    )
    owed: dict[tuple[str, int], int] = defaultdict(int)
    for kind, _, issuer, _, terms_id, balance in rows:
        if kind == AccountKind.DEBT:
            owed[issuer, terms_id] -= balance
    return Holdings(lots, locked, [DebtHeld(*name, points) for name, points in sorted(owed.items())])


def owners_with_anything(book: Book, connection: Connection, owners: Sequence[str], today: int) -> list[str]:
    """Those of these owners who on `today` (yyyymmdd) have points to spend or a count, in order of name."""
    rows = connection.execute(
        select(accounts.c.owner)
        .where(
            accounts.c.alliance_id == book.alliance_id,
            accounts.c.owner.in_(owners),
            accounts.c.expires_on >= today,
            accounts.c.kind.in_((AccountKind.LOT, AccountKind.METER)),
            accounts.c.balance > 0,
        )
        .distinct()
        .order_by(accounts.c.owner)
    )
    return list(rows.scalars())


def counts_of(
    book: Book, connection: Connection, owners: Sequence[str], numbers: Sequence[int]
) -> dict[str, dict[tuple[int, int], int]]:
    """What is counted of these owners on meters of these numbers and of no shop, by owner, and by number and day."""
    rows = connection.execute(
        select(accounts.c.owner, accounts.c.terms_id, accounts.c.expires_on, accounts.c.balance).where(
            accounts.c.alliance_id == book.alliance_id,
            accounts.c.owner.in_(owners),
            accounts.c.kind == AccountKind.METER,
            accounts.c.issuer == NOBODY,
            accounts.c.terms_id.in_(numbers),
        )
    )
    counts = defaultdict[str, dict[tuple[int, int], int]](dict)
    for owner, number, until, count in rows:
        counts[owner][number, until] = count
    return dict(counts)


def owners_of_lots(book: Book, connection: Connection, expires_on: int, besides: Select[str], most: int) -> list[str]:
    """Up to `most` owners of points that expire at the end of a day (yyyymmdd), but for those that a query names."""
    owners = select(accounts.c.owner).where(
        accounts.c.alliance_id == book.alliance_id,
        accounts.c.expires_on == expires_on,
        # Not as a parameter: SQLite looks into an index of lots alone for a query that asks for nothing else.
        accounts.c.kind == literal_column(f"{AccountKind.LOT:d}"),
        accounts.c.balance > 0,
    )
    return list(connection.execute(owners.except_(besides).limit(most)).scalars())


def lots_of(book: Book, connection: Connection, owners: Sequence[str], expires_on: int) -> list[LotHeld]:
    """What these owners hold that expires at the end of a day (yyyymmdd), in order of owner."""
    rows = connection.execute(
        select(*_HELD)
        .select_from(_WITH_ISSUER)
        .where(
            accounts.c.alliance_id == book.alliance_id,
            accounts.c.owner.in_(owners),
            accounts.c.expires_on == expires_on,
            accounts.c.kind == AccountKind.LOT,
            accounts.c.balance > 0,
        )
        .order_by(accounts.c.owner, accounts.c.id)
    )
    return [LotHeld(*row) for row in rows]
