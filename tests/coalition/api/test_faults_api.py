"""A database that fails: the API answers 503 and says when to come back, loses nothing, and goes on by itself."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from itertools import count
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.exc import TimeoutError as PoolExhausted

from coalition.access.caller import Role
from settlement.audit import audit_book
from settlement.ledger import Earn, Posting
from tests.conftest import create_tables
from tests.support.books import check_book
from tests.support.clock import Clock
from tests.support.faults import ROOM_BYTES, Faults, PostgresFaults, SqliteFaults
from tests.support.postgres import PostgresServer, memory_directory
from tests.support.served import ServedAnswer, Site
from tests.support.town_api import ApiTown, api_town

LATER = 2099_12_31
_numbers = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that a test may stop. The files of its log are smaller than its tables may grow."""
    server = PostgresServer(memory_directory(), wal_segment_mb=1)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def postgres_faults(server: PostgresServer) -> Iterator[PostgresFaults]:
    """A database of that server, with tables."""
    name = f"frail_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name}")
    create_tables(server.url(name))
    faults = PostgresFaults(server, name)
    yield faults
    faults.database.close()
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_faults(memory: Path) -> Iterator[SqliteFaults]:
    """A file with tables."""
    url = f"sqlite:///{memory / f'frail-{next(_numbers)}.db'}"
    create_tables(url)
    faults = SqliteFaults(url)
    yield faults
    faults.database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def faults(request: pytest.FixtureRequest) -> Faults:
    """Each database in turn."""
    chosen: Faults = request.getfixturevalue(f"{request.param}_faults")
    return chosen


@pytest.fixture
def frail(faults: Faults, clock: Clock) -> Iterator[ApiTown]:
    """A town on it, audited in the end."""
    with api_town(faults.database, clock) as town:
        yield town
        with town.session() as session:
            assert audit_book(town.alliance.book, session).ok


def buy(client: TestClient, key: str) -> Response:
    body = {"shop": "bakery", "member": "ann", "amount_minor": 100, "points": "all"}
    return client.post("/v1/purchases", json=body, headers={"Idempotency-Key": key})


def is_unavailable(answer: Response) -> bool:
    """Whether it is a 503 as promised; any other answer than that or a success is shown."""
    if answer.status_code in (200, 201):
        return False
    outcome = answer.status_code, answer.json()["code"], answer.headers["content-type"]
    assert outcome == (503, "unavailable", "application/problem+json"), answer.text
    assert int(answer.headers["retry-after"]) > 0
    return True


# -- no connection left -------------------------------------------------------------------------------------------


def test_where_all_connections_are_taken_a_request_is_told_so_and_the_next_is_served(town: ApiTown) -> None:
    client = town.client()
    with ExitStack() as taken:
        with suppress(PoolExhausted):
            while True:
                taken.enter_context(town.database.engine.connect())
        assert is_unavailable(client.get("/v1/members"))
    assert client.get("/v1/members").status_code == 200
    assert buy(town.till(), "k1").status_code == 201


# -- no writing ---------------------------------------------------------------------------------------------------


def test_a_database_that_may_only_be_read_is_read_and_written_again_once_it_may(frail: ApiTown, faults: Faults) -> None:
    till, app = frail.till(), frail.client(Role.APP)
    assert buy(till, "k1").status_code == 201
    enrolled = {"email": "eve@example.com"}
    with faults.read_only():
        assert is_unavailable(buy(till, "k2"))
        assert is_unavailable(app.post("/v1/members", json=enrolled))
        assert is_unavailable(buy(till, "k2"))
        assert app.get("/v1/wallets/ann").json()["points"] == 5
    # A connection that was made meanwhile is dropped by the first write that meets it.
    tried = [app.post("/v1/members", json=enrolled) for _ in range(3)]
    assert [answer.status_code for answer in tried if not is_unavailable(answer)][:2] == [201, 200]
    assert (buy(till, "k2").status_code, buy(till, "k3").status_code) == (201, 201)
    assert app.get("/v1/wallets/ann").json()["points"] == 4


# -- no room ------------------------------------------------------------------------------------------------------


def fill(town: ApiTown) -> None:
    """So many postings that PostgreSQL's tables are about as large as its full disk lets them be."""
    until = 0
    with town.session() as session:
        while until < ROOM_BYTES - 100_000 and not town.database.is_sqlite:
            postings = [
                Posting(f"fill-{next(_numbers)}", town.clock(), {"type": "adjustment"}, [Earn("cafe", "bob", 1, LATER)])
                for _ in range(500)
            ]
            town.alliance.poster.submit(postings).result()
            until = session.rows("SELECT MAX(pg_relation_size(oid)) FROM pg_class WHERE relkind IN ('r', 'i')")[0][0]


def test_a_full_disk_loses_nothing_and_is_written_again_once_there_is_room(frail: ApiTown, faults: Faults) -> None:
    till, app = frail.till(), frail.client(Role.APP)
    fill(frail)
    booked = 0
    with faults.full():
        while not is_unavailable(buy(till, f"k{booked}")):
            booked += 1
        assert booked < 10_000
        assert is_unavailable(buy(till, f"k{booked}"))
        assert app.get("/v1/wallets/ann").status_code == 200
    answers = [buy(till, f"k{number}") for number in range(booked + 2)]
    assert [answer.status_code for answer in answers] == [201] * (booked + 2)
    again = [answer.headers.get("idempotent-replayed") for answer in answers]
    assert again == ["true"] * booked + [None, None]


# -- connections that end -----------------------------------------------------------------------------------------


class Load(threading.Thread):
    """Sales at a real server, from many connections at once."""

    def __init__(self, site: Site, keys: list[str]) -> None:
        super().__init__()
        self.site, self.keys = site, keys
        self.answers: list[ServedAnswer | None] = []
        self.start()

    def run(self) -> None:
        self.answers = self.site.ask([self.site.purchase(key, amount_minor=100, points="all") for key in self.keys])


@pytest.fixture
def site(server: PostgresServer, tmp_path: Path) -> Iterator[Site]:
    """A database of that server, to be served."""
    name = f"site_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name}")
    site = Site(server.url(name), tmp_path)
    yield site
    site.database.close()
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def drop(server: PostgresServer) -> None:
    server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'site_%'")


def restart(server: PostgresServer) -> None:
    server.stop()
    time.sleep(0.5)
    server.start()


@pytest.mark.parametrize("befalls", [drop, restart])
def test_connections_that_end_under_load_lose_nothing(
    server: PostgresServer, site: Site, befalls: Callable[[PostgresServer], None]
) -> None:
    keys: set[str] = set()
    with site.served():
        for wave in range(2):
            own = [f"{wave}.{number}" for number in range(600)]
            load = Load(site, own)
            while len(site.stored_keys()) < len(keys) + 50:
                time.sleep(0.02)
            befalls(server)
            load.join()
            keys.update(own)
            assert all(answer is not None and answer.status in (201, 503) for answer in load.answers)
            # The same keys again: by now all is well, and nothing is booked twice.
            again = site.ask([site.purchase(key, amount_minor=100, points="all") for key in own])
            assert [answer and answer.status for answer in again] == [201] * len(own)
            for first, second in zip(load.answers, again, strict=True):
                if first is not None and second is not None and first.status == 201:
                    assert (second.replayed, second.body) == (True, first.body)
        (ready,) = site.ask([b"GET /health/ready HTTP/1.1\r\nHost: test\r\n\r\n"], 1)
        assert ready is not None
        assert ready.status == 200
    assert site.stored_keys() == {f"alliance:{key}" for key in keys}
    check_book(site.book)
    with closing(site.database.session()) as session:
        assert audit_book(site.book, session).ok
