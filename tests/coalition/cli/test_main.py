"""The command: what it prints for people, what it writes for programs, how it ends."""

import csv
import io
import json
import re
import signal
import socket
import sqlite3
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from coalition.cli.main import program
from coalition.locale.formats import Lang
from settlement.audit import all_checks
from tests.support.command import Command, check_complaint, finish, run_process, start
from tests.support.printed import cells, check_layout
from tests.support.town import alliance_toml, posted, purchases_csv, write_town

URL = ("--database-url", "sqlite:///book.db")
LANGUAGES = ("en", "zh")


def commands(lang: Lang = "en") -> dict[tuple[str, ...], Any]:
    """Every command by its words, those of groups too."""
    by_words: dict[tuple[str, ...], Any] = {}

    def walk(words: tuple[str, ...], group: Any) -> None:
        for name, inner in group.commands.items():
            if hasattr(inner, "commands"):
                walk((*words, name), inner)
            else:
                by_words[*words, name] = inner

    walk((), program(lang))
    return by_words


COMMANDS = commands()


@pytest.fixture
def town(command: Command, tmp_path: Path) -> Path:
    """A folder with a small town's book in book.db."""
    assert command(*write_town(tmp_path), *URL, "--close").code == 0
    return tmp_path


# -- help -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_says_what_a_command_does_and_names_each_option(command: Command, words: tuple[str, ...]) -> None:
    ran = command(*words, "--help")
    assert (ran.code, ran.err) == (0, "")
    text = " ".join(ran.out.replace("│", " ").split())
    assert " ".join((COMMANDS[words].help or "").split("\n\n")[0].split()).rstrip(".") in text
    for parameter in COMMANDS[words].params:
        for name in parameter.opts:
            assert (name if name.startswith("-") else name.lower()) in text.lower()
        if parameter.name != "help":
            assert parameter.help or getattr(parameter, "hidden", False), (words, parameter.name)
            # A long word may be broken in a narrow column.
            assert "".join((parameter.help or "").split()) in "".join(text.split()), parameter.name
    check_layout(ran.out)


def test_without_a_command_all_are_listed(command: Command) -> None:
    ran = command()
    assert ran.code == 2
    for words in COMMANDS:
        assert re.search(rf"│ {words[0]} ", ran.out), words


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nonsense"], "No such command 'nonsense'."),
        (["replay", "purchases.csv"], "Missing option '--alliance'."),
        (["replay", "--alliance", "alliance.toml", "--json", "out.json"], "Missing argument"),
        (["statement"], "Missing argument"),
        (["statement", "cafe", "--format", "xml"], "'xml' is not one of"),
        (["windows", "--lang", "fr"], "'fr' is not one of"),
        (["windows", "--colour"], "No such option"),
        (["demo", "--funding", "later"], "'later' is not one of"),
        (["serve", "--port", "0"], "0 is no port; there are 1 to 65535"),
    ],
)
def test_a_call_that_makes_no_sense_ends_with_2_and_the_usage(
    command: Command, arguments: list[str], complaint: str
) -> None:
    ran = command(*arguments)
    check_complaint(ran, code=2)
    assert complaint in " ".join(ran.err.replace("│", " ").split())


# -- windows, shops, plan, audit ----------------------------------------------------------------------------------


def test_windows_lists_what_was_settled_in_each(town: Path, command: Command) -> None:
    ran = command("windows", *URL)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0].strip() == "Old Town"
    assert cells(ran.out) == [
        ["13 May 2024 00:00", "20 May 2024 00:00", "1", "1", "0.20"],
        ["20 May 2024 00:00", "27 May 2024 00:00", "1", "1", "0.03"],
    ]
    assert cells(command("windows", *URL, "--lang", "zh").out)[0][0] == "2024年5月13日 00:00"
    check_layout(ran.out)


def test_shops_and_plan_show_who_is_at_risk_and_who_pays(town: Path, command: Command) -> None:
    assert [row[0] for row in cells(command("shops", *URL).out)] == ["bakery", "cafe"]
    assert cells(command("plan", *URL).out) == [
        ["cafe", "clearing house", "0.03"],
        ["clearing house", "bakery", "0.03"],
    ]
    assert cells(command("plan", *URL, "--window", "2024-05-14", "--direct").out) == [["bakery", "cafe", "0.20"]]


def test_an_audit_names_each_check_and_how_much_was_looked_at(town: Path, command: Command) -> None:
    ran = command("audit", *URL)
    assert (ran.code, ran.err) == (0, "")
    rows = cells(ran.out)
    assert {row[2] for row in rows} == {"ok"}
    assert ["hash_chain", "6", "ok"] in rows
    assert [row[0] for row in rows] == list(all_checks())


def test_an_audit_may_go_on_from_the_last_one(town: Path, command: Command) -> None:
    assert "The whole book was read." in command("audit", "--incremental", *URL).out
    ran = command("audit", "--incremental", *URL)
    assert (ran.code, ran.err) == (0, "")
    assert {row[2] for row in cells(ran.out)} == {"ok"}
    assert re.search(r"What came after posting \d+ was read; the whole book was last read at", ran.out)
    assert "The whole book was read." in command("audit", *URL).out


def test_an_audit_that_finds_something_ends_with_1_and_says_where(town: Path, command: Command) -> None:
    with closing(sqlite3.connect("book.db")) as tampered, tampered:
        tampered.execute("UPDATE accounts SET balance = balance + 1 WHERE id > 1")
    ran = command("audit", *URL)
    assert (ran.code, ran.err) == (1, "")
    text = " ".join(ran.out.replace("│", " ").split())
    assert "points sum to " in text
    assert re.search(r"account 2 stands at -?\d+, its moves add up to -?\d+", text)
    check_layout(ran.out)


# -- statements -------------------------------------------------------------------------------------------------


def test_a_statement_in_every_format_says_the_same(town: Path, command: Command) -> None:
    nets = {}
    for window, date in (("first", "2024-05-19"), ("last", None)):
        arguments = ("statement", "bakery", *URL, *(() if date is None else ("--window", date)))
        document = json.loads(command(*arguments, "--format", "json").written)
        table = list(csv.DictReader(io.StringIO(command(*arguments, "--format", "csv").written.decode("utf-8-sig"))))
        text = command(*arguments).out
        pdf = PdfReader(io.BytesIO(command(*arguments, "--format", "pdf").written))
        nets[window] = document["net"]["minor"]
        assert [int(row["minor"]) for row in table if row["level"] == "net"] == [nets[window]]
        assert f"{nets[window] / 100:.2f}" in text
        assert f"{abs(nets[window]) / 100:.2f}" in "".join(page.extract_text() for page in pdf.pages)
    assert nets == {"first": -20, "last": 3}


@pytest.mark.parametrize("date", ["2024-05-13", "2024-05-19", "2024-05-13T00:00:00", "2024-05-19T21:59:59Z"])
def test_a_window_is_named_by_any_date_in_it(town: Path, command: Command, date: str) -> None:
    ran = command("statement", "cafe", *URL, "--window", date, "--format", "json")
    assert json.loads(ran.written)["window"]["opens_at"] == "2024-05-13T00:00:00+02:00"


@pytest.mark.parametrize(
    ("date", "complaint"),
    [
        ("2024-06-01", "No closed window of this alliance opens at 26 May 2024 22:00 UTC."),
        ("2023-05-13", "No closed window of this alliance opens at 7 May 2023 22:00 UTC."),
        ("yesterday", "--window yesterday: write a date as YYYY-MM-DD"),
        ("2024-13-01", "--window 2024-13-01: write a date as YYYY-MM-DD"),
        ("0001-01-01", "--window 0001-01-01: write a date as YYYY-MM-DD"),
        ("9999-12-31", "--window 9999-12-31: write a date as YYYY-MM-DD"),
    ],
)
def test_a_window_that_is_not_there_is_named(town: Path, command: Command, date: str, complaint: str) -> None:
    check_complaint(command("statement", "cafe", *URL, "--window", date), f"error: {complaint}")
    check_complaint(command("plan", *URL, "--window", date), f"error: {complaint}")


def test_before_the_first_close_there_is_no_statement(command: Command, tmp_path: Path) -> None:
    assert command(*write_town(tmp_path, purchases_csv().splitlines()[0] + "\n"), *URL).code == 0
    check_complaint(command("statement", "cafe", *URL), "error: No window of this alliance is closed yet.")
    assert cells(command("windows", *URL).out) == []


def test_a_shop_that_is_not_there_is_named(town: Path, command: Command) -> None:
    check_complaint(command("statement", "diner", *URL), "error: No participant 'diner' in this alliance.")


def test_a_database_without_an_alliance_says_how_to_get_one(command: Command) -> None:
    complaint = "error: sqlite:///book.db has no alliance yet. `coalition demo` sets up an example."
    for words in (["windows"], ["audit"], ["shops"], ["plan"], ["statement", "cafe"]):
        check_complaint(command(*words, *URL), complaint)


def test_moves_drill_down_to_each_purchase(town: Path, command: Command) -> None:
    ran = command("statement", "bakery", *URL, "--moves", "--format", "json")
    lines = [line for section in json.loads(ran.written)["sections"] for line in section["lines"]]
    moves = [move for line in lines for move in line["drill_down"]]
    assert all(move["key"].startswith("purchase:") for move in moves)
    # Whoever reads it finds a posting by its number; the key of a replayed row is our own, and no receipt.
    listed = command("statement", "bakery", *URL, "--moves").out
    assert {str(move["posting"]) for move in moves} <= {line.split(" ")[0] for line in listed.splitlines()}
    assert "purchase:" not in listed


def test_output_writes_the_very_bytes_to_a_file(town: Path, command: Command) -> None:
    for format_ in ("text", "csv", "json", "pdf"):
        arguments = ("statement", "cafe", *URL, "--format", format_, "--lang", "zh")
        printed = command(*arguments)
        quiet = command(*arguments, "--output", "statement")
        assert (quiet.code, quiet.written, quiet.err) == (0, b"", "")
        assert (town / "statement").read_bytes() == printed.written


@pytest.mark.parametrize(("place", "reason"), [("nowhere/x", "No such file or directory"), (".", "Is a directory")])
def test_an_output_that_cannot_be_written_is_named(town: Path, command: Command, place: str, reason: str) -> None:
    check_complaint(
        command("statement", "cafe", *URL, "--output", place), f"error: {place}: it can't be written ({reason}).\n"
    )


# -- as programs and terminals see it ---------------------------------------------------------------------------


def test_a_pipe_gets_clean_bytes_and_nothing_else(town: Path, command: Command) -> None:
    arguments = ("statement", "cafe", *URL, "--format", "csv", "--lang", "zh")
    ran = run_process(*arguments, folder=town)
    assert (ran.code, ran.err) == (0, "")
    assert ran.written == command(*arguments).written
    assert ran.written.startswith(b"\xef\xbb\xbflevel,section,")
    assert b"\x1b" not in ran.written
    assert ran.written.endswith(b"\r\n")


def test_a_reader_who_goes_away_early_is_no_traceback(town: Path) -> None:
    for words in (("windows",), ("statement", "cafe", "--format", "csv")):
        process = start(*words, *URL, folder=town)
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        assert "Traceback" not in finish(process).err


def test_a_terminal_without_chinese_letters_gets_question_marks(town: Path) -> None:
    for words in (["windows", "--lang", "zh"], write_town(town)):
        ran = run_process(*words, folder=town, PYTHONIOENCODING="ascii", COALITION_LANGUAGE="zh", **environment_url())
        assert (ran.code, ran.err) == (0, "")
        assert b"?" in ran.written


def environment_url() -> dict[str, str]:
    return {"COALITION_DATABASE_URL": "sqlite:///book.db"}


def test_the_environment_names_database_and_language(town: Path, command: Command) -> None:
    plain = command("windows", *URL, "--lang", "zh")
    assert command("windows", COALITION_LANGUAGE="zh", **environment_url()) == plain
    check_complaint(command("windows", COALITION_LANGUAGE="fr", **environment_url()), code=2)


WIDE = {
    "name": '"[老城] Old :smile: Town"',
    "shops": ("烤鸭店", "Zoë's [bold] Café", "{task}", "[/b]"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_of_any_script_and_sign_stand_in_straight_columns(command: Command, tmp_path: Path, lang: str) -> None:
    rows = [f"2024-05-1{day}T10:00,ann,{shop},10.00,all" for day in range(3, 9) for shop in WIDE["shops"]]
    arguments = write_town(tmp_path, purchases_csv(*rows), alliance_toml(name=str(WIDE["name"])))
    arguments.append("--close")
    (tmp_path / "{a}[b].csv").write_bytes((tmp_path / "purchases.csv").read_bytes())
    arguments[1] = "{a}[b].csv"
    for words in (
        arguments,
        ["windows"],
        ["shops"],
        ["plan", "--direct"],
        ["audit"],
        ["statement", "烤鸭店", "--moves"],
    ):
        ran = command(*words, *URL, *(() if words == ["audit"] else ("--lang", lang)))
        assert (ran.code, ran.err) == (0, "")
        check_layout(ran.out)
        assert "[老城] Old :smile: Town" in ran.out
    printed = command(*arguments, *URL, "--lang", lang).out
    assert all(shop in printed for shop in WIDE["shops"])


def test_an_interrupt_ends_a_replay_without_a_traceback_and_it_goes_on_later(
    command: Command, tmp_path: Path, new_sqlite_url: str
) -> None:
    rows = [
        f"2024-0{month}-{day:02}T{hour:02}:{minute:02},m{minute},cafe,10.00,"
        for month in range(1, 10)
        for day in range(1, 29)
        for hour in range(24)
        for minute in range(0, 60, 6)
    ]
    arguments = (*write_town(tmp_path, purchases_csv(*rows)), "--database-url", new_sqlite_url)
    process = start(*arguments, folder=tmp_path)
    while process.poll() is None and posted(new_sqlite_url) < len(rows) // 10:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    ran = finish(process)
    assert ran.code not in (0, -signal.SIGKILL)
    assert "Traceback" not in ran.err
    assert not (tmp_path / "out.json").exists()
    assert command(*arguments).code == 0
    assert json.loads((tmp_path / "out.json").read_text())["earned"] == 20 * len(rows)


# -- serve and keys ---------------------------------------------------------------------------------------------


def test_serve_answers_until_it_is_told_to_stop(town: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start("serve", "--port", port, *URL, folder=town)
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
                assert json.load(answer) == {"status": "ok"}
            break
        except OSError:
            assert process.poll() is None
            time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    ran = finish(process)
    assert f"http://127.0.0.1:{port}/docs" in ran.out
    assert "Traceback" not in ran.err


def test_a_key_is_shown_once_listed_without_its_secret_and_revoked(town: Path, command: Command) -> None:
    key = command("keys", "create", "[till] 烤鸭店", *URL).out.strip()
    listed = command("keys", "list", *URL, COLUMNS="200")
    (row,) = cells(listed.out)
    assert row[3] == "[till] 烤鸭店"
    assert row[5] == ""
    assert key not in listed.out
    assert command("keys", "revoke", row[0], *URL).code == 0
    assert cells(command("keys", "list", *URL).out)[0][5] != ""
    check_complaint(command("keys", "revoke", row[0], *URL), f"error: there is no key {row[0]} to revoke")
