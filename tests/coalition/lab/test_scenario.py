"""Scenario files: what is read, and what each mistake is told."""

from fractions import Fraction

import pytest

from coalition.lab import find_models, read_mapping, read_toml, run
from coalition.lab.errors import EventRefused, ScenarioInvalid

GOOD = """\
model = "appreciation"
preset = "local-life"

[params]
exit_multiple = "2"
hold_back = 0.25

[[events]]
do = "purchase"
who = "u1"
amount = 1000

[[events]]
do = "sell"
who = "u1"
points = "all"
"""


def test_a_file_gives_model_preset_parameters_and_events() -> None:
    scenario = read_toml(GOOD)
    params = scenario.params()
    assert (params["exit_multiple"], params["hold_back"]) == (2, Fraction(1, 4))
    assert [event.do for event in scenario.events] == ["purchase", "sell"]
    assert run(scenario).rows[1]["cash"] == 160 * Fraction(3, 4)


def test_numbers_in_a_file_are_exact() -> None:
    rows = run(read_toml(GOOD.replace("amount = 1000", "amount = 0.1"))).rows
    assert rows[0]["pool"] == Fraction(16, 1000)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"appreciation"',
            '"ponzi"',
            "line 1, model: 'ponzi' is not a model; allowed: appreciation, chain, coalition, packages, share-purchase",
        ),
        (
            '"local-life"',
            '"lokal"',
            "line 2, preset: 'lokal' is not a preset of appreciation; allowed: local-life",
        ),
        (
            "exit_multiple",
            "exit_multipel",
            "line 5, params.exit_multipel: no such parameter; allowed: pool_rate",
        ),
        ('"2"', '"two"', "line 5, params.exit_multiple: 'two' is not a number; allowed: above 0"),
        ("0.25", "1.5", "line 6, params.hold_back: 1.5 is out of range; allowed: 0 to 1"),
        ("0.25", "true", "line 6, params.hold_back: True is not a text or number"),
        (
            'do = "sell"',
            'do = "join"',
            "line 14, events.1.do: 'join' is not an event of appreciation; allowed: purch",
        ),
        ('do = "sell"', "", "line 13, events.1.do: is missing; allowed: purchase"),
        ('points = "all"', "", "line 13, events.1.points: sell needs it; allowed: do, who, points"),
        (
            "amount = 1000",
            "amuont = 1000",
            "line 11, events.0.amuont: no such key of purchase; allowed: do, who",
        ),
        ('who = "u1"', 'who = "platform"', "line 10, events.0.who: 'platform' is reserved"),
        ("[params]", "[parms]", "line 4, parms: no such key; allowed: model, preset"),
        ("hold_back = 0.25", "hold_back = ", "line 6, TOML: "),
    ],
)
def test_a_mistake_is_told_with_its_line_key_and_what_is_allowed(old: str, new: str, message: str) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        read_toml(GOOD.replace(old, new, 1))
    assert str(caught.value).startswith(message)


def test_an_event_that_cannot_happen_is_told_with_its_line() -> None:
    with pytest.raises(EventRefused, match=r"^line 13, event 1 \(`sell`\): u1 has 112 points, not 113\.$"):
        run(read_toml(GOOD.replace('"all"', "113")))


def test_inline_events_know_their_lines_too() -> None:
    text = 'model = "chain"\nevents = [\n  {do = "join", who = "a"},\n  {do = "jion", who = "b"},\n]\n'
    with pytest.raises(ScenarioInvalid, match=r"^line 4, events.1.do"):
        read_toml(text)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"model": 3},
        {"model": "chain", "events": "join"},
        {"model": "chain", "events": [3]},
        {"model": "chain", "params": []},
        {"model": "chain", "run_share": "2"},
        {"model": "chain", "coalition": {"points": "1"}},
        {"model": "coalition", "params": {"earn_points_per_unit": "nan"}},
    ],
)
def test_plain_data_is_checked_in_the_same_way(data: dict[str, object]) -> None:
    with pytest.raises(ScenarioInvalid):
        read_mapping(data)


@pytest.mark.parametrize("model", find_models())
def test_every_preset_of_every_model_runs(model: str) -> None:
    presets = [preset.name for preset in find_models()[model].presets]
    assert presets
    for preset in presets:
        result = run(read_mapping({"model": model, "preset": preset}))
        assert result.verdict.kept.participants == 0
