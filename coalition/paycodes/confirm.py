"""Let the member confirm an amount before a till's purchase goes through.

The till's first request is answered with ConfirmationNeeded, and stores the question; the member sees shop and amount
and answers; the till sends the same request again. From the question on the code is good at that shop for that amount
only, and for ANSWER_SECONDS, although a code that nobody asked about is only good for a minute.
"""

from typing import NamedTuple

from sqlalchemy import Connection, select, text, update

from coalition.alliance import Alliance
from coalition.members.member_cache import member_cache
from coalition.paycodes.code import SignedPayCode
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
    connection: Connection, alliance_id: int, code: SignedPayCode, member: str, shop: str, amount_minor: int, now: int
) -> None:
    """Ask the member, or go by their answer.

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
    asked = _find(connection, alliance_id, code.nonce)
    if asked is None or asked.over_at <= now:
        raise PayCodeOver
    if (asked.shop, asked.amount_minor) != (shop, amount_minor):
        raise PayCodeElsewhere
    if asked.state == "declined":
        raise ConfirmationDeclined
    if asked.state == "asked":
        raise ConfirmationNeeded(asked.id)


def open_confirmations(alliance: Alliance, member: str) -> list[Confirmation]:
    """The amounts that wait for a member's answer, the latest first. Raises MemberUnknown."""
    owner = member_cache(alliance).look_up(member).id
    with alliance.database.engine.connect() as connection:
        rows = connection.execute(
            select(*_COLUMNS)
            .where(
                confirmations.c.alliance_id == alliance.id,
                confirmations.c.member == owner,
                confirmations.c.over_at > alliance.clock(),
                confirmations.c.state == "asked",
            )
            .order_by(confirmations.c.over_at.desc(), confirmations.c.nonce)
        )
        return [Confirmation(*row) for row in rows]


def answer_confirmation(alliance: Alliance, id_: str, member: str, *, confirmed: bool) -> Confirmation:
    """Confirm an amount, or decline it. The first answer stands. Raises MemberUnknown, ConfirmationUnknown."""
    owner = member_cache(alliance).look_up(member).id
    nonce = id_.removeprefix(PREFIX)
    wanted = "confirmed" if confirmed else "declined"
    with alliance.database.engine.begin() as connection:
        connection.execute(
            update(confirmations)
            .where(
                confirmations.c.alliance_id == alliance.id,
                confirmations.c.nonce == nonce,
                confirmations.c.member == owner,
                confirmations.c.state == "asked",
                confirmations.c.over_at > alliance.clock(),
            )
            .values(state=wanted)
        )
        answered = _find(connection, alliance.id, nonce)
    if answered is None or answered.id != id_ or answered.member != owner or answered.state != wanted:
        raise ConfirmationUnknown(id_)
    return answered


def _find(connection: Connection, alliance_id: int, nonce: str) -> Confirmation | None:
    row = connection.execute(
        select(*_COLUMNS).where(confirmations.c.alliance_id == alliance_id, confirmations.c.nonce == nonce)
    ).one_or_none()
    return None if row is None else Confirmation(*row)
