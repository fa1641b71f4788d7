"""Passkeys of users, for whoever manages the users."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, Path, Request
from sqlalchemy import Connection

from coalition.access.caller import OWNERS, Caller, Role
from coalition.access.log import record
from coalition.access.messages import CredentialEvent
from coalition.access.passkey import list_passkeys, remove_passkey
from coalition.access.prove import check_proven
from coalition.access.user import User, check_may_manage, may_see
from coalition.access.user_store import find_user
from coalition.alliance import Alliances
from coalition.api.access import allow, not_found
from coalition.api.fields import Line, Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.passkeys import Passkey, render_passkey
from coalition.web.credential_notices import tell_person
from settlement import Phrase

router = Router(prefix="/v1/users", tags=["users"])
POSITION = 301

Managers = Annotated[Caller, Depends(allow(OWNERS | {Role.MANAGER}))]
UserId = Annotated[Text, Path(description="The user's id.")]


@router.get(
    "/{id}/passkeys",
    operation_id="listUserPasskeys",
    summary="List a user's passkeys",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role, or not for users of that role."),
        (404, "No such user, or none of yours."),
        (429, "Too many requests."),
    ),
)
def list_of_user(request: Request, id: UserId, caller: Managers) -> list[Passkey]:  # noqa: A002 - the path's own word
    """Oldest first. A manager sees those of people of the own shop only."""
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        user = _managed(connection, caller, id)
        return [render_passkey(passkey) for passkey in list_passkeys(connection, caller.alliance_id, user.subject)]


@router.delete(
    "/{id}/passkeys/{passkey}",
    operation_id="removeUserPasskey",
    summary="Remove a user's passkey",
    status_code=204,
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role, or the session's last proof is too old (proof_needed)."),
        (404, "No such user or passkey, or none of yours."),
        (429, "Too many requests."),
    ),
)
def remove_of_user(
    request: Request,
    background: BackgroundTasks,
    id: UserId,  # noqa: A002 - the path's own word
    passkey: Annotated[Line, Path(description="The passkey's id.")],
    caller: Managers,
) -> None:
    """Such as that of a lost phone. The user is told, and the sessions that it began continue."""
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.begin() as connection:
        user = _managed(connection, caller, id)
        check_proven(connection, caller, alliances.clock())
        if not remove_passkey(connection, caller.alliance_id, user.subject, passkey):
            not_found(Phrase("passkey"), passkey)
        record(connection, caller, "passkey.remove", passkey, {"of": user.id})
    tell_person(background, request, caller.alliance_id, user.subject, CredentialEvent.PASSKEY_REMOVED)


def _managed(connection: Connection, caller: Caller, user_id: str) -> User:
    user = find_user(connection, caller.alliance_id, user_id)
    if user is None or not may_see(caller, user):
        not_found(Phrase("user"), user_id)
    check_may_manage(caller, user.role, user.shop)
    return user
