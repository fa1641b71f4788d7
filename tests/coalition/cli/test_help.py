"""Help, complaints and output in the reader's language; and that help loads nothing which it does not need."""

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from coalition.cli import payment_words
from coalition.cli.help_text import complaint
from coalition.cli.language import chosen_language
from coalition.locale.check import english_runs
from settlement.clearing import HOUSE
from settlement.payments import NextAction, PaymentRoute, PaymentState
from settlement.rails.bank import FileKind
from tests.coalition.cli.test_main import COMMANDS, URL, check_layout
from tests.support.command import Command, check_complaint, run_process
from tests.support.town import write_town

HEAVY = (
    "alembic", "babel", "coalition.lab", "fastapi", "numpy", "polars", "pydantic", "rich.markdown", "rich.progress",
    "sqlalchemy", "starlette", "stripe", "typer.rich_utils", "typst", "uvicorn", "xmlschema",
)  # fmt: skip
LOOK_AT_HELP = f"""
import contextlib, io, json, sys
from coalition.cli.main import program

loaded = {{}}
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()):
        program("en").main([*words, "--help"], standalone_mode=False)
    loaded[" ".join(words)] = [name for name in {HEAVY!r} if name in sys.modules]
print(json.dumps(loaded))
"""
LOADED_FOR_A_LOOK = ("babel", "sqlalchemy", "typer.rich_utils")
"""What of it a command needs that looks into a book on SQLite, and shows a complaint or a table."""
LOOK_AT_WINDOWS = f"""
import contextlib, io, json, sys
from coalition.cli.main import program

with contextlib.redirect_stdout(io.StringIO()):
    program("en").main(["windows", *sys.argv[2:]], standalone_mode=False)
print(json.dumps([name for name in (*{HEAVY!r}, "psycopg", "pygments") if name in sys.modules]))
"""
CHINESE = re.compile("[\u4e00-\u9fff]")


NO_SENTENCE = re.compile(
    r"<[^>]*>"  # types, such as <int range>
    r"|coalition(?: [a-z]+)*"  # commands
    r"|Old Town|\bcafe\b|\bbakery\b"  # what the town in these tests calls its own
    r"|[│╭╰╮╯─]"
)


def english_in(text: str) -> list[str]:
    """English sentences in what a command shows."""
    return english_runs(" ".join(NO_SENTENCE.sub(" ", text).split()))


def test_help_of_no_command_loads_what_only_its_work_needs(tmp_path: Path) -> None:
    words = [[], *([name] for name in sorted({words[0] for words in COMMANDS})), *map(list, COMMANDS)]
    asked = json.dumps(words)
    ran = run_process(asked, folder=tmp_path, process=(sys.executable, "-c", LOOK_AT_HELP))
    assert (ran.code, ran.err) == (0, "")
    loaded = json.loads(ran.out)
    assert len(loaded) > 25
    assert {name: modules for name, modules in loaded.items() if modules} == {}


def test_a_look_into_a_book_loads_no_driver_of_another_database_and_nothing_that_only_others_need(
    command: Command, tmp_path: Path
) -> None:
    assert command(*write_town(tmp_path), *URL).code == 0
    ran = run_process("{}", *URL, folder=tmp_path, process=(sys.executable, "-c", LOOK_AT_WINDOWS))
    assert (ran.code, ran.err) == (0, "")
    assert set(json.loads(ran.out)) <= set(LOADED_FOR_A_LOOK)


@pytest.mark.parametrize("words", [(), *sorted({words[:1] for words in COMMANDS} | set(COMMANDS))], ids=" ".join)
def test_help_in_chinese_has_no_english_sentence(command: Command, words: tuple[str, ...]) -> None:
    ran = command(*words, "--help", "--lang", "zh")
    assert (ran.code, ran.err) == (0, "")
    assert "用法：" in ran.out
    assert CHINESE.search(ran.out.partition("用法：")[2])
    assert english_in(ran.out) == []
    check_layout(ran.out)


def test_the_commands_stand_in_groups(command: Command) -> None:
    printed = command("--help").out
    titles = [re.escape(title) for title in ("Try it", "Run it", "Settle it", "Look")]
    assert re.search(".*".join(titles), printed, re.DOTALL)
    chinese = command("--help", "--lang=zh").out
    assert re.search(r"─ 试用 ─.*demo.*─ 运行 ─.*serve.*─ 结算 ─.*settle.*─ 查看 ─.*windows", chinese, re.DOTALL)


def test_the_version_is_shown(command: Command) -> None:
    ran = command("--version")
    assert (ran.code, ran.out) == (0, f"coalition {version('coalition')}\n")


@pytest.mark.parametrize(
    ("arguments", "environment", "lang"),
    [
        ([], {}, "en"),
        (["windows", "--lang", "zh"], {"LANG": "en_GB.UTF-8"}, "zh"),
        (["windows", "--lang=zh"], {}, "zh"),
        (["windows", "--lang", "en"], {"LC_ALL": "zh_CN.UTF-8"}, "en"),
        (["windows"], {"LC_ALL": "zh_CN.UTF-8"}, "zh"),
        (["windows"], {"LC_ALL": "", "LANG": "zh_CN"}, "zh"),
        (["windows"], {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        (["windows"], {"COALITION_LANGUAGE": "zh", "LANG": "de_DE.UTF-8"}, "zh"),
        (["windows"], {"COALITION_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        (["windows", "--lang"], {}, "en"),
        (["windows", "--lang", "fr"], {"LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_option_comes_before_the_environment_and_that_before_the_terminal(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], environment: dict[str, str], lang: str
) -> None:
    monkeypatch.delenv("COALITION_LANGUAGE", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert chosen_language(arguments, environment) == lang


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["windos"],
        ["replay", "purchases.csv"],
        ["statement"],
        ["statement", "cafe", "--format", "xml"],
        ["windows", "--colour"],
        ["windows", "--alliance"],
        ["windows", "1", "2"],
        ["demo", "--funding", "later"],
        ["serve", "--port", "0"],
        ["serve", "--port", "x"],
        ["serve", "--workers", "0"],
        ["serve", "--drain-seconds", "-1"],
        ["serve", "--keep-alive-seconds", "3601"],
        ["keys", "rotate", "id", "--days", "99"],
        ["lab", "run", "nowhere.toml"],
        ["bank", "files"],
    ],
    ids=" ".join,
)
def test_a_call_that_makes_no_sense_is_refused_in_chinese(command: Command, arguments: list[str]) -> None:
    ran = command(*arguments, COALITION_LANGUAGE="zh")
    assert ran.code == 2
    assert CHINESE.search(ran.err)
    assert english_in(ran.err) == []


def test_an_unknown_complaint_stays_as_it_is() -> None:
    assert complaint("The moon is full", "zh") == "The moon is full"


def test_what_commands_print_in_chinese_has_no_english_sentence(command: Command, tmp_path: Path) -> None:
    assert command(*write_town(tmp_path), *URL).code == 0
    for words in (
        ["windows"],
        ["shops"],
        ["plan"],
        ["plan", "--direct"],
        ["statement", "cafe", "--moves"],
        ["audit"],
        ["keys", "list"],
        ["settle", "plan"],
        ["settle", "run"],
        ["settle", "status", "--all"],
        ["settle", "match"],
    ):
        ran = command(*words, *URL, "--lang", "zh")
        assert (ran.code, ran.err) == (0, ""), words
        assert CHINESE.search(ran.out), words
        assert english_in(ran.out) == [], words
    assert "备份" not in command("backup", "book.zip", *URL, "--lang", "zh").err
    assert "全部审计通过" in command("restore", "book.zip", "--database-url", "sqlite:///other.db", "--lang", "zh").out


def test_an_error_is_told_in_chinese(command: Command, tmp_path: Path) -> None:
    assert command(*write_town(tmp_path), *URL).code == 0
    ran = command("statement", "diner", *URL, "--lang", "zh")
    assert ran.code == 1
    assert ran.err.startswith("错误：")
    assert english_in(ran.err) == []
    check_complaint(command("statement", "diner", *URL), "error: No participant 'diner' in this alliance.")


def test_in_a_pipe_no_line_is_broken_and_no_id_is_cut(command: Command, tmp_path: Path) -> None:
    assert command(*write_town(tmp_path), *URL).code == 0
    assert command("settle", "run", *URL).code == 0
    ran = run_process("settle", "status", "--all", *URL, folder=tmp_path, COLUMNS="")
    rows = [line.strip("│").split("│") for line in ran.out.splitlines() if line.startswith("│")]
    ids = [row[0].strip() for row in rows if len(row) == 6]
    assert ids
    assert all(re.fullmatch(r"[\w.:/-]+", id_) for id_ in ids)


def test_every_state_kind_and_action_has_its_word() -> None:
    assert set(payment_words.STATES) == set(PaymentState)
    assert set(payment_words.ACTIONS) == set(NextAction)
    assert set(payment_words.ROUTES) == set(PaymentRoute)
    assert set(payment_words.FILE_KINDS) == set(FileKind)
    assert set(payment_words.PARTIES) == {HOUSE}


def test_what_a_settlement_and_a_limit_say_is_told_in_the_words_of_the_trade(command: Command, tmp_path: Path) -> None:
    assert command(*write_town(tmp_path), *URL).code == 0
    planned = command("settle", "plan", *URL, "--lang", "zh").out
    assert "收款" in planned
    assert "现金不足：" in planned
    limits = command("approvals", "limits", *URL, "--lang", "zh").out
    assert "10,000 积分" in limits
    assert "100,000 最小货币单位" in limits
    assert "10,000 points" in command("approvals", "limits", *URL).out
    assert "每周" in command("alliance", "show", *URL, "--lang", "zh").out
