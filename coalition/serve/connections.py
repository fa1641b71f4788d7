"""Connections as strangers leave them: half open, dripping, never read. None of them may keep a till out.

A connection has a time for the head of a request, and a pace at which its body has to come and its answer has to be
read. One address holds so many connections and no more, unless it is that of a proxy of ours. Where a process holds as
many as it can, the one that has been idle for longest makes room for a new one.
"""

import asyncio
from collections import Counter
from functools import cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from coalition.access.place import place_of
from coalition.api.safe_headers import CSP, NO_STORE, OF_DATA, SAFE
from coalition.operation.logs import log
from coalition.serve.files_open import raise_files_open_max
from coalition.serve.proxies import Proxies
from coalition.settings import read_settings

HEAD_SECONDS = 10
"""How long the head of a request may take, from the connection or from its first byte."""
BODY_SECONDS = 10
PACE_BYTES = 32 * 1024
"""A body has BODY_SECONDS, and a second more for so many of its bytes."""
UNREAD_SECONDS = 60
"""How long nothing of an answer may be taken from us."""
DRAINED_BYTES = 64 * 1024
"""Up to this length, a body that nobody wants is read and thrown away, which keeps the connection."""
LINGER_SECONDS = 1
SWEEP_SECONDS = 1
WARN_SECONDS = 60
FILES_OF_OUR_OWN = 200
"""Files and sockets that a process needs beside its connections."""

_HEADERS = b"".join(b"%s: %s\r\n" % header for header in (*SAFE, (CSP, OF_DATA), NO_STORE))


def _answer(status: bytes, *more: bytes) -> bytes:
    """An answer without a body, after which the connection is closed."""
    lines = b"".join(b"%s\r\n" % line for line in more)
    return b"HTTP/1.1 %s\r\n%s%scontent-length: 0\r\nconnection: close\r\n\r\n" % (status, _HEADERS, lines)


BAD_REQUEST = _answer(b"400 Bad Request")
TOO_SLOW = _answer(b"408 Request Timeout")
TOO_MANY = _answer(b"503 Service Unavailable", b"retry-after: 5")


class Connections:
    """The connections of one process."""

    def __init__(self, per_address: int, most: int, proxies: Proxies) -> None:
        self._per_address, self._most, self._proxies = per_address, most, proxies
        self._by_address: Counter[str] = Counter()
        self._open: dict[Connection, str] = {}
        self._warn_at = 0.0
        self.idle: dict[Connection, None] = {}
        """Those without a request under way, the longest first."""
        self._sweeping: asyncio.TimerHandle | None = None

    def admit(self, connection: "Connection", address: str) -> bool:
        """Take a new one in, where its address has not too many."""
        counted = place_of(address)
        if self._by_address[counted] >= self._per_address and address not in self._proxies:
            now = connection.loop.time()
            if now >= self._warn_at:
                self._warn_at = now + WARN_SECONDS
                log.warning("connections_of_one_address", address=address, most=self._per_address)
            return False
        while len(self._open) >= self._most and self.idle:
            next(iter(self.idle)).drop()
        self._by_address[counted] += 1
        self._open[connection] = counted
        self.idle[connection] = None
        if self._sweeping is None:
            self._sweeping = connection.loop.call_later(SWEEP_SECONDS, self._sweep, connection.loop)
        return True

    def forget(self, connection: "Connection") -> None:
        """Give its place back, if it has one."""
        self.idle.pop(connection, None)
        counted = self._open.pop(connection, None)
        if counted is not None:
            self._by_address[counted] -= 1
            if not self._by_address[counted]:
                del self._by_address[counted]

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in [*self._open]:
            connection.check(now)
        self._sweeping = loop.call_later(SWEEP_SECONDS, self._sweep, loop) if self._open else None


@cache
def connections_of_process() -> Connections:
    """The connections of this process, by its settings and by how many files it may open."""
    settings = read_settings()
    most = max(1, raise_files_open_max() - FILES_OF_OUR_OWN)
    return Connections(settings.connections_per_address, most, Proxies(settings.trusted_proxies))


class Connection(HttpToolsProtocol):
    """uvicorn's own, within limits. A sweep looks at all of them: a timer each would cost every request its making."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._all = connections_of_process()
        self._due: float | None = None
        self._length = 0
        self._unread: tuple[int, float] = (0, 0)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it in, or send it away."""
        super().connection_made(transport)
        self._due = self.loop.time() + HEAD_SECONDS
        if not self._all.admit(self, self.client[0] if self.client else ""):
            transport.write(TOO_MANY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place back."""
        self._all.forget(self)
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """The first byte of a request: now its head has to come."""
        super().on_message_begin()
        self._due = self.loop.time() + HEAD_SECONDS

    def on_headers_complete(self) -> None:
        """The head is there: now its body has to come, at the pace that its length asks for."""
        self._all.idle.pop(self, None)
        self._length = next((int(value) for name, value in self.headers if name == b"content-length"), 0)
        self._due = self.loop.time() + BODY_SECONDS + self._length / PACE_BYTES
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request is there."""
        self._due = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Idle again, until its next request; or closed, where a large body was answered before it was there."""
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self.cycle.more_body and self._length > DRAINED_BYTES:
            # Not at once: whoever is still sending would be told of the closing before the answer.
            self.flow.pause_reading()
            self.loop.call_later(LINGER_SECONDS, self.drop)
        else:
            self._all.idle[self] = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what is no HTTP gets no explanation
        """Answer what is no HTTP."""
        self.transport.write(BAD_REQUEST)
        self.transport.close()

    def check(self, now: float) -> None:
        """Close it if its time is over."""
        unread, since = self._unread
        left = self.transport.get_write_buffer_size()
        if not left or left != unread:
            self._unread = (left, now)
        elif now > since + UNREAD_SECONDS:
            self.transport.abort()
            return
        if self._due is None or now <= self._due:
            return
        if self.flow.read_paused:
            # It is us who don't read.
            self._due = now + BODY_SECONDS
            return
        answered = self.cycle is not None and self.cycle.response_started
        if not answered or (self.cycle.response_complete and not self.cycle.more_body):
            self.transport.write(TOO_SLOW)
        self.drop()

    def drop(self) -> None:
        """Close it, whatever it has begun to send."""
        self._due = None
        self._all.forget(self)
        self.transport.close()
