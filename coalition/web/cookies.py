"""The cookie that keeps a browser's session: only for this host, and out of reach of scripts and other sites."""

from fastapi import Request, Response

from coalition.web.errors import ForeignPage

SECURE_NAME = "__Host-session"
LOCAL_NAME = "session"
"""For plain HTTP on the local machine: without TLS, browsers refuse cookies whose name begins with __Host-."""
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
    response.set_cookie(
        _name(request),
        token,
        max_age=seconds,
        path="/",
        secure=not _is_local(request),
        httponly=True,
        samesite="lax",
    )


def drop_session_cookie(request: Request, response: Response) -> None:
    """Delete the session's cookie."""
    response.delete_cookie(_name(request), path="/", secure=not _is_local(request), httponly=True, samesite="lax")


def _is_local(request: Request) -> bool:
    return request.url.scheme == "http" and request.url.hostname in LOCAL_HOSTS


def _name(request: Request) -> str:
    return LOCAL_NAME if _is_local(request) else SECURE_NAME
