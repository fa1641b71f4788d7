"""A rule tried on past sales gives what it gave when it counted, and what it would have given where it did not."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from fastapi.testclient import TestClient

from coalition.bonuses.errors import FunderUnknown
from coalition.earning.bonus import BonusTerms, FunderShare, NoBonus
from coalition.earning.bonus_kinds import bonus_kinds
from coalition.earning.meters import NO_CAPS, Caps
from coalition.what_if.errors import DaysAhead, DaysReversed
from coalition.what_if.trial import Trial, ask_trial
from coalition.what_if.trial_result import TrialResult
from coalition.what_if.trial_run import PART, TrialRun, postings_for, run_trial
from settlement import date_of
from tests.support.clock import DAY
from tests.support.effort import EFFORT
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send

SHOPS, MEMBERS = ("bakery", "butcher", "cafe"), ("ann", "bob", "cleo")
DOUBLE: ApiAnswer = {"kind": "multiplier", "factor": "2"}
EFFECTS: dict[str, ApiAnswer] = {
    "double": DOUBLE,
    "fixed": {"kind": "fixed_bonus", "bonus_points": 7, "minimum_minor": 300},
    "card": {"kind": "stamp_card", "stamps": 3, "bonus_points": 40, "stamp_minor": 200, "stamps_a_sale": 2},
    "daily": {"kind": "stamp_card", "stamps": 2, "bonus_points": 30, "stamp_minor": 200, "stamps_a_day": 1},
    "tour": {"kind": "shop_tour", "different_shops": 3, "period": "month", "bonus_points": 90, "minimum_minor": 200},
    "streak": {"kind": "streak", "times": 2, "period": "week", "bonus_points": 60, "minimum_minor": 200},
    "first": {"kind": "first_visit", "bonus_points": 40, "minimum_minor": 200},
}
CAPPED = {"most": 60, "most_member": 400, "most_member_day": 90, "most_day": 120}


def add(town: ApiTown, rule: str, budget: int = 500, **fields: object) -> None:
    """Add a rule that the bakery and the alliance pay for, one part and two."""
    funders = [{"shop": "bakery"}, {"shop": "operator", "share": 2}]
    body = {"rule": rule, "effect": EFFECTS[rule], "funders": funders, "budget": budget, **fields}
    answer = town.client().post("/v1/rules", json=body)
    assert answer.status_code == 201, answer.text


def terms(kind: ApiAnswer = DOUBLE, budget: int = 500, **fields: object) -> BonusTerms:
    """What is asked about."""
    effect = bonus_kinds()[str(kind["kind"])](**kind)
    return BonusTerms(
        effect, **{"funders": (FunderShare("operator", 1),), "budget": budget, "first_day": 20240101, **fields}
    )


def granted(town: ApiTown, operator: TestClient | None = None) -> Counter[tuple[str, str]]:
    """What each rule gave by now, by who paid for it: what is no more in its pots."""
    gone = Counter[tuple[str, str]]()
    for rule in (operator or town.client()).get("/v1/rules").json()["data"]:
        whole, left = rule["budget"], [funder["points_left"] for funder in rule["funders"]]
        shares = [whole // 3, whole - whole // 3]
        for funder, part, rest in zip(rule["funders"], shares, left, strict=True):
            gone[rule["rule"], funder["shop"]] += part - rest
    return gone


def live(town: ApiTown, draw: Random, count: int) -> Counter[str]:
    """Sell, refund, void and spend at random; returns what rules gave at each shop, less what went back."""
    by_shop, open_sales = Counter[str](), list[tuple[ApiAnswer, str]]()
    operator, tills, before = town.client(), {shop: town.till(shop) for shop in SHOPS}, 0
    for number in range(count):
        town.clock.forward(draw.choice((0, 0, 1, 3)) * DAY)
        if open_sales and draw.random() < 0.3:
            sold, shop = draw.choice(open_sales)
            body = {} if draw.random() < 0.4 else {"amount_minor": draw.randrange(1, 300)}
            send(tills[shop], "/v1/refunds", f"r{number}", purchase=sold["id"], **body)
        else:
            shop = draw.choice(SHOPS)
            points = draw.choice((0, 0, 30, "all"))
            amount = {"shop": shop, "member": draw.choice(MEMBERS), "amount_minor": draw.randrange(100, 900)}
            sold = purchase(tills[shop], f"k{number}", **amount, points=points)
            open_sales.append((sold, shop))
        now = granted(town, operator).total()
        by_shop[shop] += now - before
        before = now
    return by_shop


def asked(town: ApiTown, rule: str) -> Trial:
    """The rule as it is, tried on all days."""
    version = next(each for each in town.alliance.programme.bonuses.by_name.values() if each.rule == rule)
    today = date_of(town.alliance.today)
    return ask_trial(town.alliance, rule, version.terms, date(2023, 1, 1), today)


@pytest.mark.parametrize("together", [False, True], ids=["each by itself", "of one group"])
def test_a_rule_that_counted_gives_in_a_trial_what_it_gave_to_the_point(town: ApiTown, *, together: bool) -> None:
    draw = Random(23)
    for rule in EFFECTS:
        caps = CAPPED if rule in ("double", "fixed") else {}
        add(town, rule, **caps, **({"group": "one"} if together else {}))
    by_shop = live(town, draw, 50 * EFFORT)
    booked = granted(town)
    assert sum(count > 0 for count in booked.values()) > 6
    for rule in EFFECTS:
        result = run_trial(town.alliance, asked(town, rule))
        own = sum(points for (name, _), points in booked.items() if name == rule)
        assert (result.own.old, result.own.new) == (own, own)
        funders: Counter[str] = Counter()
        for (name, funder), points in booked.items():
            funders[funder] += points if together or name == rule else 0
        assert {row.name: row.new for row in result.funders} == {
            name: count for name, count in funders.items() if count
        }
        assert result.left == 500 - own
        if together:
            assert {row.points.name: row.points.new for row in result.shops} == by_shop
        check_sums(result)
        assert TrialResult.decode(result.encode()) == result


def check_sums(result: TrialResult) -> None:
    """Each way to divide what was given comes to the same."""
    for rows in (
        result.rules,
        result.funders,
        [row.points for row in result.shops],
        [row.points for row in result.tenths],
    ):
        assert (sum(row.old for row in rows), sum(row.new for row in rows)) == result.total.points[1:3]
    assert sum(row.sales for row in result.shops) == result.total.sales
    assert sum(row.amount_minor for row in result.tenths) == result.total.amount_minor
    assert sum(row.members for row in result.tenths) == result.members


def test_a_rule_that_never_counted_costs_what_it_would_have(town: ApiTown) -> None:
    for number, (member, minor) in enumerate([("ann", 2_000), ("ann", 1_000), ("bob", 500), ("cleo", 100)]):
        purchase(town.till(), f"k{number}", member=member, amount_minor=minor)
    cafe = purchase(town.till("cafe"), "k9", shop="cafe", member="bob", amount_minor=400)
    result = run_trial(town.alliance, ask_trial(town.alliance, "double", terms(budget=170), date(2024, 1, 1)))
    # 100 + 50 + 20 of the 25 that 5.00 would have got, and nothing is left for what came after.
    assert (result.own.old, result.own.new, result.own.new_minor, result.left) == (0, 170, 170, 0)
    assert result.used_up_on == town.alliance.today
    assert result.reasons == {NoBonus.BUDGET_USED_UP: 2}
    assert [(row.points.name, row.sales, row.amount_minor, row.gained, row.points.more) for row in result.shops] == [
        ("bakery", 4, 3_600, 3, 170),
        ("cafe", 1, 400, 0, 0),
    ]
    assert [(row.members, row.gaining, row.amount_minor, row.points.new) for row in result.tenths] == [
        (1, 1, 3_000, 150),
        (1, 1, 900, 20),
        (1, 0, 100, 0),
    ]
    # Nothing was set aside for it, booked or counted.
    assert town.client().get("/v1/rules").json()["data"] == []
    assert cafe["bonuses"] == []


def test_a_rule_that_is_changed_is_shown_beside_what_it_is_now(town: ApiTown) -> None:
    add(town, "double")
    for shop in ("bakery", "cafe"):
        purchase(town.till(shop), shop, shop=shop, amount_minor=1_000)
    changed = terms({"kind": "multiplier", "factor": "3"}, shops=frozenset({"cafe"}))
    result = run_trial(town.alliance, ask_trial(town.alliance, "double", changed, date(2024, 1, 1)))
    shops = {row.points.name: (row.points.old, row.points.new, row.points.more) for row in result.shops}
    assert shops == {"bakery": (50, 0, -50), "cafe": (50, 100, 50)}
    funders = {row.name: (row.old, row.new, row.more_minor) for row in result.funders}
    assert funders == {"bakery": (32, 0, -32), "operator": (68, 100, 32)}


def test_a_better_rule_of_its_group_saves_what_the_others_gave(town: ApiTown) -> None:
    add(town, "double", group="one")
    add(town, "fixed")
    purchase(town.till(), "k1", amount_minor=1_000)
    ours = terms({"kind": "multiplier", "factor": "3"}, group="one")
    result = run_trial(town.alliance, ask_trial(town.alliance, "triple", ours, date(2024, 1, 1)))
    rules = {row.name: (row.old, row.new) for row in result.rules}
    assert rules == {"double": (50, 0), "triple": (0, 100)}
    worse = terms({"kind": "multiplier", "factor": "1.5"}, group="one")
    result = run_trial(town.alliance, ask_trial(town.alliance, "half", worse, date(2024, 1, 1)))
    assert (result.own.new, result.reasons) == (0, {NoBonus.BETTER_BONUS: 1})


def test_a_refund_after_its_days_takes_back_and_makes_room(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    purchase(town.till(), "k2", amount_minor=1_000, member="bob")
    ask = ask_trial(town.alliance, "double", terms(), date(2024, 1, 1))
    assert run_trial(town.alliance, ask).own.new == 100
    town.clock.forward(40 * DAY)
    send(town.till(), "/v1/refunds", "r1", purchase=sold["id"], amount_minor=500)
    purchase(town.till(), "k3", amount_minor=9_000)
    result = run_trial(town.alliance, ask)
    assert (result.own.new, result.total.sales, result.total.amount_minor) == (75, 2, 1_500)
    send(town.till(), "/v1/refunds", "r2", purchase=sold["id"])
    result = run_trial(town.alliance, ask)
    assert (result.own.new, result.total.sales, result.total.gained, result.members) == (50, 1, 1, 1)


def test_last_month_is_tried_where_no_days_are_named(town: ApiTown) -> None:
    purchase(town.till(), "k1", amount_minor=1_000)
    first = town.alliance.today
    town.clock.forward(31 * DAY)
    purchase(town.till(), "k2", amount_minor=3_000)
    ask = ask_trial(town.alliance, "double", terms())
    assert ask.since // 100 == ask.until // 100 == first // 100
    assert run_trial(town.alliance, ask).total.amount_minor == 1_000


def test_whoever_was_merged_is_one_member(town: ApiTown) -> None:
    purchase(town.till(), "k1", amount_minor=1_000)
    purchase(town.till(), "k2", amount_minor=1_000, member="bob")
    assert town.client().post("/v1/members/bob/merge", json={"into": "ann"}).status_code == 200
    capped = terms(caps=Caps(member=60))
    result = run_trial(town.alliance, ask_trial(town.alliance, "double", capped, date(2024, 1, 1)))
    assert (result.members, result.own.new) == (1, 60)
    assert capped.caps != NO_CAPS


def test_a_trial_in_parts_comes_to_the_same(town: ApiTown) -> None:
    add(town, "card")
    live(town, Random(5), 15)
    ask = asked(town, "card")
    first, until = postings_for(town.alliance, ask)
    assert until - first < PART
    run = TrialRun(town.alliance, ask, first)
    for at in range(first, until):
        run.go_on(at + 1)
    assert run.result() == run_trial(town.alliance, ask)


def test_days_that_can_t_be_are_refused(town: ApiTown) -> None:
    with pytest.raises(DaysAhead):
        ask_trial(town.alliance, "double", terms(), date(2999, 1, 1))
    with pytest.raises(DaysReversed):
        ask_trial(town.alliance, "double", terms(), date(2024, 1, 2), date(2024, 1, 1))
    unknown = terms(funders=(FunderShare("nobody", 1),))
    with pytest.raises(FunderUnknown):
        ask_trial(town.alliance, "double", unknown)
