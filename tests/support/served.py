"""A real server in a process of its own, and callers on many connections that ask it all at once."""

import asyncio
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple

from coalition.access.caller import Role
from coalition.access.invite import COMMAND
from coalition.access.key_store import add_key, begun
from coalition.access.tokens import new_token
from coalition.app import open_database
from coalition.clock import system_clock
from coalition.members.add_members import MemberToAdd, add_members
from coalition.programme.open_alliance import open_alliance
from settlement.ledger import Book, Database, Participant
from tests.support.books import SHOPS
from tests.support.command import start
from tests.support.town_api import MEMBERS, RULES

START_SECONDS = 120
CONNECTIONS = 64


class ServedAnswer(NamedTuple):
    """An answer: its status, whether it repeats an earlier one, and its body."""

    status: int
    replayed: bool
    body: dict[str, Any]


class Site:
    """A database with an alliance in it, and a server that can be started on it again and again."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.log = folder / "server.log"
        self.database: Database = open_database(url)
        self.book: Book = open_alliance(self.database, RULES, system_clock)
        self.book.add_participants(Participant(0, shop) for shop in SHOPS)
        key = new_token(self.book.alliance_id)
        with self.database.engine.begin() as connection:
            add_key(connection, self.book.alliance_id, key, begun(key, Role.OPERATOR, "test", COMMAND, system_clock()))
            for member in MEMBERS:
                add_members(connection, self.book.alliance_id, [MemberToAdd(member)], system_clock())
        self.key = key.text
        self.port = free_port()

    @contextmanager
    def served(self, *options: object, rate_scale: int = 0, **environment: str) -> "Iterator[subprocess.Popen[bytes]]":
        """The server, up; stopped at the end of a `with` where it still is there. Its rate limits are lifted."""
        arguments = ("serve", "--port", self.port, "--database-url", self.url, *options)
        # Not into a pipe: nobody reads it, and a server whose log can't be written stands still.
        with self.log.open("ab") as log:
            changes = {"COALITION_RATE_SCALE": str(rate_scale), **environment}
            process = start(*arguments, folder=self.folder, log=log, **changes)
        try:
            wait_until_ready(self.port, process, self.log)
            yield process
        finally:
            # A server of several processes that is killed leaves the others behind.
            (process.terminate if "--workers" in options else process.kill)()
            process.communicate()

    def beside(self) -> "Site":
        """The same database, to be served by another process."""
        other = copy(self)
        other.port, other.log = free_port(), self.folder / "beside.log"
        return other

    def purchase(self, key: str, **body: object) -> bytes:
        """A purchase as bytes on the wire."""
        return self.post("/v1/purchases", key, **{"shop": "bakery", "member": "ann", **body})

    def post(self, path: str, key: str, **body: object) -> bytes:
        """A request with a body as bytes on the wire."""
        content = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {self.key}\r\n"
            f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    def ask(self, requests: Iterable[bytes], connections: int = CONNECTIONS) -> list[ServedAnswer | None]:
        """Send requests on so many connections at once; answers in the order of the requests, None for none."""
        return asyncio.run(ask_all(self.port, list(requests), connections))

    def stored_keys(self) -> set[str]:
        """The keys under which something was booked."""
        with closing(self.database.session()) as session:
            sql = "SELECT key FROM postings WHERE alliance_id = ?"
            return {key for (key,) in session.rows(sql, self.book.alliance_id)}


def wait_until_ready(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a server that was just started answers requests."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {log.read_text()}") from None
            time.sleep(0.05)
        else:
            return


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def ask_all(port: int, requests: list[bytes], connections: int) -> list[ServedAnswer | None]:
    """The same for a coroutine."""
    answers: list[ServedAnswer | None] = [None] * len(requests)
    waiting = iter(enumerate(requests))

    async def caller() -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with closing(writer):
                for number, request in waiting:
                    writer.write(request)
                    answers[number] = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError):
            # The server is gone: what was sent last has no answer, and this caller gives up.
            return

    await asyncio.gather(*(caller() for _ in range(connections)))
    return answers


async def _answer(reader: asyncio.StreamReader) -> ServedAnswer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    body = json.loads(await reader.readexactly(length))
    return ServedAnswer(int(head.split(" ", 2)[1]), "idempotent-replayed: true" in head, body)
