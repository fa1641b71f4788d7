"""Points of one rate stand for points of another by value: exactly, rounded once, and never so that value grows."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlement.audit import audit_book
from settlement.ledger import (
    AccountKind,
    Answer,
    Book,
    Earn,
    Give,
    Hold,
    Leg,
    MoveKind,
    RefundEarn,
    RefundSpend,
    Release,
    Session,
    Spend,
    refund_figures,
)
from settlement.ledger.arrivals import points_for_debt
from tests.support.books import BookClient, balances, check_book, make_terms
from tests.support.clock import HOUR, Clock

LATER = 20251231
THOUSAND, HUNDRED = Fraction(1000), Fraction(100)
RATES = st.sampled_from([Fraction(1000), Fraction(100), Fraction(3), Fraction(7, 3), Fraction(1, 20)])
MEMBERS, SHOPS = st.sampled_from(["ann", "bob"]), st.sampled_from(["bakery", "cafe"])
POINTS = st.integers(1, 1500)
NOBODY_ELSE: st.SearchStrategy[tuple[str, ...]] = st.just(())
"""Members of a household who share their points: none here."""


def points(till: BookClient, kind: AccountKind = AccountKind.LOT, owner: str = "ann") -> dict[int, int]:
    """A member's points by terms."""
    by_terms: dict[int, int] = {}
    for name, balance in balances(till.book, till.session).items():
        if (name.kind, name.owner) == (kind, owner):
            by_terms[name.terms_id] = by_terms.get(name.terms_id, 0) + balance
    return by_terms


def new_rate(till: BookClient, clock: Clock, rate: Fraction) -> None:
    """From now on points are issued at another rate."""
    number = len(till.book.config(till.session).terms) + 1
    till.book.add_terms(make_terms(id=number, effective_at=clock() + HOUR, points_per_unit=rate))
    clock.forward(HOUR)


@pytest.mark.parametrize(
    ("before", "after", "earned", "then", "left"),
    [
        # 1.00 is owed, and 10.00 is there; 10.00 is owed, and 2.00 is there.
        pytest.param(THOUSAND, HUNDRED, 1000, 1000, 900, id="a point gains"),
        pytest.param(HUNDRED, THOUSAND, 1000, 2000, 0, id="a point loses"),
    ],
)
def test_a_refund_after_a_change_of_the_rate_takes_what_the_points_were_worth(
    book: Callable[..., Book],
    session: Session,
    clock: Clock,
    before: Fraction,
    after: Fraction,
    earned: int,
    then: int,
    left: int,
) -> None:
    till = BookClient(book(terms=make_terms(points_per_unit=before)), session)
    sale = till.take(Earn("bakery", "ann", earned, LATER)).posting_id
    till.take(Spend("cafe", "ann", earned))
    new_rate(till, clock, after)
    till.take(Earn("bakery", "ann", then, LATER))
    figures = refund_figures(till.take(RefundEarn(sale, earned)).moves)
    assert points(till) == ({2: left} if left else {})
    owed = -points(till, AccountKind.DEBT).get(1, 0)
    assert (figures.owed, figures.taken_back) == (owed, then - left + owed)
    assert owed * 100 / before + (then - left) * 100 / after == earned * 100 / before
    check_book(till.book)
    assert [each.differences for each in audit_book(till.book, session).checks if not each.ok] == []


@pytest.mark.parametrize("comes_by", ["an earn", "a gift", "a hold given up", "a refund"])
def test_a_debt_from_before_the_change_is_paid_by_value(
    book: Callable[..., Book], session: Session, clock: Clock, comes_by: str
) -> None:
    till = BookClient(book(terms=make_terms(points_per_unit=THOUSAND)), session)
    sale = till.take(Earn("bakery", "ann", 1000, LATER)).posting_id
    till.take(Spend("cafe", "ann", 1000))
    new_rate(till, clock, HUNDRED)
    ready: dict[str, Leg] = {"an earn": Earn("cafe", "ann", 300, LATER)}
    if comes_by == "a gift":
        till.take(Earn("cafe", "bob", 300, LATER))
        ready[comes_by] = Give("bob", "ann", 300)
    elif comes_by != "an earn":
        till.take(Earn("cafe", "ann", 300, LATER))
        leg = Hold("diner", "ann", 300, clock() + HOUR) if comes_by == "a hold given up" else Spend("diner", "ann", 300)
        used = till.take(leg).posting_id
        ready[comes_by] = Release(used) if isinstance(leg, Hold) else RefundSpend(used, 300)
    till.take(RefundEarn(sale, 1000))
    assert points(till, AccountKind.DEBT) == {1: -1000}
    till.take(ready[comes_by])
    assert (points(till), points(till, AccountKind.DEBT)) == ({2: 200}, {})
    assert [each.differences for each in audit_book(till.book, session).checks if not each.ok] == []


rates = st.tuples(st.integers(1, 10**6), st.integers(1, 10**6))


@given(st.integers(1, 10**9), rates, st.integers(0, 10**9), rates)
def test_what_pays_a_debt_is_worth_it_by_less_than_a_point_more(
    owed: int, owed_rate: tuple[int, int], available: int, rate: tuple[int, int]
) -> None:
    paid, taken = points_for_debt(owed, owed_rate, available, rate)
    assert 0 <= paid <= owed
    assert 0 <= taken <= available
    over = taken * Fraction(*rate) - paid * Fraction(*owed_rate)
    assert 0 <= over < Fraction(*rate)
    # It is as much as can be paid.
    assert paid == owed or (paid + 1) * Fraction(*owed_rate) > available * Fraction(*rate)


@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_value_never_grows(book: Callable[..., Book], session: Session, clock: Clock, data: st.DataObject) -> None:
    """Whatever happens, members together have at most what they earned less what they spent and gave back."""
    till = BookClient(book(terms=make_terms(points_per_unit=data.draw(RATES))), session)
    done: list[Answer] = []
    for _ in range(15):
        if data.draw(st.integers(1, 5)) == 1:
            new_rate(till, clock, data.draw(RATES))
        before = wealth(till)
        answer = till.post(data.draw(legs(done, clock)))
        done.append(answer)
        worth = {terms.id: terms.minor_per_point for terms in till.book.config(session).terms}
        signs = {MoveKind.ISSUE: 1, -MoveKind.ISSUE: -1, MoveKind.REDEEM: -1, -MoveKind.REDEEM: 1, MoveKind.OWE: -1}
        # A debt that is paid is none any more, and what paid it is gone.
        exact = sum(
            (signs.get(move.kind, 0) * move.amount * worth[move.terms_id] for move in answer.moves), Fraction(0)
        )
        rounding = sum((worth[move.terms_id] for move in answer.moves if move.kind == MoveKind.REPAY), Fraction(0))
        lost = before + exact - wealth(till)
        assert 0 <= lost < rounding or lost == rounding == 0
    check_book(till.book)
    assert [each.differences for each in audit_book(till.book, session).checks if not each.ok] == []


def wealth(till: BookClient) -> Fraction:
    """What all members have less what they owe, in minor units at each lot's own rate."""
    worth = {terms.id: terms.minor_per_point for terms in till.book.config(till.session).terms}
    kinds = (AccountKind.LOT, AccountKind.HELD, AccountKind.DEBT)
    have = [(name, balance) for name, balance in balances(till.book, till.session).items() if name.kind in kinds]
    return sum((balance * worth[name.terms_id] for name, balance in have), Fraction(0))


def legs(done: list[Answer], clock: Clock) -> st.SearchStrategy[Leg]:
    """Something that may happen next, more often than not to something that happened."""
    choices = [
        st.builds(Earn, SHOPS, MEMBERS, POINTS, st.sampled_from([20250131, LATER])),
        st.builds(Spend, SHOPS, MEMBERS, POINTS),
        st.builds(Give, st.just("ann"), st.just("bob"), POINTS),
        st.builds(Hold, SHOPS, MEMBERS, POINTS, st.just(clock() + HOUR), NOBODY_ELSE),
    ]
    if done:
        of = st.sampled_from([answer.posting_id for answer in done])
        choices += 2 * [
            st.builds(RefundEarn, of, POINTS, st.just(value=True), NOBODY_ELSE, NOBODY_ELSE),
            st.builds(RefundSpend, of, POINTS),
        ]
        choices.append(st.builds(Release, of))
    return st.one_of(choices)
