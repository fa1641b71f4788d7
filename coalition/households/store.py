"""Invitations in the database."""

from typing import NamedTuple

from sqlalchemy import Connection, select, text, update

from coalition.households.tables import invitations
from coalition.members.store import resolve_merged


class Invitation(NamedTuple):
    """An invitation of `member` by `invited_by`. Times are microseconds since 1970 UTC."""

    id: str
    household: str
    invited_by: str
    member: str
    state: str
    created_at: int
    over_at: int


_COLUMNS = [invitations.c[name] for name in Invitation._fields]


def add_invitation(connection: Connection, alliance_id: int, invitation: Invitation) -> Invitation:
    """Add an open invitation; one that the member has to that household already is renewed instead."""
    connection.execute(
        text(
            "INSERT INTO household_invitations "
            "(alliance_id, id, household, invited_by, member, state, created_at, over_at) "
            "VALUES (:alliance_id, :id, :household, :invited_by, :member, :state, :created_at, :over_at) "
            "ON CONFLICT (alliance_id, member, household) WHERE state = 'open' "
            "DO UPDATE SET invited_by = excluded.invited_by, over_at = excluded.over_at"
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


def set_invitation_state(connection: Connection, alliance_id: int, id_: str, state: str) -> None:
    """Keep the answer to an invitation."""
    connection.execute(
        update(invitations).where(invitations.c.alliance_id == alliance_id, invitations.c.id == id_).values(state=state)
    )


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
