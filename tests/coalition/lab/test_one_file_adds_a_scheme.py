"""A scheme is one file: put into the folder of schemes, it is listed, runs, and answers over HTTP."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from coalition.access.caller import Role
from coalition.access.invite import COMMAND
from coalition.access.key_store import add_key, begun
from coalition.access.tokens import new_token
from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.app import open_database
from coalition.cli.commands.lab import app
from coalition.lab import schemes

TOY = '''\
"""Cash back: a tenth of each purchase is paid back on the next day."""

from coalition.lab.numbers import ZERO
from coalition.lab.params import Param
from coalition.lab.purchases import as_purchase
from coalition.lab.parties import Party
from coalition.lab.scheme import Debt, EventKind, Preset, Scheme
from coalition.locale.messages import N_


class CashBack(Scheme):
    name = "cash-back"
    title = N_("Cash back")
    about = N_("A share of each purchase comes back.")
    promise = N_("a share of each purchase back")
    specs = (Param("rate", "0.1", "share", "of a purchase, paid back"),)
    kinds = (
        EventKind("purchase", ("who", "amount"), ("shop", "spend"), "a member buys"),
        EventKind("day", (), (), "pays back what is due"),
    )
    presets = (Preset("tenth", "a tenth comes back"),)

    def __init__(self, params):
        super().__init__(params)
        self.due = {}

    def handlers(self):
        return {"purchase": self.purchase, "day": self.day}

    def purchase(self, event):
        amount = event.number("amount")
        due = amount * self.params["rate"]
        self.promises.buy(amount)
        self.money.enter(event.participant)
        self.money.buy(Party.member(event.participant), Party.shop("shop"), amount)
        self.money.put(Party.shop("shop"), "due", due, buyer=event.participant)
        self.promises.make(event.participant, due)
        self.due[event.participant] = self.due.get(event.participant, ZERO) + due
        return {"pool": self.money.held("due")}

    def day(self, event):
        for who, due in self.due.items():
            self.money.pay("due", Party.member(who), due)
            self.promises.deliver(who, due)
            self.award(who, due)
        self.due.clear()
        return {"pool": self.money.held("due")}

    def held(self):
        return self.money.held("due")

    def debts(self):
        return [Debt("due", self.promises.outstanding, self.promises.outstanding)]

    def one_more(self, amount):
        due = amount * self.params["rate"]
        return due, due

    def flags(self):
        return []

    def audit(self, event):
        self.same(event, "money due", sum(self.due.values(), ZERO), self.money.held("due"))

    @classmethod
    def replay(cls, purchases):
        return [as_purchase(purchase) for purchase in purchases]


MODEL = CashBack
'''

EVENTS = [{"do": "purchase", "who": "ann", "amount": "50"}, {"do": "day"}]
RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file, in a folder on the path of the schemes."""
    (tmp_path / "schemes").mkdir()
    (tmp_path / "schemes" / "cash_back.py").write_text(TOY, encoding="utf-8")
    monkeypatch.setattr(schemes, "__path__", [*schemes.__path__, str(tmp_path / "schemes")])
    yield
    del sys.modules[f"{schemes.__name__}.cash_back"]


def test_it_is_listed() -> None:
    listed = RUNNER.invoke(app, ["list"])
    assert listed.exit_code == 0
    assert all(text in listed.output for text in ("cash-back", "A share of each purchase", "tenth", "paid back"))
    assert "appreciation" in listed.output


def test_it_runs_beside_the_coalition(tmp_path: Path) -> None:
    scenario = tmp_path / "toy.toml"
    events = '[[events]]\ndo = "purchase"\nwho = "ann"\namount = "50"\n[[events]]\ndo = "day"\n'
    scenario.write_text(f'model = "cash-back"\npreset = "tenth"\n{events}', encoding="utf-8")
    done = RUNNER.invoke(app, ["run", str(scenario), "--report", str(tmp_path / "toy.html")])
    assert done.exit_code == 0, done.output
    assert "Of the money promised 100% came; 1 of 1 got all of it" in " ".join(done.output.replace("│", " ").split())
    assert "a share of each purchase back" in (tmp_path / "toy.html").read_text(encoding="utf-8")


def test_what_it_lacks_is_refused_in_a_sentence(tmp_path: Path) -> None:
    scenario = tmp_path / "toy.toml"
    scenario.write_text('model = "cash-back"\n', encoding="utf-8")
    done = RUNNER.invoke(app, ["grow", str(scenario)])
    assert (done.exit_code, done.output.strip()) == (2, "model: cash-back has no simulation of growth.")


def test_it_answers_over_http(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/books.db")
    key = new_token(1)
    with database.engine.begin() as connection:
        add_key(connection, 1, key, begun(key, Role.APP, "test", COMMAND, 0))
    try:
        with TestClient(create_app(Alliances(database)), headers={"Authorization": f"Bearer {key.text}"}) as client:
            models = {model["name"]: model for model in client.get("/v1/lab/models").json()}
            assert [event["do"] for event in models["cash-back"]["events"]] == ["purchase", "day"]
            got = client.post("/v1/lab/runs", json={"model": "cash-back", "events": EVENTS})
            assert got.status_code == 200, got.text
            assert [row["paid"] for row in got.json()["rows"]] == [{}, {"ann": "5"}]
            assert got.json()["verdict"]["got_back"] == 1
    finally:
        database.close()
