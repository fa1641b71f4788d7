"""Thousands at once against a real server: a balance is spent once, a retry has one effect.

With a TEST_EFFORT of 4 they are ten thousand.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support.books import SHOPS, check_book
from tests.support.effort import EFFORT
from tests.support.served import Site

RACES = 2_500 * EFFORT
SPENT_AT_ONCE = 3
SALES, SENT_EACH = 250 * EFFORT, 10


@pytest.fixture
def site(new_url: str, tmp_path: Path) -> Iterator[Site]:
    """A server on each of the two databases."""
    site = Site(new_url, tmp_path)
    with site.served():
        yield site
    check_book(site.book)
    site.database.close()


def test_racing_spends_on_one_balance_never_spend_more_than_there_is(site: Site) -> None:
    (opened,) = site.ask([site.purchase("open", amount_minor=50_000)])
    assert opened is not None
    balance = opened.body["points_earned"]
    races = (
        site.purchase(f"spend-{n}", shop=SHOPS[n % len(SHOPS)], amount_minor=SPENT_AT_ONCE, points="all")
        for n in range(RACES)
    )
    answers = [answer for answer in site.ask(races) if answer is not None]
    assert [answer.status for answer in answers] == [201] * RACES
    assert sum(answer.body["points_spent"] for answer in answers) == balance < RACES * SPENT_AT_ONCE


def test_retries_have_one_effect_each_also_with_a_changed_body(site: Site) -> None:
    sent = [(sale, 1_000 + sale if n else 5) for sale in range(SALES) for n in range(SENT_EACH)]
    Random(7).shuffle(sent)
    answers = site.ask(site.purchase(f"sale-{sale}", amount_minor=amount) for sale, amount in sent)
    ids, firsts = defaultdict(set), defaultdict(int)
    for (sale, amount), answer in zip(sent, answers, strict=True):
        assert answer is not None
        if answer.status == 201:
            assert answer.body["amount_minor"] == amount
            ids[sale].add(answer.body["id"])
            firsts[sale] += not answer.replayed
        else:
            assert (answer.status, answer.body["code"]) == (422, "key_reused")
    assert [len(ids[sale]) for sale in range(SALES)] == [firsts[sale] for sale in range(SALES)] == [1] * SALES
    assert len(site.stored_keys()) == SALES
