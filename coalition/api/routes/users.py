"""Users: people of the alliance and of its shops."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from coalition.access.caller import OWNERS, SHOP_STAFF, STAFF, Caller, Role
from coalition.access.change_user import UserChange
from coalition.access.user_store import list_users
from coalition.alliance import Alliances
from coalition.api.access import allow, own_shop
from coalition.api.field_texts import field_error
from coalition.api.fields import Text
from coalition.api.known_shop import check_shop
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import TWO_PEOPLE, responses
from coalition.api.router import Router
from coalition.api.routes.people import (
    Email,
    Language,
    StaffRole,
    User,
    render_user,
)
from coalition.staff.invite_user import Invitee
from coalition.web.people import change_person, find_person, invite_person, reset_person

router = Router(prefix="/v1/users", tags=["users"])
POSITION = 300

Managers = Annotated[Caller, Depends(allow({Role.OWNER, Role.MANAGER}))]
"""Keys make no people: whoever holds one could be several."""
Seers = Annotated[Caller, Depends(allow(OWNERS | STAFF | {Role.MANAGER}))]
UserId = Annotated[Text, Path(description="The user's id.")]


class UserCreate(BaseModel):
    """A user to invite."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    name: Text = Field(description="The user's name.", examples=["Ann Baker"])
    role: StaffRole = Field(description="The user's role.")
    shop: Text | None = Field(
        default=None, description="The shop; required for a manager or a cashier, and only for these."
    )
    language: Language = Field(default="en", description="The language of messages to the user.")

    @model_validator(mode="after")
    def _shop_by_role(self) -> "UserCreate":
        if (Role(self.role) in SHOP_STAFF) != (self.shop is not None):
            raise field_error("shop_of_role")
        return self


class UserUpdate(BaseModel):
    """What to change of a user. Fields that are left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    email: Email | None = Field(default=None, description="The e-mail address with which the user logs in.")
    name: Text | None = Field(default=None, description="The user's name.")
    role: StaffRole | None = Field(
        default=None,
        description="The new role. People of the alliance stay with the alliance, people of a shop with the shop.",
    )
    language: Language | None = Field(default=None, description="The language of messages to the user.")
    disabled: bool | None = Field(default=None, description="Whether the user is disabled and can't log in.")


@router.post(
    "",
    operation_id="inviteUser",
    summary="Invite a user",
    status_code=201,
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role, or not for users of that role."),
        (404, "No such shop, or none of yours."),
        (409, "`user_exists`: another user has the address; `detail` has the id. Or `approval_awaited`."),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def invite(request: Request, background: BackgroundTasks, body: UserCreate, caller: Managers) -> User:
    """Sends an invitation by e-mail that is valid for seven days. No key can do this. A manager invites people of the
    own shop only. All owners hear of new people of the alliance. An owner or a treasurer takes two people: whoever
    approves must not be made by one person.
    """
    if body.shop is not None:
        own_shop(caller, body.shop)
        check_shop(request, caller, body.shop)
    invitee = Invitee(body.email, body.name, Role(body.role), body.shop, body.language)
    return render_user(invite_person(background, request, caller, invitee))


@router.get(
    "",
    operation_id="listUsers",
    summary="List users",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (404, "No such shop, or none of yours."),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def list_all(
    request: Request,
    caller: Seers,
    shop: Annotated[Text | None, Query(description="Only the people of this shop.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[User]:
    """By e-mail address. A manager sees people of the own shop only."""
    if shop is not None:
        own_shop(caller, shop)
    after = position_of(cursor, str, str)
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        ended = None if after is None else (str(after[0]), str(after[1]))
        users = list_users(connection, caller.alliance_id, shop or caller.shop, ended, limit + 1)
    return page(users, limit, lambda user: [user.email, user.id], render_user)


@router.get(
    "/{id}",
    operation_id="getUser",
    summary="Get a user",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (404, "No such user, or none of yours."),
        (429, "Too many requests."),
    ),
)
def get_user(request: Request, id: UserId, caller: Seers) -> User:  # noqa: A002 - the path's own word
    """A user by the id."""
    return render_user(find_person(request, caller, id))


@router.patch(
    "/{id}",
    operation_id="updateUser",
    summary="Change, disable or enable a user",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role, or not for users of that role."),
        (404, "No such user, or none of yours."),
        (
            409,
            "`last_owner`: the alliance would have no owner; `user_exists`: another user has the address; "
            "`approval_awaited`.",
        ),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def change_one(
    request: Request,
    background: BackgroundTasks,
    id: UserId,  # noqa: A002 - the path's own word
    body: UserUpdate,
    caller: Managers,
) -> User:
    """If the role changes, the user's sessions end; if the address does, or the user is disabled, passkeys and
    invitations too: a corrected address takes a new invitation. The old address is told, and all owners hear of changes
    of the alliance's people. To make somebody an owner or a treasurer, to enable one again and to change the address of
    one takes two people. Operator's keys end with the owner who answers for them.
    """
    role = None if body.role is None else Role(body.role)
    change = UserChange(body.email, body.name, role, body.language, body.disabled)
    return render_user(change_person(background, request, caller, id, change))


@router.post(
    "/{id}/invitations",
    operation_id="sendUserInvitation",
    summary="Send a new invitation",
    status_code=202,
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (404, "No such user, or none of yours."),
        TWO_PEOPLE,
        (429, "Too many requests."),
    ),
)
def post_invitation(
    request: Request,
    background: BackgroundTasks,
    id: UserId,  # noqa: A002 - the path's own word
    caller: Managers,
) -> User:
    """Also for a user who has lost the password or second factor, or from whom they were stolen.

    Password, second factor, passkeys, sessions and earlier invitations end at once, whoever has them. For an owner or a
    treasurer who can log in it takes two people.
    """
    return render_user(reset_person(background, request, caller, id))
