"""The scenarios are as nasty as they claim, and the reference keeps its promises on each of them."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.reference.replay import POOL, Purchase, Replay, end_of_month, purchases, run
from tests.reference.scenarios import scenario

SEEDS = range(300)


@dataclass(frozen=True)
class Played:
    book: Replay
    out: dict[str, Any]
    text: str
    rows: list[Purchase]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> list[Played]:
    folder = tmp_path_factory.mktemp("scenarios")
    return [play(folder, seed) for seed in SEEDS]


def play(folder: Path, seed: int) -> Played:
    purchases_csv, alliance_toml = folder / "purchases.csv", folder / "alliance.toml"
    csv_text, toml_text = scenario(seed)
    purchases_csv.write_text(csv_text, encoding="utf-8")
    alliance_toml.write_text(toml_text, encoding="utf-8")
    book = run(purchases_csv, alliance_toml)
    return Played(book, book.result(), csv_text, list(purchases(purchases_csv, book.alliance.zone)))


def test_a_seed_always_gives_the_same_scenario() -> None:
    assert scenario(7) == scenario(7)
    assert len({scenario(seed) for seed in SEEDS}) == len(SEEDS)


def test_every_window_sums_to_zero_and_no_other_is_told(played: list[Played]) -> None:
    for each in played:
        for window in each.out["windows"]:
            assert sum(window["positions"].values()) == 0
            assert 0 not in window["positions"].values()
            assert window["positions"]


def test_windows_stand_in_order_and_never_overlap(played: list[Played]) -> None:
    for each in played:
        edges = [edge for window in each.out["windows"] for edge in (window["opens_at"], window["closes_at"])]
        assert edges == sorted(edges)
        assert all(window["opens_at"] < window["closes_at"] for window in each.out["windows"])


def test_what_was_earned_is_spent_expired_or_outstanding(played: list[Played]) -> None:
    for each in played:
        out = each.out
        assert out["earned"] == out["spent"] + out["expired"] + sum(out["outstanding"].values())


def test_the_pool_holds_exactly_what_is_outstanding(played: list[Played]) -> None:
    for each in played:
        pool = sum((positions[POOL] for positions in each.book.windows.values()), Fraction())
        owed = each.book.alliance.minor(sum(each.out["outstanding"].values()))
        assert pool == (owed if each.book.alliance.funding == "on_issue" else 0)


def test_a_rounded_position_is_less_than_one_unit_from_the_exact_one(played: list[Played]) -> None:
    for each in played:
        positions = {window["opens_at"]: window["positions"] for window in each.out["windows"]}
        for (opens_at, _), exact in each.book.windows.items():
            rounded = positions.get(opens_at.isoformat(), {})
            assert all(abs(rounded.get(participant, 0) - minor) < 1 for participant, minor in exact.items())


def test_no_window_and_no_lot_knows_the_last_instants_future(played: list[Played]) -> None:
    for each in played:
        if each.rows:
            assert all(opens_at <= max(row.instant for row in each.rows) for opens_at, _ in each.book.windows)
            assert all(lot.points == 0 or lot.last_day >= each.rows[-1].today for lot in each.book.lots.values())


def test_the_scenarios_reach_every_corner(played: list[Played]) -> None:
    reached: Counter[str] = Counter()
    for each in played:
        alliance = each.book.alliance
        reached[alliance.zone.key] += 1
        reached[f"{alliance.decimals} decimals, {alliance.funding}, {alliance.settlement}"] += 1
        reached[f"{alliance.expiry_months} months"] += 1
        reached["nothing bought"] += not each.rows
        reached["expired to the operator's gain"] += each.out["expired"] > 0 and alliance.breakage_to == "operator"
        reached["expired to the issuer's gain"] += each.out["expired"] > 0 and alliance.breakage_to == "issuer"
        reached["own points spent"] += any(e.kind == "spent" and e.issuer == e.shop for e in each.book.events)
        reached["all of a shop's spent and earned there again"] += reopened(each.book)
        reached["equal times"] += any(a.instant == b.instant for a, b in pairwise(each.rows))
        reached["a read time that goes back"] += any(a.instant > b.instant for a, b in pairwise(each.rows))
        reached["a month without purchases"] += any(
            end_of_month(a.today, 1) < b.today.replace(day=1) for a, b in pairwise(each.rows)
        )
        reached["a wall time that never was"] += any(
            skipped(line.split(",")[0], each.book) for line in each.text.splitlines()[1:]
        )
        reached["tied remainders"] += any(tied(exact) for exact in each.book.windows.values())
    corners = 7 + 3 * 2 * 3 + 4 + 10
    assert len(reached) == corners
    assert min(reached.values()) >= 3, reached


def reopened(book: Replay) -> bool:
    """Whether somebody spent all that they had of a shop, and earned there again."""
    balance: Counter[tuple[str, str]] = Counter()
    emptied: set[tuple[str, str]] = set()
    for event in book.events:
        purse = (event.member, event.issuer)
        if event.kind == "earned" and purse in emptied:
            return True
        balance[purse] += event.points if event.kind == "earned" else -event.points
        if balance[purse] == 0 and event.kind == "spent":
            emptied.add(purse)
    return False


def skipped(at: str, book: Replay) -> bool:
    """Whether the time has no offset and no clock in the zone ever showed it."""
    read = datetime.fromisoformat(at)
    if read.tzinfo is not None:
        return False
    wall_clock = read.replace(tzinfo=book.alliance.zone).astimezone(UTC).astimezone(book.alliance.zone)
    return wall_clock.replace(tzinfo=None) != read


def tied(exact: dict[str, Fraction]) -> bool:
    remainders = Counter(minor % 1 for minor in exact.values() if minor % 1)
    return max(remainders.values(), default=0) > 1
