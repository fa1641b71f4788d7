"""Stamp cards over HTTP: the tenth coffee to the point, in both languages, and back where it was after a refund."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest

from coalition.access.caller import Role
from coalition.locale.formats import moment, rfc3339
from settlement.ledger import AccountKind, Database
from tests.support.clock import DAY, HOUR, Clock
from tests.support.effort import EFFORT
from tests.support.town_api import ApiAnswer, ApiTown, api_town, check_audit, purchase, send

COFFEE = {"kind": "stamp_card", "stamps": 10, "bonus_points": 250, "stamp_minor": 280}


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    with api_town(database, clock) as town:
        yield town
        check_audit(town)


def add(town: ApiTown, rule: str = "coffee", **fields: object) -> ApiAnswer:
    """Add a rule of the café's: the tenth coffee gives 250 points."""
    body = {"rule": rule, "effect": COFFEE, "funders": [{"shop": "cafe"}], "shops": ["cafe"], "budget": 2_500, **fields}
    answer = town.client().post("/v1/rules", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def buy(town: ApiTown, key: str, amount_minor: int = 280, **body: object) -> ApiAnswer:
    return purchase(town.till("cafe"), key, **{"shop": "cafe", "amount_minor": amount_minor, **body})


def quoted(town: ApiTown, **body: object) -> ApiAnswer:
    """What a quote says of the one rule."""
    asked = {"shop": "cafe", "member": "ann", "amount_minor": 280, **body}
    answer = send(town.till("cafe"), "/v1/purchases/quote", None, **asked)
    (line,) = answer["earning_forecast"]["breakdown"]
    return dict(line)


def on_card(sold: ApiAnswer) -> tuple[int, int, int, str]:
    """What a purchase put on its one card: stamps, what is there now, cards paid, and the sentence of it."""
    (line,) = sold["stamps"]
    return line["added"], line["stamps"], line["cards"], line["description"]


def pot_left(town: ApiTown) -> int:
    rules = town.client().get("/v1/rules").json()["data"]
    return sum(funder["points_left"] for rule in rules for funder in rule["funders"])


def cards(town: ApiTown) -> list[ApiAnswer]:
    """Ann's cards, as a wallet app sees them."""
    return list(town.client(Role.APP).get("/v1/wallets/ann").json()["stamp_cards"])


def meters(town: ApiTown) -> dict[tuple[str, int], int]:
    """What is counted for ever, by owner and number."""
    with town.session() as session:
        rows = session.rows(
            "SELECT owner, terms_id, balance FROM accounts WHERE alliance_id = ? AND kind = ? AND balance <> 0",
            town.alliance.id,
            int(AccountKind.METER),
        )
    return {(owner, number): count for owner, number, count in rows}


def test_the_tenth_coffee_gives_its_points_and_a_refund_is_back_at_nine(town: ApiTown) -> None:
    assert add(town)["description"] == "250 points for 10 stamps, one for a sale of 2.80 EUR or more"
    for number in range(1, 10):
        sold = buy(town, f"coffee {number}")
        assert on_card(sold) == (1, number, 0, f"Stamp {number} of 10.")
        assert sold["bonuses"] == []
    line = quoted(town)
    assert (line["amount"], line["reason"], line["card"]) == (250, None, {"added": 1, "stamps": 0, "needed": 10})
    tenth = buy(town, "coffee 10")
    assert (on_card(tenth), tenth["points_earned"]) == ((1, 0, 1, "Card full: 250 points more."), 14 + 250)
    assert [(line["rule"], line["funder"], line["points"]) for line in tenth["bonuses"]] == [("coffee", "cafe", 250)]
    assert town.till("cafe").get(f"/v1/purchases/{tenth['id']}").json()["stamps"] == tenth["stamps"]
    assert buy(town, "coffee 10")["stamps"] == tenth["stamps"]
    assert pot_left(town) == 2_250
    assert cards(town) == []
    # What is spent of the 250 is owed to the café, and the next earn pays it.
    purchase(town.till(), "spent", amount_minor=380, points="all")
    back = send(town.till("cafe"), "/v1/refunds", "r1", purchase=tenth["id"])
    assert (back["points_taken_back"], pot_left(town)) == (264, 2_500)
    assert cards(town) == [{"rule": "coffee", "stamps": 9, "needed": 10, "points": 250, "shops": ["cafe"]}]
    assert quoted(town, member="ann")["card"] == {"added": 1, "stamps": 0, "needed": 10}
    again = buy(town, "coffee 11")
    assert on_card(again)[1:3] == (0, 1)


def test_a_card_says_what_it_is_in_both_languages_and_why_it_gives_nothing(town: ApiTown) -> None:
    add(town, effect={**COFFEE, "stamps_a_day": 1})
    assert quoted(town)["reason"] == "card_not_full"
    assert quoted(town, amount_minor=279)["reason"] == "nothing_earned"
    body = {"shop": "cafe", "member": "ann", "amount_minor": 280}
    sold = (
        town.till("cafe")
        .post("/v1/purchases", json=body, headers={"Accept-Language": "zh", "Idempotency-Key": "zh"})
        .json()
    )
    assert on_card(sold)[3] == "第 1 枚印章，共需 10 枚。"
    assert (quoted(town)["reason"], quoted(town)["card"]) == ("stamped_today", None)
    noon = town.clock()
    assert buy(town, "same day")["stamps"] == []
    town.clock.forward(DAY)
    assert on_card(buy(town, "next day"))[:2] == (1, 2)
    assert buy(town, "late", occurred_at=rfc3339(moment(noon + HOUR)))["stamps"] == []
    # The stamp of a refunded sale is free again on its day.
    send(town.till("cafe"), "/v1/refunds", "r1", purchase=sold["id"])
    assert on_card(buy(town, "late again", occurred_at=rfc3339(moment(noon + HOUR))))[:2] == (1, 2)


def test_stamps_by_amount_fill_several_cards_and_a_part_goes_back_as_if(town: ApiTown) -> None:
    add(town, effect={**COFFEE, "stamps": 4, "stamp_minor": 100, "stamps_a_sale": 1_000})
    assert on_card(buy(town, "k1", 350)) == (3, 3, 0, "3 stamps more: 3 of 4.")
    large = buy(town, "k2", 1_000)
    assert on_card(large) == (10, 1, 3, "Card full: 750 points more.")
    # With four of its ten stamps left it would have filled one card, and three would be on the next.
    send(town.till("cafe"), "/v1/refunds", "r1", purchase=large["id"], amount_minor=600)
    assert pot_left(town) == 2_500 - 250
    assert quoted(town, amount_minor=100)["card"] == {"added": 1, "stamps": 0, "needed": 4}
    send(town.till("cafe"), "/v1/refunds", "r2", purchase=large["id"])
    assert (pot_left(town), quoted(town, amount_minor=50)["card"]) == (2_500, None)
    assert on_card(buy(town, "k3", 100))[1:3] == (0, 1)


def test_a_card_that_can_t_be_paid_stays_full_and_is_paid_by_the_next_version(town: ApiTown) -> None:
    small = {**COFFEE, "stamps": 2}
    add(town, effect=small, budget=300)
    buy(town, "k1")
    assert on_card(buy(town, "k2"))[2] == 1
    buy(town, "k3")
    assert quoted(town)["reason"] == "budget_used_up"
    unpaid = buy(town, "k4")
    assert on_card(unpaid) == (1, 2, 0, "The card is full. Its points come with a later stamp.")
    assert unpaid["bonuses"] == []
    add(town, effect=small, budget=1_000)
    assert on_card(buy(town, "k5"))[1:3] == (1, 1)


def test_an_earlier_stamp_that_goes_back_is_made_up_for_and_gives_no_second_card(town: ApiTown) -> None:
    add(town, effect={**COFFEE, "stamps": 2})
    first = buy(town, "k1")
    assert on_card(buy(town, "k2"))[2] == 1
    send(town.till("cafe"), "/v1/refunds", "r1", purchase=first["id"])
    assert on_card(buy(town, "k3"))[1:3] == (0, 0)
    assert on_card(buy(town, "k4"))[1:3] == (1, 0)
    assert on_card(buy(town, "k5"))[1:3] == (0, 1)


def test_stamps_go_along_in_a_merge_and_come_back_from_there(town: ApiTown) -> None:
    add(town, effect={**COFFEE, "stamps": 3})
    sold = buy(town, "k1", member="bob")
    buy(town, "k2")
    assert town.client().post("/v1/members/bob/merge", json={"into": "ann"}).status_code == 200
    assert quoted(town)["amount"] == 250
    send(town.till("cafe"), "/v1/refunds", "r1", purchase=sold["id"])
    assert quoted(town)["amount"] == 0
    assert on_card(buy(town, "k3", member="bob"))[:2] == (1, 2)


def test_the_loser_of_a_group_keeps_its_full_card(town: ApiTown) -> None:
    add(town, effect={**COFFEE, "stamps": 2}, group="one")
    add(town, "gift", effect={"kind": "fixed_bonus", "bonus_points": 300, "minimum_minor": 500}, group="one")
    buy(town, "k1")
    both = buy(town, "k2", 500)
    assert [line["rule"] for line in both["bonuses"]] == ["gift"]
    assert on_card(both)[:3] == (1, 2, 0)
    assert on_card(buy(town, "k3"))[1:3] == (1, 1)


# -- against a naive model ---------------------------------------------------------------------------------------------


@dataclass
class Sale:
    """A sale as the model remembers it: `before` stamps were on the card, it put `got` there and paid `paid` cards."""

    id: str
    member: str
    amount: int
    left: int
    day: int
    before: int
    got: int
    kept: int
    paid: int


class Model:
    """A card of 5 stamps for each 1.00, at most 3 a sale and 4 a day, 40 points, and a cap of 200 for each member."""

    NEEDED, MINOR, A_SALE, A_DAY, POINTS, CAP = 5, 100, 3, 4, 40, 200

    def __init__(self, budget: int) -> None:
        self.sales: list[Sale] = []
        self.paid: Counter[str] = Counter()
        self.budget = budget

    def left(self, member: str) -> int:
        mine = [sale for sale in self.sales if sale.member == member]
        return sum(sale.kept - sale.paid * self.NEEDED for sale in mine)

    def expect(self, member: str, amount: int, day: int) -> tuple[int, int]:
        """Stamps and cards that a sale gets."""
        today = sum(sale.kept for sale in self.sales if sale.member == member and sale.day == day)
        got = max(0, min(amount // self.MINOR, self.A_SALE, self.A_DAY - today))
        cards = max(0, self.left(member) + got) // self.NEEDED if got else 0
        had = sum(sale.paid for sale in self.sales if sale.member == member) * self.POINTS
        spent = sum(sale.paid for sale in self.sales) * self.POINTS
        while cards and (had + cards * self.POINTS > self.CAP or spent + cards * self.POINTS > self.budget):
            cards -= 1
        return got, cards

    def refund(self, sale: Sale, amount: int) -> None:
        """As if what is left had been all of it."""
        sale.left -= amount
        sale.kept = min(sale.kept, sale.left // self.MINOR, self.A_SALE)
        sale.paid = min(sale.paid, max(0, sale.before + sale.kept) // self.NEEDED) if sale.kept else 0


def test_any_sales_and_refunds_agree_with_a_naive_model_and_with_their_quotes(town: ApiTown) -> None:
    model, draw = Model(1_000), Random(10)
    effect = {
        "kind": "stamp_card", "stamps": model.NEEDED, "bonus_points": model.POINTS, "stamp_minor": model.MINOR,
        "stamps_a_sale": model.A_SALE, "stamps_a_day": model.A_DAY,
    }  # fmt: skip
    add(town, effect=effect, budget=model.budget, most_member=model.CAP)
    day = 0
    for number in range(120 * EFFORT):
        if draw.random() < 0.2:
            town.clock.forward(DAY)
            day += 1
        open_sales = [sale for sale in model.sales if sale.left]
        if open_sales and draw.random() < 0.35:
            sale = draw.choice(open_sales)
            amount = draw.choice((sale.left, draw.randint(1, sale.left)))
            send(town.till("cafe"), "/v1/refunds", f"r{number}", purchase=sale.id, amount_minor=amount)
            model.refund(sale, amount)
        else:
            member, amount = draw.choice(("ann", "bob")), draw.randint(20, 450)
            got, cards = model.expect(member, amount, day)
            line = quoted(town, member=member, amount_minor=amount)
            before = model.left(member)
            sold = buy(town, f"k{number}", amount, member=member)
            assert line["amount"] == sum(bonus["points"] for bonus in sold["bonuses"]) == cards * model.POINTS
            assert sum(each["added"] for each in sold["stamps"]) == got
            assert (line["card"] or {"added": 0})["added"] == got
            model.sales.append(Sale(sold["id"], member, amount, amount, day, before, got, got, cards))
            if got:
                assert on_card(sold)[1] == max(0, model.left(member)) == line["card"]["stamps"]
        assert pot_left(town) == model.budget - sum(sale.paid for sale in model.sales) * model.POINTS
    assert any(sale.paid for sale in model.sales)
    for sale in model.sales:
        if sale.left:
            send(town.till("cafe"), "/v1/refunds", f"last {sale.id}", purchase=sale.id)
    assert pot_left(town) == model.budget
    assert meters(town) == {}
