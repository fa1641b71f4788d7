"""One redemption a request over HTTP, on 64 connections: server, database and callers on the same two cores."""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import uvloop
from sqlalchemy import insert

from coalition.access.caller import Role
from coalition.access.invite import COMMAND
from coalition.access.key_store import add_key, begun
from coalition.access.tokens import new_token
from coalition.alliance import Alliances
from coalition.app import open_database
from coalition.approvals.approval import KEY_SALES
from coalition.approvals.store import set_limit
from coalition.clock import system_clock
from coalition.members.add_members import MemberToAdd, add_members
from coalition.programme.open_alliance import open_alliance
from settlement.ledger import Earn, Participant, Posting
from tests.bench.api_server import CONNECTIONS, Base, NaiveLot, NaiveShop
from tests.bench.http_load import Load, load, request_bytes
from tests.bench.result import Result, Runs
from tests.bench.server import Server
from tests.bench.sizes import Sizes
from tests.support.served import free_port, wait_until_ready
from tests.support.town_api import RULES

SHOPS = 100
LOTS_A_MEMBER = 3
OPENING_POINTS = 10**7
EXPIRES_ON = 2031_12_31
BATCH = 1_000
BATCH_CONNECTIONS = 4


class Requests:
    """Makes requests, each under a key of its own. The same seed gives the same ones."""

    def __init__(self, key: str, members: int) -> None:
        self._headers = {"Authorization": f"Bearer {key}"}
        self._members = members
        self._random = random.Random(20261121)
        self._numbers = count(1)

    def single(self, path: str) -> Callable[[], bytes]:
        """Redemptions of 10 points of a purchase of 10.00 each."""

        def make() -> bytes:
            body = json.dumps(self._purchase(), separators=(",", ":")).encode()
            return request_bytes(path, {**self._headers, "Idempotency-Key": f"k{next(self._numbers)}"}, body)

        return make

    def batches(self) -> Callable[[], bytes]:
        """Batches of 1,000 of the same. They are made beforehand: to make one takes longer than to send it."""
        made = iter([self._batch() for _ in range(200)])
        return lambda: next(made)

    def _batch(self) -> bytes:
        items = [{"idempotency_key": f"b{next(self._numbers)}", **self._purchase()} for _ in range(BATCH)]
        return request_bytes("/v1/batches", self._headers, json.dumps({"purchases": items}).encode())

    def _purchase(self) -> dict[str, object]:
        shop, member = self._random.randrange(SHOPS), self._random.randrange(self._members)
        return {"shop": f"shop-{shop}", "member": f"mem_{member}", "amount_minor": 1000, "points": 10}


def measure(server: Server, sizes: Sizes) -> list[Result]:
    """Requests a second of a redemption, of a no-op of the same app, and of a naive redemption; and of batches."""
    url = server.create_database("api")
    key = fill(url, sizes.members)
    fill_naive(url, sizes.members)
    server.execute("api", "VACUUM ANALYZE", "CHECKPOINT")
    requests = Requests(key, sizes.members)
    rates: dict[str, list[float]] = defaultdict(list)
    p99: list[float] = []
    with served(sys.executable, "-m", "tests.bench.api_server", url) as port:

        def run(name: str, connections: int, seconds: float, request: Callable[[], bytes], each: int = 1) -> Load:
            done = uvloop.run(load(port, connections, seconds, request))
            rates[name].append(done.rate * each)
            return done

        uvloop.run(load(port, CONNECTIONS, 1, requests.single("/v1/purchases")))
        for _ in range(sizes.rounds):
            run("no-op", CONNECTIONS, sizes.api_seconds / 2, requests.single("/bench/noop"))
            done = run("redemption", CONNECTIONS, sizes.api_seconds, requests.single("/v1/purchases"))
            p99.append(done.percentile(0.99) * 1000)
            run("naive", CONNECTIONS, sizes.api_seconds / 2, requests.single("/bench/naive"))
            run("batches", BATCH_CONNECTIONS, sizes.api_seconds / 2, requests.batches(), BATCH)
    redemption = Runs("redemption", rates["redemption"])
    single = f"one redemption a request, {CONNECTIONS} connections"
    return [
        Result("api", single, "/s", redemption, Runs("a no-op of the same app", rates["no-op"]), at_least=0.5),
        Result("api", single, "/s", redemption, Runs("SELECT … FOR UPDATE", rates["naive"]), at_least=5),
        Result("api", "its slowest hundredth (p99)", "ms", Runs("p99", p99)),
        Result("api", "purchases in batches of 1,000", "/s", Runs("batches", rates["batches"]), at_least=10_000),
    ]


def fill(url: str, members: int) -> str:
    """Open an alliance whose members all have points of three shops; returns a key of it."""
    with closing(open_database(url)) as database:
        alliances = Alliances(database)
        book = open_alliance(database, RULES, alliances.clock)
        book.add_participants(Participant(0, f"shop-{shop}") for shop in range(SHOPS))
        alliance = alliances.get(book.alliance_id)
        postings = [
            Posting(f"open:{n}", book.clock(), {}, [Earn(shop, member, OPENING_POINTS, EXPIRES_ON)])
            for n, (member, shop) in enumerate(_lots(members))
        ]
        for start in range(0, len(postings), BATCH):
            alliance.poster.submit(postings[start : start + BATCH]).result()
        alliances.close()
        with database.engine.begin() as connection:
            for member in range(members):
                add_members(connection, book.alliance_id, [MemberToAdd(f"mem_{member}")], 0)
            for limit in KEY_SALES.limits:
                # A bench sells in a minute what a town does not in a day.
                set_limit(connection, book.alliance_id, limit.name, 10**15)
            key = new_token(book.alliance_id)
            add_key(connection, book.alliance_id, key, begun(key, Role.OPERATOR, "bench", COMMAND, system_clock()))
    return key.text


def fill_naive(url: str, members: int) -> None:
    """The same points in the naive tables."""
    with closing(open_database(url)) as database:
        Base.metadata.create_all(database.engine)
        rows = [
            {"member": member, "issuer": shop, "expires_on": EXPIRES_ON, "points": OPENING_POINTS}
            for member, shop in _lots(members)
        ]
        with database.engine.begin() as connection:
            connection.execute(insert(NaiveLot), rows)
            connection.execute(
                insert(NaiveShop), [{"ref": f"shop-{shop}", "issued": 0, "redeemed": 0} for shop in range(SHOPS)]
            )


def _lots(members: int) -> list[tuple[str, str]]:
    """Member and shop of each lot."""
    return [
        (f"mem_{member}", f"shop-{(member + lot) % SHOPS}") for member in range(members) for lot in range(LOTS_A_MEMBER)
    ]


@contextmanager
def served(*command: str, **environment: str) -> Iterator[int]:
    """A server in a process of its own, started by this command with a port at its end; gives the port."""
    port = free_port()
    # A line for each of a hundred thousand requests is not for the reader of the table.
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = subprocess.Popen(
            [*command, str(port)], env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_until_ready(port, process, Path(log.name))
            yield port
        finally:
            process.terminate()
            process.wait()
