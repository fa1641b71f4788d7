"""In Chinese the lab says nothing in English: lists, runs, growth, reports and refusals."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from typer.testing import CliRunner

from coalition.cli.commands.lab import app
from coalition.lab import as_data, find_models, read_mapping, read_purchases, run
from coalition.lab.errors import LabError
from coalition.lab.parties import KINDS
from coalition.lab.report.labels import label
from coalition.lab.report.report import report
from coalition.locale.error_text import error_text
from coalition.locale.files import path_of
from coalition.locale.messages import translate

RUNNER = CliRunner()
PRESETS = [(name, preset.name) for name, model in find_models().items() for preset in model.presets]
PURCHASES = ["at,member,merchant,amount,spend\n"] + [
    f"2026-01-{day:02d},m{day % 7},s{day % 3},{day * 40},{'all' if day % 4 == 0 else ''}\n" for day in range(1, 29)
]
OF_THE_LAB = ("coalition/lab/", "coalition/cli/lab_tables.py", "coalition/cli/commands/lab.py")
SAID_BY_BOTH = {
    "Coverage", "Coverage of what is promised", "Got back", "Members joining each month", "Money there",
    "Month by month", "Price", "Price of a point", "Who got back what was promised",
    "Month", "Owed", "Received", "Shop", "Value", "Who", "deposit", "event", "issued", "member", "points", "purchase",
    "shop", "task",
}  # fmt: skip
"""What the lab and the rest of the product say in the same words, and mean alike."""
ENGLISH = re.compile(r"(?<![\w-])[A-Za-z][a-z']+(?: [A-Za-z'][a-z']*)+(?![\w-])")
"""Two English words in a row: names that are typed are one word each, or have commas, lines or digits in them."""


def english(text: str) -> list[str]:
    """What a text says in English, however a table has broken it."""
    words = " ".join(re.sub(r"[│┃╭╮╰╯─━┏┓┗┛┡┩┳╇┴└┘┬┼├┤]", " ", text).split("\n"))
    return ENGLISH.findall(re.sub(r" {2,}", "  ", words))


class Chinese(HTMLParser):
    """What a report says to whoever reads it in Chinese."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.skip, self.texts, self.open = 0, list[str](), list[bool]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "br"):
            return
        hidden = tag in ("style", "script", "button") or "en" in (dict(attrs).get("class") or "").split()
        self.open.append(hidden)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.texts.append(data)


def invoke(*words: object, columns: int = 250) -> str:
    done = RUNNER.invoke(app, [str(word) for word in words], env={"COLUMNS": str(columns)})
    assert done.exit_code == 0, done.output
    return done.output


def test_a_word_of_the_labs_has_no_other_meaning_elsewhere() -> None:
    # A sentence has one translation: a chain's "collect" is to fetch a parcel, a settlement's to take money.
    with path_of("zh").open("rb") as file:
        messages = [(message.id, [at for at, _ in message.locations]) for message in read_po(file)]
    both = {id_ for id_, files in messages if len({file.startswith(OF_THE_LAB) for file in files}) == 2}
    assert both == SAID_BY_BOTH


def test_the_list_is_in_chinese() -> None:
    listed = invoke("list", "--lang", "zh")
    assert english(listed) == []
    assert "会员消费" in listed


def test_no_line_of_the_list_is_cut_off() -> None:
    assert "…" not in invoke("list", "--lang", "zh", columns=80)


def test_every_kind_of_participant_has_a_name() -> None:
    assert all(translate(label(kind), "zh") != kind for kind in KINDS)


@pytest.mark.parametrize(("model", "preset"), PRESETS)
def test_a_run_of_every_preset_and_its_report_are_in_chinese(model: str, preset: str, tmp_path: Path) -> None:
    scenario, purchases, page = tmp_path / "s.toml", tmp_path / "p.csv", tmp_path / "r.html"
    scenario.write_text(f'model = "{model}"\npreset = "{preset}"\n', encoding="utf-8")
    purchases.write_text("".join(PURCHASES), encoding="utf-8")
    printed = invoke("run", scenario, "--purchases", purchases, "--report", page, "--lang", "zh")
    printed = printed.replace(str(page), "").replace(f"{model} {preset}", "")
    assert english(printed) == []
    assert "结论" in printed
    texts = Chinese(page.read_text(encoding="utf-8")).texts
    assert [text for text in texts if ENGLISH.search(text)] == []
    data = as_data(
        run(
            read_mapping({"model": model, "preset": preset}).with_purchases(read_purchases("".join(PURCHASES).encode()))
        )
    )
    verdict = data["verdict"]
    assert isinstance(verdict, dict)
    assert [text for text in verdict["words"]["zh"] if ENGLISH.search(text)] == []


@pytest.mark.parametrize("model", find_models())
def test_a_growth_experiment_and_its_report_are_in_chinese(model: str, tmp_path: Path) -> None:
    scenario, page = tmp_path / "s.toml", tmp_path / "r.html"
    growth = "[growth]\nmembers = 50\nruns = 5\nmonths = 6\nrun_month = 3\nstop_month = 5\n"
    scenario.write_text(f'model = "{model}"\n{growth}', encoding="utf-8")
    printed = invoke("grow", scenario, "--report", page, "--lang", "zh").replace(str(page), "")
    assert english(printed) == []
    assert [text for text in Chinese(page.read_text(encoding="utf-8")).texts if ENGLISH.search(text)] == []


@pytest.mark.parametrize(
    "data",
    [
        {"model": "ponzi"},
        {"model": "chain", "preset": "x"},
        {"model": "chain", "params": {"package": "x"}},
        {"model": "chain", "params": {"package": "2000"}},
        {"model": "chain", "params": {"third_sale": "x"}},
        {"model": "chain", "events": [{"do": "join"}]},
        {"model": "chain", "events": [{"do": "join", "who": "a", "referrer": "b"}]},
        {"model": "chain", "run_share": "2"},
        {"model": "chain", "growth": {"months": "0"}},
        {"model": "appreciation", "events": [{"do": "sell", "who": "a", "points": "1"}]},
        {"model": "appreciation", "events": [{"do": "purchase", "who": "a", "amount": "x"}]},
        {"model": "packages", "events": [{"do": "member", "who": "a", "rating": "9"}]},
    ],
)
def test_what_is_refused_is_refused_in_chinese(data: dict[str, object]) -> None:
    with pytest.raises(LabError) as caught:
        run(read_mapping(data))
    assert english(error_text(caught.value, "zh")) == []
    assert error_text(caught.value, "en") == str(caught.value) != error_text(caught.value, "zh")


def test_a_report_shows_the_chosen_language_first() -> None:
    result = run(read_mapping({"model": "chain"}))
    assert "<title>链动2+1</title>" in report(result, "zh")
    assert "<title>2+1 chain</title>" in report(result, "en")
