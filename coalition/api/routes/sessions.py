"""Log in, list and end sessions, accept invitations."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import EVERYBODY, PEOPLE, SHOP_STAFF, STAFF, Caller
from coalition.access.find_alliance import find_alliance_id
from coalition.access.invite import accept, read_invitation
from coalition.access.log import record
from coalition.access.log_in import change_password
from coalition.access.messages import CredentialEvent
from coalition.access.rate_limits import LOG_IN_ACCOUNT, LOG_IN_ADDRESS
from coalition.access.second_factor import app_uri
from coalition.access.session_store import csrf_token, list_sessions
from coalition.access.shared_rate_limits import SharedRates
from coalition.access.user_store import find_user
from coalition.alliance import Alliances
from coalition.api.access import allow, not_found
from coalition.api.fields import Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.people import (
    AllianceNamed,
    Code,
    Cookie,
    Email,
    Password,
    SessionWithToken,
    Token,
    User,
    render_session,
    render_user,
)
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.web import end_sessions as ending
from coalition.web.cookies import drop_session_cookie, session_cookie
from coalition.web.credential_notices import tell_person
from coalition.web.password_log_in import log_in_by_password
from coalition.web.request import address_of, alliance_name
from settlement import Phrase

router = Router(prefix="/v1", tags=["sessions"])
POSITION = 270

People = Annotated[Caller, Depends(allow(PEOPLE))]
Staff = Annotated[Caller, Depends(allow(STAFF | SHOP_STAFF))]
Everybody = Annotated[Caller, Depends(allow(EVERYBODY))]


class LogIn(BaseModel):
    """A log-in with a password."""

    model_config = ConfigDict(extra="forbid")

    alliance: AllianceNamed = None
    email: Email
    password: Password
    code: Code | None = Field(
        default=None, description="The authenticator app's current code; the alliance's people need it."
    )
    cookie: Cookie = False


class Session(BaseModel):
    """A session."""

    id: str = Field(description="The session's id.")
    agent: str = Field(description="The browser or program, as it named itself.")
    current: bool = Field(description="Whether this request belongs to it.")
    created_at: Moment = Field(description="When it began.")
    seen_at: Moment = Field(description="When it was last used, to the minute.")
    expires_at: Moment = Field(description="When it ends at the latest.")


class CurrentCaller(BaseModel):
    """The caller of this request."""

    id: str = Field(description="`key:…`, `user:…` or `member:…`, as in the audit log.")
    role: str = Field(description="The caller's role.", examples=["till"])
    shop: str | None = Field(description="The shop, for a shop's people and tills.")
    member: str | None = Field(description="The member's id, for a member.")
    csrf_token: str | None = Field(
        description="What to send as X-CSRF-Token; null if the request has no session cookie."
    )


class UserInvitationLookUp(BaseModel):
    """An invitation's token."""

    model_config = ConfigDict(extra="forbid")

    token: Token


class UserInvitation(BaseModel):
    """An invitation that can be accepted."""

    alliance: str = Field(description="The alliance's name.")
    user: User = Field(description="The invited user.")
    authenticator_uri: str | None = Field(
        description="The second factor as a URI for an authenticator app (otpauth://…, to show as a QR code). Null if "
        "none is needed."
    )


class UserInvitationAccept(BaseModel):
    """The acceptance of an invitation."""

    model_config = ConfigDict(extra="forbid")

    token: Token
    password: Password
    code: Code | None = Field(
        default=None, description="The authenticator app's current code, if the invitation has a second factor."
    )


class PasswordUpdate(BaseModel):
    """A new password."""

    model_config = ConfigDict(extra="forbid")

    old_password: Password
    new_password: Password


@router.post(
    "/sessions",
    operation_id="logIn",
    summary="Log in with a password",
    status_code=201,
    responses=responses(
        (401, "`log_in_refused`, or `second_factor_needed`: send the request again with a code."),
        (403, "A cookie for another site's page."),
        (422, "A field can't be used."),
        (429, "Too many log-ins to this account or from this address."),
        (503, "Not available now."),
    ),
)
def log_in(request: Request, response: Response, body: LogIn) -> SessionWithToken:
    """Begins a session. An unknown address and a wrong password get the same answer, in the same time.

    After ten wrong passwords the account takes one try in 90 seconds, but for places from which its owner has logged in
    before: those have ten of their own. The owner is told by e-mail. A passkey always works.
    """
    alliances: Alliances = request.app.state.alliances
    alliance_id = find_alliance_id(alliances.database, body.alliance)
    cookie = response if body.cookie else None
    begun = log_in_by_password(request, alliance_id, body.email, body.password, body.code, cookie)
    return render_session(begun, cookie=body.cookie)


@router.get(
    "/sessions",
    operation_id="listSessions",
    summary="List your own sessions",
    responses=responses((401, "Not logged in."), (403, "Not for keys."), (429, "Too many requests.")),
)
def list_own(request: Request, caller: People) -> list[Session]:
    """All valid sessions, newest first."""
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        sessions = list_sessions(connection, caller.alliance_id, caller.id, alliances.clock())
    return [
        Session(
            id=session.id,
            agent=session.agent,
            current=session.id == caller.session,
            created_at=moment(session.created_at),
            seen_at=moment(session.seen_at),
            expires_at=moment(session.expires_at),
        )
        for session in sessions
    ]


@router.delete(
    "/sessions",
    operation_id="endSessions",
    summary="End all of your own sessions",
    status_code=204,
    responses=responses(
        (401, "Not logged in."), (403, "Not for keys, or `proof_needed`."), (429, "Too many requests.")
    ),
)
def end_all(request: Request, response: Response, caller: People) -> None:
    """Ends the session of this request too, and takes a fresh proof (`proveSession`).

    A member's phones that were added in any of them make no more pay codes.
    """
    ending.end_sessions(request, caller, None)
    drop_session_cookie(request, response)


@router.delete(
    "/sessions/{id}",
    operation_id="endSession",
    summary="End one of your own sessions",
    status_code=204,
    responses=responses(
        (401, "Not logged in."),
        (403, "Not for keys, or `proof_needed`."),
        (404, "No such session of yours."),
        (429, "Too many requests."),
    ),
)
def end_one(
    request: Request,
    caller: People,
    id: Annotated[Text, Path(description="The session's id.")],  # noqa: A002 - the path's own word
) -> None:
    """Ends a session, such as the one on a lost phone, which makes no pay codes any more.

    Any but that of this request takes a fresh proof (`proveSession`).
    """
    if ending.end_sessions(request, caller, id) == 0:
        not_found(Phrase("session"), id)


@router.get(
    "/session",
    operation_id="getSession",
    summary="Get the caller of this request",
    responses=responses((401, "No valid key or session."), (429, "Too many requests.")),
)
def current(request: Request, caller: Everybody) -> CurrentCaller:
    """Works with a key too. A page that was reloaded gets its `csrf_token` here."""
    token = None if "authorization" in request.headers else session_cookie(request)
    return CurrentCaller(
        id=caller.id,
        role=caller.role.value,
        shop=caller.shop,
        member=caller.member,
        csrf_token=None if token is None else csrf_token(token),
    )


@router.delete(
    "/session",
    operation_id="logOut",
    summary="Log out",
    status_code=204,
    responses=responses((401, "Not logged in."), (403, "Not for keys."), (429, "Too many requests.")),
)
def log_out(request: Request, response: Response, caller: People) -> None:
    """Ends the session of this request, and the pay codes of the phone that was added in it."""
    ending.end_sessions(request, caller, caller.session)
    drop_session_cookie(request, response)


@router.put(
    "/session/password",
    operation_id="changePassword",
    summary="Change your password",
    status_code=204,
    responses=responses(
        (401, "Not logged in, or the old password is wrong."),
        (403, "Not for this role."),
        (422, "The new password is too weak."),
        (429, "Too many requests."),
    ),
)
def choose_password(request: Request, background: BackgroundTasks, body: PasswordUpdate, caller: Staff) -> None:
    """Ends all of the user's sessions, this one included, and open invitations: log in again with the new password.

    Passkeys stay, and the user is told by message.
    """
    alliances: Alliances = request.app.state.alliances
    rates: SharedRates = request.app.state.log_in_rates
    rates.take(LOG_IN_ACCOUNT, caller.id)
    with alliances.database.engine.begin() as connection:
        user = find_user(connection, caller.alliance_id, caller.id.removeprefix("user:"))
        if user is None:
            not_found(Phrase("user"), caller.id)
        change_password(connection, user, body.old_password, body.new_password)
        record(connection, caller, "user.change_password", user.id)
    rates.clear(LOG_IN_ACCOUNT, caller.id)
    tell_person(background, request, caller.alliance_id, caller.id, CredentialEvent.PASSWORD_CHANGED)
    request.app.state.callers.forget()


@router.post(
    "/invitations/look",
    operation_id="lookUpUserInvitation",
    summary="Look up an invitation",
    responses=responses(
        (404, "No such invitation, or it was used or has expired."),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def look(request: Request, body: UserInvitationLookUp) -> UserInvitation:
    """Shows who is invited. The token is in the body so that no log keeps it."""
    alliances: Alliances = request.app.state.alliances
    request.app.state.log_in_rates.take(LOG_IN_ADDRESS, address_of(request))
    with alliances.database.engine.connect() as connection:
        offer = read_invitation(connection, body.token, alliances.clock())
    name = alliance_name(request, offer.user.alliance_id)
    return UserInvitation(
        alliance=name,
        user=render_user(offer.user),
        authenticator_uri=None if offer.totp_secret is None else app_uri(offer.totp_secret, offer.user.email, name),
    )


@router.post(
    "/invitations/accept",
    operation_id="acceptUserInvitation",
    summary="Accept an invitation",
    responses=responses(
        (401, "The code is missing or wrong."),
        (404, "No such invitation, or it was used or has expired."),
        (422, "The password is too weak."),
        (429, "Too many requests."),
    ),
)
def accept_invitation(request: Request, body: UserInvitationAccept) -> User:
    """Sets the user's password, and ends the user's sessions and passkeys. The user can then log in."""
    alliances: Alliances = request.app.state.alliances
    request.app.state.log_in_rates.take(LOG_IN_ADDRESS, address_of(request))
    with alliances.database.engine.begin() as connection:
        user = accept(connection, body.token, body.password, body.code, alliances.clock())
        after = find_user(connection, user.alliance_id, user.id)
    request.app.state.callers.forget()
    return render_user(after or user)
