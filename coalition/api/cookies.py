"""The cookie that keeps a browser's session: for this host alone, out of reach of scripts and of other sites."""

from fastapi import Request, Response

from coalition.api.problems import ApiError

SECURE_NAME = "__Host-session"
LOCAL_NAME = "session"
"""On this machine alone there may be no TLS, and without it no browser keeps a cookie of the other name."""
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def session_cookie(request: Request) -> str | None:
    """The session's token out of the cookie; None where there is none."""
    if "cookie" not in request.headers:
        return None
    return request.cookies.get(_name(request))


def set_session_cookie(request: Request, response: Response, token: str, seconds: int) -> None:
    """Give the browser its session. Answers 403 to a log-in that another site's page sends."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise ApiError("forbidden", "Another site's page can't log anybody in here.")
    response.set_cookie(
        _name(request),
        token,
        max_age=seconds,
        path="/",
        secure=not _is_local(request),
        httponly=True,
        samesite="strict",
    )


def drop_session_cookie(request: Request, response: Response) -> None:
    """Take the session back from the browser."""
    response.delete_cookie(_name(request), path="/", secure=not _is_local(request), httponly=True, samesite="strict")


def _is_local(request: Request) -> bool:
    return request.url.scheme == "http" and request.url.hostname in LOCAL_HOSTS


def _name(request: Request) -> str:
    return LOCAL_NAME if _is_local(request) else SECURE_NAME
