"""Pots: what shops set aside is there to be issued once, counts as at risk, and changes no other figure."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction

import pytest

from settlement import Funding
from settlement.audit import audit_book
from settlement.clearing import close_window, exposures, pots_left
from settlement.clearing.windows import maintained_tallies
from settlement.ledger import (
    AccountKind,
    Answer,
    Book,
    BookView,
    Earn,
    EarnIfAllowed,
    EarnOutOf,
    ExposureLimit,
    Leg,
    Participant,
    Posting,
    PotRef,
    PutBack,
    RefundEarn,
    Reverse,
    Session,
    SetAside,
    Spend,
    refund_figures,
)
from tests.support.books import BookClient, check_book, expired_lots, make_terms, shop_balance
from tests.support.clock import DAY, Clock
from tests.support.effort import EFFORT
from tests.support.statements import check_statements
from tests.support.workers import PROCESSES, Job, Place, Result, post_through_poster

SOON, LATER = 20240520, 20251231
DOUBLE = PotRef("bakery", "double@1")


@pytest.fixture
def till(book: Callable[..., Book], session: Session) -> BookClient:
    return BookClient(book(), session)


def left(till: BookClient) -> dict[tuple[str, str], int]:
    """What is left in each pot, by shop and name."""
    with till.book.database.engine.connect() as connection:
        return {(pot.shop, pot.name): pot.points for pot in pots_left(till.book, connection)}


def code(answer: Answer) -> str | None:
    return None if answer.refusal is None else answer.refusal.code


def check(till: BookClient) -> None:
    check_book(till.book)
    audit = audit_book(till.book, till.session)
    assert audit.ok, audit


def test_points_come_out_of_a_pot_until_it_is_empty_and_never_below(till: BookClient) -> None:
    assert code(till.post(EarnOutOf(DOUBLE, "ann", 1, LATER))) == "pot_short"
    till.take(SetAside(DOUBLE, 50))
    till.take(EarnOutOf(DOUBLE, "ann", 30, LATER))
    refused = till.post(EarnOutOf(DOUBLE, "bob", 21, LATER)).refusal
    assert str(refused) == "'double@1' has 20 points left, not 21."
    assert code(till.post(EarnOutOf(PotRef("cafe", "double@1"), "bob", 1, LATER))) == "pot_short"
    till.take(EarnOutOf(DOUBLE, "bob", 20, LATER))
    assert left(till) == {}
    assert shop_balance(till.book, till.session, AccountKind.ISSUE, "bakery") == -50
    check(till)


def test_what_is_put_back_was_never_issued(till: BookClient) -> None:
    till.take(SetAside(DOUBLE, 50))
    till.take(EarnOutOf(DOUBLE, "ann", 30, LATER))
    assert code(till.post(PutBack(DOUBLE, 21))) == "pot_short"
    till.take(PutBack(DOUBLE, 10**9, at_most=True))
    assert till.take(PutBack(DOUBLE, 10**9, at_most=True)).moves == []
    assert shop_balance(till.book, till.session, AccountKind.ISSUE, "bakery") == -30
    assert left(till) == {}
    check(till)


def test_a_pot_counts_as_at_risk_from_when_it_is_set_aside(book: Callable[..., Book], session: Session) -> None:
    kiosk, pot = Participant(0, "kiosk", limit=ExposureLimit(credit_minor=100)), PotRef("kiosk", "double@1")
    till = BookClient(book(shops=("bakery", kiosk, "cafe")), session)
    assert str(till.post(SetAside(pot, 101)).refusal) == (
        "Shop 'kiosk' may have 100 minor units at risk and would have 101 minor units. "
        "Raise its deposit or its credit limit."
    )
    till.take(SetAside(pot, 80))
    till.take(Earn("kiosk", "ann", 20, LATER))
    assert code(till.post(Earn("kiosk", "ann", 1, LATER))) == "limit_reached"
    assert [row.exposure_minor for row in exposures(till.book, session) if row.shop == "kiosk"] == [100]
    # What comes out of the pot was counted: the shop is at its limit, and issues it all the same.
    till.take(EarnOutOf(pot, "ann", 80, LATER))
    assert [row.exposure_minor for row in exposures(till.book, session) if row.shop == "kiosk"] == [100]
    till.take(Spend("cafe", "ann", 100))
    till.take(Earn("kiosk", "ann", 100, LATER))
    check(till)


def test_a_pot_keeps_the_terms_under_which_it_was_set_aside(till: BookClient, clock: Clock) -> None:
    till.take(SetAside(DOUBLE, 50))
    till.book.add_terms(make_terms(id=2, effective_at=clock() + 1, points_per_unit=Fraction(1000)))
    clock.forward(DAY)
    till.take(SetAside(DOUBLE, 50))
    sale = till.take(EarnOutOf(DOUBLE, "ann", 60, LATER))
    assert [(move.terms_id, move.amount) for move in sale.moves] == [(1, 50), (2, 10)]
    till.take(RefundEarn(sale.posting_id, 55, out_of=DOUBLE))
    with till.book.database.engine.connect() as connection:
        assert [(pot.terms_id, pot.points) for pot in pots_left(till.book, connection, "bakery")] == [(1, 50), (2, 45)]
    check(till)


# -- refunds -------------------------------------------------------------------------------------------------


def bonus_sale(till: BookClient) -> int:
    """Ann earns 84 of the bakery, 25 out of its pot and 25 out of the café's of the same name, for one sale."""
    till.take(SetAside(DOUBLE, 25), SetAside(PotRef("cafe", "double@1"), 25))
    bonus = [EarnOutOf(PotRef(shop, "double@1"), "ann", 25, SOON) for shop in ("bakery", "cafe")]
    return till.take(EarnIfAllowed("bakery", "ann", 84, SOON), *bonus).posting_id


def test_a_refund_goes_back_to_the_very_pot_that_it_came_from(till: BookClient) -> None:
    sale = bonus_sale(till)
    till.take(
        RefundEarn(sale, 42), *(RefundEarn(sale, 4, out_of=PotRef(shop, "double@1")) for shop in ("bakery", "cafe"))
    )
    assert left(till) == {("bakery", "double@1"): 4, ("cafe", "double@1"): 4}
    assert code(till.post(RefundEarn(sale, 22, out_of=DOUBLE))) == "refund_exceeds_original"
    assert code(till.post(RefundEarn(sale, 1, out_of=PotRef("diner", "double@1")))) == "refund_exceeds_original"
    till.take(
        RefundEarn(sale, 42), *(RefundEarn(sale, 21, out_of=PotRef(shop, "double@1")) for shop in ("bakery", "cafe"))
    )
    assert left(till) == {("bakery", "double@1"): 25, ("cafe", "double@1"): 25}
    assert shop_balance(till.book, till.session, AccountKind.LOT, "ann") == 0
    check(till)


@pytest.mark.parametrize(("happened", "out_of_lots", "waived", "owed"), [("spent", 0, 0, 50), ("over", 0, 50, 0)])
def test_a_refund_fills_the_pot_whatever_became_of_the_points(
    till: BookClient, clock: Clock, happened: str, out_of_lots: int, waived: int, owed: int
) -> None:
    sale = bonus_sale(till)
    if happened == "spent":
        till.take(Spend("diner", "ann", 134))
    else:
        clock.forward(10 * DAY)
        till.book.post(expired_lots(till.book, till.session, clock()), till.session)
    back = till.take(*(RefundEarn(sale, 25, out_of=PotRef(shop, "double@1")) for shop in ("bakery", "cafe")))
    figures = refund_figures(back.moves)
    assert (figures.taken_back - figures.owed, figures.waived, figures.owed) == (out_of_lots, waived, owed)
    assert left(till) == {("bakery", "double@1"): 25, ("cafe", "double@1"): 25}
    # What she owes of a bonus she owes to who paid for it, and the next points of hers pay it.
    till.take(Earn("diner", "ann", 60, LATER))
    assert shop_balance(till.book, till.session, AccountKind.REDEEM, "cafe") == owed // 2
    assert shop_balance(till.book, till.session, AccountKind.DEBT, "ann") == 0
    check(till)


def test_a_sale_with_a_bonus_is_reversed_whole(till: BookClient) -> None:
    sale = bonus_sale(till)
    till.take(Reverse(sale))
    assert left(till) == {("bakery", "double@1"): 25, ("cafe", "double@1"): 25}
    aside = till.take(SetAside(DOUBLE, 5)).posting_id
    till.take(Reverse(aside))
    spent = till.take(SetAside(DOUBLE, 5)).posting_id
    till.take(EarnOutOf(DOUBLE, "ann", 26, LATER))
    assert code(till.post(Reverse(spent))) == "balance_sign"
    check(till)


# -- windows and expiry --------------------------------------------------------------------------------------


@pytest.mark.parametrize("funding", list(Funding))
def test_totals_and_statements_are_those_of_points_that_came_out_of_no_pot(
    book: Callable[..., Book], session: Session, clock: Clock, funding: Funding
) -> None:
    """The same week in two books: once out of pots, once not."""
    figures = []
    opened = clock()
    for with_pots in (True, False):
        till = BookClient(book(terms=make_terms(funding=funding, redeem_fee_bps=150, issue_fee_bps=70)), session)
        clock.now = opened

        def bonus(shop: str, points: int, member: str = "ann", *, pot: bool = with_pots) -> Leg:
            if pot:
                return EarnOutOf(PotRef(shop, "double@1"), member, points, SOON)
            return Earn(shop, member, points, SOON)

        if with_pots:
            till.take(SetAside(DOUBLE, 500), SetAside(PotRef("operator", "double@1"), 500))
        first = till.take(Earn("bakery", "ann", 100, SOON), bonus("bakery", 50), bonus("operator", 50)).posting_id
        till.take(Spend("cafe", "ann", 120))
        back = [RefundEarn(first, 30, out_of=DOUBLE)] if with_pots else [RefundEarn(first, 30)]
        till.take(*back)
        till.take(bonus("bakery", 9, "bob"))
        clock.forward(6 * DAY)
        till.book.post(expired_lots(till.book, session, clock()), session)
        clock.forward(7 * DAY)
        window = close_window(till.book, session, till.book.calendar.window(opened)[0])
        check_statements(till.book, session, window)
        figures.append((window.nets, maintained_tallies(till.book, session, window.opens_at)))
        check(till)
    assert figures[0] == figures[1]


# -- plans, and many at once ---------------------------------------------------------------------------------


class Shared:
    """A plan: seven points, a third of them out of the bakery's pot, the rest out of the café's, if both have them."""

    owners: Sequence[str] = ("diner", "bakery", "cafe", "double@1", "ann")
    expires_on = LATER

    def __call__(self, view: BookView) -> Sequence[Leg]:
        shares = {DOUBLE: 2, PotRef("cafe", "double@1"): 5}
        enough = all(view.may_issue(pot.shop) and view.set_aside(pot) >= part for pot, part in shares.items())
        return [EarnOutOf(pot, "ann", part, LATER) for pot, part in shares.items()] if enough else []


WORKERS, THREADS = 2, 8


def test_pots_that_many_draw_from_at_once_are_emptied_to_the_point(book: Callable[..., Book], session: Session) -> None:
    town = book()
    till = BookClient(town, session)
    till.take(SetAside(DOUBLE, 400), SetAside(PotRef("cafe", "double@1"), 600))
    requests = 160 * EFFORT // (WORKERS * THREADS)
    place = Place(town.database.url.render_as_string(hide_password=False), town.settings.name, town.clock())
    with ProcessPoolExecutor(WORKERS, PROCESSES) as pool:
        jobs = [
            Job(
                place,
                0,
                [
                    [Posting(f"{worker}.{thread}.{n}", town.clock(), {}, Shared()) for n in range(requests)]
                    for thread in range(THREADS)
                ],
            )
            for worker in range(WORKERS)
        ]
        results: list[Result] = [result for mine in pool.map(post_through_poster, jobs) for result in mine]
    assert {result.code for result in results} == {None}
    assert sum(result.moved for result in results) == 120 * 7
    assert left(till) == {("bakery", "double@1"): 400 - 240}
    assert shop_balance(town, session, AccountKind.LOT, "ann") == 240 + 600
    check(till)


def test_a_member_a_shop_and_a_pot_may_have_one_name(till: BookClient) -> None:
    till.take(SetAside(PotRef("bakery", "bakery"), 3), Earn("bakery", "bakery", 2, LATER))
    till.take(EarnOutOf(PotRef("bakery", "bakery"), "bakery", 3, LATER))
    assert shop_balance(till.book, till.session, AccountKind.LOT, "bakery") == 5
    check(till)
