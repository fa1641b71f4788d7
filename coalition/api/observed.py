"""Observability: each request's log line, metrics and span."""

import secrets
import time
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coalition.access.caller import Caller
from coalition.api.errors import Internal
from coalition.api.problems import answer_to
from coalition.api.safe_headers import with_safe_headers
from coalition.operation.logs import log
from coalition.operation.metrics import DATABASE_ERRORS, REQUESTS, SECONDS
from coalition.operation.traces import Traces
from settlement import DatabaseUnusable


class Observed:
    """Plain ASGI around everything else. An unexpected error ends here: it is logged and answered as a problem."""

    def __init__(self, app: ASGIApp, traces: Traces) -> None:
        self._app = app
        self._traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log and count its outcome."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        state: dict[str, Any] = scope.setdefault("state", {})
        status = 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        error: BaseException | None = None
        with self._traces.request(scope) as span:
            try:
                await self._app(scope, receive, send_noting)
            except Exception as raised:  # noqa: BLE001 - any error is logged and answered
                error = raised
                if status == 0:
                    await _internal(scope)(scope, receive, send_noting)
            span.end(_route_of(scope), status)
        self._note(scope, status, time.perf_counter() - started, error or state.get("error"))

    def _note(self, scope: Scope, status: int, seconds: float, error: BaseException | None) -> None:
        route, state = _route_of(scope), scope["state"]
        REQUESTS.labels(scope["method"], route, status).inc()
        SECONDS.labels(route).observe(seconds)
        if isinstance(error, DatabaseUnusable):
            DATABASE_ERRORS.inc()
        caller: Caller | None = state.get("caller")
        line = {
            "request_id": state.get("request_id"),
            "method": scope["method"],
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1000, 3),
            "alliance": None if caller is None else caller.alliance_id,
            "role": None if caller is None else caller.role.value,
        }
        if error is None:
            log.info("request", **line)
        else:
            log.error("request", **line, exc_info=error)


def _route_of(scope: Scope) -> str:
    """The route's template. A path as it was sent contains ids, of which a metric would have too many."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    return path if isinstance(path, str) else "none"


def _internal(scope: Scope) -> ASGIApp:
    state = scope["state"]
    request_id = state.setdefault("request_id", f"req_{secrets.token_hex(12)}")
    answer = answer_to(Request(scope), Internal(request_id))
    answer.headers["X-Request-Id"] = request_id
    answer.raw_headers = with_safe_headers(scope, answer.raw_headers)
    return answer
