"""The commands, as a user meets them."""

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coalition.cli.commands.lab import app
from coalition.lab import find_models

RUNNER = CliRunner()

SCENARIO = """\
model = "appreciation"
preset = "local-life"
[growth]
members = 200
runs = 20
months = 6
[[events]]
do = "purchase"
who = "<u1>"
amount = "1000"
"""

CSV = "at,member,merchant,amount,spend\n2026-01-01,m1,s1,100,\n2026-01-02,m2,s1,50,all\n"


class Page(HTMLParser):
    """What a page loads from elsewhere, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scheme.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def invoke(*words: object) -> str:
    done = RUNNER.invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: object) -> str:
    done = RUNNER.invoke(app, [str(word) for word in words])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    return " ".join(done.output.split())


def test_run_prints_the_verdict_last_and_writes_json_and_report(scenario: Path, tmp_path: Path) -> None:
    purchases, out, page = tmp_path / "p.csv", tmp_path / "out.json", tmp_path / "out.html"
    purchases.write_text(CSV, encoding="utf-8")
    printed = invoke("run", scenario, "--purchases", purchases, "--json", out, "--report", page)
    assert printed.rindex("Verdict") > printed.rindex("Who pays")
    data = json.loads(out.read_text(encoding="utf-8"))
    assert [row["do"] for row in data["rows"]] == ["purchase"] * 3
    assert data["rows"][0]["price"].startswith("1.428571428571428571428571428571")
    assert data["verdict"]["participants"] == 3
    html = page.read_text(encoding="utf-8")
    assert "&lt;u1&gt;" in html
    assert "<u1>" not in html


@pytest.mark.parametrize("model", find_models())
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_report_is_one_well_formed_page_that_loads_nothing(model: str, lang: str, tmp_path: Path) -> None:
    scenario, purchases, out = tmp_path / "s.toml", tmp_path / "p.csv", tmp_path / "out.html"
    scenario.write_text(f'model = "{model}"\n', encoding="utf-8")
    purchases.write_text(CSV, encoding="utf-8")
    invoke("run", scenario, "--purchases", purchases, "--report", out, "--lang", lang)
    html = out.read_text(encoding="utf-8")
    page = Page(html)
    assert page.open == []
    assert page.loads == []
    assert "http" not in html
    assert "url(" not in html
    assert html.startswith(f'<!doctype html>\n<html lang="{"zh-Hans" if lang == "zh" else "en"}">')
    assert html.count('class="en') == html.count('class="zh')


def test_a_report_shows_the_four_charts_the_table_and_the_coalition_beside(scenario: Path, tmp_path: Path) -> None:
    purchases, out = tmp_path / "p.csv", tmp_path / "out.html"
    rows = [f"2026-01-01,m{number},s1,1000," for number in range(200)]
    purchases.write_text("\n".join(["at,member,merchant,amount,spend", *rows]), encoding="utf-8")
    invoke("run", scenario, "--purchases", purchases, "--report", out)
    html = out.read_text(encoding="utf-8")
    for title in (
        "Price of a point",
        "Money there, and what is owed",
        "Which members are in profit",
        "Who pays whom",
        "Beside an honest coalition",
        "The verdict in plain words",
        "Event by event",
    ):
        assert title in html
    assert html.count("<svg") == 4


def test_list_names_every_model_with_presets_parameters_and_events() -> None:
    printed = invoke("list")
    for model in find_models().values():
        names = [model.name, *(spec.name for spec in model.specs), *(kind.do for kind in model.kinds)]
        assert all(name in printed for name in [*names, *(preset.name for preset in model.presets)])
    assert "exit_multiple" not in invoke("list", "coalition")


def test_grow_prints_months_and_writes_json_and_report(scenario: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "g.json", tmp_path / "g.html"
    printed = invoke("grow", scenario, "--set", "stop_month=3", "--json", out, "--report", page)
    assert "Nobody joins after month 3" in " ".join(printed.replace("│", " ").split())
    data = json.loads(out.read_text(encoding="utf-8"))
    assert data["growth"]["stop_month"] == "3"
    assert set(data["months"][5]["coverage"]) == {"p5", "p25", "p50", "p75", "p95"}
    assert Page(page.read_text(encoding="utf-8")).loads == []


def test_help_names_every_command() -> None:
    printed = invoke("--help")
    assert all(command in printed for command in ("run", "list", "grow"))


def test_mistakes_are_one_sentence_and_no_traceback(scenario: Path, tmp_path: Path) -> None:
    bad, purchases = tmp_path / "bad.toml", tmp_path / "p.csv"
    bad.write_text(SCENARIO.replace("amount", "amuont"), encoding="utf-8")
    purchases.write_text(CSV.replace("100", "-100"), encoding="utf-8")
    assert "line 10, events.0.amuont: no such key of purchase" in refused("run", bad)
    assert "Line 2: amount: '-100'" in refused("run", scenario, "--purchases", purchases)
    assert "is not a model; allowed: appreciation" in refused("list", "ponzi")
    assert "'x' is not KEY=VALUE" in refused("grow", scenario, "--set", "x")
    assert "growth.speed: no such parameter" in refused("grow", scenario, "--set", "speed=3")
    assert "can't read or write" in refused("run", scenario, "--json", tmp_path / "no" / "out.json")
    bad.write_bytes(b"model = '\xff'")
    assert "not UTF-8" in refused("run", bad)


@pytest.mark.parametrize("words", [["--help"], ["list"], ["run", "--help"], ["grow", "--help"]])
def test_neither_numpy_nor_polars_is_loaded_before_it_is_used(words: list[str]) -> None:
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from coalition.cli.commands.lab import app\n"
        f"assert CliRunner().invoke(app, {words}).exit_code == 0\n"
        "print(sorted({'numpy', 'polars'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
