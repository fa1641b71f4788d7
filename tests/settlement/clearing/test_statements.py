"""Statements: every level adds up to the one above it, from the net down to each move."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlement import Breakage, Funding, Terms, WindowNotFound
from settlement.clearing import (
    LineKind,
    Statement,
    close_due,
    moves_behind,
    outstanding_by_terms,
    points_by_window,
    statement_of,
    statement_so_far,
)
from settlement.errors import ParticipantUnknown
from settlement.ledger import (
    AccountKind,
    AccountName,
    Book,
    Commission,
    Database,
    Earn,
    Expire,
    Give,
    Leg,
    RefundEarn,
    RefundSpend,
    Session,
    Spend,
)
from tests.support.books import BookClient, account_ids, make_book, make_terms
from tests.support.clock import DAY, HOUR, Clock, instant
from tests.support.statements import check_statements, line_of

LATER = 20301231
NOW = instant("2024-05-15T12:00", "Europe/Berlin")
WEEK = 7 * DAY


def statements(till: BookClient, clock: Clock) -> dict[str, Statement]:
    """Everybody's statement of this week, after looking at each level of each."""
    clock.forward(WEEK)
    (closed,) = close_due(till.book, till.session, clock())
    return {statement.participant: statement for statement in check_statements(till.book, till.session, closed)}


def lines(statement: Statement) -> dict[tuple[str, str], tuple[int, int]]:
    """Points and minor units by (kind, counterpart)."""
    return {
        (line.kind.value, line.counterpart): (line.points, line.minor)
        for section in statement.sections
        for line in section.lines
    }


def sell(till: BookClient) -> None:
    """1,000 points earned at the bakery: 600 spent at the cafe, 100 at home; 50 of the cafe's at the bakery."""
    till.take(Earn("bakery", "ann", 1000, LATER))
    till.take(Earn("cafe", "bob", 80, LATER))
    till.take(Spend("cafe", "ann", 600))
    till.take(Spend("bakery", "ann", 100))
    till.take(Spend("bakery", "bob", 50))
    till.take(Commission("cafe", "diner", 8))


FEES = {"redeem_fee_bps": 200, "issue_fee_bps": 100}


def test_when_the_issuer_pays_on_redemption(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(book(terms=make_terms(**FEES)), session)
    sell(till)
    by_shop = statements(till, clock)
    assert lines(by_shop["bakery"]) == {
        ("redeemed_here", "cafe"): (50, 50),
        ("own_elsewhere", "cafe"): (600, -600),
        ("own_here", ""): (100, 0),
        ("issued", ""): (1000, 0),
        ("redeem_fee", "operator"): (50, -1),
        ("issue_fee", "operator"): (1000, -10),
    }
    assert lines(by_shop["cafe"]) == {
        ("redeemed_here", "bakery"): (600, 600),
        ("own_elsewhere", "bakery"): (50, -50),
        ("issued", ""): (80, 0),
        ("adjustments", "diner"): (-8, -8),
        ("redeem_fee", "operator"): (600, -12),
        ("issue_fee", "operator"): (80, -1),
    }
    assert lines(by_shop["diner"]) == {("adjustments", "cafe"): (8, 8)}
    assert lines(by_shop["operator"]) == {
        ("redeem_fee", "bakery"): (50, 1),
        ("redeem_fee", "cafe"): (600, 12),
        ("issue_fee", "bakery"): (1000, 10),
        ("issue_fee", "cafe"): (80, 1),
    }
    assert lines(by_shop["pool"]) == lines(by_shop["butcher"]) == {}
    assert {shop: statement.net for shop, statement in by_shop.items() if statement.net} == {
        "bakery": -561,
        "cafe": 529,
        "diner": 8,
        "operator": 24,
    }


def test_when_the_issuer_pays_the_pool_on_issue(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(book(terms=make_terms(funding=Funding.ON_ISSUE, **FEES)), session)
    sell(till)
    by_shop = statements(till, clock)
    assert lines(by_shop["bakery"]) == {
        ("redeemed_here", "bakery"): (100, 100),
        ("redeemed_here", "cafe"): (50, 50),
        ("own_elsewhere", "cafe"): (600, 0),
        ("issued", ""): (1000, -1000),
        ("redeem_fee", "operator"): (150, -3),
        ("issue_fee", "operator"): (1000, -10),
    }
    assert lines(by_shop["pool"]) == {
        ("redeemed_here", "bakery"): (150, -150),
        ("redeemed_here", "cafe"): (600, -600),
        ("issued", "bakery"): (1000, 1000),
        ("issued", "cafe"): (80, 80),
    }
    assert lines(by_shop["operator"])["redeem_fee", "bakery"] == (150, 3)
    assert {shop: statement.net for shop, statement in by_shop.items() if statement.net} == {
        "bakery": -863,
        "cafe": 499,
        "diner": 8,
        "operator": 26,
        "pool": 330,
    }


@pytest.mark.parametrize("breakage_to", Breakage)
def test_what_expires_is_paid_back_to_whom_the_terms_name(
    book: Callable[..., Book], session: Session, clock: Clock, breakage_to: Breakage
) -> None:
    till = BookClient(book(terms=make_terms(funding=Funding.ON_ISSUE, breakage_to=breakage_to)), session)
    till.take(Earn("bakery", "ann", 30, 20240515))
    clock.forward(DAY)
    bakery = till.book.config(session).by_ref["bakery"].id
    till.take(Expire(account_ids(till.book, session)[AccountName(AccountKind.LOT, "ann", bakery, 20240515, 1)]))
    by_shop = statements(till, clock)
    mine = breakage_to is Breakage.ISSUER
    assert lines(by_shop["bakery"]) == {("issued", ""): (30, -30), ("expired", ""): (30, 30 if mine else 0)}
    assert lines(by_shop["operator"]) == ({} if mine else {("expired", "bakery"): (30, 30)})
    assert lines(by_shop["pool"])["expired", "bakery" if mine else "operator"] == (30, -30)


def test_a_line_leads_to_its_moves(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(book(terms=make_terms(points_per_unit=Fraction(300))), session)
    till.take(Earn("bakery", "ann", 100, LATER))
    first = till.take(Spend("cafe", "ann", 10), key="first", at=NOW - HOUR).posting_id
    second = till.take(Spend("cafe", "ann", 10), key="second").posting_id
    refund = till.take(RefundSpend(first, 5), key="refund").posting_id
    till.take(Spend("diner", "ann", 10))
    statement = statements(till, clock)["cafe"]
    line = line_of(statement, LineKind.REDEEMED_HERE, "bakery")
    with till.book.database.engine.connect() as connection:
        moves = moves_behind(till.book, connection, session, statement)[line]
    assert [(move.posting_id, move.key, move.occurred_at, move.points, move.exact) for move in moves] == [
        (first, "first", NOW - HOUR, 10, Fraction(10, 3)),
        (second, "second", NOW, 10, Fraction(10, 3)),
        (refund, "refund", NOW, -5, Fraction(-5, 3)),
    ]
    assert (line.points, line.exact, line.minor, line.moves) == (15, Fraction(5), 5, 3)
    assert sum(move.minor for move in moves) == 5


def test_before_a_window_closes_its_statements_are_known(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    till = BookClient(book(terms=make_terms(**FEES)), session)
    sell(till)
    opens_at = till.book.calendar.window(clock())[0]
    with till.book.database.engine.connect() as connection:
        expected = {
            ref: statement_so_far(till.book, connection, session, ref, opens_at)
            for ref in ("bakery", "cafe", "operator", "pool")
        }
        with pytest.raises(ParticipantUnknown):
            statement_so_far(till.book, connection, session, "nobody", opens_at)
    closed = statements(till, clock)
    assert expected == {ref: closed[ref] for ref in expected}


def test_the_moves_of_one_line_are_read_alone(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(book(terms=make_terms(**FEES)), session)
    sell(till)
    with till.book.database.engine.connect() as connection:
        for statement in statements(till, clock).values():
            behind = moves_behind(till.book, connection, session, statement)
            alone = {
                line: moves_behind(till.book, connection, session, statement, line)[line] for line in statement.lines
            }
            assert alone == behind


def test_points_window_by_window_are_the_turnover(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(book(), session)
    sell(till)
    first = till.book.calendar.window(clock())[0]
    clock.forward(WEEK)
    till.take(Earn("cafe", "bob", 80, LATER))
    windows = points_by_window(till.book, session, 10)
    assert [(row.opens_at - first, row.issued, row.redeemed) for row in windows] == [(0, 1080, 750), (WEEK, 80, 0)]
    assert [(row.issued, row.redeemed) for row in points_by_window(till.book, session, 1, "cafe")] == [(80, 0)]
    assert sum(outstanding_by_terms(till.book, session).values()) == 1160 - 750


def test_thirds_of_a_cent_are_shown_without_a_rounding_line(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    till = BookClient(book(terms=make_terms(points_per_unit=Fraction(300))), session)
    for shop, points in (("bakery", 1), ("butcher", 1), ("diner", 2)):
        till.take(Earn(shop, "ann", points, LATER), Spend("cafe", "ann", points))
    by_shop = statements(till, clock)
    assert [line.exact for line in by_shop["cafe"].sections[0].lines] == [
        Fraction(1, 3),
        Fraction(1, 3),
        Fraction(2, 3),
    ]
    # 4/3 of a cent: one cent, and it goes to the largest remainder at every level.
    assert lines(by_shop["cafe"]) == {
        ("redeemed_here", "bakery"): (1, 0),
        ("redeemed_here", "butcher"): (1, 0),
        ("redeemed_here", "diner"): (2, 1),
    }


def test_what_one_shop_pays_the_other_receives(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(book(terms=make_terms(points_per_unit=Fraction(7, 3))), session)
    sell(till)
    by_shop = statements(till, clock)
    for payer, statement in by_shop.items():
        for line in (line for section in statement.sections for line in section.lines if line.counterpart in by_shop):
            if line.kind is LineKind.OWN_ELSEWHERE:
                assert line.exact == -line_of(by_shop[line.counterpart], LineKind.REDEEMED_HERE, payer).exact
            elif line.kind is LineKind.ADJUSTMENTS:
                assert line.exact == -line_of(by_shop[line.counterpart], LineKind.ADJUSTMENTS, payer).exact


def test_an_earn_that_paid_a_debt_is_an_adjustment(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(book(), session)
    earned = till.take(Earn("bakery", "ann", 100, LATER)).posting_id
    till.take(Spend("cafe", "ann", 100))
    till.take(RefundEarn(earned, 100))
    till.take(Earn("diner", "ann", 60, LATER))
    till.take(Earn("bakery", "ann", 50, LATER))
    by_shop = statements(till, clock)
    # The bakery paid the cafe for 100 points whose purchase was undone; the diner makes good for 60 of them.
    assert lines(by_shop["bakery"]) == {
        ("own_elsewhere", "cafe"): (100, -100),
        ("issued", ""): (110, 0),
        ("adjustments", "diner"): (60, 60),
    }
    # Its 60 points have been issued, and pay at once.
    assert lines(by_shop["diner"]) == {("issued", ""): (0, 0), ("adjustments", "bakery"): (-60, -60)}


def test_the_operator_that_hands_out_points_has_a_statement_like_a_shop(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    till = BookClient(book(terms=make_terms(**FEES)), session)
    till.take(Earn("operator", "ann", 500, LATER))
    till.take(Spend("cafe", "ann", 300))
    till.take(Commission("operator", "diner", 40))
    statement = statements(till, clock)["operator"]
    assert lines(statement) == {
        ("own_elsewhere", "cafe"): (300, -300),
        ("issued", ""): (500, 0),
        ("adjustments", "diner"): (-40, -40),
        ("redeem_fee", "cafe"): (300, 6),
        # What it pays itself, and gets.
        ("issue_fee", "operator"): (1000, 0),
    }


def test_what_comes_late_is_on_the_statement_of_the_next_window(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    till = BookClient(book(), session)
    sell(till)
    first = statements(till, clock)
    till.take(Earn("bakery", "cyd", 9, LATER), Spend("diner", "cyd", 9), at=NOW)
    second = statements(till, clock)
    assert lines(second["diner"]) == {("redeemed_here", "bakery"): (9, 9)}
    assert (second["diner"].carried_over, second["diner"].net, second["diner"].balance) == (8, 9, 17)
    with till.book.database.engine.connect() as connection:
        again = statement_of(till.book, connection, session, "bakery", first["bakery"].opens_at)
    assert again == first["bakery"]


def test_a_statement_names_what_there_is_none_of(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    till = BookClient(book(), session)
    sell(till)
    window = statements(till, clock)["bakery"].opens_at
    with till.book.database.engine.connect() as connection:
        with pytest.raises(ParticipantUnknown):
            statement_of(till.book, connection, session, "nowhere", window)
        with pytest.raises(WindowNotFound):
            statement_of(till.book, connection, session, "bakery", window + WEEK)


# -- whatever the business ------------------------------------------------------------------------------------------

SHOPS = st.sampled_from(["bakery", "cafe", "diner", "operator"])
MEMBERS = st.sampled_from(["ann", "bob"])
POINTS = st.integers(1, 500)
NOBODY_ELSE: st.SearchStrategy[tuple[str, ...]] = st.just(())
LEGS = st.one_of(
    st.builds(Earn, SHOPS, MEMBERS, POINTS, st.just(LATER)),
    st.builds(Earn, SHOPS, MEMBERS, POINTS, st.just(LATER)),
    st.builds(Spend, SHOPS, MEMBERS, POINTS),
    st.builds(Spend, SHOPS, MEMBERS, POINTS),
    st.builds(Give, MEMBERS, MEMBERS, POINTS),
    st.builds(Commission, SHOPS, SHOPS, POINTS),
    st.builds(RefundSpend, st.integers(1, 30), POINTS),
    st.builds(RefundEarn, st.integers(1, 30), POINTS, st.booleans(), NOBODY_ELSE, NOBODY_ELSE),
)
FEE = st.sampled_from([0, 1, 250, 3333, 10_000])
TERMS = st.builds(
    make_terms,
    points_per_unit=st.fractions(Fraction(1, 10), 2000, max_denominator=60),
    funding=st.sampled_from(Funding),
    redeem_fee_bps=FEE,
    issue_fee_bps=FEE,
    breakage_to=st.sampled_from(Breakage),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(terms=TERMS, later=TERMS, legs=st.lists(LEGS, min_size=3, max_size=30))
def test_all_levels_of_all_statements_add_up_whatever_the_business(
    database: Database, terms: Terms, later: Terms, legs: list[Leg]
) -> None:
    clock = Clock(NOW)
    town = make_book(database, clock, terms=terms)
    town.add_terms(replace(later, id=2, effective_at=NOW + HOUR))
    with closing(database.session()) as session:
        till = BookClient(town, session)
        for number, leg in enumerate(legs):
            if number == len(legs) // 2:
                clock.forward(HOUR)
            till.post(leg)
        clock.forward(WEEK)
        for closed in close_due(town, session, clock()):
            check_statements(town, session, closed)
