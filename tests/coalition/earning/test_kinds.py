"""A kind of earning rule is one file: found by its name, stated in an alliance's file, and applied to each purchase."""

import json
from pathlib import Path

import pytest

from tests.support.command import run_process

HAPPY_HOUR = '''
from dataclasses import dataclass
from fractions import Fraction

from coalition.earning.rule import RuleInvalid, Parameters, Sale
from settlement import Phrase

KIND = "happy_hour"


@dataclass(frozen=True)
class HappyHour:
    """Points for a unit of money at one shop, in these hours on the clock on its wall."""

    shop: str
    hours: range
    points_per_unit: int

    def points(self, sale: Sale, earning_minor: Fraction) -> int:
        if sale.shop != self.shop or sale.calendar.time_of_day(sale.at).hour not in self.hours:
            return 0
        return int(earning_minor * self.points_per_unit / sale.minor_per_unit)


def read(parameters: Parameters) -> HappyHour:
    if not isinstance(parameters.get("points_per_unit"), int):
        raise RuleInvalid(Phrase("points_per_unit: must be a whole number"))
    return HappyHour(
        str(parameters["shop"]), range(parameters["from_hour"], parameters["until_hour"]), parameters["points_per_unit"]
    )
'''
ALLIANCE = """
name = "Old Town"
currency = "EUR"
timezone = "Europe/Berlin"
points_per_unit = 100
earn_points_per_unit = 2
expiry_months = 12
settlement = "weekly"
funding = "on_redemption"

[[earning_rules]]
kind = "happy_hour"
shop = "cafe"
from_hour = 17
until_hour = 19
points_per_unit = {points_per_unit}
"""
PURCHASES = """at,member,merchant,amount,spend
2026-03-02T16:59:59,ann,cafe,10.00,
2026-03-02T17:00:00,ann,cafe,10.00,
2026-03-02T18:59:59,ann,cafe,1.99,
2026-03-02T18:00:00,ben,bakery,10.00,
2026-03-02T19:00:00,ann,cafe,10.00,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a plugin of one file, an alliance's file that states its kind of rule, and purchases."""
    (tmp_path / "town_rules").mkdir()
    (tmp_path / "town_rules" / "kinds.py").write_text(HAPPY_HOUR, encoding="utf-8")
    (tmp_path / "alliance.toml").write_text(ALLIANCE.format(points_per_unit=10), encoding="utf-8")
    rows = PURCHASES.splitlines()
    (tmp_path / "purchases.csv").write_text("\n".join([rows[0], *sorted(rows[1:])]) + "\n", encoding="utf-8")
    return tmp_path


def replay(folder: Path, plugins: str) -> tuple[int, str]:
    ran = run_process(
        "replay", "purchases.csv", "--alliance", "alliance.toml", "--json", "out.json",
        folder=folder, COALITION_PLUGINS=plugins,
    )  # fmt: skip
    return ran.code, ran.err


def test_a_kind_in_a_file_of_its_own_adds_to_the_base_rate(folder: Path) -> None:
    assert replay(folder, "town_rules") == (0, "")
    # The base rate gives 20 + 20 + 3 + 20 + 20, the happy hour at the café 100 + 19.
    assert json.loads((folder / "out.json").read_text())["earned"] == 83 + 119


def test_its_hours_are_those_on_the_wall_where_the_clock_changes_too(folder: Path) -> None:
    """Seventeen hours after the midnight of 29 March 2026 it is 18:00 in Berlin."""
    rows = "2026-03-29T16:30:00,ann,cafe,10.00,\n2026-03-29T17:30:00,ann,cafe,10.00,\n"
    (folder / "purchases.csv").write_text(PURCHASES.splitlines()[0] + "\n" + rows, encoding="utf-8")
    assert replay(folder, "town_rules") == (0, "")
    # The base rate gives 20 + 20; of the two, only the second is in the happy hour.
    assert json.loads((folder / "out.json").read_text())["earned"] == 40 + 100


def test_a_kind_that_is_not_installed_is_refused_and_the_known_ones_are_named(folder: Path) -> None:
    code, complaint = replay(folder, "")
    assert code == 1
    assert "alliance.toml: earning_rules: no kind of earning rule 'happy_hour'; the kinds are base_rate" in complaint


def test_what_a_kind_refuses_is_told_with_its_place(folder: Path) -> None:
    (folder / "alliance.toml").write_text(ALLIANCE.format(points_per_unit='"ten"'), encoding="utf-8")
    code, complaint = replay(folder, "town_rules")
    assert code == 1
    assert "alliance.toml: earning_rules: points_per_unit: must be a whole number" in complaint
