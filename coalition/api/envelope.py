"""What applies to every request: an id, a known length of its body, headers of safety and with the rate limits."""

import re
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coalition.access.log import RequestContext, current_request
from coalition.api.problems import problem_of
from coalition.api.router import LARGE_BYTES
from coalition.api.safe_headers import with_safe_headers
from coalition.web.errors import BodyTooLarge

_LENGTH = re.compile(rb"\d{1,18}", re.ASCII)


class Envelope:
    """Plain ASGI: the framework's own middleware takes a third of the time of an empty request."""

    def __init__(self, app: ASGIApp, clock: Callable[[], int]) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the request an id, and refuse a body that is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = f"req_{secrets.token_hex(12)}"
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], (b"x-request-id", request_id.encode())]
                if message["status"] == HTTPStatus.NO_CONTENT:
                    # The framework names the type of a body that it then leaves out.
                    headers = [header for header in headers if header[0] != b"content-type"]
                standing = state.get("standing")
                if standing is not None:
                    headers.append((b"ratelimit-policy", standing.policy.header.encode()))
                    headers.append((b"ratelimit", standing.header.encode()))
                message["headers"] = with_safe_headers(scope, headers)
            await send(message)

        length = _body_bytes(scope["headers"])
        if length is None or length > LARGE_BYTES:
            problem = problem_of(Request(scope), BodyTooLarge(LARGE_BYTES))
            # Nobody reads so much only to throw it away.
            problem.headers["Connection"] = "close"
            await problem(scope, receive, send_with_headers)
            return
        state["body_bytes"] = length
        token = current_request.set(RequestContext(request_id, self._clock()))
        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            current_request.reset(token)


def _body_bytes(headers: list[tuple[bytes, bytes]]) -> int | None:
    """The length of the body by the headers; None where they don't say it, as for one in chunks."""
    for name, value in headers:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            return int(value) if _LENGTH.fullmatch(value) else None
    return 0
