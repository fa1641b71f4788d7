"""Authentication and authorisation: a request's key or session, a route's roles, and what a caller may see."""

import hmac
from collections.abc import Iterable
from typing import NoReturn

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param

from coalition.access.caller import Caller, Role, check_role
from coalition.access.callers import Callers
from coalition.access.rate_limits import POLICY_OF_ROLE, STRANGERS, Rates
from coalition.access.session_store import csrf_token
from coalition.api.errors import CsrfTokenMissing, Unauthorized
from coalition.errors import NotFound
from coalition.web.cookies import session_cookie
from coalition.web.request import address_of
from settlement import Phrase

READS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"

SCHEME = HTTPBearer(
    description="An API key from `coalition keys create` or `createKey`, or a session's token. A browser keeps its "
    f"session in a cookie instead, and sends the session's `csrf_token` as `{CSRF_HEADER}` with every write."
)


class Allowed(SecurityBase):
    """A route's dependency that returns the caller, who must have one of these roles."""

    model = SCHEME
    scheme_name = "bearer"

    def __init__(self, roles: Iterable[Role]) -> None:
        self.roles = frozenset(roles)

    async def admit(self, request: Request) -> Caller:
        """The caller by the headers alone, before the body is read.

        Answers 401 without a valid key or session, 429 above the rate limit, 403 to other roles.
        """
        caller = await _caller(request)
        check_role(caller, self.roles)
        request.state.admitted = caller
        return caller

    async def __call__(self, request: Request) -> Caller:
        """The caller, admitted now where the route did not do it."""
        admitted: Caller | None = getattr(request.state, "admitted", None)
        return await self.admit(request) if admitted is None else admitted


async def _caller(request: Request) -> Caller:
    state = request.app.state
    rates: Rates = state.rates
    callers: Callers = state.callers
    scheme, sent = get_authorization_scheme_param(request.headers.get("Authorization"))
    by_header = scheme.lower() == "bearer" and sent != ""
    token = sent if by_header else session_cookie(request)
    caller = None
    if token is not None:
        caller = callers.known(token) or await run_in_threadpool(callers.look_up, token)
    if caller is None or token is None:
        request.state.standing = rates.take(STRANGERS, address_of(request))
        raise Unauthorized
    request.state.caller = caller
    request.state.standing = rates.take(POLICY_OF_ROLE[caller.role], caller.id)
    if not by_header and request.method not in READS:
        _check_csrf(request, token)
    return caller


def _check_csrf(request: Request, token: str) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode("latin-1", "replace"), csrf_token(token).encode()):
        raise CsrfTokenMissing(CSRF_HEADER)


def allow(roles: Iterable[Role]) -> Allowed:
    """The dependency of a route for these roles."""
    return Allowed(roles)


def allowed_by(dependant: Dependant) -> Allowed | None:
    """The dependency by which a route knows its caller; None if it needs no key or session."""
    if isinstance(dependant.call, Allowed):
        return dependant.call
    return next((allowed for inner in dependant.dependencies if (allowed := allowed_by(inner)) is not None), None)


def roles_of(dependant: Dependant) -> frozenset[Role] | None:
    """The roles that a route is for; None if it needs no key or session."""
    allowed = allowed_by(dependant)
    return None if allowed is None else allowed.roles


def own_shop(caller: Caller, shop: str) -> None:
    """Answer 404 to a caller who may not act for this shop, as if there were no such shop."""
    if not caller.may_act_for_shop(shop):
        not_found(Phrase("shop"), shop)


def own_member(caller: Caller, member: str) -> None:
    """Answer 404 to a caller who may not act for this member, as if there were no such member."""
    if not caller.may_act_for_member(member):
        not_found(Phrase("member"), member)


def not_found(what: str, id_: str) -> NoReturn:
    """Answer 404, in the same words whether the thing does not exist or the caller may not see it."""
    raise NotFound(what, id_)
