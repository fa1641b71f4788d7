"""How much a refund gives back each way: parts end where the whole ends, and never give more than they refund."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from coalition.purchases.refund_shares import PaidPart, RefundedPoints, RefundRequest, Sold, decide_refund

RATES = st.sampled_from([Fraction(1), Fraction(1, 10), Fraction(300, 7), Fraction(100)])
"""Minor units that a point is worth."""


@st.composite
def sales(draw: st.DrawFn) -> Sold:
    """A sale that points paid for in part, or wholly."""
    paid = draw(st.lists(st.builds(PaidPart, st.integers(1, 500), RATES), max_size=3))
    worth = sum((part.points * part.minor_per_point for part in paid), Fraction(0))
    return Sold(-(-worth // 1) + draw(st.integers(1, 3_000)), paid, draw(st.integers(0, 300)), [])


def refunded(sold: Sold, refund: RefundedPoints) -> Sold:
    """What is left after a refund."""
    return Sold(
        sold.amount_minor,
        sold.paid,
        sold.earned,
        sold.lines,
        sold.amount_back + refund.amount_minor,
        sold.spent_back + refund.to_member,
        sold.cash_back + refund.cash_minor,
        sold.earned_back + refund.from_member,
    )


def worth_of_first(sold: Sold, points: int) -> Fraction:
    """What the points that have gone back are worth."""
    each = [part.minor_per_point for part in sold.paid for _ in range(part.points)]
    return sum(each[:points], Fraction(0))


@given(sales(), st.lists(st.fractions(0, 1), max_size=6))
def test_parts_end_where_the_whole_ends_and_never_give_more_than_they_refund(
    sold: Sold, shares: list[Fraction]
) -> None:
    whole = decide_refund(sold, RefundRequest())
    left = sold
    for share in shares:
        amount = int(share * left.left_minor)
        if amount:
            refund = decide_refund(left, RefundRequest(amount))
            assert min(refund.to_member, refund.from_member, refund.cash_minor) >= 0
            left = refunded(left, refund)
            value_back = left.cash_back + worth_of_first(sold, left.spent_back)
            assert left.left_minor == 0 or value_back <= left.amount_back
    if left.left_minor:
        left = refunded(left, decide_refund(left, RefundRequest()))
    assert (left.spent_back, left.earned_back, left.cash_back) == (whole.to_member, whole.from_member, whole.cash_minor)


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.data())
def test_where_a_point_is_a_cent_every_cent_is_value_back(spent: int, cash: int, data: st.DataObject) -> None:
    paid = [PaidPart(spent, Fraction(1))] if spent else []
    sold = Sold(spent + cash, paid, 0, [])
    while sold.left_minor:
        refund = decide_refund(sold, RefundRequest(data.draw(st.integers(1, sold.left_minor))))
        assert refund.to_member + refund.cash_minor == refund.amount_minor
        sold = refunded(sold, refund)
