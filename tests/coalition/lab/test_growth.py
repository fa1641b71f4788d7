"""Growth experiments: the curves, the simulation against the exact models, and what it must never show."""

import time
from itertools import pairwise

import numpy as np
import pytest

from coalition.lab import find_models, read_mapping, run
from coalition.lab.errors import ScenarioInvalid
from coalition.lab.growth import read_growth
from coalition.lab.params import Params
from coalition.lab.report.growth_report import growth_report, growth_words, money_gone
from coalition.lab.scenario import Scenario
from coalition.lab.schemes.crowds.appreciation import AppreciationCrowd
from coalition.lab.schemes.crowds.chain import ChainCrowd
from coalition.lab.schemes.crowds.packages import PackagesCrowd
from coalition.lab.schemes.crowds.share_purchase import SharePurchaseCrowd
from coalition.lab.simulation.grow import grow, growth_data
from coalition.lab.simulation.outcome import Simulation
from coalition.locale.error_text import phrase_text

SMALL = {"members": "300", "runs": "40", "months": "12"}


def scenario(model: str, preset: str = "", **growth: str) -> Scenario:
    return read_mapping({"model": model, "preset": preset, "growth": {**SMALL, **growth}})


def params_of(model: str, **values: str) -> Params:
    return Params(find_models()[model].specs, values)


def last(simulation: Simulation, figure: str) -> list[float]:
    return [float(value) for value in simulation.quantiles[figure][-1]]


def test_constant_growth_brings_the_same_number_every_month() -> None:
    assert read_growth({**SMALL, "shape": "constant"}).expected == pytest.approx([25.0] * 12)


def test_exponential_growth_multiplies_the_entrants() -> None:
    expected = read_growth({**SMALL, "shape": "exponential", "rate": "0.5"}).expected
    assert [after / before for before, after in pairwise(expected)] == pytest.approx([1.5] * 11)
    assert sum(expected) == pytest.approx(300)


def test_logistic_growth_peaks_in_the_middle_and_brings_everybody() -> None:
    expected = read_growth({**SMALL, "shape": "logistic"}).expected
    assert max(expected) == pytest.approx(expected[5])
    assert expected == pytest.approx(expected[::-1])
    assert sum(expected) == pytest.approx(300)


def test_nobody_joins_after_the_stop() -> None:
    expected = read_growth({**SMALL, "shape": "constant", "stop_month": "4"}).expected
    assert expected == pytest.approx([25.0] * 4 + [0.0] * 8)


def test_the_same_seed_gives_the_same_figures_and_another_seed_does_not() -> None:
    first, again = grow(scenario("appreciation")), grow(scenario("appreciation"))
    assert np.array_equal(first.quantiles["price"], again.quantiles["price"])
    assert not np.array_equal(first.quantiles["price"], grow(scenario("appreciation", seed="2")).quantiles["price"])


@pytest.mark.parametrize(("preset", "multiple"), [("local-life", "0.3"), ("mall", "0.5")])
def test_simulated_appreciation_follows_the_exact_model(preset: str, multiple: str) -> None:
    data = {"model": "appreciation", "preset": preset, "params": {"exit_multiple": multiple}}
    params = read_mapping(data).params()
    amounts = [float(100 + 37 * n % 400) for n in range(120)]
    crowd = AppreciationCrowd(params, 1, len(amounts), np.random.default_rng(0))
    for amount in amounts:
        crowd.join(np.array([[amount]]))
        end = crowd.month_end()
    events = [{"do": "purchase", "who": f"u{n}", "amount": str(int(a))} for n, a in enumerate(amounts)]
    result = run(read_mapping({**data, "events": events}))
    figures, kept = result.verdict.figures, result.verdict.kept
    assert kept.kept > 8
    assert float(end.price[0]) == pytest.approx(float(figures.price or 0), rel=1e-6)
    assert float(end.coverage[0]) == pytest.approx(float(figures.coverage or 0), rel=1e-6)
    assert float(end.got_back[0]) == pytest.approx(float(kept.share or 0))


def test_members_of_one_month_buy_one_after_another() -> None:
    crowd = AppreciationCrowd(params_of("appreciation"), 2, 4, np.random.default_rng(0))
    crowd.join(np.array([[1000.0, 1000.0, 1000.0, 0.0], [1000.0, 0.0, 0.0, 0.0]]))
    assert crowd.price == pytest.approx([480 / 257.04, 160 / 112])


def test_a_simulated_chain_pays_as_the_exact_one() -> None:
    crowd = ChainCrowd(params_of("chain"), 3, 60, np.random.default_rng(7))
    for _ in range(60):
        crowd.join(np.full((3, 1), 1000.0))
    for simulated in range(3):
        sellers = crowd.referrer[simulated]
        events = [
            {"do": "join", "who": f"m{n}", **({"referrer": f"m{s}"} if s >= 0 else {})} for n, s in enumerate(sellers)
        ]
        rows = run(read_mapping({"model": "chain", "events": events})).rows
        earned = np.zeros(60)
        for row in rows:
            for name, amount in row["paid"].items():  # type: ignore[attr-defined]
                earned[int(name[1:])] += float(amount)
        assert crowd.earned[simulated] == pytest.approx(earned)


def test_share_value_shrinks_by_the_issue_of_each_day() -> None:
    crowd = SharePurchaseCrowd(params_of("share-purchase"), 1, 1, np.random.default_rng(0), value_times=12)
    crowd.join(np.array([[100_000.0]]))
    end = crowd.month_end()
    # 120,000 of share value, less 30 days of 888, against 10,000 of concession.
    assert crowd.value[0] == pytest.approx(120_000 - 30 * 888)
    assert end.coverage[0] == pytest.approx(10_000 / 120_000)


def test_packages_that_are_bought_again_owe_a_third_more_every_month() -> None:
    crowd = PackagesCrowd(params_of("packages"), 1, 1, np.random.default_rng(0))
    crowd.join(np.array([[100.0]]))
    assert [float(crowd.month_end().coverage[0]) for _ in range(2)] == pytest.approx([1 / 1.32, 1 / 1.32**2])


def test_a_run_of_sales_takes_what_is_there() -> None:
    calm = grow(scenario("packages"))
    hit = grow(scenario("packages", run_month="6", run_share="0.9"))
    assert hit.quantiles["coverage"][5][2] < calm.quantiles["coverage"][5][2]
    assert np.array_equal(hit.quantiles["coverage"][4], calm.quantiles["coverage"][4])


@pytest.mark.parametrize(("model", "month"), [("packages", 6), ("share-purchase", 6), ("coalition", None)])
def test_the_month_is_named_in_which_the_money_is_gone(model: str, month: int | None) -> None:
    asked = scenario(model, stop_month="5", run_month="6", run_share="1")
    simulation = grow(asked)
    assert money_gone(simulation) == month
    words = [phrase_text(word, "en") for word in growth_words(asked, simulation)]
    assert (f"By the end of month {month} the money is gone (median)." in words) == (month is not None)


@pytest.mark.parametrize("model", find_models())
def test_every_model_grows_and_can_be_run_on(model: str) -> None:
    asked = scenario(model, run_month="6", stop_month="8")
    simulation = grow(asked)
    for shares in (simulation.quantiles["got_back"], simulation.quantiles["coverage"]):
        assert (np.diff(shares, axis=1) >= 0).all()
        assert (shares >= 0).all()
    assert (simulation.quantiles["got_back"] <= 1).all()
    data = growth_data(asked, simulation)
    assert len(data["months"]) == 12  # type: ignore[arg-type]
    page = growth_report(asked, simulation, "zh")
    assert 'lang="zh-Hans"' in page
    words = growth_words(asked, simulation)
    assert any("get" in word and "promised (median)" in word for word in words)


def test_a_thousand_runs_of_ten_thousand_members_take_less_than_a_minute() -> None:
    started = time.process_time()
    simulation = grow(read_mapping({"model": "appreciation", "growth": {}}))
    assert sum(simulation.entrants) == pytest.approx(10_000, rel=0.01)
    assert time.process_time() - started < 60


def test_the_coalition_is_always_covered() -> None:
    simulation = grow(scenario("coalition", run_month="3", stop_month="6"))
    assert last(simulation, "coverage") == [1.0] * 5
    assert last(simulation, "got_back") == [1.0] * 5


@pytest.mark.parametrize(
    ("key", "value"),
    [("shape", "magic"), ("months", "0"), ("runs", "99999"), ("members", "1.5"), ("colour", "1")],
)
def test_a_wrong_growth_table_is_refused_with_its_key(key: str, value: str) -> None:
    with pytest.raises(ScenarioInvalid, match=f"^growth.{key}: "):
        scenario("appreciation", **{key: value})
