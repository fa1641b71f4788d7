"""Cookies of a browser's session and of the browser itself: for this host alone, and out of reach of scripts.

Who a browser is says nothing of its owner, and opens nothing: limits go by it.
"""

import secrets

from fastapi import Request, Response

from coalition.web.errors import ForeignPage

SECURE_NAME = "__Host-session"
LOCAL_NAME = "session"
"""For plain HTTP on the local machine: without TLS, browsers refuse cookies whose name begins with __Host-."""
DEVICE_NAME = "device"
YEAR_SECONDS = 365 * 24 * 3600
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def session_cookie(request: Request) -> str | None:
    """The session's token from the cookie; None if there is none."""
    if "cookie" not in request.headers:
        return None
    return request.cookies.get(_name(request))


def set_session_cookie(request: Request, response: Response, token: str, seconds: int) -> None:
    """Set the session's cookie. Answers 403 to a log-in that another site's page sends."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise ForeignPage
    set_cookie(request, response, _name(request), token, seconds)


def drop_session_cookie(request: Request, response: Response) -> None:
    """Delete the session's cookie."""
    set_cookie(request, response, _name(request), "", 0)


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """Let a browser keep a value for so long; 0 deletes it. No script reads it, and no other site's forms carry it."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=not _is_plain(request), httponly=True, samesite="lax"
    )


def device_of(request: Request) -> str | None:
    """Which browser it is; None for one that was never told, and for programs."""
    return request.cookies.get(DEVICE_NAME) if "cookie" in request.headers else None


def keep_device(request: Request, response: Response) -> None:
    """Tell a browser which one it is, where it does not know yet."""
    if device_of(request) is None:
        set_cookie(request, response, DEVICE_NAME, secrets.token_urlsafe(16), YEAR_SECONDS)


def _is_plain(request: Request) -> bool:
    allowed: bool = request.app.state.log_in_over_http
    return request.url.scheme == "http" and (allowed or request.url.hostname in LOCAL_HOSTS)


def _name(request: Request) -> str:
    return LOCAL_NAME if _is_plain(request) else SECURE_NAME
