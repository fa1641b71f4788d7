"""Reports over the whole book: who is near a limit, and who sends customers to whom."""

from collections.abc import Callable

from settlement.clearing import exposures, flows_between
from settlement.ledger import Book, Earn, ExposureLimit, Participant, Session, Spend
from tests.support.books import BookClient
from tests.support.clock import DAY, Clock

LATER = 20301231


def test_who_is_nearest_to_their_limit_comes_first_and_who_has_none_last(
    book: Callable[..., Book], session: Session
) -> None:
    limits = {"bakery": 1_000, "butcher": 1_000, "cafe": None, "diner": 100}
    shops = [
        Participant(0, shop, limit=None if minor is None else ExposureLimit(minor)) for shop, minor in limits.items()
    ]
    till = BookClient(book(shops=shops), session)
    for shop, points in (("bakery", 100), ("butcher", 800), ("cafe", 5_000), ("diner", 50)):
        till.take(Earn(shop, "ann", points, LATER))
    assert [row.shop for row in exposures(till.book, session)] == ["butcher", "diner", "bakery", "cafe"]


def test_flows_are_of_the_time_that_is_asked_for(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(book(), session)
    till.take(Earn("bakery", "ann", 100, LATER))
    moments = []
    for points in (1, 2, 4):
        moments.append(clock())
        till.take(Spend("cafe", "ann", points))
        clock.forward(DAY)

    def points(since: int | None, until: int | None) -> int:
        with till.book.database.engine.connect() as connection:
            return sum(flow.points for flow in flows_between(till.book, connection, 9, None, since, until))

    assert points(None, None) == 7
    assert points(moments[1], None) == 6
    assert points(None, moments[1]) == 1
    assert points(moments[1], moments[2]) == 2
