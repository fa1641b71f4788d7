"""What the benches measure over HTTP answers: one that fails does so after minutes of others that went well."""

import sys
from collections.abc import Iterator

import pytest
import uvloop

from tests.bench.api import BATCH_CONNECTIONS, Requests, fill, fill_naive, served
from tests.bench.api_server import CONNECTIONS
from tests.bench.http_load import load
from tests.support.postgres import PostgresServer

MEMBERS = 50
SECONDS = 0.2
REQUESTS_A_SECOND = 10
"""That many any machine answers."""


@pytest.fixture(scope="module")
def measured(postgres: PostgresServer, worker_id: str) -> Iterator[tuple[int, str]]:
    """The port of the server that is measured, and a key."""
    name = f"bench_{worker_id}"
    postgres.execute(f"CREATE DATABASE {name}")
    key = fill(postgres.url(name), MEMBERS)
    fill_naive(postgres.url(name), MEMBERS)
    with served(sys.executable, "-m", "tests.bench.api_server", postgres.url(name)) as port:
        yield port, key
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("path", ["/v1/purchases", "/bench/noop", "/bench/naive"])
def test_every_single_request_is_answered(measured: tuple[int, str], path: str) -> None:
    port, key = measured
    done = uvloop.run(load(port, CONNECTIONS, SECONDS, Requests(key, MEMBERS).single(path)))
    assert done.rate > REQUESTS_A_SECOND


def test_every_batch_is_answered(measured: tuple[int, str]) -> None:
    port, key = measured
    assert uvloop.run(load(port, BATCH_CONNECTIONS, SECONDS, Requests(key, MEMBERS).batches())).seconds
