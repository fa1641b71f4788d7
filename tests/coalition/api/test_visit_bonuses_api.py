"""Tours of shops, streaks and first visits over HTTP: to the point, in both languages, and back after a refund."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pytest

from coalition.access.caller import Role
from settlement import date_of
from settlement.ledger import AccountKind, Database
from tests.support.clock import DAY, Clock
from tests.support.effort import EFFORT
from tests.support.town_api import ApiAnswer, ApiTown, api_town, check_audit, purchase, send

TOUR = {"kind": "shop_tour", "different_shops": 3, "period": "month", "bonus_points": 90, "minimum_minor": 200}
STREAK = {"kind": "streak", "times": 3, "period": "week", "bonus_points": 60, "minimum_minor": 200}
FIRST = {"kind": "first_visit", "bonus_points": 40, "minimum_minor": 200}
SHOPS = ("bakery", "butcher", "cafe")
BUDGET = 900


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    with api_town(database, clock) as town:
        yield town
        check_audit(town)


def add(town: ApiTown, effect: ApiAnswer, **fields: object) -> ApiAnswer:
    """Add a rule that the alliance pays for."""
    body = {"rule": "visits", "effect": effect, "funders": [{"shop": "operator"}], "budget": BUDGET, **fields}
    answer = town.client().post("/v1/rules", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def buy(town: ApiTown, key: str, shop: str, amount_minor: int = 200, **body: object) -> ApiAnswer:
    return purchase(town.till(shop), key, **{"shop": shop, "amount_minor": amount_minor, **body})


def quoted(town: ApiTown, shop: str, **body: object) -> ApiAnswer:
    """What a quote says of the one rule."""
    asked = {"shop": shop, "member": "ann", "amount_minor": 200, **body}
    answer = send(town.till(shop), "/v1/purchases/quote", None, **asked)
    (line,) = answer["earning_forecast"]["breakdown"]
    return dict(line)


def refund(town: ApiTown, key: str, sold: ApiAnswer, shop: str) -> None:
    answer = send(town.till(shop), "/v1/refunds", key, purchase=sold["id"])
    assert answer["status"] == 201, answer


def stood(sold: ApiAnswer) -> tuple[int, int, str]:
    """What a purchase left on the card, how many full ones it paid, and what the cashier says."""
    (line,) = sold["stamps"]
    return line["stamps"], line["cards"], line["description"]


def pot_left(town: ApiTown) -> int:
    rules = town.client().get("/v1/rules").json()["data"]
    return sum(funder["points_left"] for rule in rules for funder in rule["funders"])


def cards(town: ApiTown) -> list[tuple[int, int]]:
    """What is on Ann's cards, and how much fills them, as a wallet app sees it."""
    wallet = town.client(Role.APP).get("/v1/wallets/ann").json()
    return [(card["stamps"], card["needed"]) for card in wallet["stamp_cards"]]


def counted(town: ApiTown) -> int:
    """All that stands on meters."""
    with town.session() as session:
        sql = "SELECT COALESCE(CAST(SUM(balance) AS BIGINT), 0) FROM accounts WHERE alliance_id = ? AND kind = ?"
        return int(session.rows(sql, town.alliance.id, int(AccountKind.METER))[0][0])


def test_three_shops_in_a_month_complete_a_tour(town: ApiTown) -> None:
    sentence = "90 points for sales of 2.00 EUR or more at 3 shops in a month"
    assert add(town, TOUR)["description"] == sentence
    assert quoted(town, "bakery", amount_minor=199)["reason"] == "nothing_earned"
    assert stood(buy(town, "k1", "bakery")) == (1, 0, "Shop 1 of 3.")
    assert buy(town, "k2", "bakery")["stamps"] == []
    assert quoted(town, "bakery")["reason"] == "stamped_here"
    assert stood(buy(town, "k3", "cafe")) == (2, 0, "Shop 2 of 3.")
    assert cards(town) == [(2, 3)]
    third = buy(town, "k4", "butcher")
    assert stood(third) == (0, 1, "Tour complete: 90 points more.")
    assert [(line["rule"], line["funder"], line["points"]) for line in third["bonuses"]] == [("visits", "operator", 90)]
    # What is refunded has not been: the shop counts again, and the tour is complete with the next visit there.
    refund(town, "r1", third, "butcher")
    assert (pot_left(town), cards(town)) == (BUDGET, [(2, 3)])
    assert stood(buy(town, "k5", "butcher"))[:2] == (0, 1)
    town.clock.forward(31 * DAY)
    assert cards(town) == []
    assert stood(buy(town, "k6", "bakery")) == (1, 0, "Shop 1 of 3.")


def test_three_weeks_in_a_row_are_a_streak_and_a_week_without_begins_it_anew(town: ApiTown) -> None:
    sentence = "60 points for 3 weeks in a row with a sale of 2.00 EUR or more"
    assert add(town, STREAK)["description"] == sentence
    assert stood(buy(town, "k1", "bakery")) == (1, 0, "Week 1 of 3 in a row.")
    assert stood(buy(town, "k2", "cafe"))[:2] == (1, 0)
    town.clock.forward(7 * DAY)
    # The week before is on the card until this one is over.
    assert cards(town) == [(1, 3)]
    assert stood(buy(town, "k3", "bakery")) == (2, 0, "Week 2 of 3 in a row.")
    town.clock.forward(14 * DAY)
    assert cards(town) == []
    assert stood(buy(town, "k4", "bakery"))[0] == 1
    town.clock.forward(7 * DAY)
    second = buy(town, "k5", "bakery")
    town.clock.forward(7 * DAY)
    third = buy(town, "k6", "bakery")
    assert stood(third) == (0, 1, "Streak complete: 60 points more.")
    assert stood(buy(town, "k7", "bakery")) == (0, 0, "The streak of this time is complete.")
    # Who comes back with an earlier sale keeps what a later one gave, as with any card.
    refund(town, "r1", second, "bakery")
    assert pot_left(town) == BUDGET - 60
    refund(town, "r2", third, "bakery")
    assert pot_left(town) == BUDGET
    assert cards(town) == [(1, 3)]


def test_each_shop_welcomes_a_member_once(town: ApiTown) -> None:
    assert add(town, FIRST)["description"] == "40 points for the first sale of 2.00 EUR or more at a shop"
    first = buy(town, "k1", "bakery")
    assert stood(first) == (0, 1, "First visit: 40 points more.")
    assert buy(town, "k2", "bakery")["bonuses"] == []
    assert stood(buy(town, "k3", "cafe"))[1] == 1
    assert stood(buy(town, "k4", "bakery", member="bob"))[1] == 1
    refund(town, "r1", first, "bakery")
    assert pot_left(town) == BUDGET - 80
    assert stood(buy(town, "k5", "bakery"))[1] == 1


@pytest.mark.parametrize(
    ("effect", "shops", "sentence"),
    [
        (TOUR, ("bakery", "cafe"), ["第 1 家商户，共 3 家。", "第 2 家商户，共 3 家。"]),
        (STREAK, ("bakery", "cafe"), ["连续第 1 周，共 3 周。", "连续第 1 周，共 3 周。"]),
        (FIRST, ("bakery",), ["首次到店：多得 40 积分。"]),
    ],
)
def test_a_cashier_says_it_in_chinese(
    town: ApiTown, effect: ApiAnswer, shops: tuple[str, ...], sentence: list[str]
) -> None:
    add(town, effect)
    answers = [
        town.till(shop).post(
            "/v1/purchases",
            json={"shop": shop, "member": "ann", "amount_minor": 200},
            headers={"Accept-Language": "zh", "Idempotency-Key": shop},
        )
        for shop in shops
    ]
    assert [stood(answer.json())[2] for answer in answers] == sentence


def test_visits_go_along_in_a_merge_and_come_back_from_there(town: ApiTown) -> None:
    add(town, TOUR)
    sold = buy(town, "k1", "cafe", member="bob")
    buy(town, "k2", "bakery")
    assert town.client().post("/v1/members/bob/merge", json={"into": "ann"}).status_code == 200
    assert cards(town) == [(2, 3)]
    assert buy(town, "k3", "cafe")["stamps"] == []
    refund(town, "r1", sold, "cafe")
    assert cards(town) == [(1, 3)]
    assert stood(buy(town, "k4", "cafe", member="bob"))[0] == 2


@pytest.mark.parametrize(("kind", "field"), [("shop_tour", "different_shops"), ("streak", "times")])
def test_what_can_t_be_counted_is_refused_by_its_name(town: ApiTown, kind: str, field: str) -> None:
    effect = {**(TOUR if kind == "shop_tour" else STREAK), field: 1}
    body = {"rule": "visits", "effect": effect, "funders": [{"shop": "operator"}], "budget": BUDGET}
    answer = town.client().post("/v1/rules", json=body)
    assert answer.status_code == 422
    assert field in answer.text


# -- against a naive model ---------------------------------------------------------------------------------------------


@dataclass
class Visit:
    """A sale as the model remembers it: whether it counted, and whether it paid a full card."""

    id: str
    member: str
    shop: str
    day: date
    counts: bool
    paid: bool
    undone: bool = False


class Model:
    """All visits, looked at anew for each sale: written from what the kinds promise."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.visits: list[Visit] = []

    def expect(self, member: str, shop: str, day: date) -> tuple[bool, bool]:
        """Whether a sale counts, and whether it pays."""
        mine = [visit for visit in self.visits if visit.member == member and visit.counts and not visit.undone]
        paid = sum(visit.paid for visit in self.visits) * 60 + 60 <= BUDGET
        if self.kind == "streak":
            return True, paid and self._run(mine, week(day)) >= 3
        same = [visit for visit in mine if self.kind == "first_visit" or month(visit.day) == month(day)]
        if any(visit.shop == shop for visit in same):
            return False, False
        needed = 1 if self.kind == "first_visit" else 3
        return True, paid and len(same) + 1 - needed * sum(visit.paid for visit in same) >= needed

    def _run(self, mine: list[Visit], now: int) -> int:
        run = 1
        if any(visit.paid and week(visit.day) == now for visit in mine):
            return 0
        while True:
            before = [visit for visit in mine if week(visit.day) == now - run]
            if not before or any(visit.paid for visit in before):
                return run
            run += 1


def week(day: date) -> int:
    return (day - timedelta(days=day.weekday())).toordinal() // 7


def month(day: date) -> tuple[int, int]:
    return day.year, day.month


@pytest.mark.parametrize("effect", [TOUR, STREAK, FIRST], ids=lambda effect: effect["kind"])
def test_any_visits_and_refunds_agree_with_a_naive_model_and_with_their_quotes(
    town: ApiTown, effect: ApiAnswer
) -> None:
    model, draw = Model(str(effect["kind"])), Random(19)
    add(town, {**effect, "bonus_points": 60})
    for number in range(60 * EFFORT):
        town.clock.forward(draw.choice((0, 0, 1, 3, 6)) * DAY)
        open_visits = [visit for visit in model.visits if not visit.undone]
        if open_visits and draw.random() < 0.25:
            visit = draw.choice(open_visits)
            refund(town, f"r{number}", {"id": visit.id}, visit.shop)
            visit.undone, visit.paid = True, False
        else:
            member, shop = draw.choice(("ann", "bob")), draw.choice(SHOPS)
            day = date_of(town.alliance.today)
            counts, pays = model.expect(member, shop, day)
            line = quoted(town, shop, member=member)
            sold = buy(town, f"k{number}", shop, member=member)
            assert line["amount"] == sum(bonus["points"] for bonus in sold["bonuses"]) == (60 if pays else 0)
            assert bool(sold["stamps"]) == counts
            if counts:
                assert stood(sold)[0] == line["card"]["stamps"]
            model.visits.append(Visit(sold["id"], member, shop, day, counts, pays))
        assert pot_left(town) == BUDGET - 60 * sum(visit.paid for visit in model.visits)
    assert any(visit.paid for visit in model.visits)
    for visit in model.visits:
        if not visit.undone:
            refund(town, f"last {visit.id}", {"id": visit.id}, visit.shop)
    assert (pot_left(town), counted(town)) == (BUDGET, 0)
