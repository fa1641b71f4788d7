"""What the routes for users and log-ins share: types of fields, and how sessions and users are rendered."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from coalition.access.user import User as UserRecord
from coalition.api.fields import PlainText, Text
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.web.begin_session import BegunSession

Email = Annotated[
    str,
    Field(
        max_length=200,
        pattern=r"^[^\s@]+@[^\s@]+$",
        description="An e-mail address; upper and lower case are the same.",
        examples=["ann@example.org"],
    ),
    PlainText(),
]
Password = Annotated[
    str, Field(min_length=1, max_length=200, description="The password: 12 to 200 characters of any kind.")
]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="Six digits.", examples=["492817"])]
Language = Literal["en", "zh"]
StaffRole = Literal["owner", "finance", "support", "manager", "cashier"]
AllianceNamed = Annotated[
    Text | None,
    Field(description="The alliance's name; needed only if the server has several.", examples=["Old Town"]),
]
Cookie = Annotated[
    bool,
    Field(
        description="Whether to keep the session in a cookie, for pages in a browser. The answer then has no `token`, "
        "and "
        "every write has to send `csrf_token` as the header X-CSRF-Token."
    ),
]
Token = Annotated[
    str,
    Field(min_length=1, max_length=200, description="The invitation's token, which is in its link behind #."),
    PlainText(),
]


class SessionWithToken(BaseModel):
    """A new session with its token."""

    id: str = Field(description="The session's id.")
    subject: str = Field(description="Who is logged in: `user:usr_…` or `member:mem_…`.", examples=["user:usr_0c7m3k"])
    role: str = Field(description="The role of whoever is logged in.", examples=["owner"])
    shop: str | None = Field(description="The shop, for a manager or a cashier.")
    token: str | None = Field(description="The token, to send as `Authorization: Bearer …`. Null if a cookie keeps it.")
    csrf_token: str = Field(description="What a browser has to send as X-CSRF-Token with every write.")
    expires_at: Moment = Field(description="When it ends at the latest; an unused session ends sooner.")


def render_session(begun: BegunSession, *, cookie: bool) -> SessionWithToken:
    """A new session as the API shows it; a cookie keeps its token where there is one."""
    caller, session = begun
    return SessionWithToken(
        id=session.token.id,
        subject=caller.id,
        role=caller.role.value,
        shop=caller.shop,
        token=None if cookie else session.token.text,
        csrf_token=session.csrf_token,
        expires_at=moment(session.expires_at),
    )


class User(BaseModel):
    """A user."""

    id: str = Field(description="The user's id.", examples=["usr_4q8m2k0d7h5c9w1x3z6v8b2n4j"])
    email: str = Field(description="The e-mail address, by which the user logs in.")
    name: str = Field(description="The name.")
    role: StaffRole = Field(description="The user's role.")
    shop: str | None = Field(description="The shop, for a manager or a cashier.")
    language: Language = Field(description="The language of messages to the user.")
    status: Literal["invited", "active", "disabled"] = Field(
        description="`invited` until the user chooses a password; a `disabled` user can't log in."
    )
    second_factor: bool = Field(description="Whether the user needs a one-time code to log in.")
    created_at: Moment = Field(description="When the user was first invited.")


def render_user(user: UserRecord) -> User:
    """A user as the API describes one."""
    status = "invited" if user.password_hash is None else "active"
    return User.model_validate(
        {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "role": user.role.value,
            "shop": user.shop,
            "language": user.language,
            "status": "disabled" if user.disabled_at is not None else status,
            "second_factor": user.totp_secret is not None,
            "created_at": moment(user.created_at),
        }
    )
