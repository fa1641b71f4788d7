"""Active members: who bought something in thirty days, to now or to the last sale of a book that is over."""

from coalition.events.relay import catch_up
from coalition.feed.member_activity import ActiveMembers, ActivityCounts
from tests.support.clock import DAY
from tests.support.town_api import ApiTown, purchase


def active(town: ApiTown, shop: str | None = None) -> ActiveMembers:
    """As counted now, by a process that has kept nothing."""
    catch_up(town.alliance)
    return ActivityCounts(town.alliance).active(shop)


def test_who_bought_something_of_late_is_active(town: ApiTown) -> None:
    assert active(town) == (0, None)
    purchase(town.till(), "a1", amount_minor=1_000)
    town.clock.forward(20 * DAY)
    purchase(town.till("cafe"), "a2", amount_minor=1_000, shop="cafe", member="bob")
    assert [active(town), active(town, "bakery")] == [(2, None), (1, None)]
    town.clock.forward(20 * DAY)
    assert [active(town), active(town, "bakery")] == [(1, None), (0, None)]


def test_a_book_that_is_over_counts_to_its_last_sale(town: ApiTown) -> None:
    purchase(town.till(), "b1", amount_minor=1_000)
    town.clock.forward(20 * DAY)
    last = town.clock()
    purchase(town.till("cafe"), "b2", amount_minor=1_000, shop="cafe", member="bob")
    town.clock.forward(400 * DAY)
    assert [active(town), active(town, "bakery")] == [(2, last), (1, last)]
    purchase(town.till(), "b3", amount_minor=1_000)
    assert [active(town), active(town, "cafe")] == [(1, None), (0, None)]
