"""The console's page of rules: bonuses and limits are added and ended by forms, one for each kind that there is."""

from secrets import token_hex

from tests.pages.page_town import PageTown
from tests.pages.test_console import FINANCE, visitor
from tests.support.tasks import do_tasks
from tests.support.town_api import purchase

OWNER = "olga@oldtown.example"

BONUS = {
    "kind": "multiplier",
    "rule": "page-double",
    "values": "2",
    "budget": "40",
    "funder": "cafe",
    "second": "operator",
    "shop": "cafe",
}


def api_rules(town: PageTown, path: str, rule: str) -> list[dict[str, object]]:
    return [each for each in town.api.client().get(path).json()["data"] if each["rule"] == rule]


def test_a_bonus_is_added_with_its_budget_and_ended(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    caps = {"most": "30", "most_member": "25", "most_member_day": "20", "most_day": ""}
    assert olga.send("/console/rules/bonuses", **BONUS, **caps, days=["1", "3"]) == 200
    (rule,) = api_rules(town, "/v1/rules", "page-double")
    assert (rule["effect"], rule["days"], rule["shops"]) == ({"kind": "multiplier", "factor": "2"}, [1, 3], ["cafe"])
    assert rule["funders"] == [
        {"shop": "cafe", "share": 1, "points_left": 20},
        {"shop": "operator", "share": 1, "points_left": 20},
    ]
    (row,) = [each for each in olga.page.all("li") if each.attributes.get("data-rule") == "page-double@1"]
    assert "2 times the points" in row.text
    assert "40 of 40 points are left" in row.text
    assert "Tuesday, Thursday" in row.text
    assert "At most 30 for one sale · 25 for one member · 20 for one member on one day" in row.text
    assert [rule[name] for name in ("most", "most_member", "most_member_day", "most_day")] == [30, 25, 20, None]
    assert olga.send("/console/rules/bonuses/page-double/end") == 200
    assert "page-double" not in olga.words
    assert api_rules(town, "/v1/rules", "page-double")[0]["ended_at"] is not None


def test_a_stamp_card_is_added_what_is_left_empty_has_its_usual_value(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    card = {
        **BONUS,
        "kind": "stamp_card",
        "rule": "page-card",
        "budget": "250",
        "values": ["10", "250", "2,80", "", " "],
    }
    assert olga.send("/console/rules/bonuses", **card) == 200
    (rule,) = api_rules(town, "/v1/rules", "page-card")
    assert rule["effect"] == {
        "kind": "stamp_card",
        "stamps": 10,
        "bonus_points": 250,
        "stamp_minor": 280,
        "stamps_a_sale": 1,
        "stamps_a_day": None,
    }
    (row,) = [each for each in olga.page.all("li") if each.attributes.get("data-rule") == "page-card@1"]
    assert "250 points for 10 stamps, one for a sale of €2.80 or more" in row.text
    assert olga.send("/console/rules/bonuses", **{**card, "values": ["10", "", "2.80", "1", "1"]}) == 422
    assert olga.send("/console/rules/bonuses", **{**card, "values": ["1", "250", "2.80", "1", "1"]}) == 422
    assert "Not less than 2." in olga.words
    assert olga.send("/console/rules/bonuses/page-card/end") == 200


def test_a_tour_chooses_its_period_and_can_t_be_for_fewer_shops_than_it_takes(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    tour = {
        **BONUS,
        "kind": "shop_tour",
        "rule": "page-tour",
        "budget": "90",
        "values": ["2", "week", "90", "5"],
        "shop": "",
    }
    assert olga.send("/console/rules/bonuses", **{**tour, "shop": "cafe"}) == 422
    assert "It takes 2 different shops and is for sales at 1 of them" in olga.words
    assert olga.send("/console/rules/bonuses", **{**tour, "values": ["2", "decade", "90", "5"]}) == 422
    assert "Please choose." in olga.words
    assert olga.send("/console/rules/bonuses", **tour) == 200
    (rule,) = api_rules(town, "/v1/rules", "page-tour")
    assert rule["effect"] == {
        "kind": "shop_tour", "different_shops": 2, "period": "week", "bonus_points": 90, "minimum_minor": 500
    }  # fmt: skip
    (row,) = [each for each in olga.page.all("li") if each.attributes.get("data-rule") == "page-tour@1"]
    assert "90 points for sales of €5.00 or more at 2 shops in a week" in row.text
    assert olga.send("/console/rules/bonuses/page-tour/end") == 200


def test_a_limit_is_added_for_a_shop_and_ended(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    form = {"kind": "greatest_share", "rule": "page-half", "values": "50", "shop": "diner", "first_day": "2999-01-01"}
    assert olga.send("/console/rules/limits", **form) == 200
    assert "Points pay for at most 50 % of a sale" in olga.words
    (limit,) = api_rules(town, "/v1/spend-limits", "page-half")
    assert (limit["shops"], limit["first_day"]) == (["diner"], "2999-01-01")
    assert olga.send("/console/rules/limits/page-half/end") == 200
    assert "page-half" not in olga.words


def test_what_can_t_be_used_is_said_and_nothing_is_added(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    assert olga.send("/console/rules/bonuses", **{**BONUS, "rule": "page-bad", "values": "1"}) == 422
    assert "This can't be used: it must be more than 1, not 1." in olga.words
    assert olga.send("/console/rules/bonuses", **{**BONUS, "rule": "page-bad", "budget": "many"}) == 422
    assert olga.send("/console/rules/bonuses", **{**BONUS, "rule": "page-bad"}, most_day="lots") == 422
    assert olga.send("/console/rules/limits", kind="step", rule="page-bad", values="x") == 422
    assert olga.send("/console/rules/limits", kind="none", rule="page-bad", values="1") == 404
    assert olga.send("/console/rules/limits", kind="step", rule="page-bad", values="100", shop="nowhere") == 422
    assert olga.send("/console/rules/limits/page-bad/end") == 404
    assert api_rules(town, "/v1/rules", "page-bad") == api_rules(town, "/v1/spend-limits", "page-bad") == []


def test_a_large_budget_waits_for_another_person(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    assert olga.send("/console/rules/bonuses", **{**BONUS, "rule": "page-large", "budget": "20000"}) == 200
    assert "takes another person's approval" in olga.words
    assert api_rules(town, "/v1/rules", "page-large") == []


def test_who_may_not_change_rules_sees_them_without_forms(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    fina.open("/console/rules")
    assert fina.status == 200
    assert "Add a bonus" not in fina.words


def test_a_bonus_is_tried_on_past_sales_before_it_counts(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    sold = purchase(town.api.till("cafe"), f"tried {token_hex(4)}", shop="cafe", amount_minor=1_000)
    assert sold["status"] == 201
    rule = f"page-try-{token_hex(4)}"
    form = {**BONUS, "rule": rule, "budget": "20000", "since": "2024-01-01"}
    assert olga.send("/console/rules/what-if", **form) == 200
    assert f"Rule {rule}, on sales from 1 Jan 2024" in olga.words
    assert api_rules(town, "/v1/rules", rule) == []
    do_tasks(town.api)
    trial = olga.path.rpartition("/")[2]
    olga.open(f"/console/tasks/{trial}")
    assert "See what came of it" in olga.words
    olga.open(f"/console/rules/what-if/{trial}")
    result = town.api.client().get(f"/v1/rules/what-if/{trial}").json()["result"]
    assert result["rule"]["points_then"] >= 50
    (row,) = [each for each in olga.page.all("tr") if each.attributes.get("data-shop") == "cafe"]
    (cafe,) = [shop for shop in result["shops"] if shop["name"] == "cafe"]
    assert f"{cafe['points_then']:,}" in row.text
    funders = [each.attributes["data-funder"] for each in olga.page.all("tr") if "data-funder" in each.attributes]
    assert sorted(funders) == ["cafe", "operator"]
    # So large a budget takes two, as if it were typed into the form.
    assert olga.send(f"/console/rules/what-if/{trial}/add") == 200
    assert "takes another person's approval" in olga.words


def test_a_bonus_is_added_as_it_was_tried_and_days_that_can_t_be_are_said(town: PageTown) -> None:
    olga, rule = visitor(town, OWNER), f"page-try-{token_hex(4)}"
    assert olga.send("/console/rules/what-if", **{**BONUS, "rule": rule, "since": "2999-01-01"}) == 422
    assert "Nothing has been sold from 1 Jan 2999 on yet" in olga.words
    assert olga.send("/console/rules/what-if", **{**BONUS, "rule": rule, "values": "1"}) == 422
    assert olga.send("/console/rules/what-if", **{**BONUS, "rule": rule}) == 200
    trial = olga.path.rpartition("/")[2]
    olga.open(f"/console/rules/what-if/{trial}")
    assert olga.status == 404, "it is still under way"
    do_tasks(town.api)
    assert olga.send(f"/console/rules/what-if/{trial}/add") == 200
    (added,) = api_rules(town, "/v1/rules", rule)
    assert (added["effect"], added["budget"]) == ({"kind": "multiplier", "factor": "2"}, 40)
    assert olga.send(f"/console/rules/bonuses/{rule}/end") == 200
    fina = visitor(town, FINANCE)
    fina.open(f"/console/rules/what-if/{trial}")
    assert fina.status == 200
    assert "Add it as it was tried" not in fina.words


def test_a_rule_that_was_tried_is_shown_whole_and_filled_into_the_form(town: PageTown) -> None:
    olga, rule = visitor(town, OWNER), f"whole-{token_hex(4)}"
    caps = {"most": "7", "most_member": "35", "most_member_day": "30", "most_day": "39"}
    form = {**BONUS, "rule": rule, "from_hour": "9", "until_hour": "12", **caps}
    assert olga.send("/console/rules/what-if", **form, days=["1", "5"]) == 200
    do_tasks(town.api)
    trial = olga.path.rpartition("/")[2]
    olga.open(f"/console/rules/what-if/{trial}")
    assert "Tuesday, Saturday · from 9 to 12 o'clock" in olga.words
    assert "At most 7 for one sale · 35 for one member · 30 for one member on one day" in olga.words
    olga.click("To the rules, with this one filled in")
    forms = olga.page.all("form", action="/console/rules/bonuses")
    (filled,) = [each for each in forms if each.all("input", name="rule", value=rule)]
    fields = [each for each in filled.all("input") if each.attributes.get("type") not in ("checkbox", "hidden")]
    typed = {each.attributes["name"]: each.attributes.get("value") for each in fields}
    stated = ("values", "budget", "from_hour", "until_hour", *caps)
    assert {name: typed[name] for name in stated} == {name: form[name] for name in stated}
    chosen = [each.attributes["value"] for each in filled.all("option") if "selected" in each.attributes]
    assert chosen == ["cafe", "operator", "cafe"]
    days = [each.attributes["value"] for each in filled.all("input", type="checkbox") if "checked" in each.attributes]
    assert days == ["1", "5"]
    olga.open("/console/rules?trial=tsk_0")
    assert olga.status == 404
