"""Meters: counted exactly, whoever counts at once; taken back once; passed on; and no other figure changes."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from random import Random

import pytest

from settlement.audit import audit_book
from settlement.ledger import (
    METERED,
    AccountKind,
    Answer,
    Book,
    BookView,
    Count,
    CountBack,
    Earn,
    Leg,
    MeterRef,
    PassCounts,
    Posting,
    Reverse,
    Session,
)
from tests.support.books import BookClient, check_book, shop_balance
from tests.support.clock import DAY, Clock
from tests.support.effort import EFFORT
from tests.support.workers import PROCESSES, Job, Place, Result, post_through_poster

LATER = 20251231
STAMPS = MeterRef("ann", 8)


@pytest.fixture
def till(book: Callable[..., Book], session: Session) -> BookClient:
    return BookClient(book(), session)


def meters(book: Book, session: Session) -> dict[tuple[str, int, int], int]:
    """What each meter stands at, by owner, number and last day."""
    rows = session.rows(
        "SELECT owner, terms_id, expires_on, balance FROM accounts WHERE alliance_id = ? AND kind = ?",
        book.alliance_id,
        int(AccountKind.METER),
    )
    return {(owner, number, until): balance for owner, number, until, balance in rows if balance}


def standing(till: BookClient) -> dict[tuple[str, int], int]:
    """What each meter stands at, by owner and number."""
    return {(owner, number): count for (owner, number, _), count in meters(till.book, till.session).items()}


def code(answer: Answer) -> str | None:
    return None if answer.refusal is None else answer.refusal.code


def check(till: BookClient) -> None:
    check_book(till.book)
    audit = audit_book(till.book, till.session)
    assert audit.ok, audit


def test_what_is_counted_adds_up_and_is_neither_points_nor_money(till: BookClient) -> None:
    till.take(Earn("cafe", "ann", 5, LATER), Count(STAMPS, 3))
    till.take(Count(STAMPS, 4), Count(STAMPS._replace(owner="bob"), 1))
    assert standing(till) == {("ann", 8): 7, ("bob", 8): 1}
    assert shop_balance(till.book, till.session, AccountKind.LOT, "ann") == 5
    assert code(till.post(Count(STAMPS, 0))) == "amount_not_positive"
    assert till.session.rows(
        "SELECT owner, balance FROM accounts WHERE alliance_id = ? AND kind = ?",
        till.book.alliance_id,
        int(AccountKind.METERED),
    ) == [(METERED, -8)]
    check(till)


def test_a_count_is_taken_back_once_and_never_below_zero(till: BookClient) -> None:
    other = till.take(Count(STAMPS, 2)).posting_id
    sale = till.take(Earn("cafe", "ann", 5, LATER), Count(STAMPS, 3)).posting_id
    till.take(CountBack(sale, STAMPS, 1))
    till.take(CountBack(sale, STAMPS, 10))
    assert till.take(CountBack(sale, STAMPS, 10)).moves == []
    assert standing(till) == {("ann", 8): 2}
    assert code(till.post(CountBack(other, STAMPS._replace(number=9), 1))) == "refund_exceeds_original"
    assert code(till.post(CountBack(10**9, STAMPS, 1))) == "posting_unknown"
    till.take(Reverse(other))
    assert standing(till) == {}
    check(till)


def test_a_meter_of_a_day_is_another_one_the_day_after_and_a_late_refund_finds_it(
    till: BookClient, clock: Clock
) -> None:
    today = till.book.calendar.day(clock())[0]
    sale = till.take(Count(STAMPS._replace(until=today), 2)).posting_id
    clock.forward(3 * DAY)
    later = till.book.calendar.day(clock())[0]
    till.take(Count(STAMPS._replace(until=later), 1))
    # What happened on that day and comes only now counts on the meter of then.
    till.take(Count(STAMPS._replace(until=today), 1))
    assert meters(till.book, till.session) == {("ann", 8, today): 3, ("ann", 8, later): 1}
    till.take(CountBack(sale, STAMPS._replace(until=today), 2))
    assert meters(till.book, till.session) == {("ann", 8, today): 1, ("ann", 8, later): 1}
    check(till)


def test_what_is_passed_on_is_taken_back_from_whoever_has_it(till: BookClient, clock: Clock) -> None:
    today = till.book.calendar.day(clock())[0]
    sale = till.take(Count(STAMPS, 3), Count(STAMPS._replace(until=today), 3)).posting_id
    till.take(Count(STAMPS._replace(owner="bob"), 1))
    clock.forward(2 * DAY)
    till.take(PassCounts("ann", "bob"))
    assert till.take(PassCounts("ann", "bob")).moves == []
    assert code(till.post(PassCounts("bob", "bob"))) == "same_account"
    # A meter that is over stays: nobody looks at it any more.
    assert meters(till.book, till.session) == {("bob", 8, STAMPS.until): 4, ("ann", 8, today): 3}
    till.take(CountBack(sale, STAMPS, 2, holders=("bob", "ann")))
    till.take(CountBack(sale, STAMPS, 2, holders=("bob", "ann")))
    assert standing(till)["bob", 8] == 1
    check(till)


def test_what_is_counted_at_a_shop_is_another_meter_than_at_any_other(till: BookClient) -> None:
    def at(shop: str | None, owner: str = "ann") -> MeterRef:
        return MeterRef(owner, 8, shop=shop)

    sale = till.take(Count(at("cafe"), 2), Count(at("bakery"), 1), Count(at(None), 4)).posting_id
    assert by_shop(till) == {("ann", "cafe"): 2, ("ann", "bakery"): 1, ("ann", None): 4}
    assert code(till.post(Count(at("nowhere"), 1))) == "shop_unknown"
    assert code(till.post(CountBack(sale, at("butcher"), 1))) == "refund_exceeds_original"
    till.take(PassCounts("ann", "bob"))
    till.take(CountBack(sale, at("cafe"), 1, holders=("bob",)))
    till.take(CountBack(sale, at("cafe"), 5, holders=("bob",)))
    assert by_shop(till) == {("bob", "bakery"): 1, ("bob", None): 4}
    check(till)


def by_shop(till: BookClient) -> dict[tuple[str, str | None], int]:
    """What each meter stands at, by owner and shop."""
    rows = till.session.rows(
        "SELECT a.owner, p.ref, a.balance FROM accounts AS a LEFT JOIN participants AS p "
        "ON p.alliance_id = a.alliance_id AND p.id = a.issuer WHERE a.alliance_id = ? AND a.kind = ?",
        till.book.alliance_id,
        int(AccountKind.METER),
    )
    return {(owner, shop): count for owner, shop, count in rows if count}


def test_a_dict_agrees_after_any_counting(till: BookClient) -> None:
    draw = Random(67)
    kept: Counter[tuple[str, int]] = Counter()
    sales: list[tuple[int, MeterRef, int]] = []
    for _ in range(150 * EFFORT):
        if sales and draw.random() < 0.4:
            at = draw.randrange(len(sales))
            of, meter, left = sales[at]
            asked = draw.randint(1, 6)
            till.take(CountBack(of, meter, asked))
            taken = min(asked, left)
            sales[at] = of, meter, left - taken
            kept[meter.owner, meter.number] -= taken
            continue
        meter, amount = MeterRef(draw.choice("abc"), draw.randint(8, 11)), draw.randint(1, 5)
        sales.append((till.take(Earn("cafe", meter.owner, 1, LATER), Count(meter, amount)).posting_id, meter, amount))
        kept[meter.owner, meter.number] += amount
    assert standing(till) == {name: count for name, count in kept.items() if count}
    check(till)


# -- races --------------------------------------------------------------------------------------------------------

WORKERS, THREADS, MOST = 2, 32, 100


class CountUpTo:
    """Counts one more for the member, and one for the day, as long as neither is at its most."""

    def __init__(self, member: str, day: int) -> None:
        self.of_member, self.of_day = MeterRef(member, 8), MeterRef("rule", 9, day)
        self.owners, self.expires_on = (member, "rule", METERED), day

    def __call__(self, view: BookView) -> Sequence[Leg]:
        if view.counted(self.of_day) >= MOST or view.counted(self.of_member) >= MOST // 2:
            return []
        return [Count(self.of_member, 1), Count(self.of_day, 1)]


def test_many_callers_at_once_never_count_above_the_most(book: Callable[..., Book], session: Session) -> None:
    town = book()
    till = BookClient(town, session)
    day = town.calendar.day(town.clock())[0]
    requests = 256 * EFFORT // (WORKERS * THREADS)
    place = Place(town.database.url.render_as_string(hide_password=False), town.settings.name, town.clock())
    with ProcessPoolExecutor(WORKERS, PROCESSES) as pool:
        jobs = [
            Job(
                place,
                0,
                [
                    [
                        Posting(f"{worker}.{thread}.{n}", town.clock(), {}, CountUpTo("abc"[(thread + n) % 3], day))
                        for n in range(requests)
                    ]
                    for thread in range(THREADS)
                ],
            )
            for worker in range(WORKERS)
        ]
        results: list[Result] = [result for mine in pool.map(post_through_poster, jobs) for result in mine]
    assert {result.code for result in results} == {None}
    counts = standing(till)
    assert counts["rule", 9] == MOST
    assert sum(count for (owner, _), count in counts.items() if owner != "rule") == MOST
    assert max(count for (owner, _), count in counts.items() if owner != "rule") <= MOST // 2
    check(till)
