"""Invitations in the database."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, or_, select, text, update

from coalition.households.tables import invitations
from coalition.members.store import resolve_merged


class Invitation(NamedTuple):
    """An invitation of `member` by `invited_by`, who typed their `contact`. Times are microseconds since 1970 UTC."""

    id: str
    household: str
    invited_by: str
    member: str
    state: str
    created_at: int
    over_at: int
    contact: str | None = None


_COLUMNS = [invitations.c[name] for name in Invitation._fields]


def add_invitation(connection: Connection, alliance_id: int, invitation: Invitation) -> Invitation:
    """Add an open invitation; one that the member has to that household already is renewed instead.

    The contacts of those that are over go.
    """
    connection.execute(
        update(invitations)
        .where(
            invitations.c.alliance_id == alliance_id,
            invitations.c.household == invitation.household,
            invitations.c.over_at <= invitation.created_at,
        )
        .values(contact=None)
    )
    connection.execute(
        text(
            "INSERT INTO household_invitations "
            "(alliance_id, id, household, invited_by, member, state, created_at, over_at, contact) "
            "VALUES (:alliance_id, :id, :household, :invited_by, :member, :state, :created_at, :over_at, :contact) "
            "ON CONFLICT (alliance_id, member, household) WHERE state = 'open' DO UPDATE SET "
            "invited_by = excluded.invited_by, over_at = excluded.over_at, contact = excluded.contact"
        ),
        {"alliance_id": alliance_id, **invitation._asdict()},
    )
    row = connection.execute(
        select(*_COLUMNS).where(
            invitations.c.alliance_id == alliance_id,
            invitations.c.member == invitation.member,
            invitations.c.household == invitation.household,
            invitations.c.state == "open",
        )
    ).one()
    return Invitation(*row)


def find_invitation(connection: Connection, alliance_id: int, id_: str) -> Invitation | None:
    """The invitation of an id."""
    row = connection.execute(
        select(*_COLUMNS).where(invitations.c.alliance_id == alliance_id, invitations.c.id == id_)
    ).one_or_none()
    return None if row is None else Invitation(*row)


def set_invitation_state(connection: Connection, alliance_id: int, id_: str, state: str) -> bool:
    """Keep what became of an open invitation; False where it has become something else."""
    done = connection.execute(
        update(invitations)
        .where(
            invitations.c.alliance_id == alliance_id,
            invitations.c.id == id_,
            invitations.c.state.in_(("open", state)),
        )
        .values(state=state, contact=None)
    )
    return done.rowcount == 1


def close_invitations(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Withdraw the open invitations by these members and to them."""
    columns = invitations.c
    _withdraw(connection, alliance_id, or_(columns.member.in_(members), columns.invited_by.in_(members)))


def withdraw_sent(connection: Connection, alliance_id: int, household: str, member: str) -> None:
    """Withdraw the open invitations to a household by one of its members, who leaves it."""
    _withdraw(connection, alliance_id, invitations.c.household == household, invitations.c.invited_by == member)


def _withdraw(connection: Connection, alliance_id: int, *wanted: ColumnElement[bool]) -> None:
    connection.execute(
        update(invitations)
        .where(invitations.c.alliance_id == alliance_id, invitations.c.state == "open", *wanted)
        .values(state="withdrawn", contact=None)
    )


def sent_invitations(connection: Connection, alliance_id: int, household: str, now: int) -> list[Invitation]:
    """A household's open invitations, the oldest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(
            invitations.c.alliance_id == alliance_id,
            invitations.c.household == household,
            invitations.c.state == "open",
            invitations.c.over_at > now,
        )
        .order_by(invitations.c.created_at, invitations.c.id)
    )
    return [Invitation(*row) for row in rows]


def open_invitations(connection: Connection, alliance_id: int, member: str, now: int) -> list[Invitation]:
    """A member's open invitations, the oldest first. Raises MemberUnknown."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(
            invitations.c.alliance_id == alliance_id,
            invitations.c.member == resolve_merged(connection, alliance_id, member).id,
            invitations.c.state == "open",
            invitations.c.over_at > now,
        )
        .order_by(invitations.c.created_at, invitations.c.id)
    )
    return [Invitation(*row) for row in rows]
