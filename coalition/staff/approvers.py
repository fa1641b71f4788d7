"""Who may approve is not for one person to decide: else the second person is whomever the first one makes.

Whatever gives somebody the right to approve, or somebody else the account of one who has it, takes two people. Taking
it away takes one: whoever sees a thief at work need not wait. The command on the server is bound by nothing, since
whoever has the server has the database; so an alliance starts with two owners, added there.
"""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from coalition.access.caller import Caller, Role
from coalition.access.change_user import UserChange
from coalition.access.invite import COMMAND
from coalition.access.user import User, normal_email
from coalition.alliance import Alliance
from coalition.approvals.approval import DECIDERS, Payload
from coalition.approvals.approvals import Approvals

CHANGE_APPROVER = "change_approver"
Result = TypeVar("Result")


def asked_by_invitation(email: str, role: Role) -> Payload | None:
    """What a second person approves of an invitation; None where it makes no approver."""
    return {"email": normal_email(email), "role": role.value} if role in DECIDERS else None


def asked_by_change(user: User, change: UserChange) -> Payload | None:
    """What a second person approves of a change; None where it gives nobody the right to approve."""
    role = change.role or user.role
    email = user.email if change.email is None else normal_email(change.email)
    enables = user.disabled_at is not None and change.disabled is False
    if role not in DECIDERS or (role is user.role and email == user.email and not enables):
        return None
    return {"user": user.id, "email": email, "role": role.value, "enable": int(enables)}


def asked_by_reset(user: User) -> Payload | None:
    """What a second person approves of another invitation; None where nobody has accepted one, as after a reset."""
    if user.role not in DECIDERS or user.password_hash is None:
        return None
    return {"user": user.id, "email": user.email, "reset": 1}


def carry_out(
    alliance: Alliance, approvals: Approvals, caller: Caller, asked: Payload | None, do: Callable[[Connection], Result]
) -> Result:
    """Do something in a transaction; what is `asked` for, once another person has approved it.

    It is tried and taken back before anybody is asked, so that nobody approves what can't be done. Raises
    ApprovalAwaited, RequestReused, and what `do` raises.
    """
    engine = alliance.database.engine
    if asked is not None and caller.id != COMMAND:
        with engine.connect() as connection:
            do(connection)
        approvals.check_alone(caller, CHANGE_APPROVER, 1, 0, asked)
    with engine.begin() as connection:
        return do(connection)
