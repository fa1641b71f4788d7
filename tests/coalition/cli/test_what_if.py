"""`coalition what-if`: what it prints, in both languages, and what it says of a rule that can't be."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest

from tests.coalition.cli.test_help import english_in
from tests.coalition.cli.test_main import URL
from tests.support.command import Command, check_complaint
from tests.support.town import write_town

RULE = ("what-if", "double", "multiplier", "factor=2")
PAID = ("--budget", "30", "--funder", "operator", "--funder", "cafe=2")
DAYS = ("--since", "2024-05-01", "--until", "2024-05-31")


@pytest.fixture
def town(command: Command, tmp_path: Path) -> Path:
    """A folder with a small town's book in book.db, in which Ann earned 20, 9 and 9 points in May."""
    assert command(*write_town(tmp_path), *URL, "--close").code == 0
    return tmp_path


def test_it_says_what_a_rule_would_have_cost_and_whom(command: Command, town: Path) -> None:
    ran = command(*RULE, *PAID, *DAYS, *URL, "--csv", "what.csv")
    assert (ran.code, ran.err) == (0, "")
    text = " ".join(re.sub("[│┃├┼┤└┘┌┐─┬┴]", " ", ran.out).split())
    assert "double: 2 times the points" in text
    assert "Sales that are looked at 3 Sales that get it 2 Points that it gives now 0" in text
    assert (
        "Points that it would give 29 Worth (EUR) 0.29 Left of its budget 1 Its budget is used up on 21 May 2024"
        in text
    )
    assert "cafe 0 20 20 0.20 operator 0 9 9 0.09" in text
    assert "bakery 2 1 0 20 20 0.20" in text
    rows = list(csv.DictReader(StringIO((town / "what.csv").read_text("utf-8-sig"))))
    then = {(row["by"], row["name"]): (row["points_then"], row["amount_minor"], row["currency"]) for row in rows}
    assert then == {
        ("rule", "double"): ("29", "", "EUR"),
        ("funder", "cafe"): ("20", "", "EUR"),
        ("funder", "operator"): ("9", "", "EUR"),
        ("shop", "bakery"): ("20", "1500", "EUR"),
        ("shop", "cafe"): ("9", "500", "EUR"),
        ("tenth of members", "1"): ("29", "2000", "EUR"),
    }


def test_it_says_so_in_chinese(command: Command, town: Path) -> None:
    assert town.exists()
    ran = command(*RULE, "--budget", "20", "--funder", "operator", *DAYS, *URL, "--lang", "zh")
    assert (ran.code, ran.err) == (0, "")
    assert english_in(ran.out.replace("operator", "").replace("double", "")) == []
    assert "预算用完的日期" in ran.out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((*RULE[:2], "lottery", "factor=2", *PAID), "no kind of bonus 'lottery'"),
        ((*RULE[:3], "times=2", *PAID), "'multiplier' has no 'times'; it is stated with factor"),
        ((*RULE[:3], "factor=1", *PAID), "it must be more than 1, not 1"),
        ((*RULE[:2], "fixed_bonus", "bonus_points=5", *PAID), "'minimum_minor' of 'fixed_bonus' can't be used"),
        ((*RULE, "--budget", "30", "--funder", "cafe=none"), "write who pays as bakery=2"),
        ((*RULE, "--budget", "30", "--funder", "diner"), "No shop 'diner' in this alliance."),
        ((*RULE, *PAID, "--day", "someday"), "no day of the week 'someday'"),
        ((*RULE, *PAID, "--since", "2024-06-01", "--until", "2024-05-01"), "must not lie before the first"),
    ],
)
def test_what_can_t_be_tried_is_refused(command: Command, town: Path, arguments: tuple[str, ...], why: str) -> None:
    assert town.exists()
    ran = command(*arguments, *URL)
    check_complaint(ran)
    assert why in " ".join(ran.err.split())
