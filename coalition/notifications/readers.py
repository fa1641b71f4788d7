"""Who reads a notice: the people of the shop that it is about, and of the alliance where it concerns it."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from coalition.access.caller import Role
from coalition.access.tables import users
from coalition.access.user_store import find_user
from coalition.locale.formats import Lang
from coalition.merchants.store import find_shop
from settlement.ledger import OPERATOR, POOL
from settlement.payments import Notice, NoticeKind

ALLIANCE_TOO = frozenset(
    {
        NoticeKind.FAILED,
        NoticeKind.RETURNED,
        NoticeKind.DISPUTED,
        NoticeKind.DEFAULT,
        NoticeKind.RECOVERED,
        NoticeKind.DEPOSIT_SHORT,
        NoticeKind.MANDATE_ENDED,
        NoticeKind.SETTLED,
    }
)
"""What the alliance's treasurers read too; the rest is each shop's own business."""
USER, SHOP = "user", "shop"


class Mailbox(NamedTuple):
    """Where a reader is written to, and in which language."""

    email: str
    language: Lang


def readers_of(connection: Connection, alliance_id: int, notice: Notice) -> list[str]:
    """The readers of a notice, as notifications name them."""
    readers = []
    # Of a payment from shop to shop each has a notice of its own; the alliance reads the payer's.
    if notice.kind in ALLIANCE_TOO and notice.facts.get("payer") in (None, "", notice.participant):
        readers = _people(connection, alliance_id, Role.FINANCE) or _people(connection, alliance_id, Role.OWNER)
    if notice.participant not in (OPERATOR, POOL):
        readers += readers_of_shop(connection, alliance_id, notice.participant)
    return readers


def readers_of_shop(connection: Connection, alliance_id: int, shop: str) -> list[str]:
    """A shop's managers. Where none has an account of their own, the address of the shop's profile will do."""
    return _people(connection, alliance_id, Role.MANAGER, shop) or [f"{SHOP}:{shop}"]


def mailbox_of(connection: Connection, alliance_id: int, reader: str, language: Lang) -> Mailbox | None:
    """Where a reader is reached now; `language` is for who never chose one. None for who is gone or has no address."""
    kind, _, id_ = reader.partition(":")
    if kind == SHOP:
        shop = find_shop(connection, alliance_id, id_, None)
        return None if shop is None or shop.profile.email is None else Mailbox(shop.profile.email, language)
    user = find_user(connection, alliance_id, id_)
    return None if user is None or user.disabled_at is not None else Mailbox(user.email, user.language)


def _people(connection: Connection, alliance_id: int, role: Role, shop: str | None = None) -> list[str]:
    columns = users.c
    rows = connection.execute(
        select(columns.id)
        .where(columns.alliance_id == alliance_id, columns.role == role.value, columns.shop == shop)
        .where(columns.disabled_at.is_(None))
        .order_by(columns.id)
    )
    return [f"{USER}:{id_}" for id_ in rows.scalars()]
