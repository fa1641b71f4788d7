"""A book that was replayed into is one to go on with: its members and shops are the API's."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.app import open_database
from settlement.ledger import Database
from tests.support.books import check_book
from tests.support.clock import Clock, instant
from tests.support.command import Command
from tests.support.town import ROWS, purchases_csv, write_town
from tests.support.town_api import purchase

NOW = instant("2024-05-27 12:00")


class Served:
    """The API over a replayed database; the town's keys are made by the command."""

    def __init__(self, database: Database, url: str, command: Command) -> None:
        self.alliances = Alliances(database, Clock(NOW))
        self.app = create_app(self.alliances, rate_scale=0)
        self.url, self.command = url, command

    def client(self, *options: str) -> TestClient:
        """Whoever calls with a new key."""
        made = self.command("keys", "create", "test", *options, "--database-url", self.url)
        assert made.code == 0, made.err
        return TestClient(self.app, headers={"Authorization": f"Bearer {made.out.strip()}"})


@pytest.fixture
def replayed(command: Command, tmp_path: Path, new_url: str) -> Iterator[Served]:
    """Ann's three purchases, replayed."""
    assert command(*write_town(tmp_path), "--database-url", new_url).code == 0
    with closing(open_database(new_url)) as database:
        served = Served(database, new_url, command)
        yield served
        book = served.alliances.get(1).book
        served.alliances.close()
        check_book(book)


def test_a_replayed_member_is_listed_since_their_first_purchase(replayed: Served) -> None:
    operator = replayed.client("--role", "operator")
    (ann,) = operator.get("/v1/members").json()["data"]
    assert (ann["id"], ann["created_at"]) == ("ann", "2024-05-13T08:00:00Z")
    assert operator.get("/v1/members/ann").json() == ann
    assert {shop["ref"] for shop in operator.get("/v1/shops").json()["data"]} == {"bakery", "cafe"}


def test_a_replayed_member_has_their_points_and_their_history(replayed: Served) -> None:
    app = replayed.client()
    wallet = app.get("/v1/wallets/ann").json()
    assert (wallet["points"], {lot["issuer"]: lot["points"] for lot in wallet["lots"]}) == (
        15,
        {"bakery": 9, "cafe": 6},
    )
    history = app.get("/v1/wallets/ann/history").json()["data"]
    assert [event["type"] for event in history] == ["purchase.created"] * 3


def test_names_of_any_script_are_replayed_and_served(command: Command, tmp_path: Path, new_url: str) -> None:
    names = ["山田\u3000太郎", "علی\u200cرضا", "Jean\u00a0Dupont", "\U0001f468\u200d\U0001f469\u200d\U0001f467"]
    rows = [f"2024-05-13T10:00,\u3000{name} ,{name},{amount}," for amount, name in enumerate(names, start=100)]
    assert command(*write_town(tmp_path, purchases_csv(*rows)), "--database-url", new_url).code == 0
    with closing(open_database(new_url)) as database:
        served = Served(database, new_url, command)
        operator = served.client("--role", "operator")
        for name in names:
            assert operator.get(f"/v1/wallets/{quote(name)}").json()["lots"][0]["issuer"] == name
        book = served.alliances.get(1).book
        served.alliances.close()
        check_book(book)


def test_a_replayed_member_buys_at_a_replayed_shop(replayed: Served) -> None:
    till = replayed.client("--role", "till", "--shop", "cafe")
    bought = purchase(till, "k1", shop="cafe", amount_minor=1_000, points="all")
    assert (bought["points_spent"], bought["cash_due_minor"]) == (15, 985)
    assert (
        till.post("/v1/purchases/quote", json={"shop": "cafe", "member": "bob", "amount_minor": 1}).status_code == 404
    )


def test_a_replayed_member_is_found_by_an_address_once_the_alliance_knows_it(replayed: Served) -> None:
    operator = replayed.client("--role", "operator")
    body = {"email": "ann@example.com"}
    assert operator.patch("/v1/members/ann", json=body, headers={"If-Match": "*"}).status_code == 200
    assert operator.post("/v1/members/search", json=body).json()[0]["id"] == "ann"


def test_replaying_on_keeps_what_became_of_a_member(command: Command, replayed: Served, tmp_path: Path) -> None:
    operator = replayed.client("--role", "operator")
    assert operator.post("/v1/members/ann/freeze").status_code == 200
    again = purchases_csv(*ROWS, "2024-05-22T11:00,bob,bakery,5.00,")
    assert command(*write_town(tmp_path, again), "--database-url", replayed.url, "--yes").code == 0
    listed = operator.get("/v1/members").json()["data"]
    assert {member["id"]: member["state"] for member in listed} == {"ann": "frozen", "bob": "active"}
