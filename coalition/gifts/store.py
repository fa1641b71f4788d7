"""Gifts in the database."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, and_, or_, select, text, update

from coalition.gifts.gift import UNHEARD, GiftState, StoredGift
from coalition.gifts.tables import gifts

_COLUMNS = [gifts.c[name] for name in StoredGift._fields]


def _gift(row: object) -> StoredGift:
    gift = StoredGift(*row)  # type: ignore[misc]
    return gift._replace(state=GiftState(gift.state))


def add_gift(connection: Connection, alliance_id: int, gift: StoredGift) -> bool:
    """Add a gift; False where its key has one. Waits for a transaction that is adding the same."""
    done = connection.execute(
        text(
            "INSERT INTO gifts "
            "(alliance_id, id, key, giver, receiver, contact, points, state, created_at, returns_at, named) VALUES "
            "(:alliance_id, :id, :key, :giver, :receiver, :contact, :points, :state, :created_at, :returns_at, :named) "
            "ON CONFLICT DO NOTHING"
        ),
        {"alliance_id": alliance_id, **gift._asdict(), "state": gift.state.value},
    )
    return done.rowcount == 1


def find_gift_by_key(connection: Connection, alliance_id: int, key: str) -> StoredGift | None:
    """The gift of a key."""
    row = connection.execute(
        select(*_COLUMNS).where(gifts.c.alliance_id == alliance_id, gifts.c.key == key)
    ).one_or_none()
    return None if row is None else _gift(row)


def find_gift(connection: Connection, alliance_id: int, id_: str) -> StoredGift | None:
    """The gift of that id."""
    row = connection.execute(
        select(*_COLUMNS).where(gifts.c.alliance_id == alliance_id, gifts.c.id == id_)
    ).one_or_none()
    return None if row is None else _gift(row)


def named_by_giver(
    connection: Connection, alliance_id: int, givers: Sequence[str], ids: Iterable[str]
) -> dict[str, str]:
    """How these members named whom they gave those of these gifts that are theirs: masked, by the gift's id."""
    columns = gifts.c
    rows = connection.execute(
        select(columns.id, columns.named).where(
            columns.alliance_id == alliance_id,
            columns.id.in_(sorted(ids)),
            columns.giver.in_(givers),
            columns.named.is_not(None),
        )
    )
    return {row.id: row.named for row in rows}


def gifts_of(
    connection: Connection, alliance_id: int, member: str, after: tuple[int, str] | None, most: int
) -> list[StoredGift]:
    """Gifts that a member gave or got, the newest first, from behind (created_at, id) on."""
    query = select(*_COLUMNS).where(gifts.c.alliance_id == alliance_id, _concerns(member))
    if after is not None:
        at, id_ = after
        query = query.where((gifts.c.created_at < at) | ((gifts.c.created_at == at) & (gifts.c.id < id_)))
    rows = connection.execute(query.order_by(gifts.c.created_at.desc(), gifts.c.id.desc()).limit(most))
    return [_gift(row) for row in rows]


def all_gifts_of(connection: Connection, alliance_id: int, member: str) -> list[StoredGift]:
    """Every gift that a member gave or got, the oldest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(gifts.c.alliance_id == alliance_id, _concerns(member))
        .order_by(gifts.c.created_at, gifts.c.id)
    )
    return [_gift(row) for row in rows]


def _concerns(member: str) -> ColumnElement[bool]:
    """What a member gave or got: of a gift that the book refused its receiver hears nothing."""
    unheard = [state.value for state in UNHEARD]
    return or_(gifts.c.giver == member, and_(gifts.c.receiver == member, gifts.c.state.not_in(unheard)))


def forget_named(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Forget how these members were named by those who gave them something, and how they named others."""
    connection.execute(
        update(gifts)
        .where(
            gifts.c.alliance_id == alliance_id,
            or_(gifts.c.giver.in_(members), gifts.c.receiver.in_(members)),
            gifts.c.named.is_not(None),
        )
        .values(named=None)
    )


def has_waiting_gifts(connection: Connection, alliance_id: int) -> bool:
    """Whether any gift of the alliance waits for somebody to enrol."""
    waiting = select(gifts.c.id).where(gifts.c.alliance_id == alliance_id, gifts.c.state == GiftState.WAITING.value)
    return connection.execute(waiting.limit(1)).first() is not None


def gifts_waiting_for(connection: Connection, alliance_id: int, contact: str) -> list[StoredGift]:
    """Gifts that wait for a member with this contact, the oldest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(
            gifts.c.alliance_id == alliance_id,
            gifts.c.contact == contact,
            gifts.c.state == GiftState.WAITING.value,
        )
        .order_by(gifts.c.created_at, gifts.c.id)
    )
    return [_gift(row) for row in rows]


def open_gifts(
    connection: Connection, alliance_id: int, before: int, after: tuple[int, str], most: int
) -> list[StoredGift]:
    """Gifts on their way that were given by `before` (microseconds since 1970 UTC), from behind (created_at, id) on."""
    at, id_ = after
    rows = connection.execute(
        select(*_COLUMNS)
        .where(
            gifts.c.alliance_id == alliance_id,
            gifts.c.state.in_(("new", "waiting", "arriving", "returning")),
            gifts.c.created_at <= before,
            (gifts.c.created_at > at) | ((gifts.c.created_at == at) & (gifts.c.id > id_)),
        )
        .order_by(gifts.c.created_at, gifts.c.id)
        .limit(most)
    )
    return [_gift(row) for row in rows]


def advance_gift(
    connection: Connection, alliance_id: int, gift: StoredGift, state: GiftState, receiver: str | None = None
) -> bool:
    """Bring a gift from the state it was read in to the next; False where another process did so first."""
    values: dict[str, str | None] = {"state": state.value}
    if state is not GiftState.WAITING:
        values["contact"] = None
    if receiver is not None:
        values["receiver"] = receiver
    done = connection.execute(
        update(gifts)
        .where(gifts.c.alliance_id == alliance_id, gifts.c.id == gift.id, gifts.c.state == gift.state.value)
        .values(**values)
    )
    return done.rowcount == 1
