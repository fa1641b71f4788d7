"""The client's connection over real HTTP: idle, closed by the server between two requests or within one."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from coalition.client import Client, Http, Unreachable
from tests.support.served import Site

ANSWER = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"id": "m_1"}'
LONG, SHORT = 60.0, 0.2


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served alliance whose server closes a connection that was idle for a second."""
    folder = tmp_path_factory.mktemp("served")
    site = Site(f"sqlite:///{folder}/town.db", folder)
    with closing(site.database), site.served("--keep-alive-seconds", 1):
        yield site


def client_of(url: str, idle_seconds: float, key: str = "") -> Client:
    return Client(url, key, transport=Http(url, 10, idle_seconds=idle_seconds), attempts=2, sleep=lambda _: None)


@pytest.mark.parametrize("idle_seconds", [LONG, SHORT])
def test_a_write_without_a_key_goes_through_after_the_servers_keep_alive(site: Site, idle_seconds: float) -> None:
    with client_of(f"http://127.0.0.1:{site.port}", idle_seconds, site.key) as client:
        first = client.enrol_member(email=f"first-{idle_seconds}@example.com")
        time.sleep(1.5)
        second = client.enrol_member(email=f"second-{idle_seconds}@example.com")
    assert first["id"] != second["id"]


class Scripted:
    """A server that does with each connection what its script says; it keeps the requests that it read."""

    def __init__(self, *connections: Callable[["Scripted", socket.socket], None]) -> None:
        self.requests: list[bytes] = []
        self.closed = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, args=(connections,), daemon=True)
        self._thread.start()

    def _run(self, connections: tuple[Callable[["Scripted", socket.socket], None], ...]) -> None:
        for connection in connections:
            accepted, _ = self._listening.accept()
            with accepted:
                connection(self, accepted)
            self.closed.set()

    def read(self, connection: socket.socket) -> None:
        """One request, which comes in one or two pieces."""
        received = b""
        while not received.endswith(b"}"):
            received += connection.recv(65_536)
        self.requests.append(received)

    def stop(self) -> None:
        self._thread.join()
        self._listening.close()


def answers_once(server: Scripted, connection: socket.socket) -> None:
    server.read(connection)
    connection.sendall(ANSWER)


def reads_and_closes(server: Scripted, connection: socket.socket) -> None:
    server.read(connection)


def test_a_connection_that_the_server_closed_meanwhile_is_replaced_before_anything_is_sent() -> None:
    server = Scripted(answers_once, answers_once)
    with client_of(server.url, LONG) as client:
        client.enrol_member(email="first@example.com")
        assert server.closed.wait(10)
        assert client.enrol_member(email="second@example.com") == {"id": "m_1"}
    server.stop()
    assert len(server.requests) == 2


def test_a_connection_that_was_idle_for_too_long_is_replaced_though_it_is_open() -> None:
    def answers_and_waits(server: Scripted, connection: socket.socket) -> None:
        answers_once(server, connection)
        assert connection.recv(1) == b"", "nothing more comes on it"

    server = Scripted(answers_and_waits, answers_once)
    with client_of(server.url, SHORT) as client:
        client.enrol_member(email="first@example.com")
        time.sleep(SHORT)
        assert client.enrol_member(email="second@example.com") == {"id": "m_1"}
    server.stop()
    assert len(server.requests) == 2


def test_a_write_without_a_key_that_the_server_read_is_not_sent_again() -> None:
    server = Scripted(reads_and_closes)
    with client_of(server.url, LONG) as client, pytest.raises(Unreachable):
        client.enrol_member(email="first@example.com")
    server.stop()
    assert len(server.requests) == 1


def test_a_write_with_a_key_that_the_server_read_is_sent_again_under_its_key() -> None:
    server = Scripted(reads_and_closes, answers_once)
    with client_of(server.url, LONG) as client:
        sale = client.create_purchase(shop="bakery", amount_minor=1, idempotency_key="sale-1")
    assert sale == {"id": "m_1"}
    server.stop()
    assert len(server.requests) == 2
    assert all(b"Idempotency-Key: sale-1" in request for request in server.requests)


def test_requests_that_follow_each_other_share_a_connection() -> None:
    def answers_twice(server: Scripted, connection: socket.socket) -> None:
        answers_once(server, connection)
        answers_once(server, connection)

    server = Scripted(answers_twice)
    with client_of(server.url, LONG) as client:
        for name in ("first", "second"):
            client.enrol_member(email=f"{name}@example.com")
    server.stop()
    assert len(server.requests) == 2
