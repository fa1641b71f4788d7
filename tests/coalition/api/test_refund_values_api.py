"""What refunds take over HTTP: points by their value, from where they are, and none that nobody has."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from coalition.adjustments.adjust_points import Adjustment, adjust_points
from settlement.audit import audit_book
from settlement.ledger import Database, Earn, Give, Posting, Spend
from tests.support.books import expired_lots, make_terms
from tests.support.clock import DAY, HOUR, Clock, instant
from tests.support.town_api import RULES, ApiAnswer, ApiTown, api_town, purchase, send
from tests.support.wallets import People

LATER = 20251231


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """A town whose book is audited in the end."""
    with api_town(database, clock) as town:
        yield town
        audit(town)


def audit(town: ApiTown) -> None:
    with town.session() as session:
        assert [check for check in audit_book(town.alliance.book, session).checks if not check.ok] == []


def refund(town: ApiTown, key: str, sold: ApiAnswer, **fields: object) -> ApiAnswer:
    return send(town.till(), "/v1/refunds", key, purchase=sold["id"], **fields)


def wallet(town: ApiTown, member: str = "ann") -> ApiAnswer:
    return town.client().get(f"/v1/wallets/{member}").json()


def correct(town: ApiTown, sold: ApiAnswer, points: int) -> None:
    of = town.alliance.programme.ids.posting("pur", sold["id"])
    adjusted = adjust_points(town.alliance, Adjustment("bakery", "ann", -points, "typed wrong", "mia", of), "fix")
    assert adjusted.refusal is None


def new_rate(town: ApiTown, points_per_unit: int) -> None:
    """From now on so many points are a euro."""
    book = town.alliance.book
    rate = Fraction(points_per_unit)
    book.add_terms(make_terms(id=2, effective_at=town.clock() + HOUR, points_per_unit=rate))
    town.clock.forward(HOUR)


@pytest.mark.parametrize(("before", "after", "taken"), [(1000, 100, 100), (100, 1000, 1000)])
def test_a_refund_after_a_change_of_the_rate_takes_the_value(
    database: Database, clock: Clock, before: int, after: int, taken: int
) -> None:
    rules = replace(RULES, points_per_unit=Fraction(before), earn_points_per_unit=Fraction(before))
    with api_town(database, clock, rules) as town:
        # Earns what is worth 1.00.
        sold = purchase(town.till(), "k1", amount_minor=100)
        purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=5_000, points="all")
        left = wallet(town)["points"]
        new_rate(town, after)
        town.alliance.poster.post(
            Posting("new", clock(), {"type": "adjustment"}, [Earn("bakery", "ann", 2_000, LATER)])
        )
        back = refund(town, "r1", sold)
        assert (back["points_taken_back"], back["debt_points"]) == (taken, 0)
        assert wallet(town)["points"] == left + 2_000 - taken
        audit(town)


def test_points_that_staff_corrected_are_not_taken_twice(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=2_000)
    correct(town, sold, 30)
    back = refund(town, "r1", sold)
    assert (back["status"], back["points_taken_back"], back["debt_points"]) == (201, 70, 0)
    assert wallet(town)["points"] == 0


def test_parts_of_a_corrected_purchase_take_their_share_of_what_is_left(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=2_000)
    correct(town, sold, 30)
    half, rest = (refund(town, key, sold, amount_minor=1_000) for key in ("r1", "r2"))
    assert (half["points_taken_back"], rest["points_taken_back"]) == (35, 35)


def test_points_that_expired_are_waived(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=2_000)
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=30, points=30)
    town.clock.forward(400 * DAY)
    with town.session() as session:
        town.alliance.poster.submit(expired_lots(town.alliance.book, session, town.clock())).result()
    back = refund(town, "r1", sold)
    assert (back["points_taken_back"], back["points_waived"], back["debt_points"]) == (30, 70, 30)
    assert (wallet(town)["points"], wallet(town)["owed_points"]) == (0, 30)


def test_points_that_come_back_to_a_lot_that_is_over_are_not_claimed(town: ApiTown) -> None:
    purchase(town.till(), "k1", amount_minor=2_000)
    sold = purchase(town.till(), "k2", amount_minor=100, points=100)
    town.clock.forward(400 * DAY)
    back = refund(town, "r1", sold)
    assert (back["points_returned"], back["points_expired"]) == (0, 100)
    assert wallet(town)["points"] == 0


def test_points_of_a_merged_id_are_taken_where_they_went(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=2_000)
    assert town.client().post("/v1/members/ann/merge", json={"into": "bob"}).status_code == 200
    assert wallet(town, "bob")["points"] == 100
    back = refund(town, "r1", sold)
    assert (back["points_taken_back"], back["debt_points"]) == (100, 0)
    assert wallet(town, "bob")["points"] == 0


def test_what_a_merged_member_spent_is_owed_by_the_one_who_stays(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=2_000)
    town.client().post("/v1/members/ann/merge", json={"into": "bob"})
    spend = [Spend("cafe", "bob", 100)]
    town.alliance.poster.post(Posting("spent", town.clock(), {"type": "purchase"} | {"amount_minor": 100}, spend))
    assert refund(town, "r1", sold)["debt_points"] == 100
    assert wallet(town, "bob")["debts"] == [{"shop": "bakery", "points": 100, "worth_minor": 100}]


def test_a_sale_whose_points_are_over_by_now_is_booked(database: Database, clock: Clock) -> None:
    with api_town(database, clock, replace(RULES, expiry_months=0)) as town:
        clock.now = instant("2024-12-31T12:00", "Europe/Berlin")
        poster = town.alliance.poster
        poster.post(Posting("old", clock(), {"type": "adjustment"}, [Earn("cafe", "ann", 500, LATER)]))
        purchase(town.till(), "k1", amount_minor=1_000)
        clock.now = instant("2025-01-01T00:10", "Europe/Berlin")
        late = {"amount_minor": 1_000, "points": 200, "occurred_at": "2024-12-31T23:50:00+01:00"}
        for _ in range(2):
            sold = purchase(town.till(), "k2", **late)
            assert (sold["status"], sold["points_spent"], sold["points_earned"]) == (201, 200, 40)
            assert (sold["points_expired"], sold["cash_due_minor"]) == (40, 800)
        assert wallet(town)["points"] == 300
        assert town.till().get(f"/v1/purchases/{sold['id']}").json()["points_expired"] == 40
        back = refund(town, "r1", sold)
        assert (back["points_returned"], back["points_taken_back"], back["points_waived"]) == (200, 0, 40)
        audit(town)


LINES = [{"ref": "1", "amount_minor": 600}, {"ref": "2", "amount_minor": 400}]


def test_a_line_that_is_more_than_what_is_left_is_refused_and_another_is_not(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000, lines=LINES)
    assert refund(town, "r1", sold, amount_minor=500)["amount_minor"] == 500
    more = refund(town, "r2", sold, lines=["1"])
    assert (more["status"], more["code"]) == (409, "refund_exceeds_original")
    assert more["detail"] == "Only 5.00 EUR of this purchase is left to refund, not 6.00 EUR."
    assert refund(town, "r3", sold, lines=["2"])["amount_minor"] == 400
    assert refund(town, "r4", sold)["amount_minor"] == 100
    assert town.till().get(f"/v1/purchases/{sold['id']}").json()["refunded_minor"] == 1_000


def test_a_refund_says_what_to_give_back_in_cash(town: ApiTown) -> None:
    purchase(town.till("cafe"), "k1", shop="cafe", amount_minor=10_000)
    sold = purchase(town.till(), "k2", amount_minor=2_000, points=300)
    parts = [refund(town, f"r{part}", sold, amount_minor=part) for part in (333, 667)]
    assert [(part["points_returned"], part["cash_back_minor"]) for part in parts] == [(49, 284), (101, 566)]
    again = refund(town, "r333", sold, amount_minor=333)
    assert (again["replayed"], again["cash_back_minor"]) == ("true", 284)
    rest = refund(town, "rest", sold)
    assert (rest["points_returned"], rest["cash_back_minor"]) == (150, 850)
    assert sum(part["cash_back_minor"] for part in (*parts, rest)) == sold["cash_due_minor"]
    listed = town.till().get("/v1/purchases", params={"member": "ann"}).json()["data"]
    assert [row["refunded_minor"] for row in listed if row["id"] == sold["id"]] == [2_000]


def test_what_an_open_hold_has_locked_is_shown_until_it_ends(town: ApiTown) -> None:
    purchase(town.till(), "k1", amount_minor=2_000)
    held = send(town.till(), "/v1/holds", "h1", shop="bakery", member="ann", points=60, lapses_after_seconds=3600)
    assert (held["status"], wallet(town)["held_points"]) == ("open", 60)
    # The sweep that lets it lapse has not come yet.
    town.clock.forward(400 * DAY)
    assert (wallet(town)["points"], wallet(town)["held_points"]) == (0, 60)
    send(town.till(), f"/v1/holds/{held['id']}/release", "h2")
    assert wallet(town)["held_points"] == 0


@pytest.fixture
def people(town: ApiTown) -> People:
    """Members who enrol."""
    return People(town)


def test_points_given_to_one_of_the_household_are_taken_where_they_are(people: People) -> None:
    town = people.town
    giver, mate, friend = (people.enrol(email=f"{name}@example.com") for name in "abc")
    sold = [purchase(town.till(), key, member=giver, amount_minor=2_000) for key in ("k1", "k2")]
    people.share(giver, mate)
    for number, receiver in enumerate((mate, friend)):
        content = {"type": "gift", "member": giver, "receiver": receiver}
        town.alliance.poster.post(Posting(f"g{number}", town.clock(), content, [Give(giver, receiver, 100)]))
    first, second = (refund(town, key, sale) for key, sale in zip(("r1", "r2"), sold, strict=True))
    assert (first["points_taken_back"], first["debt_points"]) == (100, 0)
    assert (second["points_taken_back"], second["debt_points"]) == (100, 100)
    assert [people.points(member) for member in (giver, mate, friend)] == [0, 0, 100]
