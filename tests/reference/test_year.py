"""The real year's totals, worked out a second time from the reference's log by plain aggregation.

One cent is one point here, so all sums below are whole numbers: of points, of cents, or of ten-thousandths
of a cent where fees come in. After a change to the replay contract or to the demo's rules,
`python -m tests.reference.year` writes tests/data/year-*.json anew.
"""

import json
from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest

from coalition.demo.journey import PURCHASES_SHA256, TIMEZONE, sha256
from tests.reference.year import FUNDINGS, Funding, as_text, purchases, run_year, stored

TEN_THOUSANDTHS = 10_000
REDEEM_FEE_BPS = 100
ISSUE_FEE_BPS = 50


@dataclass(frozen=True)
class Year:
    funding: Funding
    out: dict[str, Any]
    events: pl.DataFrame
    rows: pl.DataFrame


@pytest.fixture(scope="module", params=FUNDINGS)
def year(request: pytest.FixtureRequest) -> Year:
    book = run_year(request.param)
    rows = pl.read_csv(purchases(), infer_schema=False).with_row_index("line", offset=2)
    return Year(
        request.param,
        book.result(),
        pl.DataFrame(book.events).with_columns(pl.col("line").cast(pl.UInt32)),
        rows.with_columns(
            cents=pl.col("amount").str.replace(".", "", literal=True).cast(pl.Int64),
            at=pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", time_zone="UTC"),
        ),
    )


def points(year: Year, kind: str, by: str) -> pl.DataFrame:
    return year.events.filter(pl.col("kind") == kind).group_by(by).agg(pl.col("points").sum().alias(kind))


def per_line(year: Year) -> pl.DataFrame:
    """Each purchase with the points that it spent and earned."""
    joined = year.rows
    for kind in ("spent", "earned"):
        joined = joined.join(points(year, kind, "line"), on="line", how="left")
    return joined.with_columns(pl.col("spent", "earned").fill_null(0))


def flows(year: Year) -> pl.DataFrame:
    """Who receives how much when, in ten-thousandths of a cent: (week, participant, share)."""
    kind, own = pl.col("kind"), pl.col("issuer") == pl.col("shop")
    value = pl.col("points") * TEN_THOUSANDTHS
    on_issue = year.funding == "on_issue"
    spent = (kind == "spent") if on_issue else (kind == "spent") & ~own
    backer = pl.lit("pool") if on_issue else pl.col("issuer")
    redeem_fee, issue_fee = pl.col("points") * REDEEM_FEE_BPS, pl.col("points") * ISSUE_FEE_BPS
    moves = [
        (spent, backer, -value),
        (spent, pl.col("shop"), value - redeem_fee),
        (spent, pl.lit("operator"), redeem_fee),
        (kind == "earned", pl.col("shop"), -issue_fee),
        (kind == "earned", pl.lit("operator"), issue_fee),
    ]
    if on_issue:
        moves += [
            (kind == "earned", pl.col("shop"), -value),
            (kind == "earned", pl.lit("pool"), value),
            (kind == "expired", pl.lit("pool"), -value),
            (kind == "expired", pl.col("issuer"), value),
        ]
    week = pl.col("instant").dt.convert_time_zone(TIMEZONE).dt.truncate("1w")
    return pl.concat(
        [
            year.events.filter(when).select(week=week, participant=participant, share=share)
            for when, participant, share in moves
        ]
    )


def test_the_year_is_the_one_that_the_totals_were_made_from() -> None:
    assert sha256(purchases()) == PURCHASES_SHA256


def test_the_stored_totals_are_the_references(year: Year) -> None:
    assert stored(year.funding).read_text(encoding="utf-8") == as_text(year.out)


def test_all_baskets_households_and_stores_are_in(year: Year) -> None:
    assert year.rows.height == 155_848
    assert year.rows["member"].n_unique() == 2_469
    assert year.rows["merchant"].n_unique() == 457
    assert year.rows["at"].is_sorted()


def test_each_purchase_earns_two_points_for_each_unit_paid_in_cash(year: Year) -> None:
    # floor(cents / 100 × 2), for each purchase by itself.
    wrong = per_line(year).filter(pl.col("earned") != (pl.col("cents") - pl.col("spent")) * 2 // 100)
    assert wrong.is_empty()
    assert year.out["earned"] == per_line(year)["earned"].sum()


def test_each_purchase_spends_the_least_of_asked_owned_and_amount(year: Year) -> None:
    # What a member owns when a line spends is all that the lines before it left them, less what expires on
    # the line itself: that happens first, to everybody. So a line has two steps: expire, then spend and earn.
    signed = pl.when(kind="earned").then("points").otherwise(-pl.col("points"))
    step = pl.col("line") * 2 - pl.when(kind="expired").then(1).otherwise(0)
    running = (
        year.events.select("member", step=step, change=signed)
        .group_by("member", "step")
        .agg(pl.col("change").sum())
        .sort("step")
        .with_columns(owned=pl.col("change").cum_sum().over("member"))
    )
    before = per_line(year).with_columns(step=pl.col("line") * 2 - 1)
    rows = before.join_asof(running, on="step", by="member", check_sortedness=False)
    rows = rows.with_columns(pl.col("owned").fill_null(0))
    number = pl.col("spend").replace("all", None).cast(pl.Int64).fill_null(0)
    asked = pl.when(spend="all").then("owned").otherwise(number)
    wrong = rows.filter(pl.col("spent") != pl.min_horizontal(asked, "owned", "cents"))
    assert wrong.is_empty()


def test_what_was_earned_is_spent_expired_or_outstanding(year: Year) -> None:
    out = year.out
    assert out["earned"] - out["spent"] - out["expired"] == sum(out["outstanding"].values())
    left = points(year, "earned", "issuer")
    for kind in ("spent", "expired"):
        left = left.join(points(year, kind, "issuer"), on="issuer", how="left")
    by_issuer = left.select(
        "issuer", left=pl.col("earned") - pl.col("spent").fill_null(0) - pl.col("expired").fill_null(0)
    )
    assert out["outstanding"] == {issuer: n for issuer, n in by_issuer.rows() if n != 0}


def test_what_expires_is_what_soonest_first_spending_leaves_of_each_month(year: Year) -> None:
    # Whoever spends the soonest to expire first loses, at the end of a month, what they earned six months
    # before and earlier, less all that they have spent and lost by then. No lots are needed to say so.
    local = pl.col("instant").dt.convert_time_zone(TIMEZONE)
    monthly = (
        year.events.filter(pl.col("kind") != "expired")
        .group_by("member", "kind", month=local.dt.month())
        .agg(pl.col("points").sum())
        .rows()
    )
    sums = {(member, kind, month): n for member, kind, month, n in monthly}
    expired = 0
    for member in {member for member, *_ in monthly}:
        lost = 0
        for month in range(7, 12):
            earned = sum(sums.get((member, "earned", m), 0) for m in range(1, month - 5))
            spent = sum(sums.get((member, "spent", m), 0) for m in range(1, month + 1))
            lost += max(0, earned - spent - lost)
        expired += lost
    assert year.out["expired"] == expired


def test_every_window_is_the_week_rounded_to_cents_and_sums_to_zero(year: Year) -> None:
    # Exact sums by week and participant, down to cents, the missing ones by rank of remainder, then of id.
    exact = flows(year).group_by("week", "participant").agg(pl.col("share").sum())
    floors = exact.with_columns(floor=pl.col("share") // TEN_THOUSANDTHS, remainder=pl.col("share") % TEN_THOUSANDTHS)
    ranked = floors.sort(["week", "remainder", "participant"], descending=[False, True, False]).with_columns(
        rank=pl.int_range(pl.len()).over("week"), missing=-pl.col("floor").sum().over("week")
    )
    cents = ranked.select(
        opens_at=pl.col("week").dt.convert_time_zone("UTC"),
        closes_at=pl.col("week").dt.offset_by("1w").dt.convert_time_zone("UTC"),
        participant="participant",
        cents=pl.col("floor") + (pl.col("rank") < pl.col("missing")),
    ).filter(pl.col("cents") != 0)
    windows = [
        {
            "opens_at": opens_at.isoformat(),
            "closes_at": closes_at.isoformat(),
            "positions": dict(window.select("participant", "cents").rows()),
        }
        for (opens_at, closes_at), window in sorted(cents.group_by("opens_at", "closes_at"))
    ]
    assert year.out["windows"] == windows
    assert all(sum(window["positions"].values()) == 0 for window in windows)


def test_rounding_never_gains_or_loses_a_cent_a_window(year: Year) -> None:
    lifetime = dict(flows(year).group_by("participant").agg(pl.col("share").sum()).rows())
    windows = year.out["windows"]
    for participant, share in lifetime.items():
        cents = sum(window["positions"].get(participant, 0) for window in windows)
        assert abs(cents * TEN_THOUSANDTHS - share) < len(windows) * TEN_THOUSANDTHS


def test_both_ways_of_funding_move_the_same_points() -> None:
    totals = []
    for funding in FUNDINGS:
        out = json.loads(stored(funding).read_text(encoding="utf-8"))
        totals.append({key: out[key] for key in ("earned", "spent", "expired", "outstanding")})
    assert totals[0] == totals[1]
