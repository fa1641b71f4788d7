"""The reference, held to cases that were worked out by hand."""

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.reference.replay import close, end_of_month, midnight, replay

RULES = {
    "name": "Old Town",
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "points_per_unit": 100,
    "earn_points_per_unit": 10,
    "expiry_months": 1,
    "settlement": "weekly",
    "funding": "on_redemption",
    "redeem_fee_bps": 0,
    "issue_fee_bps": 0,
    "breakage_to": "issuer",
}


def run(folder: Path, rows: str, **rules: Any) -> dict[str, Any]:
    toml = "".join(f"{key} = {value!r}\n" for key, value in (RULES | rules).items())
    (folder / "alliance.toml").write_text(toml, encoding="utf-8")
    text = "at,member,merchant,amount,spend\n" + "".join(line.strip() + "\n" for line in rows.split(";"))
    (folder / "purchases.csv").write_text(text, encoding="utf-8")
    return replay(folder / "purchases.csv", folder / "alliance.toml")


def positions(out: dict[str, Any]) -> list[tuple[str, dict[str, int]]]:
    return [(window["opens_at"], window["positions"]) for window in out["windows"]]


def test_nothing_happens_without_purchases(tmp_path: Path) -> None:
    out = run(tmp_path, "")
    assert out == {"windows": [], "outstanding": {}, "earned": 0, "spent": 0, "expired": 0}


def test_the_issuer_pays_the_shop_that_redeems(tmp_path: Path) -> None:
    # 3 January: 20 EUR at A earn 200. 10 January: 200 are spent on 5 EUR at B, worth 2 EUR; 3 EUR in cash
    # earn 30. So in the week of Monday 9 January (23:00 UTC on the 8th) A owes B 200 cents. The first week
    # moves nothing.
    out = run(tmp_path, "2017-01-03T10:00,m,A,20,;2017-01-10T10:00,m,B,5.00,all")
    assert out == {
        "windows": [
            {
                "opens_at": "2017-01-08T23:00:00+00:00",
                "closes_at": "2017-01-15T23:00:00+00:00",
                "positions": {"A": -200, "B": 200},
            }
        ],
        "outstanding": {"B": 30},
        "earned": 230,
        "spent": 200,
        "expired": 0,
    }


def test_the_pool_is_paid_on_issue_and_pays_every_redemption(tmp_path: Path) -> None:
    # 200 points at A: A pays 200 cents to the pool, and 1 % of it to the operator. 50 of them spent at A:
    # the pool pays 50 cents, of which 10 % goes to the operator; 0.50 of the 1.00 EUR is cash and earns 5
    # (5 cents to the pool, 0.05 to the operator). A: -200 - 2 + 50 - 5 - 5 - 0.05 = -162.05; operator 7.05;
    # pool 155. Rounded down: -163, 7, 155, so one cent is missing: A has the largest remainder, 0.95.
    out = run(
        tmp_path,
        "2017-01-03T10:00,m,A,20,;2017-01-04T10:00,m,A,1,50",
        funding="on_issue",
        redeem_fee_bps=1000,
        issue_fee_bps=100,
    )
    assert positions(out) == [("2017-01-01T23:00:00+00:00", {"A": -162, "operator": 7, "pool": 155})]


def test_own_points_owe_nothing_and_bear_no_redeem_fee_on_redemption(tmp_path: Path) -> None:
    # 200 points of A and 100 of B; all 300 spent at B. Only A's 200 cents move; the fee of 10 % is 20.
    out = run(
        tmp_path,
        "2017-01-03T10:00,m,A,20,;2017-01-03T11:00,m,B,10,;2017-01-03T12:00,m,B,3,all",
        redeem_fee_bps=1000,
    )
    assert positions(out) == [("2017-01-01T23:00:00+00:00", {"A": -200, "B": 180, "operator": 20})]


def test_spending_is_bound_by_the_members_points_and_by_the_amount(tmp_path: Path) -> None:
    # 100 points; 40 asked of 0.255 KWD at 100 points a unit: floor(25.5) = 25. Then 75 are left where 90
    # are asked.
    out = run(
        tmp_path,
        "2017-01-03T10:00,m,A,10.000,;2017-01-03T11:00,m,B,0.255,40;2017-01-03T12:00,m,C,9,90",
        currency="KWD",
        earn_points_per_unit="10",
    )
    # 25 points are 250 fils to B, 75 are 750 to C. C's cash is 8.25: 82 points; B's is 0.005: none.
    assert positions(out) == [("2017-01-01T23:00:00+00:00", {"A": -1000, "B": 250, "C": 750})]
    assert out["outstanding"] == {"C": 82}


def test_the_lot_that_expires_soonest_is_spent_first(tmp_path: Path) -> None:
    # A's lot of January lasts until 28 February, B's of February until 31 March: 150 take 100 of A and 50
    # of B.
    out = run(tmp_path, "2017-01-31T23:59:59,m,A,10,;2017-02-01T00:00,m,B,10,;2017-02-02T00:00,m,C,1.5,150")
    assert positions(out) == [("2017-01-29T23:00:00+00:00", {"A": -100, "B": -50, "C": 150})]


def test_a_lot_emptied_and_earned_into_again_keeps_its_place(tmp_path: Path) -> None:
    # A opens before B, is emptied at C (C earns nothing: no cash), and is filled again after B. It is still
    # first.
    out = run(
        tmp_path,
        "2017-01-02T01:00,m,A,10,;2017-01-02T02:00,m,C,1,all;2017-01-02T03:00,m,B,10,"
        ";2017-01-02T04:00,m,A,10,;2017-01-02T05:00,m,C,1,all",
    )
    assert positions(out) == [("2017-01-01T23:00:00+00:00", {"A": -200, "C": 200})]
    assert out["outstanding"] == {"B": 100}


def test_a_purchase_that_earns_nothing_opens_no_lot(tmp_path: Path) -> None:
    # 0.05 EUR earn floor(0.5) = 0 at A, so B's lot is the first one opened.
    out = run(
        tmp_path,
        "2017-01-02T01:00,m,A,0.05,;2017-01-02T02:00,m,B,10,;2017-01-02T03:00,m,A,9,;2017-01-02T04:00,m,C,1,all",
    )
    assert positions(out) == [("2017-01-01T23:00:00+00:00", {"B": -100, "C": 100})]


def test_points_live_through_their_last_day(tmp_path: Path) -> None:
    # Earned in January for a month: good until the end of 28 February.
    spent_in_time = run(tmp_path, "2017-01-15T10:00,m,A,10,;2017-02-28T23:59:59,m,B,1,all")
    assert (spent_in_time["spent"], spent_in_time["expired"]) == (100, 0)
    too_late = run(tmp_path, "2017-01-15T10:00,m,A,10,;2017-03-01T00:00,m,B,1,all")
    assert (too_late["spent"], too_late["expired"], too_late["outstanding"]) == (0, 100, {"B": 10})


@pytest.mark.parametrize(("breakage_to", "gets"), [("issuer", "A"), ("operator", "operator")])
def test_the_pool_pays_expired_points_in_the_window_of_the_day_after(
    tmp_path: Path, breakage_to: str, gets: str
) -> None:
    # 100 points of January die with 28 February, so the pool pays on 1 March (23:00 UTC the day before), in
    # the week of Monday 27 February, though nobody buys before June. That row earns nothing.
    out = run(
        tmp_path,
        "2017-01-15T10:00,m,A,10,;2017-06-07T10:00,m,B,0,all",
        funding="on_issue",
        breakage_to=breakage_to,
    )
    assert positions(out) == [
        ("2017-01-08T23:00:00+00:00", {"A": -100, "pool": 100}),
        ("2017-02-26T23:00:00+00:00", {gets: 100, "pool": -100}),
    ]
    assert out["outstanding"] == {}


def test_what_expires_after_the_last_row_is_still_outstanding(tmp_path: Path) -> None:
    assert run(tmp_path, "2017-01-15T10:00,m,A,10,")["outstanding"] == {"A": 100}


def test_a_skipped_wall_time_is_read_with_the_offset_before_the_change(tmp_path: Path) -> None:
    # São Paulo skips 00:00 to 01:00 on 15 October 2017, the start of a day: the day's cut-off is 03:00 UTC,
    # and 00:30 is 03:30 UTC. The repeated 23:30 of 18 February 2017 is the first one, 01:30 UTC.
    out = run(
        tmp_path,
        "2017-02-18T20:00,m,A,10,;2017-02-18T23:30,m,B,1,all;2017-10-14T23:59,m,A,10,;2017-10-15T00:30,m,B,1,all",
        timezone="America/Sao_Paulo",
        settlement="daily",
    )
    assert [(w["opens_at"], w["closes_at"]) for w in out["windows"]] == [
        ("2017-02-18T02:00:00+00:00", "2017-02-19T03:00:00+00:00"),
        ("2017-10-15T03:00:00+00:00", "2017-10-16T02:00:00+00:00"),
    ]


def test_a_day_that_a_zone_leaves_out_has_no_window(tmp_path: Path) -> None:
    # Samoa went from 29 to 31 December 2011 at midnight, 10:00 UTC on the 30th. 12:00 on the 30th never
    # was: read with the offset before, -10, it is 22:00 UTC, which is 12:00 on the 31st.
    out = run(
        tmp_path,
        "2011-12-29T23:59:59,m,A,10,;2011-12-30T12:00,m,B,1,all",
        timezone="Pacific/Apia",
        settlement="daily",
    )
    assert [(w["opens_at"], w["closes_at"]) for w in out["windows"]] == [
        ("2011-12-30T10:00:00+00:00", "2011-12-31T10:00:00+00:00")
    ]


def test_offsets_say_when_and_the_alliance_says_which_day(tmp_path: Path) -> None:
    # 23:30 UTC on 31 January is 00:30 on 1 February in Berlin: the points last until 31 March.
    out = run(tmp_path, "2017-01-31T23:30:00Z,m,A,10,;2017-03-31T23:59:59+02:00,m,B,1,all")
    assert out["spent"] == 100


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        # Down to -1, 0 and 0 with remainders 0.3, 0.2 and 0.5: the missing unit goes to c.
        ({"a": "-0.7", "b": "0.2", "c": "0.5"}, {"a": -1, "b": 0, "c": 1}),
        # Down to -2, 1 and 0 with a third over each: the missing unit goes to a, the first as text.
        ({"c": "1/3", "b": "4/3", "a": "-5/3"}, {"a": -1, "b": 1, "c": 0}),
        # A half over each, two units missing. As text "10" < "9" < "B" < "a": they go to 10 and 9.
        ({"9": "-1/2", "10": "1/2", "a": "1/2", "B": "-1/2"}, {"10": 1, "9": 0, "B": -1, "a": 0}),
        ({"a": "5", "b": "-5"}, {"a": 5, "b": -5}),
    ],
)
def test_missing_units_go_to_the_largest_remainders_then_by_id_as_text(
    exact: dict[str, str], rounded: dict[str, int]
) -> None:
    assert close({participant: Fraction(minor) for participant, minor in exact.items()}) == rounded


def test_months_end_on_their_own_last_day() -> None:
    assert end_of_month(date(2016, 1, 31), 1) == date(2016, 2, 29)
    assert end_of_month(date(2017, 12, 1), 0) == date(2017, 12, 31)
    assert end_of_month(date(2017, 11, 30), 3) == date(2018, 2, 28)


def test_midnight_follows_the_wall_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert midnight(date(2017, 3, 26), berlin) == datetime(2017, 3, 25, 23, tzinfo=UTC)
    assert midnight(date(2017, 3, 27), berlin) == datetime(2017, 3, 26, 22, tzinfo=UTC)
