"""Purchases and holds race with their voids, through two servers on one database: each pair ends in one outcome."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.support.books import check_book
from tests.support.served import ServedAnswer, Site

RACES = 250
SPENT = 3


@pytest.fixture
def sites(new_url: str, tmp_path: Path) -> Iterator[tuple[Site, Site]]:
    """Two servers on each of the two databases."""
    first = Site(new_url, tmp_path)
    second = first.beside()
    with first.served(), second.served():
        yield first, second
    check_book(first.book)
    first.database.close()


def ask_both(sites: tuple[Site, Site], pairs: list[tuple[bytes, bytes]]) -> list[list[ServedAnswer]]:
    """Send each pair of requests at the same time, one to each server, and each kind to each in turn.

    Returns the pairs of answers. One of a pair may begin a little before the other.
    """
    random = Random(5)
    answers: list[list[ServedAnswer]] = [[] for _ in pairs]
    orders = [sorted(range(len(pairs)), key=lambda number: number + random.uniform(0, 12)) for _ in sites]

    def ask(side: int) -> list[ServedAnswer | None]:
        return sites[side].ask([pairs[number][(number + side) % 2] for number in orders[side]], 8)

    with ThreadPoolExecutor(2) as threads:
        sides = list(threads.map(ask, range(2)))
    by_number = [dict(zip(order, side, strict=True)) for order, side in zip(orders, sides, strict=True)]
    for number, pair in enumerate(answers):
        for kind in range(2):
            answer = by_number[(number + kind) % 2][number]
            assert answer is not None
            pair.append(answer)
    return answers


def points(site: Site) -> int:
    """What Ann can spend."""
    (quote,) = site.ask([site.post("/v1/purchases/quote", "", shop="bakery", member="ann", amount_minor=0)])
    assert quote is not None
    balance: int = quote.body["points_before"]
    return balance


def test_each_purchase_and_each_hold_ends_in_one_outcome_with_its_void(sites: tuple[Site, Site]) -> None:
    site, _ = sites
    site.ask([site.purchase("opening", amount_minor=100_000)])
    opening = points(site)
    check_purchases(sites)
    assert points(site) == opening
    check_holds(sites)
    assert points(site) == opening


def check_purchases(sites: tuple[Site, Site]) -> None:
    site, _ = sites
    keys = [f"sale-{number}" for number in range(RACES)]
    pairs = [
        (
            site.purchase(key, amount_minor=1_000, points=SPENT),
            site.post("/v1/purchases/void", "", idempotency_key=key),
        )
        for key in keys
    ]
    answers = ask_both(sites, pairs)
    for purchase, void in answers:
        assert void.status == 200, void.body
        if purchase.status == 201:
            assert (void.body["outcome"], void.body["purchase"]) == ("undone", purchase.body["id"])
            assert void.body["cash_back_minor"] == purchase.body["cash_due_minor"]
            assert void.body["points_returned"] == purchase.body["points_spent"] == SPENT
            assert void.body["points_taken_back"] == purchase.body["points_earned"]
        else:
            assert (purchase.status, purchase.body["code"]) == (409, "key_voided")
    assert {void.body["outcome"] for _, void in answers} == {"never_made", "undone"}
    # Sent again, to either server, a void answers what it did, and nothing is ever booked.
    for (_, void), (purchase, repeated) in zip(answers, ask_both(sites, pairs), strict=True):
        assert repeated.body == void.body
        assert (purchase.status, purchase.body["code"]) == (409, "key_voided")


def check_holds(sites: tuple[Site, Site]) -> None:
    site, _ = sites
    keys = [f"hold-{number}" for number in range(RACES)]
    holds = [site.post("/v1/holds", key, shop="bakery", member="ann", points=SPENT) for key in keys]
    voids = [site.post("/v1/holds/void", "", idempotency_key=key) for key in keys]
    # Of each key a hold, and three voids of it.
    pairs = [pair for hold, void in zip(holds, voids, strict=True) for pair in ((hold, void), (void, void))]
    answers = ask_both(sites, pairs)
    for (hold, first), (second, third) in zip(answers[::2], answers[1::2], strict=True):
        assert first.body == second.body == third.body
        assert (hold.status, first.body["outcome"]) in ((201, "undone"), (409, "never_made")), hold.body
