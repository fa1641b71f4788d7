"""API keys of till systems, wallet apps and the alliance's own systems."""

from typing import Annotated, Literal

from fastapi import BackgroundTasks, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from coalition.access.caller import OWNERS, Caller, Role
from coalition.access.key_store import ApiKey, find_keys
from coalition.access.manage_keys import OVERLAP_DAYS
from coalition.access.user import DAY
from coalition.alliance import Alliances
from coalition.api.access import allow, own_shop
from coalition.api.field_texts import field_error
from coalition.api.fields import Text
from coalition.api.known_shop import check_shop
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import invalid, responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import instant, moment
from coalition.web.keys import MadeKey, adopt_key, make_key, replace_key, revoke_key

router = Router(prefix="/v1/keys", tags=["keys"])
POSITION = 310

OVERLAP_DAYS_MAX = 90
Managers = Annotated[Caller, Depends(allow(OWNERS | {Role.MANAGER}))]
Owners = Annotated[Caller, Depends(allow({Role.OWNER}))]
KeyId = Annotated[Text, Path(description="The key's id.")]


class KeyCreate(BaseModel):
    """A new key."""

    model_config = ConfigDict(extra="forbid")

    label: Text = Field(description="What the key is for.", examples=["till 3"])
    role: Literal["operator", "till", "app"] = Field(
        description="The key's role: run the alliance, work one shop's tills, or act for members."
    )
    shop: Text | None = Field(default=None, description="The shop; required for a till's key, and only for one.")
    expires_at: Moment | None = Field(
        default=None,
        description="Until when it is valid. An operator's key is valid for a year, or for less; another one, where "
        "nothing is said, without an end.",
    )

    @model_validator(mode="after")
    def _shop_by_role(self) -> "KeyCreate":
        if (self.role == "till") != (self.shop is not None):
            raise field_error("till_has_shop")
        return self


class KeyRotate(BaseModel):
    """How to rotate a key."""

    model_config = ConfigDict(extra="forbid")

    old_valid_until: Moment | None = Field(
        default=None, description="Until when the old key stays valid: seven days from now by default, at most 90."
    )


class Key(BaseModel):
    """A key without its secret."""

    id: str = Field(description="The key's id: the part between its second and third underscore.")
    label: str = Field(description="What the key is for.")
    role: str = Field(description="The key's role.")
    shop: str | None = Field(description="The shop, for a till's key.")
    created_at: Moment = Field(description="When the key was created.")
    expires_at: Moment | None = Field(description="Until when it is valid, if it has an end.")
    replaced: bool = Field(description="Whether another key has replaced it.")
    keeper: str | None = Field(
        description="Who answers for an operator's key, with whose leaving it ends; `command` for a key that was made "
        "on the server.",
        examples=["user:usr_0c7m3k"],
    )
    revoked_at: Moment | None = Field(description="When the key was revoked.")


class KeyWithSecret(Key):
    """A new key with its secret."""

    key: str = Field(
        description="The key itself. This answer is the only one that has it.", examples=["coalition_1_0a…_4b…"]
    )


@router.post(
    "",
    operation_id="createKey",
    summary="Create a key",
    status_code=201,
    responses=responses(
        (401, "No valid key or session."),
        (
            403,
            "Not for this role (a manager creates keys for tills of the own shop only, a key for tills only), or "
            "`proof_needed`.",
        ),
        (404, "No such shop, or none of yours."),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def create_key(request: Request, background: BackgroundTasks, body: KeyCreate, caller: Managers) -> KeyWithSecret:
    """Each call creates another key. If an answer was lost, revoke the key that nobody has. All owners hear of a key of
    the alliance or of an app. A person needs a fresh proof (`proveSession`). What an operator's key does counts to the
    sums of its keeper, who made it, and it ends when that one leaves, unless another owner adopts it.
    """
    if body.shop is not None:
        own_shop(caller, body.shop)
        check_shop(request, caller, body.shop)
    ends = None if body.expires_at is None else instant(body.expires_at)
    return _render_made(make_key(background, request, caller, Role(body.role), body.label, body.shop, ends))


@router.get(
    "",
    operation_id="listKeys",
    summary="List keys",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def list_keys(request: Request, caller: Managers, limit: Limit = 20, cursor: Cursor = None) -> Page[Key]:
    """Oldest first, revoked keys included. A manager sees the keys of the own shop."""
    position = position_of(cursor, int, str)
    after = None if position is None else (int(position[0]), str(position[1]))
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        keys = find_keys(connection, caller.alliance_id, caller.shop, after, limit + 1)
    return page(keys, limit, lambda key: [key.created_at, key.id], _render)


@router.delete(
    "/{id}",
    operation_id="revokeKey",
    summary="Revoke a key",
    status_code=204,
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (404, "No such key, or it is revoked already, or another shop's."),
        (429, "Too many requests."),
    ),
)
def revoke(request: Request, id: KeyId, caller: Managers) -> None:  # noqa: A002 - the path's own word
    """Takes effect at once in this server process, and within two seconds in others."""
    revoke_key(request, caller, id)


@router.post(
    "/{id}/rotate",
    operation_id="rotateKey",
    summary="Replace a key",
    status_code=201,
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role, or `proof_needed`."),
        (404, "No such key, or it is revoked or replaced already, or another shop's."),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def rotate(
    request: Request,
    background: BackgroundTasks,
    id: KeyId,  # noqa: A002 - the path's own word
    body: KeyRotate,
    caller: Managers,
) -> KeyWithSecret:
    """Creates a key with the same role and shop. The old one stays valid for a while, so that no till stops.

    Whoever replaces an operator's key is the keeper of the new one.
    """
    alliances: Alliances = request.app.state.alliances
    now = alliances.clock()
    until = now + OVERLAP_DAYS * DAY if body.old_valid_until is None else instant(body.old_valid_until)
    if not now <= until <= now + OVERLAP_DAYS_MAX * DAY:
        raise invalid("old_valid_until", "overlap_too_long", days=OVERLAP_DAYS_MAX)
    return _render_made(replace_key(background, request, caller, id, until))


@router.post(
    "/{id}/adopt",
    operation_id="adoptKey",
    summary="Answer for an operator's key",
    responses=responses(
        (401, "No valid session."),
        (403, "Not for this role, or `proof_needed`."),
        (404, "No such key of an operator, or it is revoked."),
        (429, "Too many requests."),
    ),
)
def adopt(
    request: Request,
    background: BackgroundTasks,
    id: KeyId,  # noqa: A002 - the path's own word
    caller: Owners,
) -> Key:
    """The key goes on when its earlier keeper leaves, and what it does counts to your sums from here on."""
    return _render(adopt_key(background, request, caller, id))


def _render_made(made: MadeKey) -> KeyWithSecret:
    return KeyWithSecret(**_render(made.key).model_dump(), key=made.text)


def _render(key: ApiKey) -> Key:
    return Key(
        id=key.id,
        label=key.label,
        role=key.role.value,
        shop=key.shop,
        created_at=moment(key.created_at),
        expires_at=None if key.expires_at is None else moment(key.expires_at),
        replaced=key.replaced,
        keeper=key.keeper,
        revoked_at=None if key.revoked_at is None else moment(key.revoked_at),
    )
