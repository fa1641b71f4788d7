"""Passkeys: add, list and remove one's own, and log in with one."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from coalition.access.caller import PEOPLE, Caller
from coalition.access.find_alliance import find_alliance_id
from coalition.access.log import record
from coalition.access.messages import CredentialEvent
from coalition.access.passkey import (
    Passkey as PasskeyRecord,
)
from coalition.access.passkey import (
    add_passkey,
    list_passkeys,
    options_to_add,
    remove_passkey,
)
from coalition.access.prove import check_proven
from coalition.access.user_store import find_user
from coalition.alliance import Alliances
from coalition.api.access import allow, not_found
from coalition.api.fields import Line, Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.people import (
    AllianceNamed,
    Cookie,
    SessionWithToken,
    render_session,
)
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.web.credential_notices import tell_person
from coalition.web.passkey_log_in import log_in_by_passkey, site_of, start_passkey_log_in
from settlement import Phrase

router = Router(prefix="/v1", tags=["sessions"])
POSITION = 290

People = Annotated[Caller, Depends(allow(PEOPLE))]
Challenge = Annotated[
    str, Field(max_length=100, pattern=r"^chl_[0-9a-z]{26}$", description="The `challenge` of the options.")
]
Credential = Annotated[
    dict[str, Any],
    Field(max_length=20, description="The credential from `navigator.credentials`, as its `toJSON()` writes it."),
]


class PasskeyOptions(BaseModel):
    """Options for the browser's WebAuthn call."""

    challenge: str = Field(description="The challenge's id. Send it back with the credential within five minutes.")
    options: Mapping[str, Any] = Field(
        description="`publicKey`, for the browser's parseCreationOptionsFromJSON or parseRequestOptionsFromJSON."
    )


class PasskeyCreate(BaseModel):
    """A new passkey from the browser."""

    model_config = ConfigDict(extra="forbid")

    challenge: Challenge
    credential: Credential
    name: Text = Field(description="The owner's name for it.", examples=["Ann's phone"])


class Passkey(BaseModel):
    """A passkey."""

    id: str = Field(description="The passkey's id.")
    name: str = Field(description="The owner's name for it.")
    created_at: Moment = Field(description="When it was added.")
    used_at: Moment | None = Field(description="When it was last used to log in.")


class PasskeyLogInStart(BaseModel):
    """The alliance to log in to."""

    model_config = ConfigDict(extra="forbid")

    alliance: AllianceNamed = None


class PasskeyLogIn(BaseModel):
    """A log-in with a passkey."""

    model_config = ConfigDict(extra="forbid")

    alliance: AllianceNamed = None
    challenge: Challenge
    credential: Credential
    cookie: Cookie = False


@router.post(
    "/passkeys/options",
    operation_id="startAddingPasskey",
    summary="Start adding a passkey",
    responses=responses(
        (401, "Not logged in."),
        (403, "Not for keys, or the session's last proof is older than five minutes (proof_needed)."),
        (422, "There are too many passkeys."),
        (429, "Too many requests."),
    ),
)
def begin_to_add(request: Request, caller: People) -> PasskeyOptions:
    """Gives the options with which the browser creates the passkey."""
    alliances: Alliances = request.app.state.alliances
    site = site_of(request, caller.alliance_id)
    now = alliances.clock()
    with alliances.database.engine.begin() as connection:
        check_proven(connection, caller, now)
        challenge, options = options_to_add(connection, caller, site, _label(connection, caller), now)
    return PasskeyOptions(challenge=challenge, options=options)


@router.post(
    "/passkeys",
    operation_id="addPasskey",
    summary="Add a passkey",
    status_code=201,
    responses=responses(
        (401, "Not logged in."),
        (403, "Not for keys, or the session's last proof is older than five minutes (proof_needed)."),
        (422, "The passkey can't be added, or a field can't be used."),
        (429, "Too many requests."),
    ),
)
def add(request: Request, background: BackgroundTasks, body: PasskeyCreate, caller: People) -> Passkey:
    """Its owner can log in with it from now on, without a password or code, and is told by message."""
    alliances: Alliances = request.app.state.alliances
    site = site_of(request, caller.alliance_id)
    with alliances.database.engine.begin() as connection:
        now = alliances.clock()
        check_proven(connection, caller, now)
        new = add_passkey(connection, caller, site, body.challenge, body.credential, body.name, now)
        record(connection, caller, "passkey.add", new.id)
    tell_person(background, request, caller.alliance_id, caller.id, CredentialEvent.PASSKEY_ADDED)
    return render_passkey(new)


@router.get(
    "/passkeys",
    operation_id="listPasskeys",
    summary="List your own passkeys",
    responses=responses((401, "Not logged in."), (403, "Not for keys."), (429, "Too many requests.")),
)
def list_own(request: Request, caller: People) -> list[Passkey]:
    """Oldest first."""
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        return [render_passkey(passkey) for passkey in list_passkeys(connection, caller.alliance_id, caller.id)]


@router.delete(
    "/passkeys/{id}",
    operation_id="removePasskey",
    summary="Remove one of your own passkeys",
    status_code=204,
    responses=responses(
        (401, "Not logged in."),
        (403, "Not for keys, or the session's last proof is older than five minutes (proof_needed)."),
        (404, "No such passkey of yours."),
        (429, "Too many requests."),
    ),
)
def remove(
    request: Request,
    background: BackgroundTasks,
    id: Annotated[Line, Path(description="The passkey's id.")],  # noqa: A002 - the path's own word
    caller: People,
) -> None:
    """Nobody can log in with it any more, and its owner is told by message. Sessions that it began continue."""
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.begin() as connection:
        check_proven(connection, caller, alliances.clock())
        if not remove_passkey(connection, caller.alliance_id, caller.id, id):
            not_found(Phrase("passkey"), id)
        record(connection, caller, "passkey.remove", id)
    tell_person(background, request, caller.alliance_id, caller.id, CredentialEvent.PASSKEY_REMOVED)


@router.post(
    "/sessions/passkey/options",
    operation_id="startPasskeyLogIn",
    summary="Start to log in with a passkey",
    responses=responses(
        (401, "No such alliance."), (422, "A field can't be used."), (429, "Too many log-ins from this address.")
    ),
)
def begin_to_log_in(request: Request, body: PasskeyLogInStart) -> PasskeyOptions:
    """Gives the options with which the browser chooses a passkey. They are the same for everybody."""
    challenge, options = start_passkey_log_in(request, _alliance_meant(request, body.alliance))
    return PasskeyOptions(challenge=challenge, options=options)


@router.post(
    "/sessions/passkey",
    operation_id="logInWithPasskey",
    summary="Log in with a passkey",
    status_code=201,
    responses=responses(
        (401, "The passkey is unknown, its signature is wrong, or the challenge has expired."),
        (403, "A cookie for another site's page."),
        (422, "A field can't be used."),
        (429, "Too many log-ins from this address."),
    ),
)
def log_in(request: Request, response: Response, body: PasskeyLogIn) -> SessionWithToken:
    """Begins a session of a user or a member. The device has verified its holder, so no other factor is needed."""
    cookie = response if body.cookie else None
    alliance_id = _alliance_meant(request, body.alliance)
    begun = log_in_by_passkey(request, alliance_id, body.challenge, body.credential, cookie)
    return render_session(begun, cookie=body.cookie)


def _alliance_meant(request: Request, name: str | None) -> int | None:
    alliances: Alliances = request.app.state.alliances
    return find_alliance_id(alliances.database, name)


def _label(connection: Connection, caller: Caller) -> str:
    """The name under which the browser lists a passkey's account."""
    user = find_user(connection, caller.alliance_id, caller.id.removeprefix("user:"))
    return caller.id if user is None else user.email


def render_passkey(passkey: PasskeyRecord) -> Passkey:
    """A passkey as the API shows it."""
    return Passkey(
        id=passkey.id,
        name=passkey.name,
        created_at=moment(passkey.created_at),
        used_at=None if passkey.used_at is None else moment(passkey.used_at),
    )
