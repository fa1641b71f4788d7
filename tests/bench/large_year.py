"""A made-up year of a large alliance: as many moves as are asked for, at the shops and under the rules of the real one.

Each purchase spends points and earns some: two moves. Its windows are closed as they end, but for the last.
"""

import random
from contextlib import closing

from coalition.alliance import Alliances
from coalition.members.add_members import add_missing_members
from coalition.programme.open_alliance import open_alliance
from coalition.purchases.file import PurchaseRow
from coalition.replay.replay import Run, SimulatedClock
from settlement.ledger import Database, Participant
from tests.pages.year_town import LAST_EVENING, SHOP, invite_people, year_rules
from tests.support.clock import SECOND

SHOPS = [str(number) for number in range(1, 458)]
MEMBERS = 20_000
SHOPS_A_MEMBER = 4
WEEKS = 52
WEEK = 7 * 86_400 * SECOND
SPENT = 10
MOVES_A_PURCHASE = 2


def fill_large_year(database: Database, moves: int) -> None:
    """Fill an empty database. The same figures come out each time."""
    rules, clock = year_rules(), SimulatedClock()
    draw = random.Random(20261130)
    members = [(f"m{number}", draw.sample(SHOPS, SHOPS_A_MEMBER)) for number in range(MEMBERS)]
    book = open_alliance(database, rules, clock)
    book.add_participants(Participant(0, shop) for shop in SHOPS)
    with database.engine.begin() as connection:
        add_missing_members(connection, book.alliance_id, dict.fromkeys((name for name, _ in members), _week(0)))
    with closing(database.session()) as session:
        run = Run(book, clock, session, rules, lambda done: None)
        try:
            end = None
            for week in range(WEEKS):
                rows = _rows(draw, members, week, moves // MOVES_A_PURCHASE // WEEKS)
                run.take(rows, end)
                end = rows[-1][1].at
                run.close_until(_week(week + 1) if week + 1 < WEEKS else end)
        finally:
            run.poster.close()
    with closing(Alliances(database)) as alliances:
        invite_people(database, alliances.get(book.alliance_id).id, LAST_EVENING)


def _week(number: int) -> int:
    """When a week of the year begins, counted from its end."""
    return LAST_EVENING - (LAST_EVENING - 4 * 3600 * SECOND) % WEEK - (WEEKS - number) * WEEK


def _rows(
    draw: random.Random, members: list[tuple[str, list[str]]], week: int, count: int
) -> list[tuple[str, PurchaseRow]]:
    """A week's purchases, in the order of their times; some are at the shop whose manager looks at the console."""
    begins, rows = _week(week), list[tuple[str, PurchaseRow]]()
    ends = min(begins + WEEK, LAST_EVENING)
    for number, (member, shops) in enumerate(draw.choices(members, k=count)):
        shop = SHOP if number % 50 == 0 else draw.choice(shops)
        at = begins + (ends - begins) * number // count
        asked = 0 if week == 0 else SPENT
        rows.append((f"{week}:{number}", PurchaseRow(number + 1, at, member, shop, draw.randrange(500, 5_000), asked)))
    return rows
