"""Let the member confirm an amount before a till's purchase goes through.

The till's first request leaves the question behind and is answered with it; the member sees shop and amount and says
yes or no; the till sends the same request again. From the question on the code is good at that shop for that amount
only, and the two have ANSWER_SECONDS for it, counted from the question, although the code itself was only good for a
minute.
"""

from typing import NamedTuple

from sqlalchemy import Connection, select, text, update

from coalition.paycodes.code import PayCode
from coalition.paycodes.errors import (
    ConfirmationDeclined,
    ConfirmationNeeded,
    ConfirmationUnknown,
    PayCodeElsewhere,
    PayCodeOver,
)
from coalition.paycodes.tables import confirmations

PREFIX = "conf_"
ANSWER_SECONDS = 120


class Confirmation(NamedTuple):
    """A question to a member. Times are microseconds since 1970 UTC."""

    nonce: str
    member: str
    shop: str
    amount_minor: int
    state: str
    asked_at: int
    over_at: int

    @property
    def id(self) -> str:
        """Its public id."""
        return f"{PREFIX}{self.nonce}"


_COLUMNS = [confirmations.c[name] for name in Confirmation._fields]


def check_confirmed(
    connection: Connection, alliance_id: int, code: PayCode, member: str, shop: str, amount_minor: int, now: int
) -> None:
    """Ask the member, or go by what they said.

    Raises ConfirmationNeeded (asked now, or not answered yet), ConfirmationDeclined, PayCodeOver, PayCodeElsewhere.
    """
    if not code.is_over(now):
        connection.execute(
            text(
                "INSERT INTO confirmations (alliance_id, nonce, member, shop, amount_minor, state, asked_at, over_at) "
                "VALUES (:alliance_id, :nonce, :member, :shop, :amount_minor, 'asked', :now, :over_at) "
                "ON CONFLICT DO NOTHING"
            ),
            {
                "alliance_id": alliance_id,
                "nonce": code.nonce,
                "member": member,
                "shop": shop,
                "amount_minor": amount_minor,
                "now": now,
                "over_at": now + ANSWER_SECONDS * 1_000_000,
            },
        )
    there = _find(connection, alliance_id, code.nonce)
    if there is None or there.over_at <= now:
        raise PayCodeOver
    if (there.shop, there.amount_minor) != (shop, amount_minor):
        raise PayCodeElsewhere
    if there.state == "declined":
        raise ConfirmationDeclined
    if there.state == "asked":
        raise ConfirmationNeeded(there.id)


def open_confirmations(connection: Connection, alliance_id: int, member: str, now: int) -> list[Confirmation]:
    """What waits for a member's word, the latest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(
            confirmations.c.alliance_id == alliance_id,
            confirmations.c.member == member,
            confirmations.c.over_at > now,
            confirmations.c.state == "asked",
        )
        .order_by(confirmations.c.over_at.desc(), confirmations.c.nonce)
    )
    return [Confirmation(*row) for row in rows]


def say(connection: Connection, alliance_id: int, id_: str, member: str, now: int, *, confirmed: bool) -> Confirmation:
    """Confirm an amount, or decline it. The word that was said first stands. Raises ConfirmationUnknown."""
    nonce = id_.removeprefix(PREFIX)
    wanted = "confirmed" if confirmed else "declined"
    connection.execute(
        update(confirmations)
        .where(
            confirmations.c.alliance_id == alliance_id,
            confirmations.c.nonce == nonce,
            confirmations.c.member == member,
            confirmations.c.state == "asked",
            confirmations.c.over_at > now,
        )
        .values(state=wanted)
    )
    there = _find(connection, alliance_id, nonce)
    if there is None or there.id != id_ or there.member != member or there.state != wanted:
        raise ConfirmationUnknown(id_)
    return there


def _find(connection: Connection, alliance_id: int, nonce: str) -> Confirmation | None:
    row = connection.execute(
        select(*_COLUMNS).where(confirmations.c.alliance_id == alliance_id, confirmations.c.nonce == nonce)
    ).one_or_none()
    return None if row is None else Confirmation(*row)
