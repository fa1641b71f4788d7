"""Refunds over HTTP: parts that end where the whole ends, each once, whatever happened in between."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from settlement.clearing import close_due
from settlement.ledger import MoveKind
from tests.support.clock import DAY
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send

LINES = [
    {"ref": "bread", "amount_minor": 600},
    {"ref": "books", "amount_minor": 300, "earns": False},
    {"ref": "cake", "amount_minor": 100},
]


def refund(client: TestClient, key: str, sold: ApiAnswer, **fields: object) -> ApiAnswer:
    return send(client, "/v1/refunds", key, purchase=sold["id"], **fields)


def balance(town: ApiTown, member: str = "ann", shop: str = "bakery") -> int:
    quote = send(town.till(shop), "/v1/purchases/quote", None, shop=shop, member=member, amount_minor=0)
    return quote["points_before"]


def test_a_full_refund_takes_back_what_was_earned_and_returns_what_was_spent(town: ApiTown) -> None:
    purchase(town.till(), "k1", amount_minor=10_000)
    sold = purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=2_000, points=300)
    assert balance(town) == 500 - 300 + 85
    back = refund(town.till("cafe"), "k3", sold)
    assert (back["amount_minor"], back["points_returned"], back["points_taken_back"]) == (2_000, 300, 85)
    assert balance(town) == 500


@pytest.mark.parametrize("parts", [[1_000], [500, 500], [333, 333, 334], [1] * 7 + [993]])
def test_parts_end_where_the_whole_ends(town: ApiTown, parts: list[int]) -> None:
    purchase(town.till("cafe"), "k1", shop="cafe", amount_minor=1_234)
    before = balance(town)
    sold = purchase(town.till(), "k2", amount_minor=1_000, points=17)
    for number, amount in enumerate(parts):
        assert refund(town.till(), f"r{number}", sold, amount_minor=amount)["status"] == 201
    assert balance(town) == before
    again = refund(town.till(), "more", sold)
    assert (again["status"], again["code"]) == (409, "refund_exceeds_original")


def test_a_line_gives_back_what_that_line_earned(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000, lines=LINES)
    assert sold["points_earned"] == 35
    books, cake = (refund(town.till(), line, sold, lines=[line]) for line in ("books", "cake"))
    assert (books["amount_minor"], books["points_taken_back"]) == (300, 0)
    assert (cake["amount_minor"], cake["points_taken_back"]) == (100, 5)
    rest = refund(town.till(), "rest", sold)
    assert (rest["amount_minor"], rest["points_taken_back"]) == (600, 30)


@pytest.mark.parametrize("line", ["cake", "no such line"])
def test_a_line_is_refunded_once_and_must_be_there(town: ApiTown, line: str) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000, lines=LINES)
    refund(town.till(), "r1", sold, lines=["cake"])
    read = town.till().get(f"/v1/purchases/{sold['id']}").json()
    assert [line["ref"] for line in read["lines"] if line["refunded"]] == ["cake"]
    again = refund(town.till(), "r2", sold, lines=[line])
    assert (again["status"], again["code"], again["fields"][0]["field"]) == (409, "line_unknown", "lines")


def test_points_that_are_spent_already_become_a_debt_that_the_next_earn_pays(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=10_000)
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=500, points="all")
    back = refund(town.till(), "r1", sold)
    assert (back["points_taken_back"], back["debt_points"]) == (500, 500)
    assert balance(town) == 0
    purchase(town.till("diner"), "k3", shop="diner", amount_minor=12_000)
    assert balance(town) == 100


def test_a_retry_gives_the_first_answer_even_after_other_refunds(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    first = refund(town.till(), "r1", sold, amount_minor=400)
    refund(town.till(), "r2", sold, amount_minor=100)
    again = refund(town.till(), "r1", sold, amount_minor=400)
    assert again.pop("replayed") == "true"
    assert {**again, "replayed": None} == first


def test_a_key_with_another_amount_names_the_field(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    refund(town.till(), "r1", sold, amount_minor=400)
    again = refund(town.till(), "r1", sold, amount_minor=500)
    assert (again["status"], again["fields"][0]["field"]) == (422, "amount_minor")


def test_of_many_refunds_at_once_no_more_goes_back_than_was_paid(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    till = town.till()
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda n: refund(till, f"r{n}", sold, amount_minor=150), range(12)))
    assert sorted(answer["status"] for answer in answers) == [201] * 6 + [409] * 6
    assert sum(answer.get("points_taken_back", 0) for answer in answers) == 45


def test_after_the_close_it_settles_in_the_open_window(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    town.clock.now += 14 * DAY
    with town.session() as session:
        close_due(town.alliance.book, session, town.clock())
    back = refund(town.till(), "r1", sold)
    assert back["window"] > sold["window"]
    with town.session() as session:
        tallied = session.rows("SELECT COUNT(*) FROM moves WHERE kind = ?", -MoveKind.ISSUE)
    assert tallied == [(1,)]


def test_another_shops_purchase_looks_as_if_it_were_not_there(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    theirs = refund(town.till("cafe"), "r1", sold)
    nobodys = refund(town.till("cafe"), "r2", {"id": "pur_0000000000000"})
    assert theirs["status"] == nobodys["status"] == 404
    assert theirs["code"] == nobodys["code"]
