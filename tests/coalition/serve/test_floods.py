"""What strangers do to a server's connections, while a till goes on selling."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from coalition.serve.connections import BODY_SECONDS, HEAD_SECONDS
from tests.support.served import Site

EIGHT_MB = 8_000_000
PER_ADDRESS = 250
HALF_OPEN = 1_100
SLACK_SECONDS = 15
"""What a busy machine adds to a deadline."""
RUN_SECONDS = 4.0


@pytest.fixture
def site(new_sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """A database whose server is started and stopped by the test."""
    site = Site(new_sqlite_url, tmp_path)
    yield site
    site.database.close()


def connect(site: Site, source: str) -> socket.socket:
    """A connection from one of this machine's own addresses, all of 127.0.0.0/8."""
    return socket.create_connection(("127.0.0.1", site.port), timeout=30, source_address=(source, 0))


def sell(site: Site, key: str) -> int:
    """The status of a sale on a connection of its own, as of a till that has just been switched on."""
    (answer,) = site.ask([site.purchase(key, amount_minor=100)], connections=1)
    return 0 if answer is None else answer.status


def head(path: str, length: int, *more: str) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: test", "Content-Type: application/json", f"Content-Length: {length}")
    return "\r\n".join((*lines, *more, "", "")).encode()


def status_of(connection: socket.socket) -> int:
    """The status of the next answer; 0 where the connection is closed without one."""
    try:
        line = connection.recv(65_536).split(b"\r\n")[0]
    except OSError:
        return 0
    return int(line.split()[1]) if line else 0


@contextmanager
def meanwhile(do: Callable[[], object], threads: int = 1) -> Iterator[None]:
    """Do something over and over, for as long as a `with` lasts."""
    over = threading.Event()

    def repeat() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                do()

    running = [threading.Thread(target=repeat) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in running:
            thread.join()


def sales_in(site: Site, name: str, seconds: float) -> int:
    """How many sales a till makes in so many seconds, one after the other."""
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        assert sell(site, f"{name}-{count}") == 201
        count += 1
    return count


def test_what_drips_is_closed_and_what_is_half_open_keeps_no_till_out(site: Site) -> None:
    with site.served(), ExitStack() as opened:
        open_ = lambda source: opened.enter_context(connect(site, source))  # noqa: E731 - it is said twice
        half_open = [open_(f"127.0.1.{n // 200 + 1}") for n in range(HALF_OPEN)]
        dripping_heads = [open_("127.0.2.1") for _ in range(20)]
        dripping_bodies = [open_("127.0.2.2") for _ in range(20)]
        started = time.monotonic()
        for connection in dripping_heads:
            connection.sendall(b"POST /v1/sessions HTTP/1.1\r\nHost: test\r\n")
        for connection in dripping_bodies:
            connection.sendall(head("/v1/sessions", 1_000) + b'{"email": "')

        def drip() -> None:
            for connection in dripping_heads:
                connection.sendall(b"X-A: b\r\n")
            for connection in dripping_bodies:
                connection.sendall(b"a")
            time.sleep(0.5)

        with meanwhile(drip):
            assert sell(site, "while they drip") == 201
            crowd = [opened.enter_context(connect(site, "127.0.3.1")) for _ in range(PER_ADDRESS + 20)]
            crowd[-1].settimeout(30)
            assert status_of(crowd[-1]) == 503, "one address has as many as it may"
            assert sell(site, "beside a crowd") == 201
            assert {status_of(connection) for connection in dripping_heads} <= {408, 0}
            assert {status_of(connection) for connection in dripping_bodies} <= {408, 0}
            assert {status_of(connection) for connection in half_open} <= {408, 0}
        took = time.monotonic() - started
        assert took < max(HEAD_SECONDS, BODY_SECONDS) + SLACK_SECONDS
        assert sell(site, "after all that") == 201


def test_large_bodies_of_strangers_slow_no_till_down(site: Site) -> None:
    body = json.dumps({"purchases": [{"x": "y" * 70}] * (EIGHT_MB // 90)}).encode()[:EIGHT_MB]
    answers: set[int] = set()

    def flood() -> None:
        for path in ("/v1/batches", "/v1/purchases", "/v1/sessions"):
            with connect(site, "127.0.2.1") as connection:
                with contextlib.suppress(OSError):
                    connection.sendall(head(path, len(body)) + body)
                answers.add(status_of(connection))

    with site.served():
        alone = sales_in(site, "alone", RUN_SECONDS)
        with meanwhile(flood, threads=4):
            flooded = sales_in(site, "flooded", RUN_SECONDS)
    assert answers <= {401, 413, 0}
    assert {401, 413} <= answers
    # The callers need the same processors as the server.
    assert flooded > alone / 4, (alone, flooded)


def asked(site: Site, sent: bytes) -> bytes:
    """The answer to what is sent, as text in small letters."""
    with connect(site, "127.0.0.1") as connection:
        connection.sendall(sent)
        return connection.recv(65_536).lower()


# What a server says to a page that came by TLS tells whether it believed the header.
FORWARDED = (
    b"GET /health/live HTTP/1.1\r\nHost: test\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n"
)


def test_a_request_is_judged_by_its_head(site: Site) -> None:
    bearer = f"Authorization: Bearer {site.key}"
    with site.served():
        for sent, status in (
            (head("/v1/purchases", EIGHT_MB), 401),
            (head("/v1/sessions", 64 * 1024 + 1), 413),
            (head("/v1/batches", 10 * EIGHT_MB), 413),
            (head("/v1/purchases", 300_000, bearer), 413),
            (head("/v1/batches", 2, bearer) + b"{}", 422),
            (b"what?\r\n\r\n", 400),
            # Two readers of one head could find two requests in it.
            (head("/v1/sessions", 5, "Transfer-Encoding: chunked") + b"0\r\n\r\n", 400),
            (head("/v1/sessions", 5, "Content-Length: 6") + b"hello", 400),
            (b"GET /health/live HTTP/1.1\r\nHost: test\r\n\r\n", 200),
        ):
            got = asked(site, sent)
            assert got.startswith(b"http/1.1 %d " % status), got
            assert b"content-security-policy: default-src 'none'" in got
            assert b"x-content-type-options: nosniff" in got
            assert b"\r\nserver:" not in got
        assert b"strict-transport-security" not in asked(site, FORWARDED)


def test_what_a_proxy_of_ours_says_counts(site: Site) -> None:
    with site.served(COALITION_TRUSTED_PROXIES="10.0.0.0/8, 127.0.0.1"):
        assert b"strict-transport-security" in asked(site, FORWARDED)
