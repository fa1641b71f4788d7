"""Lines below zero: a coupon, a deposit that is paid back. What they do to what is earned, and in refunds."""

from tests.support.town_api import ApiAnswer, ApiTown, purchase, send

COUPON = [
    {"ref": "bread", "amount_minor": 600},
    {"ref": "cake", "amount_minor": 600},
    {"ref": "coupon", "amount_minor": -200},
]
BOTTLES = [
    {"ref": "juice", "amount_minor": 1_000},
    {"ref": "bottles", "amount_minor": -300, "earns": False},
]


def refund(town: ApiTown, key: str, sold: ApiAnswer, *lines: str) -> ApiAnswer:
    body = {"lines": list(lines)} if lines else {}
    return send(town.till(), "/v1/refunds", key, purchase=sold["id"], **body)


def spendable(town: ApiTown) -> int:
    return send(town.till(), "/v1/purchases/quote", None, shop="bakery", member="ann", amount_minor=0)["points_before"]


def test_a_coupon_lessens_what_is_earned(town: ApiTown) -> None:
    body = {"shop": "bakery", "member": "ann", "amount_minor": 1_000, "lines": COUPON}
    quote = send(town.till(), "/v1/purchases/quote", None, **body)
    assert (quote["earning_minor"], quote["points_earned"]) == (1_000, 50)
    assert [line["points_earned"] for line in quote["lines"]] == [30, 30, -10]
    sold = purchase(town.till(), "k1", amount_minor=1_000, lines=COUPON)
    read = town.till().get(f"/v1/purchases/{sold['id']}").json()
    assert sold["points_earned"] == 50
    assert read["lines"] == [{**line, "refunded": False} for line in quote["lines"]]


def test_a_deposit_that_is_paid_back_earns_nothing_and_takes_nothing(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=700, lines=BOTTLES)
    # Seven were paid in money, of which all may earn.
    assert (sold["cash_due_minor"], sold["points_earned"]) == (700, 35)
    body = {"shop": "bakery", "member": "ann", "amount_minor": 700, "lines": BOTTLES}
    assert send(town.till(), "/v1/purchases/quote", None, **body)["earning_minor"] == 700


def test_lines_come_to_the_amount_which_is_never_below_zero(town: ApiTown) -> None:
    for key, amount, lines, status in (
        ("a", 1_200, COUPON, 422),
        ("b", -200, [{"ref": "coupon", "amount_minor": -200}], 422),
        ("c", 0, [{"ref": "bread", "amount_minor": 200}, {"ref": "coupon", "amount_minor": -200}], 201),
    ):
        assert purchase(town.till(), key, amount_minor=amount, lines=lines)["status"] == status


def test_a_coupon_on_what_does_not_earn_leaves_nothing_below_zero(town: ApiTown) -> None:
    lines = [{"ref": "books", "amount_minor": 900, "earns": False}, {"ref": "coupon", "amount_minor": -100}]
    sold = purchase(town.till(), "k1", amount_minor=800, lines=lines)
    assert (sold["status"], sold["points_earned"]) == (201, 0)
    back = refund(town, "r1", sold, "books", "coupon")
    assert (back["amount_minor"], back["points_taken_back"]) == (800, 0)


def test_a_coupon_is_refunded_with_the_lines_that_it_belongs_to(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000, lines=COUPON)
    alone = refund(town, "r1", sold, "coupon")
    assert (alone["status"], alone["code"], alone["fields"][0]["field"]) == (409, "lines_below_zero", "lines")
    part = refund(town, "r2", sold, "bread", "coupon")
    assert (part["status"], part["amount_minor"], part["points_taken_back"]) == (201, 400, 20)
    rest = refund(town, "r3", sold, "cake")
    assert (rest["amount_minor"], rest["points_taken_back"]) == (600, 30)
    assert spendable(town) == 0


def test_parts_with_a_coupon_end_where_the_whole_ends(town: ApiTown) -> None:
    purchase(town.till("cafe"), "opening", shop="cafe", amount_minor=10_000)
    sold = purchase(town.till(), "k1", amount_minor=1_000, points=300, lines=COUPON)
    assert refund(town, "r1", sold, "bread")["amount_minor"] == 600
    assert refund(town, "r2", sold)["amount_minor"] == 400
    assert spendable(town) == 500
