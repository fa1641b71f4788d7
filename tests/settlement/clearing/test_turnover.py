"""The turnover of any days is what happened in them, counted move by move, whichever windows it lies in."""

import random
from collections.abc import Callable

from settlement.clearing import close_due, turnovers
from settlement.ledger import Book, Earn, Session, Spend
from tests.support.books import BookClient
from tests.support.clock import DAY, HOUR, Clock

LATER, WEEK, WEEKS, SALES_A_WEEK = 2099_12_31, 7 * DAY, 4, 14
SHOPS = ("bakery", "cafe")
ISSUED, REDEEMED_OWN, REDEEMED_HERE, REDEEMED_ELSEWHERE = range(4)


def test_any_days_are_what_happened_in_them(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till, draw = BookClient(book(), session), random.Random(7)
    begins = till.book.calendar.window(clock())[1]
    happened: list[tuple[int, str, int, int]] = []
    clock.set(begins)
    till.take(Earn("bakery", "ann", 10_000, LATER))
    happened.append((begins, "bakery", ISSUED, 10_000))
    for week in range(WEEKS):
        for number in range(SALES_A_WEEK):
            clock.set(begins + week * WEEK + number * (WEEK // SALES_A_WEEK) + HOUR)
            # Some sales come days late, and some of those after their window was closed.
            at = max(begins, clock() - draw.choice((0, 0, 2, 9)) * DAY)
            shop, points = draw.choice(SHOPS), draw.randrange(1, 50)
            till.take(Earn(shop, "bob", points, LATER), at=at)
            happened.append((at, shop, ISSUED, points))
            shop, points = draw.choice(SHOPS), draw.randrange(1, 50)
            till.take(Spend(shop, "ann", points), at=at)
            happened.append((at, shop, REDEEMED_OWN if shop == "bakery" else REDEEMED_HERE, points))
            if shop != "bakery":
                happened.append((at, "bakery", REDEEMED_ELSEWHERE, points))
        clock.set(begins + (week + 1) * WEEK + HOUR)
        close_due(till.book, session, clock())

    config = till.book.config(session)
    moments = [None, *(begins + day * DAY for day in range(0, 7 * WEEKS + 1, 3))]
    for since in moments:
        for until in moments:
            if since is not None and until is not None and until <= since:
                continue
            expected = {shop: [0, 0, 0, 0] for shop in SHOPS}
            for at, shop, column, points in happened:
                if (since is None or since <= at) and (until is None or at < until):
                    expected[shop][column] += points
            with till.book.database.engine.connect() as connection:
                rows = turnovers(till.book, connection, config, since, until)
            counted = {row.shop: list(row[1:5]) for row in rows}
            assert counted == {shop: tally for shop, tally in expected.items() if any(tally)}, (since, until)
