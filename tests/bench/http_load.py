"""Connections that each send a request, wait for its answer, and send the next: as little Python as can be."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple


class Load(NamedTuple):
    """What a time of load gave: requests a second, and the time of each in seconds, in order of length."""

    rate: float
    seconds: list[float]

    def percentile(self, part: float) -> float:
        """The time within which this part of the requests was answered."""
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * part))]


class Caller(asyncio.Protocol):
    """One connection. `request` makes the next request's bytes; an answer other than 2xx ends the measurement."""

    def __init__(self, request: Callable[[], bytes], until: float, done: "asyncio.Future[None]") -> None:
        self._request, self._until, self._done = request, until, done
        self.seconds: list[float] = []
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        at = head.lower().index(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        now = perf_counter()
        self.seconds.append(now - self._sent)
        self._buffer = b""
        if head[9:10] != b"2":
            self._fail(RuntimeError(f"the server answered {head[:15]!r}: {body[:300]!r}"))
        elif now < self._until:
            self._send()
        elif not self._done.done():
            self._transport.close()
            self._done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(error or RuntimeError("the server closed the connection"))

    def _send(self) -> None:
        self._sent = perf_counter()
        self._transport.write(self._request())

    def _fail(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)


def request_bytes(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """A POST on a connection that stays open."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def load(port: int, connections: int, seconds: float, request: Callable[[], bytes]) -> Load:
    """Keep so many connections busy for so long."""
    loop = asyncio.get_running_loop()
    started = perf_counter()
    callers = []
    for _ in range(connections):
        done = loop.create_future()
        _, caller = await loop.create_connection(
            lambda done=done: Caller(request, started + seconds, done), "127.0.0.1", port
        )
        callers.append((caller, done))
    await asyncio.gather(*(done for _, done in callers))
    taken = perf_counter() - started
    times = sorted(time for caller, _ in callers for time in caller.seconds)
    return Load(len(times) / taken, times)
