"""What is seen of a request: one line in the log, its figures, its span; and never what was sent."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY, generate_latest

from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.operation.lag import Lag
from coalition.operation.logs import set_up_logs
from coalition.operation.traces import OpenTelemetry
from coalition.operation.watch import PosterTelemetry
from settlement import DatabaseUnusable
from settlement.ledger import Database
from tests.support.town_api import ApiTown, purchase


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log, as a server writes it."""
    stream, before = io.StringIO(), structlog.get_config()
    import logging

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logs(stream)
    yield stream
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


def requests_in(log: io.StringIO) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == "request"]


def test_a_request_is_one_line_with_its_route_its_caller_and_its_time(town: ApiTown, log: io.StringIO) -> None:
    till = town.till()
    booked = purchase(till, "secret-key", amount_minor=1_000)
    till.get(f"/v1/purchases/{booked['id']}")
    first, second = requests_in(log)
    assert first["route"] == "/v1/purchases"
    assert second["route"] == "/v1/purchases/{purchase}"
    assert (second["status"], second["role"], second["alliance"]) == (200, "till", town.alliance.id)
    assert second["duration_ms"] >= 0
    assert str(second["request_id"]).startswith("req_")


def test_the_log_has_no_key_no_body_and_no_contact_in_it(town: ApiTown, log: io.StringIO) -> None:
    client = town.client()
    client.post("/v1/members", json={"email": "somebody@example.com", "name": "Somebody"})
    client.post("/v1/members", json={"email": "no contact at all"})
    purchase(client, "secret-idempotency-key", amount_minor=1_000)
    written = log.getvalue()
    assert written
    for secret in ("somebody", "Somebody", "no contact", "coalition_", "secret-idempotency-key", "amount_minor"):
        assert secret not in written


class Broken:
    """Alliances that fail in the way they are told."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def get(self, _: int) -> None:
        raise self.error

    opened = get


def test_an_error_is_logged_with_its_places_and_without_its_text(town: ApiTown, log: io.StringIO) -> None:
    client = town.client()
    town.app.state.alliances = Broken(ValueError("somebody@example.com"))
    answer = client.get("/v1/alliance")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]
    (line,) = requests_in(log)
    assert line["request_id"] == answer.json()["request_id"]
    assert (line["level"], line["error"][0]) == ("error", "builtins.ValueError")
    assert any("alliance" in place for place in line["traceback"])
    assert "somebody" not in log.getvalue()


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_database_that_fails_is_counted(town: ApiTown, log: io.StringIO) -> None:
    client = town.client()
    before = figure("coalition_database_errors_total")
    town.app.state.alliances = Broken(DatabaseUnusable("sqlite:///x", "disk I/O error"))
    assert client.get("/v1/alliance").status_code == 503
    assert figure("coalition_database_errors_total") == before + 1
    assert requests_in(log)[0]["level"] == "error"


def test_requests_are_counted_by_route_and_status_and_never_by_address(town: ApiTown) -> None:
    labels = {"method": "GET", "route": "/v1/purchases/{purchase}", "status": "404"}
    before = figure("coalition_requests_total", **labels)
    for number in range(3):
        town.till().get(f"/v1/purchases/pur_{number}")
        town.till().get(f"/nowhere/{number}")
    assert figure("coalition_requests_total", **labels) == before + 3
    assert b"pur_1" not in generate_latest()
    assert b"nowhere" not in generate_latest()


def test_a_trace_goes_from_the_request_to_its_batch_and_the_database(town: ApiTown) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    traces = OpenTelemetry(provider)
    town.alliances.close()
    town.alliances = Alliances(town.database, town.clock, PosterTelemetry(traces))
    town.app = create_app(town.alliances, traces=traces)
    batches = figure("coalition_batch_postings_count")
    with town.till() as till:
        assert purchase(till, "k", amount_minor=1_000)["status"] == 201
    spans = {span.name: span for span in exporter.get_finished_spans()}
    request, batch, database = spans["POST /v1/purchases"], spans["batch"], spans["database"]
    assert request.attributes["http.response.status_code"] == 201
    assert [link.context.span_id for link in batch.links] == [request.context.span_id]
    assert database.parent.span_id == batch.context.span_id
    assert figure("coalition_batch_postings_count") == batches + 1


def test_what_is_behind_is_asked_of_the_database_at_each_scrape(town: ApiTown) -> None:
    purchase(town.till(), "k", amount_minor=1_000)
    metrics = {metric.name: metric.samples for metric in Lag(town.database, town.clock).collect()}
    assert metrics["coalition_database_up"][0].value == 1
    assert [(sample.labels, sample.value) for sample in metrics["coalition_events_behind"]] == [
        ({"alliance": str(town.alliance.id)}, 1)
    ]
    gone = Lag(Database("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"), town.clock)
    assert next(iter(gone.collect())).samples[0].value == 0
