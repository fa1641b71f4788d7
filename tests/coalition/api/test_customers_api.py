"""A shop's customers: how many, how many of them new, for how much; numbers, and nobody's name."""

import csv
from io import StringIO

from coalition.access.caller import Role
from tests.support.clock import DAY
from tests.support.town_api import ApiTown, purchase

REPORT = "/v1/reports/customers"


def lived(town: ApiTown) -> None:
    """Two months: Ann buys at the bakery in both, twice in the first; Bob in the second; Cleo at the café alone."""
    purchase(town.till(), "k1", amount_minor=1_000)
    purchase(town.till(), "k2", amount_minor=500)
    purchase(town.till("cafe"), "k3", shop="cafe", member="cleo", amount_minor=700)
    town.clock.forward(35 * DAY)
    purchase(town.till(), "k4", amount_minor=250)
    purchase(town.till(), "k5", member="bob", amount_minor=300)


def test_a_customer_is_new_in_the_month_of_the_first_purchase(town: ApiTown) -> None:
    lived(town)
    report = town.client().get(REPORT, params={"shop": "bakery", "months": 3}).json()
    assert (report["shop"], report["currency"], report["customers"]) == ("bakery", "EUR", 2)
    names = ("customers", "new", "returning", "purchases", "amount_minor")
    assert [[row[name] for name in names] for row in report["months"]] == [
        [0, 0, 0, 0, 0],
        [1, 1, 0, 2, 1_500],
        [2, 1, 1, 2, 550],
    ]
    # Whoever came before the months that are asked for is not new in them.
    (now,) = town.client().get(REPORT, params={"shop": "bakery", "months": 1}).json()["months"]
    assert (now["new"], now["returning"]) == (1, 1)


def undo(town: ApiTown, key: str) -> None:
    assert town.till().post("/v1/purchases/void", json={"idempotency_key": key}).json()["outcome"] == "undone"


def months(town: ApiTown) -> list[tuple[int, int, int, int]]:
    """Customers, new ones, purchases and amount of the bakery's last two months."""
    rows = town.client().get(REPORT, params={"shop": "bakery", "months": 2}).json()["months"]
    return [(row["customers"], row["new"], row["purchases"], row["amount_minor"]) for row in rows]


def active(town: ApiTown) -> list[int]:
    """How many of those who joined in the first month bought something in each of the two."""
    cohorts: list[dict[str, list[int]]] = town.client().get("/v1/reports/cohorts", params={"months": 2}).json()
    return cohorts[0]["active"]


def test_a_sale_that_was_undone_is_none(town: ApiTown) -> None:
    lived(town)
    purchase(town.till(), "x1", member="cleo", amount_minor=9_000)
    # Both before and after the sale was counted.
    undo(town, "x1")
    assert months(town) == [(1, 1, 2, 1_500), (2, 1, 2, 550)]
    undo(town, "k5")
    purchase(town.till(), "x2", amount_minor=80)
    undo(town, "x2")
    undo(town, "k2")
    assert months(town) == [(1, 1, 1, 1_000), (1, 0, 1, 250)]
    assert active(town) == [2, 1]
    # Whoever was here for a sale alone that was undone is new with the next one.
    purchase(town.till(), "x3", member="bob", amount_minor=100)
    assert months(town)[1] == (2, 1, 2, 350)
    assert active(town) == [2, 2]


def test_a_shops_caller_sees_its_own_alone(town: ApiTown) -> None:
    lived(town)
    cafe = town.till("cafe")
    assert cafe.get(REPORT, params={"shop": "cafe"}).json()["customers"] == 1
    assert cafe.get(REPORT, params={"shop": "bakery"}).status_code == 404
    assert town.client(Role.APP).get(REPORT, params={"shop": "cafe"}).status_code == 403
    assert town.client().get(REPORT).status_code == 422


def test_the_months_come_as_a_table(town: ApiTown) -> None:
    lived(town)
    answer = town.client().get(REPORT, params={"shop": "bakery", "months": 2, "format": "csv"})
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["new"], row["returning"], row["amount_minor"]) for row in rows] == [
        ("1", "0", "1500"),
        ("1", "1", "550"),
    ]


def test_a_book_that_is_over_is_read_to_its_last_month(town: ApiTown) -> None:
    lived(town)
    read = [town.client().get(REPORT, params={"shop": "bakery", "months": 2}).json()]
    cohorts = [active(town)]
    # One of the two last months is still among those asked for.
    town.clock.forward(30 * DAY)
    assert months(town) == [(2, 1, 2, 550), (0, 0, 0, 0)]
    town.clock.forward(400 * DAY)
    read.append(town.client().get(REPORT, params={"shop": "bakery", "months": 2}).json())
    cohorts.append(active(town))
    assert read[0] == read[1]
    assert cohorts[0] == cohorts[1]
    assert any(cohorts[0])
    purchase(town.till(), "k6", amount_minor=100)
    assert months(town) == [(0, 0, 0, 0), (1, 0, 1, 100)]


def test_a_book_without_a_purchase_is_read_to_this_month(town: ApiTown) -> None:
    assert months(town) == [(0, 0, 0, 0)] * 2
