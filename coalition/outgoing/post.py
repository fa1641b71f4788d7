"""One HTTP request to a place that others named: to a checked address, without following redirects, in limited time."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from coalition.outgoing.address import AddressRefused, Target, target_of
from settlement import Phrase, visible

PROBLEM_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """What came of one attempt: an HTTP status, or the problem because of which there was none."""

    status: int | None
    problem: str | None
    duration_ms: int

    @property
    def taken(self) -> bool:
        """Whether the receiver took it: any 2xx. A redirect is not followed, so it is none."""
        return self.status is not None and self.status // 100 == 2


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float, allow_private: bool = False
) -> DeliveryOutcome:
    """POST a body; never raises for what the receiver, the network or the address does."""
    started = time.monotonic()
    status: int | None = None
    problem: str | None = None
    try:
        status = _status(target_of(url, allow_private=allow_private), body, headers, timeout_seconds)
    except AddressRefused as error:
        problem = error.why
    except TimeoutError:
        problem = Phrase("no answer within {seconds} seconds", seconds=f"{timeout_seconds:g}")
    except (OSError, ValueError, http.client.HTTPException) as error:
        problem = visible(f"{type(error).__name__}: {error}")[:PROBLEM_CHARS_MAX]
    return DeliveryOutcome(status, problem, int((time.monotonic() - started) * 1000))


def _status(target: Target, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> int:
    connection = _To(target, timeout_seconds)
    over = threading.Event()

    def give_up() -> None:
        # A receiver that sends a byte now and then never runs into the socket's own timeout.
        over.set()
        connection.cut()

    watch = threading.Timer(timeout_seconds, give_up)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, {"Connection": "close", **headers})
        status = connection.getresponse().status
    except Exception:
        if over.is_set():
            raise TimeoutError from None
        raise
    else:
        # An answer that was broken off in its headers looks like a whole one.
        if over.is_set():
            raise TimeoutError
        return status
    finally:
        watch.cancel()
        connection.close()


class _To(http.client.HTTPConnection):
    """A connection to a checked address, by TLS where the URL says so; it speaks to the host by its name."""

    def __init__(self, target: Target, timeout_seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout_seconds)
        self._target = target
        self._timeout_seconds = timeout_seconds
        self.default_port = 443 if target.scheme == "https" else 80

    def connect(self) -> None:
        """Connect to an address that was checked, without asking anybody for the host's again."""
        self.sock = self._connected()
        if self._target.scheme == "https":
            # The handshake comes after the assignment, so that `cut` can break it off too.
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self._target.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def _connected(self) -> socket.socket:
        *others, last = self._target.addresses
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, self._target.port), self._timeout_seconds)
        return socket.create_connection((last, self._target.port), self._timeout_seconds)

    def cut(self) -> None:
        """Break the connection off, from another thread."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
