"""A rail is one file: a module called rails.py in a package that COALITION_PLUGINS names, and nothing else."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.town_api import ApiTown

TOY_RAIL = '''
"""Payments by pigeon: each arrives at once."""

from settlement.rails import CashLine, Direction, Observation, RailStatus


class PigeonRail:
    name = "pigeon"

    def __init__(self, clock):
        self.clock = clock
        self.sent = {}

    def least_minor(self, currency):
        return 1

    def step_minor(self, currency):
        return 1

    def problem(self, account, direction):
        return ""

    def details_problem(self, account):
        return ""

    def instruct(self, attempts):
        for attempt in attempts:
            self.sent.setdefault(attempt.key, (self.clock(), attempt))
        return self.observe(attempts)

    def observe(self, attempts):
        now = self.clock()
        return [Observation(RailStatus.PAID if a.key in self.sent else RailStatus.UNKNOWN, now) for a in attempts]

    def learned_since(self, since):
        return {}

    def available_minor(self, currency):
        return None

    def lines(self, since, until):
        signs = {Direction.COLLECT: 1, Direction.PAY: -1}
        return [
            CashLine(key, at, signs[attempt.direction] * attempt.minor, 0, key, "by pigeon")
            for key, (at, attempt) in self.sent.items()
            if since <= at < until
        ]


def open_rail(book):
    return PigeonRail(book.clock)
'''


@pytest.fixture
def pigeons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A plugin that has a rail."""
    package = tmp_path / "pigeon_town"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "rails.py").write_text(TOY_RAIL)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("COALITION_PLUGINS", "pigeon_town")
    yield
    for name in ("pigeon_town", "pigeon_town.rails"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("pigeons")
def test_a_window_is_settled_over_the_rail_of_a_plugin(closed: ApiTown) -> None:
    client = closed.client()
    rules = client.get("/v1/payment-rules")
    body = {name: value for name, value in rules.json().items() if name != "approval"} | {"rail": "pigeon"}
    headers = {"If-Match": rules.headers["ETag"], "Idempotency-Key": "by pigeon"}
    assert client.put("/v1/payment-rules", json=body, headers=headers).status_code == 200
    assert client.post("/v1/settlements/run").status_code == 200
    payments = client.get("/v1/payments").json()["data"]
    assert {(each["rail"], each["shop"], each["state"]) for each in payments} == {
        ("pigeon", "bakery", "paid"),
        ("pigeon", "cafe", "paid"),
    }
    rails = {each["rail"]: each["agrees"] for each in client.post("/v1/settlements/reconcile").json()}
    assert rails["pigeon"] is True
