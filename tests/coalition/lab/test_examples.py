"""The examples: every figure of the vendors' comes out of the lab as they show it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coalition.cli.commands.lab import app
from coalition.lab import Scenario, find_models, read_toml, run
from coalition.lab.errors import ScenarioInvalid
from coalition.lab.examples import example_files
from coalition.lab.scenario import TABLES
from coalition.lab.vendor_figures import compare

RUNNER = CliRunner()
README = Path(__file__).parents[3] / "coalition" / "lab" / "README.md"


def example(name: str) -> Scenario:
    return read_toml(example_files()[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", example_files())
def test_every_figure_of_an_example_is_the_vendors(name: str) -> None:
    scenario = example(name)
    assert scenario.vendor
    wrong = [(c.figure.says["en"], c.figure.value, c.lab) for c in compare(run(scenario)) if not c.equal]
    assert wrong == []
    assert set(scenario.title) == {"en", "zh"}
    assert all(set(figure.says) == {"en", "zh"} for figure in scenario.vendor)


def test_every_model_has_an_example() -> None:
    assert {example(name).model.name for name in example_files()} == set(find_models())


def test_a_figure_that_differs_is_the_labs() -> None:
    text = example_files()["local-life"].read_text(encoding="utf-8").replace('"1.87"', '"2.00"')
    compared = compare(run(read_toml(text)))[-1]
    assert (compared.figure.value, compared.lab, compared.equal) == ("2.00", "1.87", False)


@pytest.mark.parametrize(("lang", "heading"), [("en", "the vendor says"), ("zh", "推广者的说法")])
def test_the_command_sets_the_vendors_figures_beside_the_labs(lang: str, heading: str) -> None:
    done = RUNNER.invoke(app, ["examples", "--lang", lang])
    assert done.exit_code == 0, done.output
    assert heading in done.output
    assert all(name in done.output for name in example_files())


def test_the_command_prints_a_file_to_start_from() -> None:
    done = RUNNER.invoke(app, ["examples", "share-purchase"])
    assert done.output == example_files()["share-purchase"].read_text(encoding="utf-8")
    refused = RUNNER.invoke(app, ["examples", "ponzi"])
    assert (refused.exit_code, "allowed: chain-ranks, " in refused.output) == (2, True)


def test_the_readme_shows_a_whole_scenario_with_every_table() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    assert [table for table in TABLES if not re.search(rf"^(\[\[?)?{table}\b", blocks[0], re.M)] == []
    assert all(compared.equal for compared in compare(run(read_toml(blocks[0]))))


@pytest.mark.parametrize(
    ("vendor", "message"),
    [
        ("3", "vendor: is not a list"),
        ("[3]", "vendor.0: is not a table; allowed: says, event, key, value"),
        ('[{says = "x", kee = "price", value = "1"}]', "vendor.0.kee: no such key; allowed: says, event, key, value"),
        ('[{says = "x", key = "price"}]', "vendor.0.value: is missing"),
        ('[{says = "x", key = "price", value = "1", event = -1}]', "vendor.0.event: is not the number of an event"),
    ],
)
def test_a_mistake_in_the_vendors_figures_names_what_is_allowed(vendor: str, message: str) -> None:
    with pytest.raises(ScenarioInvalid, match=re.escape(message)):
        read_toml(f'model = "chain"\nvendor = {vendor}\n')
