"""Who calls, and whether they may: the API key of a request, the roles of a route, the owner of a thing."""

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, NoReturn

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from coalition.access.caller import Caller, Role
from coalition.access.keys import presented_key
from coalition.access.store import caller_of
from coalition.api.problems import ApiError
from settlement import Database

FRESH_SECONDS = 2.0
"""How long a key that was looked up counts without looking again: so late a revoked one may still be taken."""
KNOWN_MAX = 10_000

bearer = HTTPBearer(
    auto_error=False, scheme_name="apiKey", description="An API key, as `coalition keys create` shows it once."
)


class Callers:
    """Callers by the keys they present, looked up once every `fresh_seconds`."""

    def __init__(self, database: Database, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._database = database
        self._fresh_seconds = fresh_seconds
        self._known: dict[str, tuple[Caller, float]] = {}

    def known(self, key: str) -> Caller | None:
        """The caller with this key, where it was looked up just now."""
        found = self._known.get(key)
        return found[0] if found is not None and found[1] > time.monotonic() else None

    def look_up(self, key: str) -> Caller | None:
        """The caller with this key; None where it is no key, or revoked."""
        presented = presented_key(key)
        if presented is None:
            return None
        with self._database.engine.connect() as connection:
            found = caller_of(connection, presented)
        if found is not None:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[key] = found, time.monotonic() + self._fresh_seconds
        return found

    def forget(self) -> None:
        """Look everybody up again, since somebody's access was taken away."""
        self._known.clear()


async def caller(request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Caller:
    """The caller of a request. Answers 401 where the key is missing, unknown or revoked."""
    callers: Callers = request.app.state.callers
    found = None
    if sent is not None:
        found = callers.known(sent.credentials) or await run_in_threadpool(callers.look_up, sent.credentials)
    if found is None:
        detail = "Send a valid key as `Authorization: Bearer coalition_…`; make one with `coalition keys create`."
        raise ApiError(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
    request.state.caller = found
    return found


def allow(roles: Iterable[Role]) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that gives the caller, and answers 403 to those in no such role."""
    allowed = frozenset(roles)
    names = ", ".join(sorted(allowed))

    async def allowed_caller(who: Annotated[Caller, Depends(caller)]) -> Caller:
        if who.role not in allowed:
            raise ApiError(403, "forbidden", f"This is for {names}; you call as {who.role}.")
        return who

    return allowed_caller


def own_shop(who: Caller, shop: str) -> None:
    """Answer 404 to a caller for whom this shop is none of theirs, as if it were not there."""
    if not who.may_act_for_shop(shop):
        not_found("shop", shop)


def own_member(who: Caller, member: str) -> None:
    """Answer 404 to a caller for whom this member is none of theirs, as if they were not there."""
    if not who.may_act_for_member(member):
        not_found("member", member)


def not_found(what: str, id_: str) -> NoReturn:
    """Answer that there is no such thing, in the same words whether it is missing or another's."""
    raise ApiError(404, "not_found", f"There is no {what} {id_!r} that you can see.")
