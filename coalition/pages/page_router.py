"""Routes of pages. A form counts only if a page of ours has sent it, in the session that it was opened in."""

import hmac
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from coalition.access.session_store import csrf_token
from coalition.pages.errors import FormForeign, FormStale, LogInNeeded
from coalition.pages.refused_form import form_that_cannot_be_read, with_what_was_typed
from coalition.web.ask_again import ask_again
from coalition.web.cookies import session_cookie
from coalition.web.errors import BodyTooLarge
from coalition.web.prove_session import keep_renewed
from coalition.web.request import public_url

FORM_BYTES_MAX = 64 * 1024
"""What a page takes, where it says nothing else by the framework's `max_body_size`."""
CSRF_FIELD = "csrf"
READS = frozenset({"GET", "HEAD"})
NEXT_CHARS_MAX = 500
"""How long a path to go on to may be, with its query."""


class PageRouter(APIRouter):
    """A router of pages, which stay out of the API's description."""

    def __init__(self, prefix: str = "") -> None:
        super().__init__(prefix=prefix, include_in_schema=False, route_class=PageRoute)


class PageRoute(APIRoute):
    """A route that checks where a form comes from, shows the log-in to whoever needs it, and keeps a proven session."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind the checks."""
        handle = super().get_route_handler()
        most = self.max_body_size or FORM_BYTES_MAX

        async def checked(request: Request) -> Response:
            if request.state.body_bytes > most:
                raise BodyTooLarge(most)
            if request.method not in READS:
                await _check_form(request)
            try:
                answer = await with_what_was_typed(request, await ask_again(handle, request))
            except RequestValidationError as error:
                page = await form_that_cannot_be_read(request, error) if request.method == "POST" else None
                if page is None:
                    raise
                answer = page
            except LogInNeeded as error:
                query = {name: value for name, value in _to_log_in(request, error).items() if value}
                answer = RedirectResponse(f"{error.log_in_at}{'?' if query else ''}{urlencode(query)}", 303)
            keep_renewed(request, answer)
            return answer

        return checked


def local_path(asked: str, default: str) -> str:
    """A path of this site to go on to; the default for what leads anywhere else."""
    parts = urlsplit(asked)
    is_path = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    return asked if is_path and not parts.scheme and not parts.netloc else default


def _to_log_in(request: Request, error: LogInNeeded) -> dict[str, str]:
    """What the log-in is told: the page to go on to, and whether a session ended and something sent was not done."""
    if request.method in READS:
        wanted = urlsplit(str(request.url))
    else:
        wanted = urlsplit(request.headers.get("referer", ""))
        if _origin(wanted.geturl()) not in (_origin(public_url(request)), _origin(str(request.base_url))):
            wanted = urlsplit("")
    onward = f"{wanted.path}?{wanted.query}" if wanted.query else wanted.path
    if len(onward) > NEXT_CHARS_MAX:
        # No log-in takes it: the page itself, without what was typed into its search.
        onward = wanted.path if len(wanted.path) <= NEXT_CHARS_MAX else ""
    ended = "" if not error.ended else "read" if request.method in READS else "sent"
    return {"next": onward, "ended": ended}


async def _check_form(request: Request) -> None:
    """Raise FormForeign and FormStale. The framework keeps a form that was read."""
    origin = request.headers.get("origin")
    if origin not in (_origin(public_url(request)), _origin(str(request.base_url))):
        raise FormForeign
    token = session_cookie(request)
    if token is None:
        return
    sent = (await request.form()).get(CSRF_FIELD)
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), csrf_token(token).encode()):
        raise FormStale


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
