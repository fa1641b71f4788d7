"""A year of purchases fits: what one more purchase costs is bounded, and does not grow with those before it.

Measured without a clock: in calls of Python functions, and in bytes that are still held at the run's peak.
"""

import sys
import tracemalloc
from datetime import date
from types import FrameType

from coalition.lab import RunLimits, Scenario, read_mapping, read_purchases, run
from coalition.lab.purchases import Purchase
from coalition.lab.report.answers import answers
from coalition.locale.error_text import phrase_text
from tests.reference.year import purchases as real_year

LIMITS = RunLimits(rows=100)
CALLS_MAX = 130
"""Of functions, for a purchase in the scheme and beside it; half of them are arithmetic's."""
BYTES_MAX = 600
"""The lot of money that lies in the pool, whose it is, and the purchase's share of maps that grow; no event, no row."""


def year(purchases: int) -> Scenario:
    """So many purchases of forty members at seven shops, with points spent now and then."""
    bought = [
        Purchase(
            day=date(2026, 1, 1),
            member=f"m{index * 7 % 40}",
            shop=f"s{index * 3 % 7}",
            amount=f"{10 + index % 90}.{index % 10}{index % 7}",
            spend="all" if index % 9 == 0 else "0",
        )
        for index in range(purchases)
    ]
    return read_mapping({"model": "appreciation", "preset": "local-life"}).with_purchases(bought)


def calls_of(scenario: Scenario) -> int:
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run(scenario, LIMITS)
    finally:
        sys.setprofile(before)
    return calls


def peak_of(scenario: Scenario) -> int:
    tracemalloc.start()
    try:
        run(scenario, LIMITS)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_purchase_takes_so_many_calls_whatever_came_before() -> None:
    first, second, third = (calls_of(year(purchases)) for purchases in (1_000, 2_000, 3_000))
    assert third - second <= CALLS_MAX * 1_000
    assert abs((third - second) - (second - first)) <= (second - first) / 10


def test_a_purchase_leaves_no_event_and_no_row_in_memory() -> None:
    few, many = (peak_of(year(purchases)) for purchases in (2_000, 4_000))
    assert many - few <= BYTES_MAX * 2_000


def test_the_real_year_says_who_pays_and_what_a_coalition_costs() -> None:
    scheme = read_mapping({"model": "appreciation", "preset": "local-life", "currency": "USD"})
    result = run(scheme.with_purchases(read_purchases(real_year().read_bytes())), LIMITS)
    pays, gets, ends, instead = answers(result)
    texts = [phrase_text(text, "en") for text in (*pays.details, *gets.details[:2], ends.figure, instead.figure)]
    assert texts == [
        "Shops give 919,208 USD.",
        "The platform keeps 183,842 USD.",
        "Members have received 82.19 USD.",
        "2,469 wait",
        "89,471 USD",
    ]
