"""The scheme lab over HTTP: the same figures as the command, behind a key, within limits."""

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from coalition.access.caller import Role
from coalition.access.invite import COMMAND
from coalition.access.key_store import add_key, begun, revoke_key
from coalition.access.tokens import NewToken, new_token
from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.api.routes.lab import PIECE_BYTES, LabScenario, LabVendorFigure
from coalition.app import open_database
from coalition.lab import RunLimits, Scenario, as_data, read_toml, run
from coalition.lab.errors import OutputTooLong
from coalition.lab.scenario import TABLES, VENDOR_KEYS
from coalition.lab.worker_process import Sandbox
from settlement.ledger import Database

THREE_PURCHASES = [{"do": "purchase", "who": f"u{i}", "amount": "1000"} for i in (1, 2, 3)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('api')}/books.db")
    yield database
    database.close()


@pytest.fixture(scope="module")
def client(server: Database) -> Iterator[TestClient]:
    key = new_token(1)
    with server.engine.begin() as connection:
        add_key(connection, 1, key, begun(key, Role.APP, "test", COMMAND, 0))
    headers = {"Authorization": f"Bearer {key.text}"}
    with TestClient(create_app(Alliances(server)), headers=headers, raise_server_exceptions=False) as client:
        yield client


def test_a_run_gives_the_figures_of_the_command(client: TestClient) -> None:
    scenario = {"model": "appreciation", "preset": "local-life", "events": THREE_PURCHASES}
    got = client.post("/v1/lab/runs", json=scenario)
    assert got.status_code == 200
    assert [row["price"][:4] for row in got.json()["rows"]] == ["1.42", "1.68", "1.86"]
    events = "".join(f'[[events]]\ndo = "purchase"\nwho = "u{i}"\namount = "1000"\n' for i in (1, 2, 3))
    direct = as_data(run(read_toml(f'model = "appreciation"\npreset = "local-life"\n{events}')))
    assert got.json()["verdict"] == direct["verdict"]


def test_whatever_a_scenario_file_can_have_can_be_sent(client: TestClient) -> None:
    assert set(TABLES) <= set(LabScenario.model_fields)
    assert set(VENDOR_KEYS) == set(LabVendorFigure.model_fields)
    scenario = {
        "model": "appreciation",
        "preset": "local-life",
        "title": {"en": "Green points", "zh": "绿色积分"},
        "currency": "EUR",
        "params": {"exit_multiple": "2"},
        "events": THREE_PURCHASES,
        "run_share": "0.3",
        "coalition": {"earn_points_per_unit": "3"},
        "growth": {"months": "12"},
        "vendor": [
            {"says": "price after the second sale", "event": 1, "key": "price", "value": "1.68"},
            {"says": {"en": "after the third", "zh": "第三笔后"}, "event": 2, "key": "price", "value": "1.90"},
        ],
    }
    assert set(scenario) == set(TABLES)
    got = client.post("/v1/lab/runs", json=scenario)
    assert got.status_code == 200, got.text
    assert got.json()["currency"] == "EUR"
    assert got.json()["vendor"] == [
        {"says": {"en": "price after the second sale"}, "value": "1.68", "lab": "1.68", "equal": True},
        {"says": {"en": "after the third", "zh": "第三笔后"}, "value": "1.90", "lab": "1.87", "equal": False},
    ]


def test_real_purchases_follow_the_events(client: TestClient) -> None:
    purchases = (
        "at,member,merchant,amount,spend\n2026-03-01T10:00:00,ann,Cafe,12.30,\n2026-03-02T10:00:00,ben,Cafe,5,\n"
    )
    got = client.post("/v1/lab/runs", json={"model": "appreciation", "purchases": purchases})
    assert [row["who"] for row in got.json()["rows"] if row["do"] == "purchase"] == ["ann", "ben"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"model": "perpetual-motion"}, "scenario_invalid", "model"),
        ({"model": "appreciation", "params": {"pool_rate": "2"}}, "scenario_invalid", "params.pool_rate"),
        (
            {"model": "appreciation", "events": [{"do": "sell", "who": "u1", "points": "5"}]},
            "event_refused",
            "events.0",
        ),
        ({"model": "appreciation", "purchases": "at,member\n"}, "purchases_invalid", "purchases.1"),
        ({"model": "appreciation", "speed": "fast"}, "invalid", "speed"),
        ({"events": []}, "invalid", "model"),
    ],
)
def test_what_cannot_be_run_is_a_problem_that_names_the_field(
    client: TestClient, body: dict[str, object], code: str, field: str
) -> None:
    got = client.post("/v1/lab/runs", json=body)
    assert (got.status_code, got.headers["content-type"]) == (422, "application/problem+json")
    assert (got.json()["code"], got.json()["fields"][0]["field"]) == (code, field)
    assert got.json()["request_id"] == got.headers["x-request-id"]


def test_a_run_of_more_events_than_allowed_is_refused(client: TestClient) -> None:
    rows = "".join(f"2026-03-01T10:00:00,m{i},Cafe,1,\n" for i in range(20_001))
    body = {"model": "appreciation", "purchases": "at,member,merchant,amount,spend\n" + rows}
    got = client.post("/v1/lab/runs", json=body)
    assert (got.status_code, got.json()["code"]) == (422, "run_too_large")


def test_a_caller_has_one_run_at_a_time_and_there_are_so_many_places(server: Database) -> None:
    keys = [new_token(1) for _ in range(3)]
    with server.engine.begin() as connection:
        for key in keys:
            add_key(connection, 1, key, begun(key, Role.APP, "busy", COMMAND, 0))
    app = create_app(Alliances(server))
    with TestClient(app) as client:
        app.state.lab = sandbox = Sandbox(places=2)

        def ask(key: NewToken, events: int) -> Response:
            body = {"model": "appreciation", "events": THREE_PURCHASES * events}
            return client.post("/v1/lab/runs", json=body, headers={"Authorization": f"Bearer {key.text}"})

        with ThreadPoolExecutor(2) as threads:
            long = [threads.submit(ask, key, 1_000) for key in keys[:2]]
            while len(sandbox.callers) < 2:
                time.sleep(0.01)
            again, third = ask(keys[0], 1), ask(keys[2], 1)
            assert (again.status_code, again.json()["code"]) == (429, "rate_limited")
            assert (third.status_code, third.json()["code"]) == (503, "unavailable")
            assert {again.headers["retry-after"], third.headers["retry-after"]} == {"10", "60"}
            assert [run.result().status_code for run in long] == [200, 200]
        assert ask(keys[0], 1).status_code == 200
        sandbox.close()


def test_the_models_are_listed_with_their_presets(client: TestClient) -> None:
    models = {model["name"]: model for model in client.get("/v1/lab/models").json()}
    assert {"appreciation", "share-purchase", "chain", "packages", "coalition"} == set(models)
    appreciation = models["appreciation"]
    assert {"local-life", "mall"} <= {preset["name"] for preset in appreciation["presets"]}
    purchase = next(event for event in appreciation["events"] if event["do"] == "purchase")
    assert (purchase["needs"], purchase["may"]) == ([["who"], ["amount"]], ["shop", "spend"])
    mall = next(preset for preset in appreciation["presets"] if preset["name"] == "mall")
    assert mall["params"]["exit_multiple"] == "3"
    assert all(text for event in appreciation["events"] for text in (event["note"], appreciation["promise"]))


def test_a_scheme_grows_over_http(client: TestClient) -> None:
    growth = {"members": "50", "runs": "10", "months": "3"}
    got = client.post("/v1/lab/growth", json={"model": "appreciation", "growth": growth})
    assert got.status_code == 200, got.text
    assert [month["month"] for month in got.json()["months"]] == [1, 2, 3]
    large = client.post("/v1/lab/growth", json={"model": "appreciation", "growth": {"members": "100000"}})
    assert (large.status_code, large.json()["code"]) == (422, "run_too_large")


def test_the_report_is_a_page_in_the_language_of_the_request(client: TestClient) -> None:
    scenario = {"model": "appreciation", "events": THREE_PURCHASES, "coalition": {"earn_points_per_unit": "5"}}
    got = client.post("/v1/lab/reports", json=scenario, headers={"Accept-Language": "zh-CN"})
    assert got.status_code == 200, got.text
    assert got.headers["content-type"].startswith("text/html")
    assert got.text.startswith('<!doctype html>\n<html lang="zh-Hans">')


def test_the_coalitions_parameters_are_the_scenarios(client: TestClient) -> None:
    def outstanding(rate: str) -> str:
        body = {"model": "appreciation", "events": THREE_PURCHASES, "coalition": {"earn_points_per_unit": rate}}
        got = client.post("/v1/lab/runs", json=body)
        return str(got.json()["verdict"]["coalition"]["promises"])

    assert (outstanding("1"), outstanding("5")) == ("30", "150")


def test_a_long_run_answers_a_selection_of_rows_and_every_row_on_request(client: TestClient) -> None:
    rows = "".join(f"2026-03-01T10:00:00,m{i % 7},Cafe,1,\n" for i in range(2_500))
    body = {"model": "coalition", "purchases": "at,member,merchant,amount,spend\n" + rows}
    some = client.post("/v1/lab/runs", json=body).json()
    left = {*Path(gettempdir()).glob("lab-run-*")}
    with client.stream("POST", "/v1/lab/runs", json=body | {"every_row": True}) as answer:
        pieces = list(answer.iter_raw())
    assert {*Path(gettempdir()).glob("lab-run-*")} == left
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= PIECE_BYTES
    every = json.loads(b"".join(pieces))
    assert (some["events"], len(some["rows"]), some["rows"][-1]["event"]) == (2_500, 1_251, 2_499)
    assert len(every["rows"]) == 2_500
    assert some["verdict"] == every["verdict"]


@dataclass(frozen=True)
class EndlessJob:
    """A job whose events are done at once, and whose output never ends."""

    def __call__(self, scenario: Scenario, limits: RunLimits) -> bytes:
        """Never return."""
        while True:
            pass


def test_the_time_limit_holds_for_what_comes_after_the_events_too() -> None:
    sandbox = Sandbox(limits=RunLimits(seconds=0.01))
    with pytest.raises(OutputTooLong):
        asyncio.run(sandbox.run("somebody", {"model": "appreciation", "events": THREE_PURCHASES}, EndlessJob()))
    sandbox.close()


@pytest.mark.parametrize("sent", [None, "Bearer nonsense", "Bearer unknown", "Basic YTpi"])
def test_without_a_valid_key_nothing_is_run(server: Database, sent: str | None) -> None:
    sent = f"Bearer {new_token(1).text}" if sent == "Bearer unknown" else sent
    headers = {} if sent is None else {"Authorization": sent}
    with TestClient(create_app(Alliances(server)), headers=headers) as stranger:
        for got in (stranger.get("/v1/lab/models"), stranger.post("/v1/lab/runs", json={"model": "appreciation"})):
            assert (got.status_code, got.json()["code"]) == (401, "unauthorized")
            assert got.headers["www-authenticate"] == "Bearer"


def test_a_revoked_key_is_refused_at_the_next_look(server: Database) -> None:
    key = new_token(1)
    with server.engine.begin() as connection:
        add_key(connection, 1, key, begun(key, Role.APP, "short", COMMAND, 0))
    with TestClient(
        create_app(Alliances(server), key_fresh_seconds=0), headers={"Authorization": f"Bearer {key.text}"}
    ) as client:
        assert client.get("/v1/lab/models").status_code == 200
        with server.engine.begin() as connection:
            assert revoke_key(connection, 1, key.id, 1)
        assert client.get("/v1/lab/models").status_code == 401


def test_problems_speak_the_readers_language(client: TestClient) -> None:
    got = client.get("/v1/nowhere", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert (got.status_code, got.json()["title"]) == (404, "未找到")


def test_a_huge_body_is_refused_before_it_is_read(client: TestClient) -> None:
    got = client.post("/v1/lab/runs", content=b"x" * 8_000_001)
    assert (got.status_code, got.json()["code"]) == (413, "body_too_large")


def test_every_field_and_problem_is_described(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert schema["openapi"] == "3.1.0"
    for name, model in schema["components"]["schemas"].items():
        for field, described in model.get("properties", {}).items():
            assert described.get("description"), f"{name}.{field}"
    assert "HTTPValidationError" not in schema["components"]["schemas"]


def test_it_is_ready_when_its_database_answers(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/health/ready").json() == {"status": "ok"}
    gone = Database(f"sqlite:///{tmp_path}/no/such/folder/books.db")
    with TestClient(create_app(Alliances(gone))) as lost:
        assert lost.get("/health/live").status_code == 200
        assert (lost.get("/health/ready").status_code, lost.get("/health/ready").json()["code"]) == (503, "unavailable")
