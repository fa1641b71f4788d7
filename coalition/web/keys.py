"""Make, replace, adopt and revoke API keys: the owners hear of it, and this process forgets who had the old ones."""

from collections.abc import Callable
from typing import NamedTuple

from fastapi import BackgroundTasks, Request
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from coalition.access import manage_keys
from coalition.access.announce import of_adoption, of_key
from coalition.access.caller import Caller, Role
from coalition.access.errors import RequestReused
from coalition.access.key_store import ApiKey
from coalition.access.tokens import NewToken, token_of_bytes
from coalition.alliance import Alliances
from coalition.errors import NotFound
from coalition.web.form_bytes import form_bytes
from coalition.web.invitations import send_announcements
from coalition.web.request import alliance_name
from settlement import Phrase


class MadeKey(NamedTuple):
    """A new key, and its text, which nothing keeps."""

    key: ApiKey
    text: str


def make_key(
    background: BackgroundTasks,
    request: Request,
    caller: Caller,
    role: Role,
    label: str,
    shop: str | None,
    expires_at: int | None = None,
    form_key: str = "",
) -> MadeKey:
    """A new key; the one that was made before where a form is sent twice, whose `form_key` is the same.

    Raises what `manage_keys.create_key` does, and RequestReused where that form made another one.
    """
    now = _clock(request)

    def make(connection: Connection, token: NewToken | None) -> NewToken:
        return manage_keys.create_key(connection, caller, role, label, shop, now, expires_at, token)

    made = _made_once(background, request, caller, "key", form_key, make)
    if (made.key.role, made.key.label, made.key.shop) != (role, label, shop):
        raise RequestReused("label")
    return made


def replace_key(
    background: BackgroundTasks, request: Request, caller: Caller, key_id: str, old_until: int, form_key: str = ""
) -> MadeKey:
    """A key in place of another one, which is good until `old_until`; the same again where a form is sent twice.

    Raises NotFound, KeyOfKey and ProofNeeded.
    """

    def make(connection: Connection, token: NewToken | None) -> NewToken:
        new = manage_keys.rotate(connection, caller, key_id, _clock(request), old_until, token)
        if new is None:
            raise _unknown(key_id)
        return new

    return _made_once(background, request, caller, f"key in place of {key_id}", form_key, make)


def adopt_key(background: BackgroundTasks, request: Request, caller: Caller, key_id: str) -> ApiKey:
    """Let the caller answer for an operator's key. Raises NotFound, KeyOfKey and ProofNeeded."""
    alliances: Alliances = request.app.state.alliances
    name = alliance_name(request, caller.alliance_id)
    with alliances.database.engine.begin() as connection:
        key = manage_keys.adopt(connection, caller, key_id, alliances.clock())
        if key is None:
            raise _unknown(key_id)
        announcements = of_adoption(connection, caller, name, key)
    background.add_task(send_announcements, request, announcements)
    request.app.state.callers.forget()
    return key


def revoke_key(request: Request, caller: Caller, key_id: str) -> None:
    """Revoke a key: at once in this process, within two seconds in others. Raises NotFound."""
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.begin() as connection:
        if not manage_keys.revoke(connection, caller, key_id, alliances.clock()):
            raise _unknown(key_id)
    request.app.state.callers.forget()


def _made_once(
    background: BackgroundTasks,
    request: Request,
    caller: Caller,
    purpose: str,
    form_key: str,
    make: Callable[[Connection, NewToken | None], NewToken],
) -> MadeKey:
    """The key that `make` makes, or that it made before for the form of this `form_key`; empty, it makes a new one."""
    alliances: Alliances = request.app.state.alliances
    if not form_key:
        return _made(background, request, caller, lambda connection: make(connection, None))
    random = form_bytes(alliances.get(caller.alliance_id), caller, purpose, form_key)
    token = token_of_bytes(caller.alliance_id, random)
    before = _made_before(alliances, caller, token)
    try:
        return before or _made(background, request, caller, lambda connection: make(connection, token))
    except (IntegrityError, NotFound):
        # The same form came at the same moment.
        before = _made_before(alliances, caller, token)
        if before is None:
            raise
        return before


def _made_before(alliances: Alliances, caller: Caller, token: NewToken) -> MadeKey | None:
    with alliances.database.engine.connect() as connection:
        key = manage_keys.visible_key(connection, caller, token.id)
    return None if key is None else MadeKey(key, token.text)


def _made(
    background: BackgroundTasks, request: Request, caller: Caller, make: Callable[[Connection], NewToken]
) -> MadeKey:
    alliances: Alliances = request.app.state.alliances
    name = alliance_name(request, caller.alliance_id)
    with alliances.database.engine.begin() as connection:
        new = make(connection)
        key = manage_keys.visible_key(connection, caller, new.id)
        if key is None:
            raise _unknown(new.id)
        announcements = of_key(connection, caller, name, key)
    background.add_task(send_announcements, request, announcements)
    request.app.state.callers.forget()
    return MadeKey(key, new.text)


def _clock(request: Request) -> int:
    alliances: Alliances = request.app.state.alliances
    return alliances.clock()


def _unknown(key_id: str) -> NotFound:
    return NotFound(Phrase("API key"), key_id)
