"""How the client sends requests: over one connection that stays open, and again where that is safe."""

import json
import random
import selectors
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Protocol, Self
from urllib.parse import quote, urlencode, urlsplit

ATTEMPTS = 5
FIRST_WAIT_SECONDS = 0.2
WAIT_SECONDS_MAX = 60.0
TIMEOUT_SECONDS = 30.0
IDLE_SECONDS = 30.0
"""How long a connection may lie idle and still be used: less than servers and what stands before them leave it open."""
NOTHING_WAS_DONE = frozenset({429, 503})
"""Statuses which say that nothing was done: any request may be sent again."""
UNKNOWN = frozenset({500, 502, 504})
"""Statuses after which something may have been done: only a request with a key, or a read, may be sent again."""
READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer as it came; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def replayed(self) -> bool:
        """Whether it repeats the first answer to this key."""
        return self.headers.get("idempotent-replayed") == "true"


class ApiProblem(Exception):
    """The API refused a request. `code` is stable; `fields` says which field has which problem, as (path, problem)."""

    def __init__(self, answer: HttpAnswer) -> None:
        self.status = answer.status
        try:
            problem = json.loads(answer.body)
        except ValueError:
            problem = {}
        self.code: str = problem.get("code", "unknown")
        self.title: str = problem.get("title", "The answer can't be read")
        self.detail: str = problem.get("detail", "")
        self.request_id: str | None = problem.get("request_id") or answer.headers.get("x-request-id")
        self.fields: list[tuple[str, str]] = [(field["field"], field["problem"]) for field in problem.get("fields", [])]
        super().__init__(f"{self.status} {self.code}: {self.detail} ({self.request_id})")


class Unreachable(Exception):
    """No answer after several attempts. A write may have been done: send it again under the same key to find out."""

    def __init__(self, url: str, why: str, idempotency_key: str | None) -> None:
        self.url, self.why, self.idempotency_key = url, why, idempotency_key
        super().__init__(f"{url} does not answer: {why}")


class Transport(Protocol):
    """Sends a request. Raises OSError or http.client.HTTPException where no answer comes."""

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        """One request, one answer."""

    def close(self) -> None:
        """Close what is kept open between requests."""


class Http:
    """A connection to a server by its URL. Not for several threads at once; give each its own client.

    A connection that lay idle for `idle_seconds`, or that the server has closed meanwhile, is replaced before anything
    is sent on it. So a write without a key, which can't be sent twice, is not lost to a connection that is gone.
    """

    def __init__(
        self, url: str, timeout_seconds: float = TIMEOUT_SECONDS, *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.hostname is None:
            raise ValueError(f"{url!r} is no address of a server; write https://HOST")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout_seconds)
        self._root = parts.path.rstrip("/")
        self._idle_seconds, self._used_at = idle_seconds, 0.0

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        """One request, one answer."""
        opened = self._connection.sock
        if opened is not None and (time.monotonic() - self._used_at >= self._idle_seconds or _is_closed(opened)):
            self._connection.close()
        try:
            self._connection.request(method, self._root + target, body, dict(headers))
            got = self._connection.getresponse()
            body_read = got.read()
        except (OSError, HTTPException):
            # What is left on the connection belongs to no later request.
            self._connection.close()
            raise
        self._used_at = time.monotonic()
        return HttpAnswer(got.status, {name.lower(): value for name, value in got.getheaders()}, body_read)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _is_closed(idle: socket.socket) -> bool:
    """Whether the other side has closed a connection on which no answer is awaited: there is something to read."""
    with selectors.DefaultSelector() as selector:
        selector.register(idle, selectors.EVENT_READ)
        return bool(selector.select(0))


class Requester:
    """Sends requests with a key, again where that is safe, and keeps the last answer as it came in `last`.

    Close it in the end, or use it in a `with`.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        transport: Transport | None = None,
        attempts: int = ATTEMPTS,
        language: str = "en",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url
        self.last: HttpAnswer | None = None
        self._transport = transport or Http(url)
        self._attempts, self._sleep = attempts, sleep
        self._headers = {"Accept-Language": language, "User-Agent": "coalition-python"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        path_values: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: object = None,
        content: bytes | None = None,
        repeatable: bool = False,
    ) -> Any:
        """The answer's JSON, its bytes where it is something else, None where it is empty.

        Raises ApiProblem and Unreachable.

        `body` is sent as JSON, `content` as it is. What is `repeatable` does no more when it is done twice.
        """
        target = path.format_map({name: quote(value, safe="") for name, value in (path_values or {}).items()})
        asked = [(name, _query_text(value)) for name, value in (query or {}).items() if value is not None]
        if asked:
            target += f"?{urlencode(asked)}"
        sent = dict(self._headers)
        sent.update({name: value for name, value in (headers or {}).items() if value is not None})
        if body is not None:
            content = json.dumps(body, separators=(",", ":")).encode()
            sent["Content-Type"] = "application/json"
        elif content is not None:
            sent["Content-Type"] = "application/octet-stream"
        safe = repeatable or method in READS or "Idempotency-Key" in sent
        self.last = answer = self._send(method, target, sent, content, safe=safe)
        if answer.status >= 400:
            raise ApiProblem(answer)
        if not answer.body:
            return None
        is_json = "json" in answer.headers.get("content-type", "")
        return json.loads(answer.body) if is_json else answer.body

    def _send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None, *, safe: bool
    ) -> HttpAnswer:
        why = ""
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            wait = FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * (0.5 + random.random())  # noqa: S311 - no secret
            try:
                answer = self._transport.send(method, target, headers, body)
            except (OSError, HTTPException) as error:
                why = str(error) or type(error).__name__
                if not safe:
                    break
            else:
                again = answer.status in NOTHING_WAS_DONE or (safe and answer.status in UNKNOWN)
                if last or not again:
                    return answer
                pause = answer.headers.get("retry-after", "")
                wait = min(float(pause), WAIT_SECONDS_MAX) if pause.isascii() and pause.isdigit() else wait
            if not last:
                self._sleep(wait)
        raise Unreachable(self.url, why, headers.get("Idempotency-Key"))


def new_key() -> str:
    """A fresh idempotency key."""
    return uuid.uuid4().hex


def _query_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
