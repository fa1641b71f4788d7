"""What rules count, under 64 callers in two processes who buy all at once: never above a cap, and nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction

from coalition.earning.bonus import BonusRules, BonusTerms, BonusVersion, FunderShare
from coalition.earning.bonus_model import BonusModel
from coalition.earning.kinds.first_visit import FirstVisit
from coalition.earning.kinds.fixed_bonus import FixedBonus
from coalition.earning.kinds.shop_tour import ShopTour
from coalition.earning.kinds.stamp_card import StampCard
from coalition.earning.meters import NO_CAPS, Caps
from coalition.programme.programme import EarningRules
from coalition.purchases.purchase_posting import purchase_posting
from settlement.audit import audit_book
from settlement.ledger import AccountKind, Book, Posting, PotRef, Session, SetAside
from tests.support.books import BookClient, check_book
from tests.support.effort import EFFORT
from tests.support.workers import PROCESSES, Job, Place, Result, post_through_poster

WORKERS, THREADS, MEMBERS = 2, 32, ("ann", "bob", "cyd")
SALES = 192 * EFFORT


def version(effect: BonusModel, caps: Caps) -> BonusVersion:
    """A bonus that the café pays for."""
    terms = BonusTerms(effect, (FunderShare("cafe", 1),), 9_999, 20240101, caps=caps)
    return BonusVersion("rule", 1, terms, 0, number=7)


def buy_all_at_once(town: Book, session: Session, rule: BonusVersion, shops: tuple[str, ...] = ("cafe",)) -> None:
    """Each caller buys something for one of the members, again and again, at one shop after the other."""
    BookClient(town, session).take(SetAside(PotRef("cafe", rule.name), rule.terms.budget))
    rates, at = EarningRules(0, Fraction(5), 12), town.clock()
    place = Place(town.database.url.render_as_string(hide_password=False), town.settings.name, at)

    def batch(worker: int, thread: int) -> list[Posting]:
        return [
            purchase_posting(
                town, rates, f"{worker}.{thread}.{n}", at, shops[n % len(shops)], MEMBERS[(thread + n) % 3], 100, 0,
                bonuses=BonusRules([rule]),
            )
            for n in range(SALES // (WORKERS * THREADS))
        ]  # fmt: skip

    with ProcessPoolExecutor(WORKERS, PROCESSES) as pool:
        jobs = [Job(place, 0, [batch(worker, thread) for thread in range(THREADS)]) for worker in range(WORKERS)]
        results: list[Result] = [result for mine in pool.map(post_through_poster, jobs) for result in mine]
    assert {result.code for result in results} == {None}
    check_book(town)
    assert audit_book(town, session).ok


def by_owner(town: Book, session: Session, kind: AccountKind) -> dict[str, int]:
    """What each owner's accounts of a kind come to."""
    return dict(
        session.rows(
            "SELECT owner, CAST(SUM(balance) AS BIGINT) FROM accounts "
            "WHERE alliance_id = ? AND kind = ? GROUP BY owner",
            town.alliance_id,
            int(kind),
        )
    )


def test_caps_are_filled_to_the_point_and_never_above(book: Callable[..., Book], session: Session) -> None:
    town = book()
    effect = FixedBonus(kind="fixed_bonus", bonus_points=7, minimum_minor=1)
    buy_all_at_once(town, session, version(effect, Caps(member=100, member_day=90, day=250)))
    assert by_owner(town, session, AccountKind.POT) == {"rule@1": 9_999 - 250}
    earned = by_owner(town, session, AccountKind.LOT)
    base = SALES // 3 * 5
    assert sum(earned.values()) == SALES * 5 + 250
    assert max(earned.values()) <= base + 90


def test_every_stamp_counts_and_each_full_card_pays_once(book: Callable[..., Book], session: Session) -> None:
    town = book()
    effect = StampCard(kind="stamp_card", stamps=10, bonus_points=7, stamp_minor=1)
    buy_all_at_once(town, session, version(effect, NO_CAPS))
    each = SALES // 3
    cards = each // 10 * 3
    assert by_owner(town, session, AccountKind.POT) == {"rule@1": 9_999 - cards * 7}
    assert by_owner(town, session, AccountKind.LOT) == dict.fromkeys(MEMBERS, each * 5 + cards // 3 * 7)
    assert by_owner(town, session, AccountKind.METER) == dict.fromkeys(MEMBERS, each + each // 10 * 10)


def test_each_shop_counts_once_for_each_member(book: Callable[..., Book], session: Session) -> None:
    town = book()
    effect = FirstVisit(kind="first_visit", bonus_points=7, minimum_minor=1)
    buy_all_at_once(town, session, version(effect, NO_CAPS), ("cafe", "bakery"))
    assert by_owner(town, session, AccountKind.POT) == {"rule@1": 9_999 - 2 * 3 * 7}


def test_a_tour_pays_once_for_each_member(book: Callable[..., Book], session: Session) -> None:
    town = book()
    fields = {"different_shops": 3, "period": "month", "bonus_points": 7, "minimum_minor": 1}
    effect = ShopTour(kind="shop_tour", **fields)
    buy_all_at_once(town, session, version(effect, NO_CAPS), ("cafe", "bakery", "butcher"))
    assert by_owner(town, session, AccountKind.POT) == {"rule@1": 9_999 - 3 * 7}
    # Three stamps, one a shop, and three that the full card took.
    assert by_owner(town, session, AccountKind.METER) == dict.fromkeys(MEMBERS, 9)
