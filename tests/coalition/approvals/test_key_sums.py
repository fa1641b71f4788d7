"""The sums of what tills sell by key: what a process counted is written after a while, and read by the others."""

from coalition.approvals.alone import KEPT
from coalition.approvals.approval import KEY_SALES
from coalition.approvals.key_sums import KeySums, Seller
from coalition.approvals.tables import alone_uses
from settlement.ledger import Database
from tests.support.clock import Clock

SELLER = Seller(1, "shop:bakery")
LIMITS = {limit.name: most for limit, most in zip(KEY_SALES.limits, (10_000, 15_000), strict=True)}


def sold(sums: KeySums, minor: int, seller: Seller = SELLER) -> bool:
    """Sell by a key, as each request does."""
    if not sums.is_known(seller):
        sums.sync(seller)
    return sums.take(seller, minor, LIMITS)


def rows(database: Database) -> list[tuple[int, str, int]]:
    """Alliance, seller and amount of what is written."""
    columns = alone_uses.c
    with database.engine.connect() as connection:
        query = alone_uses.select().order_by(columns.alliance_id, columns.actor, columns.at)
        return [(row.alliance_id, row.actor, row.minor) for row in connection.execute(query)]


def test_what_was_counted_is_written_by_the_next_sale_after_a_while(database: Database, clock: Clock) -> None:
    first = KeySums(database, clock, flush_seconds=0)
    assert sold(first, 9_000)
    assert rows(database) == []
    assert sold(first, 500)
    assert rows(database) == [(1, "shop:bakery", 9_000)]
    assert not sold(KeySums(database, clock), 1_001)


def test_the_limit_itself_is_sold_and_a_cent_more_is_not(database: Database, clock: Clock) -> None:
    sums = KeySums(database, clock)
    assert not sold(sums, 10_001)
    assert sold(sums, 10_000)
    assert not sold(sums, 1)


def test_what_was_refused_is_given_back_as_far_as_it_is_not_written(database: Database, clock: Clock) -> None:
    sums = KeySums(database, clock)
    assert sold(sums, 10_000)
    sums.give_back(SELLER, 4_000)
    assert sold(sums, 4_000)
    sums.flush()
    assert sold(sums, 0)
    sums.give_back(SELLER, 4_000)
    assert not sold(sums, 1)
    sums.flush()
    assert rows(database) == [(1, "shop:bakery", 10_000)]


def test_old_sums_are_dropped_for_whoever_sells_and_for_nobody_else(database: Database, clock: Clock) -> None:
    sums = KeySums(database, clock, flush_seconds=0)
    others = [Seller(2, "shop:bakery"), Seller(1, "shop:cafe")]
    for seller in (SELLER, *others):
        assert sold(sums, 100, seller)
    sums.flush()
    clock.forward(KEPT)
    assert sold(sums, 200)
    sums.flush()
    assert sorted(rows(database)) == [(1, "shop:bakery", 200), (1, "shop:cafe", 100), (2, "shop:bakery", 100)]


def test_sums_are_kept_until_no_limit_looks_back_so_far(database: Database, clock: Clock) -> None:
    sums = KeySums(database, clock, flush_seconds=0)
    assert sold(sums, 100)
    sums.flush()
    clock.forward(KEPT - 1)
    assert sold(sums, 200)
    sums.flush()
    assert [minor for _, _, minor in rows(database)] == [100, 200]
