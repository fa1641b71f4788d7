"""Trials over HTTP: asked for, found again, the same whichever process goes on with them, and seen by few."""

import csv
from io import StringIO

import pytest

from coalition.access.caller import Role
from coalition.earning.bonus import BonusTerms, FunderShare
from coalition.earning.kinds.multiplier import Multiplier
from coalition.what_if import trial_run, trial_task
from coalition.what_if.trial import Trial
from coalition.what_if.trial_task import TrialsUnderWay
from tests.support.clock import DAY
from tests.support.tasks import do_tasks
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send

RULE = {
    "rule": "double",
    "effect": {"kind": "multiplier", "factor": "2"},
    "funders": [{"shop": "cafe"}, {"shop": "operator", "share": 2}],
    "budget": 500,
}
EVER = {"since": "2024-01-01"}


def ask(town: ApiTown, **body: object) -> ApiAnswer:
    answer = town.client().post("/v1/rules/what-if", json={**RULE, **EVER, **body})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def get(town: ApiTown, trial: ApiAnswer) -> ApiAnswer:
    return dict(town.client().get(f"/v1/rules/what-if/{trial['id']}").json())


def test_what_a_rule_would_have_cost_is_there_once_it_was_tried(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=2_000)
    purchase(town.till("cafe"), "k2", shop="cafe", member="bob", amount_minor=1_000)
    send(town.till(), "/v1/refunds", "r1", purchase=sold["id"], amount_minor=1_000)
    trial = ask(town)
    assert (trial["state"], trial["result"], trial["since"]) == ("waiting", None, "2024-01-01")
    assert ask(town)["id"] == trial["id"], "the same question while it is under way"
    do_tasks(town)
    tried = get(town, trial)
    assert (tried["state"], tried["done"], tried["rule"]) == ("done", tried["total"], "double")
    result = tried["result"]
    assert result["rule"] == {
        "name": "double", "points_now": 0, "points_then": 100, "worth_now_minor": 0, "worth_then_minor": 100
    }  # fmt: skip
    assert [(row["name"], row["points_then"]) for row in result["funders"]] == [("operator", 68), ("cafe", 32)]
    assert [(row["name"], row["sales"], row["amount_minor"], row["points_then"]) for row in result["shops"]] == [
        ("bakery", 1, 1_000, 50),
        ("cafe", 1, 1_000, 50),
    ]
    assert (result["points_left"], result["used_up_on"], result["members"], result["reasons"]) == (400, None, 2, {})
    table = town.client().get(f"/v1/tasks/{trial['id']}/file")
    rows = list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"))))
    assert {row["by"] for row in rows} == {"rule", "funder", "shop", "tenth of members"}
    # It was tried, and nothing else: no pot, no version, no points.
    assert town.client().get("/v1/rules").json()["data"] == []
    assert ask(town)["id"] != trial["id"], "the same question later"


def test_a_process_that_takes_over_comes_to_the_same(town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        purchase(town.till(), f"k{number}", amount_minor=1_000, member=("ann", "bob")[number % 2])
    whole = ask(town)
    do_tasks(town)
    for module in (trial_run, trial_task):
        monkeypatch.setattr(module, "PART", 2)
    # Another rule counts by now, which was not there when it was asked.
    taken_over = ask(town, rule="double", priority=1)
    town.clock.forward(DAY)
    assert town.client().post("/v1/rules", json={**RULE, "budget": 30}).status_code == 201
    keep = TrialsUnderWay.keep
    monkeypatch.setattr(TrialsUnderWay, "keep", lambda *_: None)
    do_tasks(town)
    monkeypatch.setattr(TrialsUnderWay, "keep", keep)
    assert get(town, taken_over)["result"] == get(town, whole)["result"]
    in_parts = ask(town, priority=2)
    do_tasks(town)
    # By now the rule counts, with its own budget.
    result = get(town, in_parts)["result"]
    assert (result["rule"]["points_now"], result["rule"]["points_then"]) == (30, 350)


def test_a_process_keeps_few_trials_in_memory(town: ApiTown) -> None:
    trial = Trial("double", asked_terms(), 20240101, town.alliance.today, town.clock())
    under_way, runs = TrialsUnderWay(town.alliance), {}
    for id_ in ("a", "b", "c"):
        runs[id_] = under_way.take(id_, trial, 1, 1)
        under_way.keep(id_, runs[id_])
    assert [under_way.take(id_, trial, 1, 1) is run for id_, run in runs.items()] == [False, True, True]
    runs["b"].next = 5
    under_way.keep("b", runs["b"])
    assert under_way.take("b", trial, 1, 4) is not runs["b"], "it was further than what was written down"


def asked_terms() -> BonusTerms:
    effect = Multiplier(kind="multiplier", factor="2")
    return BonusTerms(effect, (FunderShare("cafe", 1),), 500, 20240101)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"since": "2999-01-01"}, "since"),
        ({"since": "2024-02-01", "until": "2024-01-01"}, "until"),
        ({"funders": [{"shop": "nobody"}]}, "funders"),
        ({"effect": {"kind": "multiplier", "factor": "1"}}, "factor"),
    ],
)
def test_what_can_t_be_tried_is_refused_by_its_name(town: ApiTown, body: ApiAnswer, field: str) -> None:
    answer = town.client().post("/v1/rules/what-if", json={**RULE, **EVER, **body})
    assert answer.status_code == 422
    assert field in answer.text


def test_who_may_not_see_what_members_spend_sees_no_trial(town: ApiTown) -> None:
    trial = ask(town)
    for role, shop in ((Role.SUPPORT, None), (Role.TILL, "cafe"), (Role.APP, None)):
        client = town.client(role, shop)
        assert client.post("/v1/rules/what-if", json={**RULE, **EVER}).status_code == 403
        assert client.get(f"/v1/rules/what-if/{trial['id']}").status_code in (403, 404)
    assert town.client().get("/v1/rules/what-if/tsk_none").status_code == 404
