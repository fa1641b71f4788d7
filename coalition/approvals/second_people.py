"""Who could approve a request: the other people whom its action lets decide, and from when each may."""

from dataclasses import dataclass

from sqlalchemy import Connection

from coalition.access.errors import ApproverNew, ApproverTied
from coalition.access.user import User
from coalition.access.user_store import list_users
from coalition.approvals.approval import Approval
from coalition.approvals.independence import check_independent

PEOPLE_MAX = 10_000


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Somebody who may approve, from `from_` on in microseconds; None where it is now."""

    user: User
    from_: int | None


def users_of(connection: Connection, alliance_id: int) -> list[User]:
    """The people who can log in: they accepted their invitation, and nobody disabled them."""
    users = list_users(connection, alliance_id, None, None, PEOPLE_MAX)
    return [each for each in users if each.password_hash is not None and each.disabled_at is None]


def second_people(connection: Connection, approval: Approval, users: list[User], now: int) -> list[SecondPerson]:
    """Who of `users` may approve a request. One tied to its asker until it expires can't."""
    able = []
    for user in users:
        if user.subject == approval.requested_by or user.shop not in (None, approval.shop):
            continue
        from_ = _from(connection, approval, user, now)
        if from_ is None or from_ < approval.expires_at:
            able.append(SecondPerson(user, from_))
    return able


def _from(connection: Connection, approval: Approval, user: User, now: int) -> int | None:
    """From when somebody is independent of the asker; None where they are now."""
    moment = now
    while True:
        try:
            check_independent(connection, approval.alliance_id, approval.requested_by, user.subject, moment)
        except ApproverTied as tied:
            moment = tied.until
        except ApproverNew as new:
            moment = new.from_
        else:
            return None if moment == now else moment
